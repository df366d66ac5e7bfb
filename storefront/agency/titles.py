"""What counted subjects ("story-7") are called in the reader's language. At most four statements at any number."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Page

from catalogue.text import choose
from marketplace.economies.names import economy_name
from storefront.agency.choosing import PAGES
from storefront.embeds.kinds.maps import economy_of_number
from storefront.listing.cards import language_of
from storefront.listing.models import ProductCard

OF_PAGES = ("story", *PAGES, "visits")


@dataclass(frozen=True)
class Title:
    """``same``: equal for a page and its translations, so that a story counts as one in all languages."""

    text: str
    lang: str
    same: str


def titles_of(subjects: Iterable[str], language: str) -> dict[str, Title]:
    """Subject → its title. What is gone is called by what it was."""
    wanted = {subject: _split(subject) for subject in subjects}
    pages = _pages({pk for kind, pk in wanted.values() if kind in OF_PAGES}, language)
    pieces = _pieces({pk for kind, pk in wanted.values() if kind == "product"}, language)
    return {subject: _title(subject, kind, pk, pages, pieces, language) for subject, (kind, pk) in wanted.items()}


def _split(subject: str) -> tuple[str, int]:
    kind, _dash, number = subject.rpartition("-")
    return kind, int(number) if number.isdigit() else 0


def _title(subject: str, kind: str, pk: int, pages: dict, pieces: dict, language: str) -> Title:
    if kind == "map":
        code = economy_of_number(pk)
        place = economy_name(code) if code else _("All villages")
        return Title(_("Map: %(place)s") % {"place": place}, language, subject)
    if kind == "page":
        # A link to a page without a card (storefront/via.py).
        return Title(_("Another page of the shop"), language, subject)
    if kind == "product":
        text, lang = pieces.get(pk, (_("A piece that is gone"), language))
        return Title(text, lang, subject)
    text, lang, key = pages.get(pk, (_("A page that is gone"), language, subject))
    if kind == "visits":
        text = _("Visit days: %(village)s") % {"village": text}
    return Title(text, lang, f"{kind} {key}")


def _pages(ids: set[int], language: str) -> dict[int, tuple[str, str, str]]:
    """Id → (title in the best language, that language, what it shares with its translations)."""
    if not ids:
        return {}
    keys = Page.objects.filter(pk__in=ids).values("translation_key")
    rows = Page.objects.filter(translation_key__in=keys, locale__isnull=False).filter(Q(live=True) | Q(pk__in=ids))
    families: dict[str, dict[str, str]] = {}
    own: dict[int, str] = {}
    fields = ("pk", "translation_key", "locale__language_code", "title")
    for pk, key, code, title in rows.order_by("pk").values_list(*fields):
        families.setdefault(key.hex, {})[code] = title
        own[pk] = key.hex
    found = {}
    for pk in ids & own.keys():
        family = families[own[pk]]
        codes = {code: code for code in family}
        lang = choose(codes, language, next(iter(family)))
        found[pk] = (family[lang], lang, own[pk])
    return found


def _pieces(ids: set[int], language: str) -> dict[int, tuple[str, str]]:
    if not ids:
        return {}
    found = {}
    for card in ProductCard.objects.filter(pk__in=ids).only("texts", "source_language", "slug"):
        lang = language_of(card, language)
        found[card.pk] = (card.texts.get(lang, {}).get("title") or card.slug, lang)
    missing = ids - found.keys()
    if missing:
        rows = apps.get_model("catalogue", "Product").objects.filter(pk__in=missing)
        found |= {pk: (title, source) for pk, title, source in rows.values_list("pk", "title", "source_language")}
    return found
