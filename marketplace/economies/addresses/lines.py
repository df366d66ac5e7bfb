"""The lines of an address, in the economy's own order, and lines short enough for a label."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from django.utils.translation import get_language, override

from marketplace.economies.addresses.parts import AddressParts
from marketplace.economies.addresses.rules import LETTERS, AddressRules, address_rules
from marketplace.economies.names import economy_name
from marketplace.economies.scripts import LATIN, has_latin_letter, scripts_of

Script = Literal["local", "latin"]
TOKEN = re.compile(r"%[A-Z]|[^%]+")
# Widest line of postal and carriers' data (UPU S42 and most carriers' interfaces).
WIDTH = 35
# The second is as wide as a Chinese character.
BLANKS = (" ", "\u3000")


def format_address(
    parts: AddressParts, *, script: Script = "local", language: str | None = None, with_economy: bool = True
) -> list[str]:
    """The lines of a label. The economy's name is in ``language`` (default: the active one).

    "local" keeps what was written, family name first where that is the custom; "latin" takes the Latin parts, given name
    first, and leaves out what nobody wrote in Latin letters. Empty parts leave no blanks or commas behind.
    """
    rules = address_rules(parts.economy)
    form = rules.format_local if script == "local" else rules.format_latin
    values = _values(parts, rules, script)
    lines = [line for one in form.split("%n") for line in _line(one, values)]
    if not with_economy:
        return lines
    with override(language or get_language()):
        name = economy_name(parts.economy)
    return [name, *lines] if script == "local" and rules.family_first else [*lines, name]


def label_parts(parts: AddressParts, script: Script) -> dict[str, str]:
    """Each part as a label has it, for data that want the parts by themselves: an area by its name, not by its code.

    A part that no label of the economy shows is empty.
    """
    rules = address_rules(parts.economy)
    return {part: text if part in rules.fields else "" for part, text in _values(parts, rules, script).items()}


def _values(parts: AddressParts, rules: AddressRules, script: Script) -> dict[str, str]:
    area = rules.area(parts.state)
    if script == "local":
        values = {part: getattr(parts, part) for part in LETTERS.values()} | {"line2": parts.line2}
    else:
        values = {part: parts.latin(part) for part in ("line1", "line2", "district", "city", "state")}
        values |= {"name": parts.latin_name, "postcode": parts.postcode}
    if area:
        values["state"] = area.on_label(script)
    return values


def _line(form: str, values: dict[str, str]) -> list[str]:
    """One line of a format, filled in; the street's two lines stand below each other."""
    if form == "%A":
        return [line for line in (values["line1"], values["line2"]) if line]
    line, waiting, gap = "", "", False
    for token in TOKEN.findall(form):
        if not token.startswith("%"):
            waiting = token
            continue
        value = _street(values) if token == "%A" else values.get(LETTERS.get(token[1], ""), "")
        if not value:
            gap = True
            continue
        # What stood between two parts goes when one of them is missing.
        kept = waiting if line or not gap else ""
        line += kept + _apart(line + kept, value) + value
        waiting, gap = "", False
    if waiting.strip(" ,-/") and (line or "%" not in form):
        line += waiting.rstrip()
    return [line] if line else []


def _street(values: dict[str, str]) -> str:
    return ", ".join(line for line in (values["line1"], values["line2"]) if line)


def _apart(before: str, after: str) -> str:
    """A blank between two parts that a format in Chinese characters puts side by side, when they are in Latin letters."""
    if not before or not (before[-1].isalnum() and after[0].isalnum()):
        return ""
    return " " if has_latin_letter(before[-1]) or has_latin_letter(after[0]) or not _is_han(before + after) else ""


def _is_han(text: str) -> bool:
    return bool(scripts_of(text) & {"Hani", "Hira", "Kana", "Bopo"}) and LATIN not in scripts_of(text)


def label_lines(lines: Iterable[str], width: int = WIDTH) -> list[str]:
    """``lines`` split into lines of at most ``width`` characters, at blanks where there are any; nothing is lost.

    Only the blank at which a line is split goes. A word that is too long is split between letters, never between a letter
    and its marks.
    """
    return [part for line in lines for part in _split(line.strip(), width)]


def _split(line: str, width: int) -> list[str]:
    found = []
    while len(line) > width:
        blank = max(line.rfind(blank, 1, width + 1) for blank in BLANKS)
        if blank > 0:
            found.append(line[:blank])
            line = line[blank + 1 :]
        else:
            cut = _between_letters(line, width)
            found.append(line[:cut])
            line = line[cut:]
    return [*found, line] if line else found


def _between_letters(line: str, width: int) -> int:
    """The last place up to ``width`` where no letter is parted from its marks; ``width`` where there is none."""
    for cut in range(width, 0, -1):
        joined = unicodedata.category(line[cut]).startswith("M") or "\u200d" in line[cut - 1 : cut + 1]
        # Thai and Lao: vowels that are written before their consonant stay with it, and SARA AM with the one before.
        if not joined and line[cut] not in "\u0e33\u0eb3" and line[cut - 1] not in "เแโใไເແໂໃໄ":
            return cut
    return width
