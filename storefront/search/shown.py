"""What was found, as templates and the list of suggestions draw it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from storefront import page_contexts, preload
from storefront.listing.cards import product_path
from storefront.listing.directory import Directory, Place
from storefront.listing.slugs import slug_of
from storefront.search import documents
from storefront.search.hits import Hit


def other_cards(
    stories: Sequence[Hit], places: Sequence[Hit], directory: Directory, store: preload.Preloaded
) -> dict[str, list[dict]]:
    """ "story_cards" and "place_cards", their pictures read in one statement."""
    pages = _stories(stories, directory)
    known = [(hit.kind, place) for hit in places if (place := _place(hit, directory))]
    preload.load_images(
        store, {row.hero_id for row in (*pages, *(place for _kind, place in known)) if row.hero_id}
    )
    return {
        "story_cards": [page_contexts.story_card(page, directory) for page in pages],
        "place_cards": [
            page_contexts.place_card(place, directory) | {"url": place_url(kind, place, directory)}
            for kind, place in known
        ],
    }


def _stories(hits: Sequence[Hit], directory: Directory) -> list:
    """Pages that are still for everyone; one statement for those that were not asked for before."""
    missing = [hit.object_id for hit in hits if ("found", hit.object_id) not in directory.kept]
    rows = _read(missing) if missing else {}
    pages = [
        directory.keep(("found", hit.object_id), lambda hit=hit: rows.get(hit.object_id)) for hit in hits
    ]
    return [page for page in pages if page is not None]


def _read(ids: list[int]) -> dict[int, object]:
    from storefront.models import StoryPage

    rows = documents.public(StoryPage.objects.filter(pk__in=ids))
    return {row.pk: row for row in rows.only(*page_contexts.CARD_FIELDS, "locale")}


def suggestion(hit: Hit, directory: Directory) -> dict:
    kinds = {
        "product": _("Piece"),
        "story": _("Story"),
        "village": _("Village"),
        "craft": _("Craft"),
        "workshop": _("Workshop"),
    }
    return {"title": hit.title, "lang": hit.language, "kind": kinds[hit.kind], "url": _url(hit, directory)}


def _url(hit: Hit, directory: Directory) -> str:
    if hit.kind == "product":
        return product_path(directory.language, slug_of(hit.title, hit.slug), hit.object_id)
    if hit.kind == "story":
        return directory.address_of(hit.url_path, hit.language)
    place = _place(hit, directory)
    return place_url(hit.kind, place, directory) if place else ""


def _place(hit: Hit, directory: Directory) -> Place | None:
    tables = {"village": directory.villages, "craft": directory.crafts, "workshop": directory.workshops}
    return tables[hit.kind].get(hit.object_id)


def place_url(kind: str, place: Place, directory: Directory) -> str:
    """The place's page; where it has none, its pieces."""
    return place.url or f"/{directory.language}/products/?{kind}={place.slug}"
