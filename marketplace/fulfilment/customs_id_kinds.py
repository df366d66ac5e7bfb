"""Which numbers customs ask the addressee for: dated rows with their sources, and the words of their labels."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from stdnum.exceptions import ValidationError

from marketplace.economies.phones import to_e164

ROWS = Path(__file__).parent / "data" / "customs_ids.csv"
BETWEEN = re.compile(r"[\s.\-/‐-―\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
LONGEST = 40
MOBILE = "mobile"
# The labels and help texts of customs_ids.csv, marked for translation.
WORDS = (
    _("Personal customs clearance code"),
    _(
        "P and 12 digits, such as P123456789012. It must belong to the person named above, with the same phone number "
        "and postcode."
    ),
    _("Resident identity number"),
    _("The 18 characters of the identity card. Customs ask for it; we delete it after delivery."),
    _("Mobile number registered with EZ WAY"),
    _("The number under which you are registered in the EZ WAY app, with the same name."),
    _("CPF number"),
    _("11 digits, such as 390.533.447-05. Post and couriers ask for it."),
    _("RUT number"),
    _("With its last character, such as 12.531.909-2."),
    _("NIK or NPWP number"),
    _("The 16 digits of the identity card or the taxpayer's number. Visitors give their passport number."),
    _("CURP or RFC number"),
    _("The courier reports it to customs."),
    _("DNI or RUC number"),
    _("The 8 digits of the identity card or the 11 of the taxpayer's number."),
    _("INN number"),
    _("The 12 digits of the taxpayer's number."),
    _("Citizen identity number or tax code"),
    _("The 12 digits of the identity card or the 10 of the tax code."),
)


@dataclass(frozen=True)
class IdKind:
    """One row. ``pattern`` is for the number without blanks and dots; ``check`` a module of python-stdnum or "mobile"."""

    kind: str
    economy: str
    channels: frozenset[str]
    valid_from: date
    valid_to: date | None
    pattern: str
    check: str
    label_id: str
    help_id: str
    source: str

    @property
    def label(self) -> str:
        return gettext(self.label_id)

    @property
    def help(self) -> str:
        return gettext(self.help_id)

    def applies(self, destination: str, channel: str, on: date) -> bool:
        """Whether parcels that ``channel`` ("post" or "courier") brings there on that day need it."""
        started = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return self.economy == destination and channel in self.channels and started

    def tidy(self, text: str) -> str:
        """``text`` as it is kept, such as "39053344705"; empty when it is no such number."""
        if len(text) > LONGEST:
            return ""
        if self.check == MOBILE:
            number = to_e164(text, self.economy, mobile=True)
            plain = number if isinstance(number, str) else ""
        else:
            plain = BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
        if not re.fullmatch(self.pattern, plain, re.ASCII):
            return ""
        return plain if self.check in ("", MOBILE) or _is_valid(self.check, plain) else ""


def _is_valid(module: str, number: str) -> bool:
    try:
        import_module(module).validate(number)
    except ValidationError:
        return False
    return True


def kinds_for(destination: str, channel: str, on: date) -> list[IdKind]:
    """The kinds of which a parcel there needs one; empty where none is asked for."""
    return [row for row in _rows() if row.applies(destination, channel, on)]


@lru_cache(maxsize=1)
def _rows() -> tuple[IdKind, ...]:
    with ROWS.open(encoding="utf-8", newline="") as file:
        return tuple(
            IdKind(
                kind=row["kind"],
                economy=row["economy"],
                channels=frozenset(row["channels"].split()),
                valid_from=date.fromisoformat(row["from"]),
                valid_to=date.fromisoformat(row["to"]) if row["to"] else None,
                pattern=row["pattern"],
                check=row["check"],
                label_id=row["label"],
                help_id=row["help"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )
