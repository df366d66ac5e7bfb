"""What was found, as templates and the list of suggestions draw it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from catalogue.text import choose, language_name
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
    known = [place for hit in places if (place := _place(hit, directory))]
    preload.load_images(store, {row.hero_id for row in (*pages, *known) if row.hero_id})
    return {
        "story_cards": [page_contexts.story_card(page, directory) for page in pages],
        "place_cards": [page_contexts.place_card(place, directory) for place in known],
    }


def _stories(hits: Sequence[Hit], directory: Directory) -> list:
    """Pages that are still for everyone; one statement for those that were not asked for before."""
    missing = [hit.object_id for hit in hits if ("found", hit.object_id) not in directory.kept]
    rows = _read(missing, directory.language) if missing else {}
    pages = [
        directory.keep(("found", hit.object_id), lambda hit=hit: rows.get(hit.object_id)) for hit in hits
    ]
    return [page for page in pages if page is not None]


def _read(ids: list[int], language: str) -> dict[int, object]:
    """Id of the page that was found → the same story as a reader of ``language`` gets it, in one statement."""
    from storefront.models import StoryPage

    found = StoryPage.objects.filter(pk__in=ids).values("translation_key")
    rows = documents.public(StoryPage.objects.filter(translation_key__in=found)).order_by("pk")
    families: dict[object, dict[str, object]] = {}
    rows = list(rows.only(*page_contexts.CARD_FIELDS, "locale", "translation_key"))
    for row in rows:
        families.setdefault(row.translation_key, {}).setdefault(row.locale.language_code, row)
    # The first row of a family is its source.
    best = {key: choose(family, language, next(iter(family))) for key, family in families.items()}
    return {row.pk: best[row.translation_key] for row in rows}


def suggestion(hit: Hit, directory: Directory) -> dict:
    kinds = {
        "product": _("Piece"),
        "story": _("Story"),
        "village": _("Village"),
        "craft": _("Craft"),
        "workshop": _("Workshop"),
    }
    kind = kinds[hit.kind]
    if hit.language != directory.language:
        kind = f"{kind} · {language_name(hit.language)}"
    return {"title": hit.title, "lang": hit.language, "kind": kind, "url": _url(hit, directory)}


def _url(hit: Hit, directory: Directory) -> str:
    if hit.kind == "product":
        return product_path(directory.language, slug_of(hit.title, hit.slug), hit.object_id)
    if hit.kind == "story":
        return directory.address_of(hit.url_path, hit.language)
    place = _place(hit, directory)
    return place.link if place else ""


def _place(hit: Hit, directory: Directory) -> Place | None:
    tables = {"village": directory.villages, "craft": directory.crafts, "workshop": directory.workshops}
    return tables[hit.kind].get(hit.object_id)
