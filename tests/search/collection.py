"""The fixed collection and the questions to it, and how well a search answers them."""

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalogue.models import Product
from storefront.listing.refresh import once_at_the_end, refresh
from storefront.search.models import SearchEntry
from storefront.search.synonyms import seed
from storefront.search.views import search_for
from tests.factories import make_craft, make_material, make_piece, make_story, make_village, make_workshop
from tests.factories.texts import index_places

HERE = Path(__file__).parent
START = datetime(2026, 1, 1, tzinfo=UTC)
SHOWN = 10  # what a reader looks through


@dataclass(frozen=True)
class Case:
    """A question in a language; ``expected`` are the ids that count as right, best first."""

    id: str
    language: str
    query: str
    expected: tuple[str, ...]


def cases() -> list[Case]:
    with (HERE / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Case(row["id"], row["language"], row["query"], tuple(row["expected"].split("|"))) for row in rows]


@once_at_the_end()
def make_collection() -> dict[str, str]:
    """Fill the database; answers thing (see SearchEntry) → id of the collection."""
    data = tomllib.loads((HERE / "collection.toml").read_text(encoding="utf-8"))
    seed()
    villages = {slug: _place(make_village, slug, row) for slug, row in data["villages"].items()}
    crafts = {slug: _place(make_craft, slug, row) for slug, row in data["crafts"].items()}
    materials = {slug: make_material(slug, name=name) for slug, name in data["materials"].items()}
    workshops = {
        slug: _place(make_workshop, slug, row | {"village": villages[row["village"]]})
        for slug, row in data["workshops"].items()
    }
    found = {f"village-{row.pk}": f"village:{slug}" for slug, row in villages.items()}
    found |= {f"craft-{row.pk}": f"craft:{slug}" for slug, row in crafts.items()}
    found |= {f"workshop-{row.pk}": f"workshop:{slug}" for slug, row in workshops.items()}
    index_places()
    for number, row in enumerate(data["pieces"]):
        piece = _piece(row, workshops, crafts, materials)
        Product.objects.filter(pk=piece.pk).update(date_created=START + timedelta(days=number))
        refresh([piece.pk])
        found[f"product-{piece.pk}"] = row["id"]
    for number, row in enumerate(data["stories"]):
        found[_story(row, villages, crafts, START + timedelta(days=number))] = row["id"]
    return found


def answers(found: dict[str, str]) -> dict[str, list[str]]:
    """Case → the ids that its query finds, as the search page orders them."""
    return {case.id: [found[thing] for thing in _ask(case)] for case in cases()}


def reciprocal_rank(case: Case, answer: Iterable[str]) -> float:
    """1 where the first answer is right, ½ where the second is the first right one, and so on; 0 beyond the tenth."""
    places = (place for place, one in enumerate(list(answer)[:SHOWN], 1) if one in case.expected)
    return 1 / next(places, float("inf"))


def mean(answered: dict[str, list[str]]) -> float:
    """The mean reciprocal rank over all cases."""
    return sum(reciprocal_rank(case, answered[case.id]) for case in cases()) / len(cases())


def _ask(case: Case) -> list[str]:
    hits, _begun = search_for(case.query, case.language)
    return [hit.thing for hit in hits]


def _place(make, slug: str, row: dict):
    return make(slug, source=next(iter(row["name"])), **row) if make is not make_craft else make(slug, **row)


def _piece(row: dict, workshops: dict, crafts: dict, materials: dict) -> Product:
    return make_piece(
        workshops[row["workshop"]],
        title=row["title"],
        summary=row.get("summary", ""),
        craft=crafts.get(row.get("craft")),
        materials=[materials[name] for name in row.get("materials", [])],
        code=row["code"],
        source=row.get("source", "vi"),
    )


def _story(row: dict, villages: dict, crafts: dict, published: datetime) -> str:
    """One page in each language of the title, with its own words; answers the thing."""
    pages = make_story(
        title=row["title"], village=villages[row["village"]], craft=crafts.get(row.get("craft"))
    )
    for code, page in pages.items():
        page.body = [("text", {"heading": "", "text": f"<p>{row['body'].get(code, '')}</p>"})]
        page.first_published_at = published
        page.save()
        page.save_revision().publish()
    first = next(iter(pages.values()))
    return SearchEntry.objects.get(
        kind="story", object_id=first.pk, language=first.locale.language_code
    ).thing
