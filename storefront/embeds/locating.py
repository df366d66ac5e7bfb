"""Which card belongs to an address of the shop, looked up in the tree of pages. Nothing is ever fetched."""

from django.apps import apps
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from storefront.embeds.addresses import Place
from storefront.embeds.kinds import kinds
from storefront.listing.directory import get_directory
from storefront.listing.place_pages import OWN_WORDS


def locate(place: Place) -> tuple[str, int] | None:
    """(kind, number) of what lives, or lived until it was renamed, at ``place``."""
    return _outside_the_tree(place) or _in_the_tree(place, Page.objects.filter(OWN_WORDS, live=True))


def locate_gone(place: Place) -> tuple[str, int] | None:
    """The same for pages that were taken back: their cards say so kindly."""
    return _in_the_tree(place, Page.objects.filter(OWN_WORDS, live=False))


def _outside_the_tree(place: Place) -> tuple[str, int] | None:
    for kind in kinds:
        number = kind.locate(place) if kind.locate else None
        if number is not None:
            return kind.name, number
    return None


def _in_the_tree(place: Place, pages: QuerySet) -> tuple[str, int] | None:
    roots = get_directory(place.language).roots
    # A page that is not translated is met under its path in another language's tree (storefront/serving.py).
    there = [f"{root}{place.path.strip('/')}/" for root in roots.values()]
    own = Case(When(locale__language_code=place.language, then=Value(0)), default=Value(1))
    here = pages.filter(url_path__in=there).order_by(own, "pk")
    # Agencies' old posts keep asking with the address from before a rename.
    old_path = Redirect.normalise_path(f"/{place.language}/{place.path}")
    return _card_of(here, place) or _card_of(pages.filter(redirect__old_path=old_path), place)


def _card_of(pages: QuerySet, place: Place) -> tuple[str, int] | None:
    """(kind, number) for the first page, None when there is none or it has no card. One statement, mostly.

    All translations of a page have one number: the source's (kinds.pages.page_for).
    """
    family = Page.objects.filter(OWN_WORDS, translation_key=OuterRef("translation_key")).order_by("pk")
    pages = pages.annotate(source=Subquery(family.values("pk")[:1]))
    row = pages.values_list("source", "content_type__app_label", "content_type__model").first()
    own = getattr(apps.get_model(*row[1:]), "embed_kind", "") if row else ""
    if own not in kinds:
        return None
    name = card_beside(own, place.card)
    number = kinds[name].number_of(row[0], place)
    return None if number is None else (name, number)


def card_beside(own: str, wanted: str) -> str:
    """The kind of card for a page of kind ``own`` whose address asks for ``wanted``; nonsense counts as not asked."""
    return wanted if wanted in kinds and own in kinds[wanted].beside else own
