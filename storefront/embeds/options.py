"""What an agency may choose of a card: currency, look, colour and its own code. Pure; anything else is dropped."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from marketplace.money import stripe_rows

THEMES = ("light", "dark")
CODE = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
ACCENT = re.compile(r"#?([0-9A-Fa-f]{6})", re.ASCII)
# ISO 4217's "no currency": stands for every code that is none, so that nobody can make us keep 17,576 cards.
NO_CURRENCY = "XXX"


@dataclass(frozen=True)
class Options:
    """``currency`` is an ISO code, or NO_CURRENCY for one that does not exist; ``accent`` six small hex digits."""

    theme: str = ""
    via: str = ""
    currency: str = ""
    accent: str = ""

    @property
    def query(self) -> str:
        """As in the address of a card: "?currency=KRW&theme=dark", or empty."""
        given = [("currency", self.currency), ("theme", self.theme), ("accent", self.accent), ("via", self.via)]
        pairs = [(name, value) for name, value in given if value]
        return f"?{urlencode(pairs)}" if pairs else ""

    def without_code(self) -> "Options":
        return replace(self, via="")


NONE = Options()


def read_options(query: QueryDict, within: QueryDict | None = None) -> Options:
    """The options in a query string; what is not valid counts as not given.

    ``within``: the query of the address that was pasted; it counts where the first says nothing valid.
    """
    if not query and not within:
        return NONE
    sources = [query] if within is None else [query, within]

    def first(name: str, read) -> str:
        return next(filter(None, (read(source.get(name, "")) for source in sources)), "")

    return Options(
        theme=first("theme", lambda value: value if value in THEMES else ""),
        via=first("via", lambda value: value if CODE.fullmatch(value) else ""),
        currency=first("currency", _currency),
        accent=first("accent", accent),
    )


def _currency(value: str) -> str:
    if not CURRENCY.fullmatch(value):
        return ""
    return value.upper() if value.upper() in stripe_rows() else NO_CURRENCY


def accent(value: str) -> str:
    """Six small hex digits of "#0B6E4F" or "0b6e4f"; empty for anything else."""
    found = ACCENT.fullmatch(value)
    return found[1].lower() if found else ""
