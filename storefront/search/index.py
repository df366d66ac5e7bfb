"""Keeps the index true. The only writer of SearchEntry; called by listing.refresh, receivers, loaders and a command."""

import time
from collections.abc import Callable, Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet, Subquery

from catalogue.models import Craft, ProductText
from marketplace.workshops.models import Village, Workshop
from storefront.listing import version
from storefront.listing.models import ProductCard
from storefront.search import documents, storage
from storefront.search.models import SearchEntry
from storefront.search.names import Names, read_names

Kind = SearchEntry.Kind
BATCH = 500
PLACES = {Kind.VILLAGE: Village, Kind.CRAFT: Craft, Kind.WORKSHOP: Workshop}
Descriptions = Mapping[int, Mapping[str, str]]


def pieces(cards: Iterable[ProductCard], descriptions: Descriptions, names: Names | None = None) -> None:
    """Make the entries of these cards' pieces say what the cards say; a hidden piece has none.

    ``descriptions``: product id → language → text. ``names``: of all their places and materials, read when not given.
    """
    cards = list(cards)
    shown = [card for card in cards if card.visible]
    names = _names_for(shown) if names is None else names
    entries = [
        entry
        for card in shown
        for entry in documents.of_piece(card, descriptions.get(card.product_id, {}), names)
    ]
    _replace({f"{Kind.PRODUCT}-{card.product_id}" for card in cards}, entries)


def new_pieces(cards: Iterable[ProductCard], descriptions: Descriptions, names: Names) -> None:
    """The same for pieces that have no entries yet: nothing is looked for."""
    shown = (card for card in cards if card.visible)
    write(
        entry
        for card in shown
        for entry in documents.of_piece(card, descriptions.get(card.product_id, {}), names)
    )


def forget_pieces(ids: Iterable[int]) -> None:
    """Take out the entries of pieces that have no card."""
    ids = list(ids)
    if ids:
        _delete(SearchEntry.objects.filter(kind=Kind.PRODUCT, object_id__in=ids))


def missing_pieces(ids: Iterable[int]) -> set[int]:
    """Those of the visible pieces that have no entry yet."""
    ids = set(ids)
    return ids - set(
        SearchEntry.objects.filter(kind=Kind.PRODUCT, object_id__in=ids).values_list("object_id", flat=True)
    )


