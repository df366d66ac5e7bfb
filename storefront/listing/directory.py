"""Names and addresses of villages, crafts, workshops and materials in one language, read in two statements.

Every public page needs them (menus, cards, facets); they change seldom, so each process keeps them per version.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar

from django.db.models import CharField, F, IntegerField, TextField, Value
from django.db.models.functions import Cast, Coalesce

from catalogue.models import CraftText, MaterialText
from catalogue.text import choose
from marketplace.economies.models import RequiredLanguage
from marketplace.economies.requirements import Requirement
from marketplace.workshops.models import Assistance, VillageText, Workshop, WorkshopText
from storefront.listing import version
from storefront.listing.place_pages import PageRow, below, read_pages
from storefront.market.choice import start
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
    hero_lang: str = ""
    # Invented for a demo, and said to be so wherever it is shown.
    sample: bool = False
    # Address of its pieces in the shop.
    pieces_url: str = ""
    # Degrees, WGS 84; None where they are not known.
    lat: float | None = None
    lon: float | None = None
    # Its page is not for everyone; who may read it is asked there.
    restricted: bool = False
    # Name, language, summary and region as its public page has them; None: as above.
    on_page: tuple[str, str, str, str] | None = None

    @property
    def link(self) -> str:
        """Where readers go: its page; where it has none, its pieces."""
        return self.url or self.pieces_url

    @property
    def is_public(self) -> bool:
        """It has a page that is for everyone."""
        return bool(self.url) and not self.restricted

    @property
    def as_on_page(self) -> "Place":
        """In the language of the page that its address leads to: what programs are told agrees with what they find there.

        A page that is not translated stands in for the reader's language, though the name may be translated.
        """
        if self.on_page is None:
            return self
        return replace(self, **dict(zip(("name", "lang", "summary", "region"), self.on_page, strict=True)))


@dataclass(frozen=True)
class Help:
    """Who lists for the maker of a workshop: an office, or a co-operative (its id). ``lang`` is the maker's language."""

    maker: str
    office: str
    cooperative_id: int | None
    lang: str


@dataclass(frozen=True)
class Directory:
    language: str
    villages: dict[int, Place] = field(default_factory=dict)
    crafts: dict[int, Place] = field(default_factory=dict)
    workshops: dict[int, Place] = field(default_factory=dict)
    materials: dict[int, Place] = field(default_factory=dict)
    # Addresses, for readers of ``language``, of the home and index pages: "home", "stories", "villages", "crafts",
    # "workshops".
    sections: dict[str, str] = field(default_factory=dict)
    # Language code → Wagtail's url_path of the home page in that language.
    roots: dict[str, str] = field(default_factory=dict)
    # Workshop's id → who lists there for its maker.
    helps: dict[int, Help] = field(default_factory=dict)
    # In which languages a piece must be described before it is sent somewhere.
    required: tuple[Requirement, ...] = ()
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
        return below(self.roots, url_path, language or self.language)

    def address_of(self, url_path: str, page_language: str) -> str:
        """Address at which this directory's readers meet the page in ``page_language``, which may be another than theirs."""
        return below(self.roots, url_path, page_language, shown_under=self.language)


def get_directory(language: str) -> Directory:
    """The directory for ``language`` and the market of the running request, rebuilt when the places changed."""
    return _build(language, start(), version.current().places)


@lru_cache(maxsize=64)
def _build(language: str, _start: str, _version: int) -> Directory:
    pages, roots = read_pages(language)
    urls = {key: below(roots, row.url_path, row.language, shown_under=language) for key, row in pages.items()}
    kinds: dict[str, dict[int, dict[str, tuple]]] = {
        "village": {},
        "craft": {},
        "workshop": {},
        "material": {},
    }
    required, helps = [], {}
    for row in _names():
        if row[0] == "help":
            helps[row[1]] = Help(maker=row[5], office=row[6], cooperative_id=row[9] or None, lang=row[3])
        elif row[0] == "required":
            required.append(Requirement(destination=row[2], language=row[4], machine_counts=bool(row[10])))
        else:
            kinds[row[0]].setdefault(row[1], {})[row[4]] = row
    made = {
        kind: {
            key: _place(rows, pages.get((kind, key)), urls.get((kind, key), ""), language)
            for key, rows in of.items()
        }
        for kind, of in kinds.items()
    }
    return Directory(
        language=language,
        villages=made["village"],
        crafts=made["craft"],
        workshops=made["workshop"],
        materials=made["material"],
        sections={kind: url for (kind, subject), url in urls.items() if subject == 0},
        roots=roots,
        helps=helps,
        required=tuple(sorted(required)),
    )


