"""Who gets what of a piece's price, as its readers see it; the rules stay in memory until one, a place or the day changes."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.money import Money
from marketplace.payments.shares import Party, Terms, terms_for
from marketplace.workshops.models import Workshop
from storefront.lang import in_language
from storefront.listing import version
from storefront.listing.directory import Place


def terms_of(workshop_id: int) -> Terms | None:
    """The terms of today, in the shop's time zone; None for a workshop that is not known (yet)."""
    return _read(timezone.localdate(), version.current().places).get(workshop_id)


def describe_shares(price: Money, workshop: Place | None, village: Place | None) -> list[dict]:
    """[{"who", "percent", "amount"}]: the amounts add up to ``price``, in its currency. Who gets nothing is left out."""
    terms = terms_of(workshop.id) if workshop else None
    if terms is None:
        return []
    names: dict[Party, str | SafeString] = {
        Party.WORKSHOP: in_language(workshop.name, workshop.lang),
        Party.VILLAGE_FUND: _("Village fund of %(village)s") % {"village": village.name} if village else _("Village fund"),
        Party.COMMISSION: _("This shop"),
    }
    percents = {
        Party.WORKSHOP: terms.workshop,
        Party.VILLAGE_FUND: terms.village_fund,
        Party.COMMISSION: terms.commission,
    }
    parts = terms.split(price)
    return [
        {"who": name, "percent": percent(percents[party]), "amount": parts[party]}
        for party, name in names.items()
        if percents[party]
    ]


def percent(value) -> str:
    """Such as "12.5 %", as the active language writes it."""
    return _("%(number)s %%") % {"number": formats.exact(value.normalize())}


@lru_cache(maxsize=4)
def _read(on: date, _version: int) -> Mapping[int, Terms]:
    return terms_for(Workshop.objects.select_related("village"), on=on)


def forget() -> None:
    """Read again at the next call (tests)."""
    _read.cache_clear()