def read_descriptions(ids: Iterable[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    rows = ProductText.objects.filter(owner__in=ids).order_by()
    for pk, language, text in rows.values_list("owner_id", "locale__language_code", "description"):
        found.setdefault(pk, {})[language] = text
    return found


def places(kind: str, ids: Iterable[int]) -> None:
    """Make the entries of these villages, crafts or workshops true; one that is gone, or not open, has none."""
    ids = list(ids)
    owners = _public(kind).filter(pk__in=ids).prefetch_related("texts__locale")
    pages = _place_pages(kind, ids)
    entries = [
        entry for owner in owners for entry in documents.of_place(kind, owner, pages.get(owner.pk, {}))
    ]
    _replace({f"{kind}-{pk}" for pk in ids}, entries)


def stories(ids: Iterable[int]) -> None:
    """Make the entries of these story pages true; one that is gone, a draft or not for everyone has none."""
    from storefront.models import StoryPage

    ids = list(ids)
    rows = list(documents.public(StoryPage.objects.filter(pk__in=ids)))
    subjects = ("village", "craft", "workshop")
    known = {kind: {pk for row in rows if (pk := getattr(row, f"{kind}_id"))} for kind in subjects}
    names = read_names(**known) if rows else Names()
    write([documents.of_story(row, names) for row in rows])
    gone = set(ids) - {row.pk for row in rows}
    if gone:
        _delete(SearchEntry.objects.filter(kind=Kind.STORY, object_id__in=gone))


def write(entries: Iterable[SearchEntry]) -> None:
    """Insert or replace."""
    fields = [field.name for field in SearchEntry._meta.concrete_fields if not field.primary_key]
    SearchEntry.objects.bulk_create(
        entries,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["thing", "language"],
        update_fields=fields,
    )


def rebuild(progress: Callable[[int, int, float], None] = lambda done, total, seconds: None) -> int:
    """Make all entries anew, in batches that each commit, while readers go on; answers how many pieces there were.

    ``progress(done, total, seconds)`` is called after every batch of pieces.
    """
    from storefront.models import StoryPage

    started, names = time.monotonic(), read_names()
    cards = ProductCard.objects.filter(visible=True).order_by("pk")
    total, done, last = cards.count(), 0, 0
    first = not SearchEntry.objects.exists()
    with storage.filling(total if first else 0):
        write_all = new_pieces if first else pieces
        while batch := list(cards.filter(pk__gt=last)[:BATCH]):
            with transaction.atomic():
                write_all(batch, read_descriptions([card.pk for card in batch]), names)
            last, done = batch[-1].pk, done + len(batch)
            progress(done, total, time.monotonic() - started)
        for kind, model in PLACES.items():
            _in_batches(model.objects.values_list("pk", flat=True), lambda ids, kind=kind: places(kind, ids))
        _in_batches(StoryPage.objects.values_list("pk", flat=True), stories)
    _forget_strangers()
    version.raise_after_commit("pieces")
    return total


def _forget_strangers() -> None:
    """Take out what belongs to nothing any more."""
    from storefront.models import StoryPage

    known = {Kind.PRODUCT: ProductCard.objects.filter(visible=True), Kind.STORY: StoryPage.objects.all()}
    known |= {kind: _public(kind) for kind in PLACES}
    for kind, rows in known.items():
        _delete(SearchEntry.objects.filter(kind=kind).exclude(object_id__in=Subquery(rows.values("pk"))))


def _public(kind: str) -> QuerySet:
    """A workshop that waits for its officer, or was closed, is nobody's business."""
    rows = PLACES[kind].objects.all()
    return rows.filter(stage=Workshop.Stage.OPEN) if kind == Kind.WORKSHOP else rows


def _in_batches(ids: Iterable[int], work: Callable[[list[int]], None]) -> None:
    ids = sorted(ids)
    for start in range(0, len(ids), BATCH):
        work(ids[start : start + BATCH])


def _replace(things: set[str], entries: list[SearchEntry]) -> None:
    """Write ``entries``; other languages of ``things`` are gone."""
    write(entries)
    kept = {(entry.thing, entry.language) for entry in entries}
    known = SearchEntry.objects.filter(thing__in=things).values_list("pk", "thing", "language")
    gone = [pk for pk, thing, language in known if (thing, language) not in kept]
    if gone:
        _delete(SearchEntry.objects.filter(pk__in=gone))


def _delete(rows: QuerySet) -> None:
    """In one statement. An ordinary delete would read every row, since somebody listens to deletions of all models."""
    rows._raw_delete(rows.db)


def _names_for(cards: list[ProductCard]) -> Names:
    if not cards:
        return Names()
    return read_names(
        village={card.village_id for card in cards},
        workshop={card.workshop_id for card in cards},
        craft={card.craft_id for card in cards if card.craft_id},
        material={int(pk) for card in cards for pk in card.materials.split()},
    )


def _place_pages(kind: str, ids: list[int]) -> dict[int, dict[str, object]]:
    """Id of the place → language → its public page."""
    from storefront import models

    model = {
        Kind.VILLAGE: models.VillagePage,
        Kind.CRAFT: models.CraftPage,
        Kind.WORKSHOP: models.WorkshopPage,
    }[kind]
    found: dict[int, dict[str, object]] = {}
    for page in documents.public(model.objects.filter(**{f"{kind}__in": ids})):
        found.setdefault(getattr(page, f"{kind}_id"), {})[page.locale.language_code] = page
    return found
