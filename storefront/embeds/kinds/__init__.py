"""The kinds of cards: one entry each. A site adds one of its own with ``@kinds.register`` (docs/embedding.md)."""

from django.conf import settings
from django.utils import translation

from storefront.embeds.kinds import maps, pages, products, visits  # noqa: F401 - each registers its kinds
from storefront.embeds.kinds.base import Kind, kinds
from storefront.embeds.subjects import Found

__all__ = ["Kind", "find_subject", "kinds"]


def find_subject(kind: str, language: str, pk: int) -> Found:
    """The subject of a card. Its words are in ``language`` where they exist, else in a labelled fallback."""
    if kind not in kinds or language not in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        return None
    with translation.override(language):
        return kinds[kind].function(language, pk)
