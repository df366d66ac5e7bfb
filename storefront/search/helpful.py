"""What a page shows to a reader who found nothing, or has not asked yet."""

from difflib import get_close_matches
from urllib.parse import urlencode

from storefront.listing.cards import draw
from storefront.listing.cube import get_cube
from storefront.listing.directory import Directory, Place
from storefront.market.choice import start
from storefront.page_contexts import newest
from storefront.search.analysis import exact
from storefront.search.synonyms import get_synonyms

CHIPS = 8
PIECES = 8
# Longer words are no slips of the finger.
LONGEST_GUESSED = 40


def nothing(words: str, directory: Directory) -> dict:
    """A word that may have been meant, and what others look at."""
    meant = did_you_mean(words, directory)
    url = f"{start()}{directory.language}/search/?{urlencode({'q': meant})}" if meant else ""
    return {"meant": meant, "meant_url": url} | popular(directory)


def popular(directory: Directory) -> dict:
    """Crafts and villages with the most pieces, and the newest pieces."""
    _total, counts = get_cube().count({})
    return {
        "popular": [
            *_chips("craft", directory.crafts, counts["craft"], directory),
            *_chips("village", directory.villages, counts["village"], directory),
        ],
        "new_pieces": draw(newest()[:PIECES], directory.language),
    }


def _chips(kind: str, places: dict[int, Place], counts: dict[str, int], directory: Directory) -> list[dict]:
    known = [(counts[str(pk)], place) for pk, place in places.items() if counts[str(pk)]]
    first = sorted(known, key=lambda row: (-row[0], row[1].name))[: CHIPS // 2]
    return [{"label": place.name, "lang": place.lang, "url": place.link} for _count, place in first]


def did_you_mean(words: str, directory: Directory) -> str:
    """A name or a known word that is written much like ``words``; empty when none is."""
    asked = exact(words)
    if not asked or len(asked) > LONGEST_GUESSED:
        return ""
    known = directory.keep(("known words",), lambda: _known(directory))
    near = [word for word in known if abs(len(word) - len(asked)) <= 2]
    close = get_close_matches(asked, near, n=1, cutoff=0.75)
    return known[close[0]] if close else ""


def _known(directory: Directory) -> dict[str, str]:
    """Words as they are compared → as they are written: names of this directory, and all terms of the synonyms."""
    tables = (directory.crafts, directory.villages, directory.workshops, directory.materials)
    terms = dict.fromkeys(term for group in get_synonyms().terms.values() for term in group)
    return {exact(term): term for term in terms} | {
        exact(place.name): place.name for table in tables for place in table.values()
    }
