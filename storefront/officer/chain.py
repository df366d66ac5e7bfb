"""Who did what: whose hands a piece went through, from the log and from what was agreed."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from catalogue.models import Product
from catalogue.text import language_name
from marketplace import formats
from marketplace.workshops.assisting import helper_name
from marketplace.workshops.models import Assistance, Consent, Workshop

MOST = 500


@dataclass(frozen=True)
class Deed:
    """One row of the record. ``by`` is a person's name, ``office`` in whose name she acted, ``maker`` for whom."""

    at: datetime
    what: str
    by: str = ""
    office: str = ""
    maker: str = ""
    consent: str = ""


def chain_of(product: Product, workshop: Workshop) -> list[Deed]:
    """The newest MOST deeds, oldest first: a reader of the record begins where the piece began."""
    helps = list(
        Assistance.objects.filter(workshop=workshop)
        .select_related("officer", "cooperative")
        .prefetch_related("consents__recorded_by", "codes__used_by")
    )
    consents = {row.pk: row for helped in helps for row in helped.consents.all()}
    deeds = [deed for helped in helps for deed in _of_help(helped)]
    deeds += _of_piece(product, consents)
    return sorted(deeds, key=lambda deed: deed.at)[-MOST:]


def _of_help(helped: Assistance) -> list[Deed]:
    same = {"office": helper_name(helped), "maker": helped.maker_name}
    deeds = [Deed(helped.since, _("Began to list for the maker"), **same)]
    for row in helped.consents.all():
        known = {"by": _name(row.recorded_by), "consent": describe_consent(row)} | same
        deeds.append(Deed(row.recorded_at, _("Recorded that the maker agrees"), **known))
        if row.withdrawn_at:
            deeds.append(Deed(row.withdrawn_at, _("The maker no longer agrees"), consent=describe_consent(row), **same))
    used = next((row for row in helped.codes.all() if row.used_at), None)
    if used:
        deeds.append(Deed(used.used_at, _("The maker took the workshop over"), by=_name(used.used_by), **same))
    elif helped.ended_at:
        deeds.append(Deed(helped.ended_at, _("Stopped listing for the maker"), **same))
    return deeds


def _of_piece(product: Product, consents: dict[int, Consent]) -> list[Deed]:
    rows = ModelLogEntry.objects.for_instance(product).order_by("-timestamp", "-pk")[:MOST]
    entries = list(rows)
    users = get_user_model().objects.in_bulk({row.user_id for row in entries if row.user_id})
    return [_of_entry(row, users.get(row.user_id), consents) for row in entries]


def _of_entry(entry: ModelLogEntry, user, consents: dict[int, Consent]) -> Deed:
    data = entry.data if isinstance(entry.data, dict) else {}
    consent = consents.get(data.get("consent"))
    return Deed(
        entry.timestamp,
        _what(entry.action, data),
        by=_name(user),
        office=str(data.get("by", "")),
        maker=str(data.get("for", "")),
        consent=describe_consent(consent) if consent else "",
    )


def _what(action: str, data: dict) -> str:
    if "stage" in data:
        stages = {
            Product.Stage.LIVE: _("Put it into the shop"),
            Product.Stage.PAUSED: _("Took it out of the shop for a while"),
            Product.Stage.ARCHIVED: _("Put it away"),
            Product.Stage.DRAFT: _("Made it a draft"),
        }
        return stages.get(data["stage"], _("Changed it"))
    return _("Listed it") if action == "wagtail.create" else _("Changed it")


def describe_consent(consent: Consent) -> str:
    """Such as "Voice note, July 3, 2026, Vietnamese"."""
    return ", ".join([consent.get_kind_display(), formats.day(consent.said_on), language_name(consent.language)])


def _name(user) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
