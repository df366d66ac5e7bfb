"""Names and addresses of villages, crafts, workshops and materials in one language, read in two statements.

Every public page needs them (menus, cards, facets); they change seldom, so each process keeps them per version.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from django.db.models import CharField, F, IntegerField, TextField, Value
from django.db.models.functions import Cast
from wagtail.models import Page, Site

from catalogue.models import CraftText, MaterialText
from catalogue.text import choose
from marketplace.workshops.models import VillageText, WorkshopText
from storefront.listing import version
from storefront.pictures import Loaded, load_pictures

Kept = TypeVar("Kept")
# Entries that a directory keeps at most beside its places; wrong addresses count, too.
MOST = 4_000


@dataclass(frozen=True)
class Place:
    """A village, craft, workshop or material as a reader of one language meets it. ``lang`` is the name's language."""

    id: int
    slug: str
    name: str
    lang: str
    summary: str = ""
    region: str = ""
    economy: str = ""
    village_id: int | None = None
    url: str = ""
    hero_id: int | None = None
    hero_alt: str = ""
    # Invented for a demo, and said to be so wherever it is shown.
    sample: bool = False


@dataclass(frozen=True)
class Directory:
    language: str
    villages: dict[int, Place] = field(default_factory=dict)
    crafts: dict[int, Place] = field(default_factory=dict)
    workshops: dict[int, Place] = field(default_factory=dict)
    materials: dict[int, Place] = field(default_factory=dict)
    # Addresses of the home page and the index pages: "home", "stories", "villages", "crafts", "workshops".
    sections: dict[str, str] = field(default_factory=dict)
    # Titles of the same, for menus.
    titles: dict[str, str] = field(default_factory=dict)
    # Language code → Wagtail's url_path of the home page in that language.
    roots: dict[str, str] = field(default_factory=dict)
    # What else follows from pages, stories and pictures, filled as it is asked for (see keep).
    kept: dict = field(default_factory=dict)
    pictures: dict[int, Loaded] = field(default_factory=dict)

    @property
    def has_samples(self) -> bool:
        """Whether some workshop is invented."""
        return any(place.sample for place in self.workshops.values())

    def keep(self, key: tuple, make: Callable[[], Kept]) -> Kept:
        """What ``make`` answered when it was first asked under ``key``, until a place, page or picture changes."""
        if key not in self.kept:
            if len(self.kept) >= MOST:
                self.kept.clear()
            made = self.kept[key] = make()
            return made
        return self.kept[key]

    def load_pictures(self, ids: Iterable[int]) -> dict[int, Loaded]:
        """Pictures by number; in one statement those that were not asked for before."""
        wanted = set(ids)
        new = wanted - self.pictures.keys()
        if new:
            if len(self.pictures) >= MOST:
                self.pictures.clear()
                new = wanted
            self.pictures.update(load_pictures(new))
        return {pk: self.pictures[pk] for pk in wanted if pk in self.pictures}

    def path_of(self, url_path: str, language: str = "") -> str:
        """Address of a page with Wagtail's ``url_path`` (in ``language``, default: the directory's); empty outside the site."""
        return _below(self.roots, url_path, language or self.language)


def get_directory(language: str) -> Directory:
    """The directory for ``language``, rebuilt when the places changed."""
    return _build(language, version.current().places)


def _below(roots: dict[str, str], url_path: str, language: str) -> str:
    root = roots.get(language)
    return f"/{language}/{url_path[len(root) :]}" if root and url_path.startswith(root) else ""


@lru_cache(maxsize=32)
def _build(language: str, _version: int) -> Directory:
    pages, roots = _pages(language)
    kinds: dict[str, dict[int, dict[str, tuple]]] = {
        "village": {},
        "craft": {},
        "workshop": {},
        "material": {},
    }
    for row in _names():
        kinds[row[0]].setdefault(row[1], {})[row[4]] = row
    made = {
        kind: {key: _place(kind, _best(rows, language), pages) for key, rows in of.items()}
        for kind, of in kinds.items()
    }
    return Directory(
        language=language,
        villages=made["village"],
        crafts=made["craft"],
        workshops=made["workshop"],
        materials=made["material"],
        sections={kind: page[3] for (kind, subject), page in pages.items() if subject == 0},
        titles={kind: page[4] for (kind, subject), page in pages.items() if subject == 0},
        roots=roots,
    )