def _best(rows: dict[str, tuple], language: str) -> tuple:
    """The row for ``language`` or its fallback; one that still repeats the source is no translation (see by_language)."""
    code = next(iter(rows.values()))[3]
    words = rows[code][5:8] if code in rows else None
    written = {key: row for key, row in rows.items() if key == code or row[5:8] != words}
    return choose(written, language, code)


def _on_page(rows: dict[str, tuple], page: PageRow | None, language: str) -> tuple[str, str, str, str] | None:
    if page is None or page.restricted or page.language == language:
        return None
    row = _best(rows, page.language)
    return row[5], row[4], row[6], row[7]


def _place(rows: dict[str, tuple], page: PageRow | None, url: str, language: str) -> Place:
    row = _best(rows, language)
    return Place(
        id=row[1],
        slug=row[2],
        lang=row[4],
        name=row[5],
        summary=row[6],
        region=row[7],
        economy=row[8],
        village_id=row[9] or None,
        url=url,
        hero_id=(page.hero_id or None) if page else None,
        hero_alt=page.hero_alt if page else "",
        hero_lang=page.language if page else "",
        sample=bool(row[10]),
        pieces_url=f"{start()}{language}/products/?{row[0]}={row[2]}",
        lat=_degrees(row[11]),
        lon=_degrees(row[12]),
        restricted=bool(page and page.restricted),
        on_page=_on_page(rows, page, language) if url else None,
    )


def _degrees(text: str | None) -> float | None:
    return float(text) if text else None


def _names() -> list[tuple]:
    """(kind, id, slug, source language, language, name, summary, region, economy, village id, sample, lat, lon) of all four.

    And what languages destinations require, as kind "required" with the destination for a slug, and who lists for a
    workshop's maker, as kind "help" with the maker for a name, so that they cost no statement of their own.
    """

    empty, none = Value("", TextField()), Value(0, IntegerField())

    def rows(model, kind, summary, region, economy, village, sample, degrees=(empty, empty)):
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
            *degrees,
        )

    sample = Cast("owner__is_sample", IntegerField())
    region, economy = Cast("region", TextField()), Cast("owner__economy_id", TextField())
    its_economy = Cast("owner__village__economy_id", TextField())
    degrees = [Cast(f"owner__{name}", TextField()) for name in ("latitude", "longitude")]
    village = rows(VillageText, "village", F("summary"), region, economy, none, sample, degrees)
    workshop = rows(
        WorkshopText, "workshop", F("summary"), empty, its_economy, F("owner__village_id"), sample
    ).filter(owner__stage=Workshop.Stage.OPEN)
    craft = rows(CraftText, "craft", F("summary"), empty, empty, none, none)
    material = rows(MaterialText, "material", empty, empty, empty, none, none)
    required = RequiredLanguage.objects.order_by().values_list(
        Value("required", CharField()),
        "pk",
        "destination",
        "language",
        "language",
        *[empty] * 4,
        none,
        Cast("machine_counts", IntegerField()),
        *[empty] * 2,
    )
    helps = Assistance.objects.filter(ended_at=None).order_by().values_list(
        Value("help", CharField()),
        "workshop_id",
        "workshop__slug",
        "workshop__source_language",
        "workshop__source_language",
        "maker_name",
        Coalesce(Cast("officer__title", TextField()), empty),
        *[empty] * 2,
        Coalesce("cooperative_id", none),
        none,
        *[empty] * 2,
    )
    return list(village.union(workshop, craft, material, required, helps, all=True))


def forget() -> None:
    """Drop every kept directory (tests)."""
    _build.cache_clear()
