"""What a card says in which language, and what of it nobody has written yet. Four statements at any size."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings

from catalogue.provenance import with_provenance
from catalogue.text import by_language, language_name
from marketplace.workshops.models import VillageText, VisitDay, VoiceNote
from storefront.agency.choosing import PAGES, public_pages
from storefront.embeds.kinds.maps import economy_of_number
from storefront.embeds.subjects import Subject
from storefront.listing.models import ProductCard


@dataclass(frozen=True)
class Part:
    """``here`` of ``all`` things are written in a language; ``all`` 0: there is nothing to write."""

    here: int = 0
    all: int = 0

    @property
    def whole(self) -> bool:
        return self.here >= self.all


@dataclass(frozen=True)
class Words:
    """What a card has in one language. ``voices`` are recordings, which nobody translates: they are not missed."""

    code: str
    name: str
    shown: bool
    title: Part
    text: Part
    names: Part
    voices: int
    stale: bool = False

    @property
    def whole(self) -> bool:
        return self.title.whole and self.text.whole and self.names.whole


@dataclass(frozen=True)
class _Things:
    """Languages in which each thing of a card is written."""

    titles: tuple[frozenset[str], ...] = ()
    texts: tuple[frozenset[str], ...] = ()
    names: tuple[frozenset[str], ...] = ()
    voices: tuple[str, ...] = ()
    stale: frozenset[str] = frozenset()


def words_of(subject: Subject) -> list[Words]:
    """One row for each language that content may be written in, those that the shop speaks first."""
    spoken = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    codes = dict.fromkeys([*spoken, *(code for code, _name in settings.LANGUAGES)])
    things = _things(subject)
    return [
        Words(
            code=code,
            name=language_name(code),
            shown=code in spoken,
            title=_part(things.titles, code),
            text=_part(things.texts, code),
            names=_part(things.names, code),
            voices=things.voices.count(code),
            stale=code in things.stale,
        )
        for code in codes
    ]


def _part(sets: tuple[frozenset[str], ...], code: str) -> Part:
    return Part(sum(code in one for one in sets), len(sets))


def _things(subject: Subject) -> _Things:
    if subject.kind == "product":
        return _of_pieces([subject.pk], named=False)
    if subject.kind == "map":
        return _of_map(subject.pk)
    titles, texts, stale = _of_page("village" if subject.kind == "visits" else subject.kind, subject.pk)
    if subject.kind == "visits":
        return _Things(titles, texts, _of_days(subject.pk), (), stale)
    shelf = _of_pieces([piece["pk"] for piece in subject.pieces], named=True)
    return _Things(titles, texts, shelf.names, shelf.voices, stale)


def _of_page(kind: str, pk: int) -> tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...], frozenset[str]]:
    """Languages of a page's title, of its introduction, and those in which they are out of date."""
    model = apps.get_model("storefront", PAGES.get(kind, "StoryPage"))
    same = model.objects.filter(pk=pk).values("translation_key")
    rows = list(public_pages(with_provenance(model.objects.filter(translation_key__in=same))).select_related("locale"))
    titles = frozenset(row.locale.language_code for row in rows if row.title)
    texts = frozenset(row.locale.language_code for row in rows if row.intro)
    stale = frozenset(row.locale.language_code for row in rows if row.stale)
    return (titles,), ((texts,) if texts else ()), stale


def _of_pieces(ids: Iterable[int], *, named: bool) -> _Things:
    """``named``: the pieces are named on the card of something else; else the one piece is its subject."""
    ids = list(ids)
    rows = list(ProductCard.objects.filter(pk__in=ids, visible=True).values_list("texts", flat=True)) if ids else []
    titles = tuple(frozenset(code for code, text in row.items() if text.get("title")) for row in rows)
    heard = VoiceNote.objects.filter(product__in=ids).order_by().values_list("product", "language").distinct()
    voices = tuple(language for _piece, language in heard) if ids else ()
    if named:
        return _Things(names=titles, voices=voices)
    texts = [frozenset(code for code, text in row.items() if text.get("summary")) for row in rows]
    return _Things(titles, tuple(row for row in texts if row), (), voices)


def _of_days(page: int) -> tuple[frozenset[str], ...]:
    """Languages in which each of the coming days is named."""
    model = apps.get_model("storefront", PAGES["village"])
    village = model.objects.filter(pk=page).values("village")
    days = VisitDay.objects.filter(village__in=village, is_published=True, called_off_at=None)
    rows = days.prefetch_related("texts__locale").order_by("-starts_at", "pk")[:20]
    return tuple(frozenset(by_language(row.texts.all())) for row in rows)


def _of_map(number: int) -> _Things:
    """The villages' names; the map's own words are the shop's."""
    rows = VillageText.objects.all()
    if code := economy_of_number(number):
        rows = rows.filter(owner__economy=code)
    found: dict[int, set[str]] = {}
    for owner, language in rows.values_list("owner_id", "locale__language_code"):
        found.setdefault(owner, set()).add(language)
    return _Things(names=tuple(frozenset(codes) for codes in found.values()))
