"""A card as the desk and the public pages need it: its subject, how high it is, how a snippet names it."""

from collections.abc import Iterator
from dataclasses import dataclass

from storefront.agency.choosing import find
from storefront.agency.snippets import Told
from storefront.embeds.kept import Unavailable
from storefront.embeds.remembered import recall
from storefront.embeds.sizes import TALLEST, natural_height
from storefront.embeds.subjects import Subject


@dataclass(frozen=True)
class Shown:
    """A subject that has a card now."""

    subject: Subject

    @property
    def told(self) -> Told:
        row = self.subject
        heights = (self.height(360), self.height(600), self.height(900))
        return Told(row.kind, row.pk, row.url, row.card_path, row.title, row.language, heights)

    def height(self, width: int) -> int:
        """Of its frame, in CSS pixels, as wide as ``width``."""
        return min(natural_height(self.subject, width), TALLEST)


def recall_subject(kind: str, language: str, pk: int, currency: str = "") -> Shown | None:
    """None where nobody can be shown a card: it is gone, a draft, or not for everyone."""
    try:
        found, _age = recall(kind, language, pk, currency)
    except Unavailable:
        return None
    return Shown(found) if isinstance(found, Subject) else None


def examples(language: str) -> Iterator[Shown]:
    """Cards of real content for the public pages: a story, a village with its pieces, a piece. What there is not is left out."""
    for kind in ("story", "village", "product"):
        for row in find(kind=kind, words="", language=language)[:3]:
            shown = recall_subject(row.kind, language, row.pk)
            if shown is not None and shown.subject.picture:
                yield shown
                break
