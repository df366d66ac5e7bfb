"""What cards and oEmbed answers are made of, kept in this process per version of the content."""

from dataclasses import replace

from babel.numbers import get_currency_name
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace import formats
from storefront.embeds import agencies, moment
from storefront.embeds.kept import Keep
from storefront.embeds.kinds import find_subject
from storefront.embeds.pricing import Pricing, addresses_in, pricing_for
from storefront.embeds.subjects import Found, Subject

# Subjects take 3 to 8 kB each; places (which page is at an address) next to nothing.
subjects = Keep(most=2000)
places = Keep(most=4000)


def recall(kind: str, language: str, pk: int, currency: str = "") -> tuple[Found, float]:
    """The subject and its age in seconds: 0, or more while the database is away. Raises kept.Unavailable.

    ``currency``: that of its prices where a market sells in it today; else the shop's own, and the card says so.
    """
    return subjects.get(
        (kind, language, pk, currency),
        lambda: _find(kind, language, pk, currency),
        keepable=lambda found: isinstance(found, Subject),
    )


def _find(kind: str, language: str, pk: int, currency: str) -> Found:
    if language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        return None
    pricing = pricing_for(currency, language)
    with addresses_in(pricing.market):
        found = find_subject(kind, language, pk)
    if not isinstance(found, Subject):
        return found
    with translation.override(language):
        if found.pieces or found.piece:
            return replace(found, price_note=_note(pricing))
        return replace(found, price_note=_own_note(found, currency))


def _note(pricing: Pricing) -> str:
    """What has to be said of the prices, in the active language; empty for those that were asked for."""
    # Babel's plural: "US dollars", as a sentence wants it.
    name = get_currency_name(settings.MARKETPLACE_CURRENCY, count=2, locale=formats.locale_of())
    currency = {"currency": name}
    if pricing.missed:
        return _("Prices are shown in %(currency)s. They cannot be shown in the other currency now.") % currency
    return _("Prices are converted from %(currency)s.") % currency if pricing.market else ""


def _own_note(found: Subject, currency: str) -> str:
    """The same where rows of a kind's own name prices (``currency`` of each) that nobody converts: what is paid on the spot."""
    own = {row.get("currency") for rows in found.extra.values() if isinstance(rows, list) for row in rows}
    return _("Prices are shown in the currency in which they are paid.") if currency and own - {None, "", currency} else ""


def forget() -> None:
    """Drop everything (tests)."""
    from storefront.embeds.quick import answers

    subjects.clear()
    places.clear()
    agencies.forget()
    moment.forget()
    answers.clear()
