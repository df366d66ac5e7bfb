"""What a card tells: words, place, picture and pieces of a page or a product, in one language."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Case, Q, Value, When
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page, PageLogEntry, get_page_models

from catalogue.provenance import with_provenance, with_source_language
from catalogue.text import chain, shown_in
from marketplace.economies.names import economy_name
from marketplace.money import format_money
from storefront.embeds import addresses
from storefront.embeds.origins import label_of, with_records
from storefront.listing.cards import card_labels, draw
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.models import ProductCard
from storefront.page_origin import origin_label
from storefront.pictures import WIDE, describe, load_renditions
from storefront.restrictions import is_restricted

PIECES = 3


@dataclass(frozen=True)
class Subject:
    """All that a card or oEmbed answer says, in ``language``; ``lang`` is that of the subject's own words."""

    kind: str
    language: str
    pk: int
    slug: str
    url: str
    title: str
    lang: str
    lang_label: str = ""
    origin_label: str = ""
    text: str = ""
    places: tuple[tuple[str, str], ...] = ()  # (name, its language), nearest first
    craft: str = ""  # its slug, for the dye of the card
    author: str = ""
    author_url: str = ""
    picture: dict = field(default_factory=dict)
    pieces: tuple[dict, ...] = ()
    piece: dict = field(default_factory=dict)

    @property
    def card_path(self) -> str:
        return addresses.card_path(self.language, self.kind, self.slug, self.pk)


@dataclass(frozen=True)
class Gone:
    """It was here and is not any more. ``back_url`` leads to its village, or to all stories."""

    back_url: str
    back_name: str = ""
    back_lang: str = ""


@dataclass(frozen=True)
class Restricted:
    """It is here, and not for everyone."""


Found = Subject | Gone | Restricted | None


def find_subject(kind: str, language: str, pk: int) -> Found:
    """The subject of a card. Its words are in ``language`` where they exist, else in a labelled fallback."""
    if kind not in addresses.KINDS or language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        return None
    with translation.override(language):
        return _product(language, pk) if kind == "product" else _page(kind, language, pk)


def _page(kind: str, language: str, pk: int) -> Found:
    models = [model for model in get_page_models() if getattr(model, "embed_kind", "") == kind]
    for model in models:
        if rows := _translations(model, language, pk):
            return _of_rows(kind, language, pk, rows)
    # A page that was deleted leaves its entry in Wagtail's log; a number that never was leaves none.
    deleted = PageLogEntry.objects.filter(
        page_id=pk, action="wagtail.delete", content_type__model__in=_names(models)
    )
    return _gone(language, None) if deleted.exists() else None


def _names(models: Iterable) -> list[str]:
    return [model._meta.model_name for model in models]


def _translations(model, language: str, pk: int) -> list:
    """The page ``pk`` and those of its translations that may stand in for it, live or not. One statement."""
    same = model.objects.filter(pk=pk).values("translation_key")
    spoken = Q(pk=pk) | Q(locale__language_code__in=chain(language, language))
    rows = with_source_language(with_provenance(model.objects.filter(spoken, translation_key__in=same)))
    return list(rows.select_related("locale", "hero"))


def _of_rows(kind: str, language: str, pk: int, rows: list) -> Found:
    own = next(row for row in rows if row.pk == pk)
    live = {row.locale.language_code: row for row in rows if row.live}
    page = next((live[code] for code in chain(language, own.locale.language_code) if code in live), None)
    if page is None:
        return _gone(language, own) if own.first_published_at else None
    if is_restricted(page):
        return Restricted()
    return _of_page(kind, language, page, own)


def _of_page(kind: str, language: str, page: Page, own: Page) -> Subject:
    directory = get_directory(language)
    village = directory.villages.get(getattr(page, "village_id", None))
    lang = page.locale.language_code
    load_renditions([page.hero])
    return Subject(
        kind=kind,
        language=language,
        pk=own.pk,
        slug=own.slug,
        url=directory.address_of(page.url_path, lang),
        title=page.title,
        lang=lang,
        lang_label=shown_in(lang, language),
        origin_label=origin_label(page),
        text=page.intro,
        places=_places(None if kind == "village" else village, village.economy if village else ""),
        craft=_craft(directory, getattr(page, "craft_id", None)),
        author=village.name if village else "",
        author_url=village.url if village else "",
        picture=describe(page.hero, WIDE, alt=page.hero_alt, lang=lang),
        pieces=tuple(_draw(_pieces_of(page), language)),
    )


