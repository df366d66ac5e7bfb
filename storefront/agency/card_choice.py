"""What may be chosen of a card, and what was: language, currency, look, colour, place on the page."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.economies.rates import Rate
from storefront.embeds import accents
from storefront.embeds.options import THEMES, Options, accent
from storefront.market.offers import get_offers

# Where on an agency's page the card stands → how wide its frame is, in CSS pixels.
PLACEMENTS = {"side": 320, "text": 600, "wide": 900}
USUAL_PLACE = "text"


@dataclass(frozen=True)
class Chosen:
    """What the form said; what it said wrongly is in ``wrong``: field → sentence."""

    language: str
    options: Options
    placement: str
    colour: str
    wrong: dict[str, str]


def read_choice(code: str, given: QueryDict) -> Chosen:
    """What a query says, for the agency with this code. Never an error: what is wrong counts as not chosen."""
    wrong: dict[str, str] = {}
    spoken, offered = settings.MARKETPLACE_STOREFRONT_LANGUAGES, currencies()
    language = given.get("language", "") or get_language()
    if language not in spoken:
        wrong["language"] = _("Please choose one of these languages.")
        language = get_language()
    currency = given.get("currency", "")
    if currency not in ("", *offered):
        wrong["currency"] = _("This currency is not on offer now. The card shows the shop’s own.")
        currency = ""
    theme = given.get("theme", "")
    theme = theme if theme in THEMES else ""
    colour = given.get("accent", "").strip()
    if colour and not accent(colour):
        wrong["accent"] = _("Please write a colour as # and six signs from 0 to 9 and a to f, such as #0b6e4f.")
    placement = given.get("placement", USUAL_PLACE)
    options = Options(theme=theme, via=code, currency=currency, accent=accent(colour))
    return Chosen(language, options, placement if placement in PLACEMENTS else USUAL_PLACE, colour[:20], wrong)


def as_query(choice: Chosen) -> str:
    """What was chosen, as the builder's address says it: known words alone, whatever a request had beside them."""
    options = choice.options
    pairs = [
        ("language", choice.language),
        ("currency", options.currency),
        ("theme", options.theme),
        ("placement", choice.placement if choice.placement != USUAL_PLACE else ""),
        ("accent", options.accent),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def currencies() -> list[str]:
    """Those that prices can be shown in today; the shop's own first."""
    offers = get_offers()
    sold = {code for offer in offers.markets.values() for code in offer.currencies}
    known = {code for code in sold if isinstance(offers.rates.get(code), Rate)}
    return [settings.MARKETPLACE_CURRENCY, *sorted(known - {settings.MARKETPLACE_CURRENCY})]


def fields_of(choice: Chosen) -> dict:
    offered, chosen = currencies(), choice.options
    own = _("The shop’s own (%(currency)s)") % {"currency": settings.MARKETPLACE_CURRENCY}
    return {
        "languages": [
            _option(code, get_language_info(code)["name_local"], choice.language)
            for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES
        ],
        "currencies": [
            _option("", own, chosen.currency),
            *(_option(code, f"{code} – {formats.currency_name(code)}", chosen.currency) for code in offered[1:]),
        ],
        "themes": [
            _option("", _("As the visitor’s device has it"), chosen.theme),
            _option("light", _("Light"), chosen.theme),
            _option("dark", _("Dark"), chosen.theme),
        ],
        "placements": [
            _option("side", _("In a narrow column"), choice.placement),
            _option("text", _("Between paragraphs"), choice.placement),
            _option("wide", _("Across the page"), choice.placement),
        ],
    }


def _option(code: str, name: str, chosen: str) -> dict:
    return {"code": code, "name": name, "chosen": code == chosen}


def warnings_of(choice: Chosen) -> list[str]:
    """Where words in the agency's colour cannot be read (WCAG 2.2, 1.4.3): the card keeps its own ink there."""
    colour = choice.options.accent
    if not colour:
        return []
    says = {
        "light": _("On light cards"),
        "dark": _("On dark cards"),
    }
    themes = [choice.options.theme] if choice.options.theme else list(says)
    return [
        _(
            "%(where)s: words in this colour have a contrast of %(ratio)s : 1. Readers need %(least)s : 1 (WCAG 2.2), so"
            " prices and links there keep the card’s own ink. The field behind the title has your colour all the same."
        )
        % {
            "where": says[theme],
            "ratio": formats.number(_shortened(accents.contrast(colour, accents.GROUNDS[theme]))),
            "least": formats.number(_shortened(accents.READABLE)),
        }
        for theme in accents.unreadable_on(colour)
        if theme in themes
    ]


def _shortened(ratio: float) -> Decimal:
    """One digit after the point, never rounded up to what it does not reach."""
    return Decimal(str(ratio)).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
