"""What was found, as templates and the list of suggestions draw it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from storefront import page_contexts, preload
from storefront.listing.cards import product_path
from storefront.listing.directory import Directory, Place
from storefront.listing.slugs import slug_of
from storefront.search import documents
from storefront.search.hits import Hit


def place_cards(hits: Sequence[Hit], directory: Directory, store: preload.Preloaded) -> list[dict]:
    places = [(hit, place) for hit in hits if (place := _place(hit, directory))]
    preload.load_images(store, {place.hero_id for _hit, place in places if place.hero_id})
    return [
        page_contexts.place_card(place, directory) | {"url": place_url(hit.kind, place, directory)}
        for hit, place in places
    ]


def story_cards(hits: Sequence[Hit], directory: Directory, store: preload.Preloaded) -> list[dict]:
    """Cards of stories that are still for everyone; one statement for those that were not asked for before."""
    missing = [hit.object_id for hit in hits if ("found", hit.object_id) not in directory.kept]
    rows = _read(missing) if missing else {}
    stories = [
        directory.keep(("found", hit.object_id), lambda hit=hit: rows.get(hit.object_id)) for hit in hits
    ]
    stories = [story for story in stories if story is not None]
    preload.load_images(store, {story.hero_id for story in stories if story.hero_id})
    return [page_contexts.story_card(story, directory) for story in stories]


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
