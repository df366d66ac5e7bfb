"""Where one can see how far a parcel is: addresses by post or carrier, as data."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

PAGES = Path(__file__).parent.parent / "data" / "tracking_pages.csv"
NUMBER = "{number}"


@lru_cache(maxsize=1)
def pages_of_posts() -> dict[str, str]:
    """Address with {number}, by the two-letter code of the post."""
    with PAGES.open(encoding="utf-8", newline="") as file:
        return {row["post"]: row["url"] for row in csv.DictReader(file)}


def page_of(number: str, pages: Mapping[str, str], *codes: str) -> str:
    """The first page that one of ``codes`` has, with the number in it; empty where none has."""
    known = next((pages[code] for code in codes if pages.get(code)), "")
    return known.replace(NUMBER, quote(number, safe=""))