def _craft(directory: Directory, pk: int | None) -> str:
    place = directory.crafts.get(pk)
    return place.slug if place else ""


def _places(place: Place | None, economy: str) -> tuple[tuple[str, str], ...]:
    names = [(place.name, place.lang)] if place else []
    return (*names, *([(economy_name(economy), "")] if economy else []))


def _pieces_of(page: Page) -> list[ProductCard]:
    """Up to three: those that the page shows, in its order, then its subject's newest; sold out ones last."""
    shown = _shown(page)
    subject = next(name for name in ("workshop_id", "village_id", "craft_id") if getattr(page, name, None))
    rows = ProductCard.objects.filter(Q(pk__in=shown) | Q(**{subject: getattr(page, subject)}), visible=True)
    first = Case(When(pk__in=shown, then=Value(0)), default=Value(1))
    places = {pk: place for place, pk in enumerate(shown)}
    return sorted(
        rows.order_by(first, "-listed_at", "-pk")[: len(shown) + 12],
        key=lambda row: (row.state == ProductCard.State.SOLD_OUT, places.get(row.pk, len(shown))),
    )[:PIECES]


def _draw(cards: Iterable[ProductCard], language: str) -> list[dict]:
    """As in listings, and ``price_line`` with the currency's code: the card's reader may be anywhere."""
    from_price = card_labels()["from_price"]
    rows = draw(cards, language)
    for row in rows:
        price = f"{format_money(row['price'], language)}\u00a0{row['price'].currency}"
        row["price_line"] = from_price % {"price": price} if row["from_price"] else price
    return rows


def _shown(page: Page) -> list[int]:
    """Ids of the pieces in the page's blocks, in order."""
    found: list[int] = []
    for block in page.body.raw_data:
        value = block["value"]
        if block["type"] == "product":
            found.append(value["product"])
        elif block["type"] == "shelf" and value.get("mode") == "chosen":
            found += [item["value"] if isinstance(item, dict) else item for item in value.get("products", [])]
    return list(dict.fromkeys(pk for pk in found if pk))[:24]


def _gone(language: str, page: Page | None) -> Gone:
    directory = get_directory(language)
    village = directory.villages.get(getattr(page, "village_id", None))
    if village and village.url and getattr(page, "embed_kind", "") != "village":
        return Gone(village.url, village.name, village.lang)
    return Gone(directory.sections.get("stories", f"/{language}/"))


def _product(language: str, pk: int) -> Found:
    card = with_records(ProductCard.objects.filter(pk=pk), language).first()
    directory = get_directory(language)
    if card is None:
        return None
    village = directory.villages.get(card.village_id)
    if not card.visible:
        return (
            Gone(village.url, village.name, village.lang)
            if village and village.url
            else _gone(language, None)
        )
    return _of_card(language, card, village, directory)


def _of_card(language: str, card: ProductCard, village: Place | None, directory: Directory) -> Subject:
    [drawn] = _draw([card], language)
    workshop = directory.workshops.get(card.workshop_id)
    return Subject(
        kind="product",
        language=language,
        pk=card.pk,
        slug=card.slug,
        url=drawn["url"],
        title=drawn["title"],
        lang=drawn["lang"],
        lang_label=drawn["lang_label"],
        origin_label=label_of(card, drawn["lang"]),
        text=drawn["summary"],
        places=(*([(workshop.name, workshop.lang)] if workshop else []), *_places(village, card.economy)),
        craft=_craft(directory, card.craft_id),
        author=workshop.name if workshop else "",
        author_url=workshop.url if workshop else "",
        picture=drawn["picture"],
        piece=drawn,
    )


def call_to_act(kind: str) -> str:
    """The words on the card's main link, in the active language."""
    return {
        "story": _("Read the story"),
        "village": _("Visit the village"),
        "craft": _("Read about the craft"),
        "product": _("See this piece"),
    }[kind]
