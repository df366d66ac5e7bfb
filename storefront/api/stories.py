"""Stories: each once, in the language that was asked for or in the best that there is."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest
from django.utils import translation
from wagtail.models import Page

from catalogue.provenance import with_provenance, with_source_language
from storefront import page_contexts, preload
from storefront.api import drawing
from storefront.api.answers import resource
from storefront.api.asking import Resource, read
from storefront.api.html import html_of
from storefront.api.listing import one, part
from storefront.api.pieces import PIECES, draw_pieces
from storefront.api.places_asked import FILTERS, places_of
from storefront.api.schemas import LANG, maybe, moment, ref, rows, shaped, text, url, whole
from storefront.embeds.pricing import addresses_in
from storefront.linked_data.nodes import absolute
from storefront.linked_data.pages import mentioned
from storefront.links import in_own_words
from storefront.listing.directory import Directory, get_directory
from storefront.listing.models import ProductCard
from storefront.models import StoryPage
from storefront.page_origin import origin_label
from storefront.pictures import LARGE, describe
from storefront.preload import preloaded
from storefront.serving import Twin, best_of, spots_of, twins_of

FIELDS = (*page_contexts.CARD_FIELDS, "craft_id", "workshop_id", "last_published_at", "translation_key")
STORIES = Resource(
    name="stories",
    fields={
        "id": whole("Its number, the same in every language."),
        "title": text("What it is called."),
        "lang": LANG,
        "intro": text("One or two sentences."),
        "url": url("Its page."),
        "picture": maybe(ref("Picture")),
        "village": maybe(ref("Place")),
        "craft": maybe(ref("Place")),
        "workshop": maybe(ref("Place")),
        "published_at": maybe(moment("When it was first published.")),
        "updated_at": maybe(moment("When it was last published.")),
        "translations": {
            "type": "object",
            "description": "Language → its page in that language.",
            "additionalProperties": {"type": "string", "format": "uri"},
        },
    },
    more={
        "html": text("The text as HTML that needs nothing else: no script, no style, whole addresses."),
        "origin": text("From which language it was translated and by whom; empty for a source."),
        "pieces": rows(shaped("A piece that the story shows.", **PIECES.fields)),
    },
    filters=FILTERS
    | {
        "craft": ({"type": "string", "description": "slug of a craft"}, bool),
        "workshop": ({"type": "string", "description": "slug of a workshop"}, bool),
    },
    priced=True,
)


@resource
def listing(request: HttpRequest) -> dict:
    """Newest first. Six statements beyond the directory's, however many stories."""
    asked = read(request, STORIES)
    with translation.override(asked.lang), addresses_in(asked.market):
        directory = get_directory(asked.lang)
        conditions = places_of(asked, directory, through_village=True)
        stories = page_contexts.stories_for(asked.lang).filter(**conditions)
        pages = list(stories.only(*FIELDS)[asked.offset : asked.offset + asked.limit])
        families = _families([page.pk for page in pages])
        drawn = _drawn(pages, {page.pk: families[page.translation_key] for page in pages}, directory)
        return part(request, asked, stories.count(), drawn)


@resource
def detail(request: HttpRequest, pk: str) -> dict:
    """By the number of the story or of any of its translations; 404 for what is not for everyone."""
    asked = read(request, STORIES, one=True)
    with translation.override(asked.lang), addresses_in(asked.market):
        directory = get_directory(asked.lang)
        page, family = _find(int(pk), asked.lang)
        with preloaded(page):
            [drawn] = _drawn([page], {page.pk: family}, directory)
            shelves = page_contexts.shelf_cards(page, directory)
            more = {
                "html": html_of(page.body, shelves),
                "origin": origin_label(page),
                "pieces": draw_pieces(_cards(mentioned(page, shelves)), directory),
            }
        return one(asked, drawn | more)


def _find(pk: int, language: str) -> tuple[StoryPage, list[Twin]]:
    """The story for readers of ``language``, and its family, sources first. Two statements. Raises Http404."""
    twins = twins_of(Page.objects.filter(pk=pk))
    best = best_of([twin for twin in twins if twin.live], language)
    if best is None or best.restricted:
        raise Http404
    rows_ = with_source_language(with_provenance(StoryPage.objects.filter(pk=best.pk)))
    page = rows_.select_related("locale").first()
    if page is None:
        raise Http404
    page.reader_language = language
    return page, twins


def _cards(ids: list[int]) -> list[ProductCard]:
    """In the order of ``ids``. One statement for those of shelves, none for those that the page read already."""
    store = preload.current()
    preload.load_cards(store, set(ids))
    return [store.cards[pk] for pk in ids if pk in store.cards]


def _families(ids: Iterable[int]) -> dict[object, list[Twin]]:
    """Translation key → the story's pages, the source first. One statement."""
    found: dict[object, list[Twin]] = {}
    ids = list(ids)
    for twin in twins_of(Page.objects.filter(pk__in=ids)) if ids else ():
        found.setdefault(twin.key, []).append(twin)
    return found


def _drawn(pages: list[StoryPage], families: dict[int, list[Twin]], directory: Directory) -> list[dict]:
    pictures = directory.load_pictures({page.hero_id for page in pages if page.hero_id})
    return [_story(page, families[page.pk], pictures.get(page.hero_id), directory) for page in pages]


def _story(page: StoryPage, family: list[Twin], picture, directory: Directory) -> dict:
    lang = page.locale.language_code
    own = in_own_words(spots_of([twin for twin in family if twin.live], directory.roots))
    first, last = page.first_published_at, page.last_published_at
    return {
        "id": family[0].pk,
        "title": page.title,
        "lang": lang,
        "intro": page.intro,
        "url": absolute(directory.address_of(page.url_path, lang)),
        "picture": drawing.picture(describe(picture, LARGE, alt=page.hero_alt)),
        "village": drawing.place(directory.villages.get(page.village_id)),
        "craft": drawing.place(directory.crafts.get(page.craft_id)),
        "workshop": drawing.place(directory.workshops.get(page.workshop_id)),
        "published_at": first.isoformat() if first else None,
        "updated_at": last.isoformat() if last else None,
        "translations": {code: absolute(url) for code, url in own.items()},
    }
