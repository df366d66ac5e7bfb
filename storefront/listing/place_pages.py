"""Which page of the tree tells of a place, and which are the home and index pages, for readers of one language."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField, CharField, F, IntegerField, Q, QuerySet, Value
from django.utils.encoding import iri_to_uri
from wagtail.models import Page, Site

from catalogue.text import choose
from storefront.market.choice import start
from storefront.restrictions import restricted

# An alias that repeats a page in another language is no translation: it has the other's words.
OWN_WORDS = Q(alias_of=None) | Q(alias_of__locale=F("locale"))


class PageRow(NamedTuple):
    """A live page about ``subject`` (its id; 0 for the home and index pages), in ``language``."""

    kind: str
    subject: int
    language: str
    url_path: str
    hero_id: int
    hero_alt: str
    restricted: bool
    pk: int


def read_pages(language: str) -> tuple[dict[tuple[str, int], PageRow], dict[str, str]]:
    """(kind, subject id) → the best page for readers of ``language``; and language → Wagtail's url_path of the home page.

    Kinds: "village", "craft", "workshop", and with subject 0 "home", "stories", "villages", "crafts", "workshops".
    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(*_statement())
        answer = [PageRow(*row) for row in cursor.fetchall()]
    roots = {row.language: row.url_path for row in answer if row.kind == "root"}
    found: dict[tuple[str, int], list[PageRow]] = {}
    for row in sorted(answer, key=lambda row: row.pk):
        if row.kind != "root":
            found.setdefault((row.kind, row.subject), []).append(row)
    best = {key: best_for(language, rows) for key, rows in found.items()}
    return {key: row for key, row in best.items() if row}, roots


def best_for(language: str, rows: Iterable[PageRow]) -> PageRow | None:
    """The row in ``language``, else its fallback; ``rows`` are in the order of their ids, so the first is the source.

    None where the fallback is not for everyone.
    """
    by_language: dict[str, PageRow] = {}
    for row in rows:
        by_language.setdefault(row.language, row)
    best = choose(by_language, language, next(iter(by_language)))
    return None if best.restricted and best.language != language else best


def below(roots: dict[str, str], url_path: str, language: str, shown_under: str = "") -> str:
    """Address of the page in ``language`` with Wagtail's ``url_path``, as a link holds it; empty outside the site.

    ``shown_under``: the language of its readers, where it stands in for a translation.
    """
    root = roots.get(language)
    if not root or not url_path.startswith(root):
        return ""
    return iri_to_uri(f"{start()}{shown_under or language}/{url_path[len(root) :]}")


@cache
def _statement() -> tuple[str, tuple]:
    """SQL and its parameters, which are the same every time: building it from nine querysets takes longer than asking."""
    queries = [_roots(), *_page_queries()]
    return queries[0].union(*queries[1:], all=True).query.sql_with_params()


def _roots() -> QuerySet:
    home = Site.objects.filter(is_default_site=True).values("root_page__translation_key")
    none, empty = Value(0, IntegerField()), Value("", CharField())
    no = Value(False, BooleanField())
    return (
        Page.objects.filter(translation_key__in=home)
        .order_by()
        .values_list(*_columns("root", none, none, empty, no))
    )


def _page_queries() -> list[QuerySet]:
    from storefront import models as pages

    none = Value(0, IntegerField())
    subjects = [
        (pages.VillagePage, "village", F("village_id")),
        (pages.CraftPage, "craft", F("craft_id")),
        (pages.WorkshopPage, "workshop", F("workshop_id")),
        (pages.HomePage, "home", none),
        (pages.StoryIndexPage, "stories", none),
        (pages.VillageIndexPage, "villages", none),
        (pages.CraftIndexPage, "crafts", none),
        (pages.WorkshopIndexPage, "workshops", none),
    ]
    return [
        model.objects.filter(OWN_WORDS, live=True)
        .order_by()
        .values_list(*_columns(kind, subject, F("hero_id"), F("hero_alt"), restricted()))
        for model, kind, subject in subjects
    ]


def _columns(kind: str, subject, hero, hero_alt, is_restricted) -> tuple:
    return (
        Value(kind, CharField()),
        subject,
        "locale__language_code",
        "url_path",
        hero,
        hero_alt,
        is_restricted,
        "pk",
    )
