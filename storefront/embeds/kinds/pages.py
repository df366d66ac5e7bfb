"""Cards of the tree's pages: a story, a village with its shelf, a craft, a workshop."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageLogEntry, get_page_models

from catalogue.provenance import with_provenance, with_source_language
from catalogue.text import choose, shown_in
from marketplace.economies.names import economy_name
from storefront.embeds.kinds.base import kinds
from storefront.embeds.kinds.lead import LEAD, lighter
from storefront.embeds.kinds.shelves import FEW, SHELF, draw_shelf, pieces_of
from storefront.embeds.subjects import Found, Gone, Restricted, Subject
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.place_pages import OWN_WORDS
from storefront.page_origin import origin_label
from storefront.pictures import WIDE, describe, load_renditions
from storefront.restrictions import is_restricted


@kinds.register("story", call=_("Read the story"))
def story(language: str, pk: int) -> Found:
    return page_card("story", language, pk)


@kinds.register("village", call=_("Visit the village"))
def village(language: str, pk: int) -> Found:
    """With its shelf: the pieces of its workshops."""
    return page_card("village", language, pk, most=SHELF)


@kinds.register("craft", call=_("Read about the craft"))
def craft(language: str, pk: int) -> Found:
    return page_card("craft", language, pk)


@kinds.register("workshop", call=_("Visit the workshop"))
def workshop(language: str, pk: int) -> Found:
    return page_card("workshop", language, pk)


def page_card(kind: str, language: str, pk: int, most: int = FEW) -> Found:
    """The card of page ``pk`` for readers of ``language``, with at most so many pieces."""
    found = page_for(kind, language, pk)
    return _of_page(kind, language, *found, most) if isinstance(found, tuple) else found


def page_for(kind: str, language: str, pk: int) -> tuple[Page, Page] | Gone | Restricted | None:
    """(the page to show, the page whose number the card has): the first may be a translation of the second.

    ``pk`` is that of any translation. The card has the number of the first of them, live or not: the source, as in the
    API. So it stays when a translation comes or goes, and all languages are counted as one.
    """
    models = [model for model in get_page_models() if getattr(model, "embed_kind", "") == kind]
    for model in models:
        if rows := _translations(model, pk):
            return _choose(language, rows)
    # A page that was deleted leaves its entry in Wagtail's log; a number that never was leaves none.
    deleted = PageLogEntry.objects.filter(
        page_id=pk, action="wagtail.delete", content_type__model__in=_names(models)
    )
    return gone(language, None) if deleted.exists() else None


def _names(models: Iterable) -> list[str]:
    return [model._meta.model_name for model in models]


def _translations(model, pk: int) -> list:
    """The page ``pk`` and all its translations, live or not, the source first. One statement."""
    same = model.objects.filter(pk=pk).values("translation_key")
    rows = with_source_language(with_provenance(model.objects.filter(OWN_WORDS, translation_key__in=same)))
    return list(rows.select_related("locale", "hero").order_by("pk"))


def _choose(language: str, rows: list) -> tuple[Page, Page] | Gone | Restricted | None:
    """The one that the site shows to readers of ``language`` (storefront/serving.py)."""
    source, live = rows[0], {}
    for row in rows:
        if row.live:
            live.setdefault(row.locale.language_code, row)
    page = choose(live, language, source.locale.language_code)
    if page is None:
        once = next((row for row in rows if row.first_published_at), None)
        return gone(language, once) if once else None
    return Restricted() if is_restricted(page) else (page, source)


def slug_of(page: Page, own: Page) -> str:
    """For the card's address. Nobody is told how a draft is called."""
    return own.slug if own.first_published_at else page.slug


def _of_page(kind: str, language: str, page: Page, own: Page, most: int) -> Subject:
    directory = get_directory(language)
    maker = directory.workshops.get(page.workshop_id) if kind == "workshop" else None
    home = village_of(page, directory)
    author = maker or home
    lang = page.locale.language_code
    load_renditions([page.hero])
    picture = describe(page.hero, WIDE, alt=page.hero_alt, lang=lang)
    title, title_lang = _title(kind, page, directory)
    return Subject(
        kind=kind,
        language=language,
        pk=own.pk,
        slug=slug_of(page, own),
        url=directory.address_of(page.url_path, lang),
        title=title,
        title_lang=title_lang,
        lang=lang,
        lang_label=shown_in(lang, language),
        origin_label=origin_label(page),
        text=page.intro,
        places=places_of(None if kind == "village" else home, home.economy if home else ""),
        craft=craft_of(directory, getattr(page, "craft_id", None)),
        author=author.name if author else "",
        author_url=author.url if author else "",
        picture=picture,
        lead=lighter(picture, page.hero, LEAD),
        pieces=tuple(draw_shelf(pieces_of(page, most), language)),
    )


def _title(kind: str, page: Page, directory: Directory) -> tuple[str, str]:
    """(title, its language). A page that is not translated goes by the name that its subject has in the reader's language."""
    lang, known = page.locale.language_code, {"village": "villages", "craft": "crafts", "workshop": "workshops"}
    if lang != directory.language and kind in known:
        place = getattr(directory, known[kind]).get(getattr(page, f"{kind}_id"))
        if place and place.lang == directory.language:
            return place.name, place.lang
    return page.title, lang


def village_of(page: Page, directory: Directory) -> Place | None:
    """The village that a page is about, or that its workshop stands in."""
    pk = getattr(page, "village_id", None)
    if pk is None:
        maker = directory.workshops.get(getattr(page, "workshop_id", None))
        pk = maker.village_id if maker else None
    return directory.villages.get(pk)


def craft_of(directory: Directory, pk: int | None) -> str:
    place = directory.crafts.get(pk)
    return place.slug if place else ""


def places_of(place: Place | None, economy: str) -> tuple[tuple[str, str], ...]:
    return tuple(_place_names(place, economy))


def _place_names(place: Place | None, economy: str) -> Iterator[tuple[str, str]]:
    if place:
        yield place.name, place.lang
    if economy:
        yield economy_name(economy), ""


def gone(language: str, page: Page | None) -> Gone:
    """The way on from a page that is not there any more: its village, else all stories."""
    directory = get_directory(language)
    home = village_of(page, directory)
    if home and home.url and getattr(page, "embed_kind", "") != "village":
        return Gone(home.url, home.name, home.lang)
    return Gone(directory.sections.get("stories", f"/{language}/"))
