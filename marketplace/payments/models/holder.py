"""Whom the shop pays: a workshop or an agency. How the two differ for money stands here, and nowhere else."""

from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.partnerships.models import Agency
from marketplace.payments.models.ledger import Account
from marketplace.workshops.models import Workshop

Owner = Workshop | Agency
EXACTLY_ONE = Q(workshop__isnull=False, agency__isnull=True) | Q(workshop__isnull=True, agency__isnull=False)


@dataclass(frozen=True)
class Holder:
    """An account of the books: ``account`` says which, ``code`` whose. Two with the same are equal, so it can be a key.

    ``kind`` is also the name of the field that points at ``owner`` in Payee and Payout.
    """

    kind: str
    account: str
    code: str
    owner: Owner = field(compare=False, repr=False)

    @property
    def where(self) -> dict[str, Owner]:
        """To find and to make its rows of Payee and Payout."""
        return {self.kind: self.owner}

    @property
    def economy(self) -> str:
        """Whose terms of payout count: two letters."""
        return self.owner.economy_id if self.kind == "agency" else self.owner.village.economy_id

    @property
    def currency(self) -> str:
        """What it is paid in, unless a rate was missing."""
        return self.owner.currency if self.kind == "agency" else self.owner.village.economy.currency

    @property
    def language(self) -> str:
        return self.owner.language if self.kind == "agency" else self.owner.source_language

    @property
    def people(self) -> QuerySet:
        """Who belongs to it: rows with ``user`` and ``is_owner``."""
        return self.owner.seats.all() if self.kind == "agency" else self.owner.members.all()

    @property
    def title(self) -> str:
        """For staff: the name with the code."""
        return f"{self.owner} ({self.code})"

    def lock(self) -> None:
        """Until the transaction ends: one change of where its money goes at a time."""
        type(self.owner).objects.select_for_update(of=("self",)).get(pk=self.owner.pk)


def holder_of(owner: Owner) -> Holder:
    """The account of a workshop or an agency."""
    if isinstance(owner, Agency):
        return Holder("agency", Account.AGENCY_PAYABLE, owner.code, owner)
    return Holder("workshop", Account.WORKSHOP_PAYABLE, owner.code_prefix, owner)


class OfHolder(models.Model):
    """A row that belongs to a workshop or to an agency: exactly one of both."""

    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("workshop"),
    )
    agency = models.ForeignKey(
        "marketplace_partnerships.Agency",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("agency"),
    )

    class Meta:
        abstract = True

    @property
    def owner(self) -> Owner:
        return self.workshop if self.workshop_id else self.agency

    @property
    def holder(self) -> Holder:
        return holder_of(self.owner)
