"""The contract with whoever publishes exchange rates, in our words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

# The largest answer or file that is read, and the largest that an archive may unpack to, in bytes.
LARGEST = 8 * 1024 * 1024
LARGEST_UNPACKED = 32 * 1024 * 1024
# Sources that the command knows by a short name.
KNOWN = {
    "ecb": {"BACKEND": "marketplace.economies.backends.ecb.EcbRates"},
    "ecb-history": {"BACKEND": "marketplace.economies.backends.ecb.EcbRates", "OPTIONS": {"history": True}},
    "csv": {"BACKEND": "marketplace.economies.backends.table.TableRates"},
}


class SourceDown(Exception):
    """The source did not answer. Nothing is known about its rates."""


class BadRates(Exception):
    """What the source answered cannot be read or believed; the message names the row and the reason."""


@dataclass(frozen=True)
class RateRow:
    """1 ``base`` = ``value`` ``quote`` on a day. ``where`` names the row in the file for people."""

    base: str
    quote: str
    value: Decimal
    on: date
    where: str
    source: str


@dataclass(frozen=True)
class Fetched:
    """``address`` is the URL or the file's name."""

    address: str
    rows: Sequence[RateRow]


class RateSource(Protocol):
    """``origin`` is a short code, kept with each row; a source changes only rows of its own origin."""

    origin: str

    def read(self, file: Path | None = None) -> Fetched:
        """Rates from the source's own address, or from a file of the same form. Raises SourceDown, BadRates."""


def get_source(name: str = "") -> RateSource:
    """The backend of MARKETPLACE_RATES, or one of KNOWN by its name. Raises KeyError for another name."""
    chosen = KNOWN[name] if name else settings.MARKETPLACE_RATES
    return import_string(chosen["BACKEND"])(**chosen.get("OPTIONS", {}))


def read_file(path: Path) -> bytes:
    """A whole file. Raises SourceDown where there is none, BadRates where it is too large."""
    try:
        with path.open("rb") as file:
            return within(file.read(LARGEST + 1), LARGEST)
    except OSError as problem:
        raise SourceDown(f"{path.name}: {problem.strerror}") from problem


def within(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise BadRates(_("The file is larger than %(most)s bytes.") % {"most": most})
    return data
