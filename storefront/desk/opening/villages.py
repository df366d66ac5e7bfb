"""The register of villages as somebody looks through it in her language."""

from dataclasses import dataclass

from marketplace.workshops.models import Village
from storefront.listing.directory import Directory, Place, get_directory
from storefront.search.analysis import exact

SHOWN = 20
LONGEST_ASKED = 100


@dataclass(frozen=True)
class Found:
    """``places`` to choose from, at most SHOWN; ``more``: others fit, too."""

    places: list[Place]
    more: bool


def find_villages(*, language: str, economy: str, asked: str) -> Found:
    """Villages of the economy whose name, region or address has what was ``asked``, with or without its accents; else all."""
    directory = get_directory(language)
    rows = directory.keep(("register", economy), lambda: _rows(directory, economy))
    words = exact(asked[:LONGEST_ASKED])
    fitting = [place for folded, place in rows if words in folded]
    return Found(fitting[:SHOWN], len(fitting) > SHOWN)


def village_of(economy: str, pk: str) -> Village | None:
    """The village of this id (as text) in the economy; None for any other."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 12):
        return None
    return Village.objects.filter(pk=int(pk), economy=economy).first()


def _rows(directory: Directory, economy: str) -> list[tuple[str, Place]]:
    own = sorted(
        (place for place in directory.villages.values() if place.economy == economy),
        key=lambda place: place.name.casefold(),
    )
    return [(" | ".join(exact(text) for text in (place.name, place.region, place.slug)), place) for place in own]