def _best(rows: dict[str, tuple], language: str) -> tuple:
    """The row for ``language`` or its fallback; one that still repeats the source is no translation (see by_language)."""
    code = next(iter(rows.values()))[3]
    words = rows[code][5:8] if code in rows else None
    written = {key: row for key, row in rows.items() if key == code or row[5:8] != words}
    return choose(written, language, code)


def _place(kind: str, row: tuple, pages: dict) -> Place:
    page = pages.get((kind, row[1]))
    return Place(
        id=row[1],
        slug=row[2],
        lang=row[4],
        name=row[5],
        summary=row[6],
        region=row[7],
        economy=row[8],
        village_id=row[9] or None,
        url=page[3] if page else "",
        hero_id=(page[5] or None) if page else None,
        hero_alt=page[6] if page else "",
        sample=bool(row[10]),
    )


def _names() -> list[tuple]:
    """(kind, id, slug, source language, language, name, summary, region, economy, village id, sample) of all four kinds."""

    def rows(model, kind, summary, region, economy, village, sample):
        return model.objects.order_by().values_list(
            Value(kind, CharField()),
            "owner_id",
            "owner__slug",
            "owner__source_language",
            "locale__language_code",
            "name",
            summary,
            region,
            economy,
            village,
            sample,
        )

    empty, none = Value("", TextField()), Value(0, IntegerField())
    sample = Cast("owner__is_sample", IntegerField())
    region, economy = Cast("region", TextField()), Cast("owner__economy_id", TextField())
    its_economy = Cast("owner__village__economy_id", TextField())
    village = rows(VillageText, "village", F("summary"), region, economy, none, sample)
    workshop = rows(
        WorkshopText, "workshop", F("summary"), empty, its_economy, F("owner__village_id"), sample
    )
    craft = rows(CraftText, "craft", F("summary"), empty, empty, none, none)
    material = rows(MaterialText, "material", empty, empty, empty, none, none)
    return list(village.union(workshop, craft, material, all=True))


def _pages(language: str) -> tuple[dict[tuple[str, int], tuple], dict[str, str]]:
    """Live pages in ``language``, and the url_path of the home page in every language.

    The pages: (kind, subject id) → (kind, subject, language, address, title, hero id, hero alt).
    """
    from storefront import models as pages

    none, empty = Value(0, IntegerField()), Value("", CharField())

    def columns(kind, subject, hero=F("hero_id"), hero_alt=F("hero_alt")):
        return (
            Value(kind, CharField()),
            subject,
            "locale__language_code",
            "url_path",
            "title",
            hero,
            hero_alt,
        )

    def rows(model, kind, subject):
        found = model.objects.filter(live=True, locale__language_code=language)
        return found.order_by().values_list(*columns(kind, subject))

    home = Site.objects.filter(is_default_site=True).values("root_page__translation_key")
    queries = [
        Page.objects.filter(translation_key__in=home)
        .order_by()
        .values_list(*columns("root", none, none, empty)),
        rows(pages.VillagePage, "village", F("village_id")),
        rows(pages.CraftPage, "craft", F("craft_id")),
        rows(pages.WorkshopPage, "workshop", F("workshop_id")),
        rows(pages.HomePage, "home", none),
        rows(pages.StoryIndexPage, "stories", none),
        rows(pages.VillageIndexPage, "villages", none),
        rows(pages.CraftIndexPage, "crafts", none),
        rows(pages.WorkshopIndexPage, "workshops", none),
    ]
    answer = list(queries[0].union(*queries[1:], all=True))
    roots = {row[2]: row[3] for row in answer if row[0] == "root"}
    others = [row for row in answer if row[0] != "root"]
    return {row[:2]: (*row[:3], _below(roots, row[3], language), *row[4:]) for row in others}, roots


def forget() -> None:
    """Drop every kept directory (tests)."""
    _build.cache_clear()
