"""Who brought the buyer: kept with the basket, frozen with the order. docs/attribution.md says what holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from marketplace.money import Money, round_payable
from marketplace.partnerships.models import Agency, AgencyTerms
from marketplace.partnerships.services import terms_on
from marketplace.payments.models import BasketVia, OrderVia

Excluded = OrderVia.Excluded
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Visit:
    """A visit by an agency's link, at an aware time. ``code`` as typed; ``subject`` such as "story-7" or ""."""

    agency: Agency
    code: str
    at: datetime
    subject: str = ""
    placement: str = ""


@transaction.atomic
def keep_with_basket(*, basket, visit: Visit) -> None:
    """The last visit wins: an older one than is kept already changes nothing. ``basket`` must be saved."""
    kept = BasketVia.objects.select_for_update().filter(basket=basket.pk).first()
    if kept and kept.at >= visit.at:
        return
    values = {"agency": visit.agency, "code": visit.code, "subject": visit.subject}
    BasketVia.objects.update_or_create(
        basket_id=basket.pk, defaults=values | {"placement": visit.placement, "at": visit.at}
    )


def hand_over(*, source, target) -> None:
    """``source`` becomes part of the basket ``target``, at log-in: the newer visit of both stays."""
    kept = BasketVia.objects.select_related("agency").filter(basket=source.pk).first()
    if kept:
        visit = Visit(kept.agency, kept.code, kept.at, kept.subject, kept.placement)
        keep_with_basket(basket=target, visit=visit)


def freeze_via(*, order, basket, email: str, user=None) -> OrderVia | None:
    """Write down who brought ``order``, and on which terms; None where nobody did. In the transaction that places it.

    The terms are those of the day of the visit. Where it earns nothing, ``excluded`` says why.
    """
    kept: BasketVia | None = getattr(basket, "via", None)
    if kept is None:
        return None
    terms = terms_on(kept.agency, timezone.localdate(kept.at))
    return OrderVia.objects.create(
        order=order,
        agency=kept.agency,
        code=kept.code,
        subject=kept.subject,
        placement=kept.placement,
        visited_at=kept.at,
        terms=terms,
        percent=terms.percent if terms else Decimal(0),
        excluded=_excluded(kept, terms, email, user),
    )


def _excluded(kept: BasketVia, terms: AgencyTerms | None, email: str, user) -> str:
    if not kept.agency.is_open:
        return Excluded.CLOSED
    if works_for(kept.agency, email, user):
        return Excluded.OWN
    if terms is None:
        return Excluded.NO_TERMS
    return Excluded.EXPIRED if timezone.now() - kept.at > timedelta(days=terms.days) else ""


def works_for(agency: Agency, email: str, user) -> bool:
    """Whether the buyer works for the agency: by account, or by an e-mail address, however it is written."""
    seats = list(agency.seats.values_list("user", "user__email"))
    known = {address.strip().casefold() for address in (agency.contact_email, *(email for _user, email in seats))}
    given = {address.strip().casefold() for address in (email, getattr(user, "email", "") or "")}
    return getattr(user, "pk", None) in {pk for pk, _email in seats} or bool(known & given - {""})


def part_of_agency(price: Money, commission: Money, *, percent: Decimal, most: Decimal) -> tuple[Money, Decimal]:
    """Of a line: what the agency gets, and by how many percent. ``commission`` is the shop's part, ``most`` its percent.

    Rounded half up to what can be paid, and never above the commission.
    """
    percent = min(percent, most)
    money = round_payable(Money(price.amount * percent / HUNDRED, price.currency))
    return (money if money.amount <= commission.amount else commission), percent
