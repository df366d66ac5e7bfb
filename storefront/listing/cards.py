"""Turns card rows into what the templates draw."""

from collections.abc import Iterable
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.text import choose, shown_in
from marketplace.economies.names import economy_name
from marketplace.money import Money, format_money
from storefront.links import Spot
from storefront.listing.directory import Directory, get_directory
from storefront.listing.models import ProductCard
from storefront.listing.slugs import slug_of
from storefront.market.choice import start
from storefront.market.prices import selling_price

State = ProductCard.State


def card_labels() -> dict[str, str]:
    """The few words that cards share, looked up once a page. ``from_price`` holds the placeholder %(price)s."""
    return {
        State.IN_STOCK: "",
        State.MADE_TO_ORDER: _("Made to order"),
        State.ONE_OF_A_KIND: _("One of a kind"),
        State.SOLD_OUT: _("Sold out"),
        "from_price": _("from %(price)s"),
    }


def product_path(language: str, slug: str, pk: int) -> str:
    """Address of a product page, as a link holds it."""
    return f"{start()}{language}/products/{quote(slug)}-{pk}/"


def card_path(card: ProductCard, language: str) -> str:
    """Address of the card's product page for readers of ``language``, with a slug in the words that they see there."""
    title = card.texts.get(language_of(card, language), {}).get("title", "")
    return product_path(language, slug_of(title, card.slug), card.pk)


def card_spots(card: ProductCard) -> dict[str, Spot]:
    """Where readers of each of the storefront's languages meet the piece."""
    codes = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    return {code: Spot(card_path(card, code), language_of(card, code)) for code in codes}


def draw(cards: Iterable[ProductCard], language: str | None = None) -> list[dict]:
    """Cards as dictionaries for components/product_card.html, in ``language`` (default: the active one)."""
    language = language or get_language()
    directory, labels = get_directory(language), card_labels()
    return [draw_card(card, language, directory, labels) for card in cards]


def draw_card(card: ProductCard, language: str, directory: Directory, labels: dict[str, str]) -> dict:
    lang = language_of(card, language)
    text = card.texts.get(lang) or {"title": card.slug, "summary": ""}
    workshop, village = directory.workshops.get(card.workshop_id), directory.villages.get(card.village_id)
    price = selling_price(Money(card.price, card.currency))
    shown = format_money(price, language)
    return {
        "pk": card.pk,
        "url": product_path(language, slug_of(text["title"], card.slug), card.pk),
        "title": text["title"],
        "summary": text["summary"],
        "lang": lang,
        "lang_label": shown_in(lang, language),
        "workshop": workshop.name if workshop else "",
        "workshop_lang": workshop.lang if workshop else "",
        "village": village.name if village else "",
        "village_lang": village.lang if village else "",
        "economy": economy_name(card.economy),
        "price": price,
        "price_text": labels["from_price"] % {"price": shown} if card.from_price else shown,
        "from_price": card.from_price,
        "state": card.state,
        "state_text": labels[card.state],
        "lead_days": card.lead_days,
        "picture": {**card.picture, "alt": text["title"], "lang": lang} if card.picture else {},
    }


def language_of(card: ProductCard, language: str) -> str:
    """The language in which readers of ``language`` see the card's words."""
    return choose({code: code for code in card.texts}, language, card.source_language) or language
