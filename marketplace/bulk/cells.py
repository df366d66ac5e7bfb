"""From a row of text to what its maker wants: each cell read by its column, every mistake kept with its heading."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from catalogue.models import Craft, CraftText, Material, MaterialText, Product
from marketplace.bulk import columns
from marketplace.bulk.columns import LENGTHS, OF_VARIANTS, WORDS, Head, folded
from marketplace.money import quantum
from marketplace.typed import EXACT, NotANumber, TwoWays, clean_paragraphs, clean_words, read_number
from marketplace.workshops.details import MOST_DAYS, MOST_IN_STOCK, MOST_PICTURES, Refused
from marketplace.workshops.drafting import MOST_A_MONTH
from marketplace.workshops.models import Workshop

CLEAR = "-"
HEAVIEST_G, LARGEST_CM = 100_000, Decimal(500)
HIGHEST_PRICE, MOST_TO_RECEIVE = Decimal(99_999), Decimal(999_999_999)
LONGEST = {"title": 255, "summary": 300, "description": 10_000, "code": 40, "size": 60, "colour": 60}
# What may be taken out with "-"; the rest is needed by every piece.
MAY_BE_CLEARED = ("summary", "description", "capacity", "weight", *LENGTHS, "hs_code")
Receive = Callable[[Workshop, Decimal], Decimal]


@dataclass
class Line:
    """One row. ``values``: key of a column → what it says; empty cells are not there. None: taken out.

    ``questions``: key of a column → words with a "?", which may be a letter that was lost; ``wanted``: what she wants to
    receive, from which the price in ``values`` follows.
    """

    number: int
    code: str
    values: dict[str, object] = field(default_factory=dict)
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    two_ways: bool = False
    questions: dict[str, str] = field(default_factory=dict)
    wanted: Decimal | None = None

    @property
    def label(self) -> tuple[str, str]:
        """Size and colour."""
        return str(self.values.get("size") or ""), str(self.values.get("colour") or "")

    @property
    def is_empty(self) -> bool:
        return not self.code and not self.values and not self.mistakes


class Reader:
    """Reads the rows of one file for one workshop, in the active language."""

    def __init__(self, workshop: Workshop, head: Head, *, sign: str = "", receive: Receive | None = None) -> None:
        self.workshop, self.head, self._sign, self._receive = workshop, head, sign, receive
        self._crafts = _by_name(Craft, CraftText)
        self._materials = _by_name(Material, MaterialText)
        self._readers: Mapping[str, Callable[[str], object]] = {
            "craft": self._craft,
            "materials": self._made_of,
            "supply": self._supply,
            "shown": self._shown,
            "photos": self._photos,
            "hs_code": self._hs_code,
            "stock": lambda text: self._whole(text, 0, MOST_IN_STOCK),
            "stock_before": lambda text: self._whole(text, 0, MOST_IN_STOCK),
            "capacity": lambda text: self._whole(text, 1, MOST_A_MONTH),
            "lead_days": lambda text: self._whole(text, 1, MOST_DAYS),
            "weight": lambda text: self._whole(text, 1, HEAVIEST_G),
            "price": lambda text: self._money(text, "price", HIGHEST_PRICE),
            "receive": lambda text: self._to_receive(text),
            **dict.fromkeys(LENGTHS, self._millimetres),
        }

    def line(self, number: int, cells: list[str]) -> Line:
        """``number`` is that of the row as a spreadsheet shows it."""
        raw = {column: cells[place] if place < len(cells) else "" for place, column in self.head.columns.items()}
        line = Line(number, "")
        for column, text in raw.items():
            if not text.removeprefix(EXACT).strip():
                continue
            title = self.head.titles[column.key]
            try:
                value = self._value(column, text)
            except Refused as problem:
                line.mistakes.append((title, str(problem)))
            except TwoWays as problem:
                line.two_ways = True
                line.mistakes.append((title, _two_ways(problem)))
            else:
                if column.field == "code":
                    line.code = str(value)
                else:
                    line.values[column.key] = value
                self._remember(line, column, text, value)
        if not line.code and (line.values or line.mistakes):
            line.mistakes.append((self.head.titles["code"], _("Please give the code of the piece.")))
        return line

    def _remember(self, line: Line, column: columns.Column, text: str, value: object) -> None:
        """What the value alone does not tell."""
        if column.field in LONGEST and ("?" in str(value) or "\ufffd" in str(value)):
            line.questions[column.key] = str(value)
        if column.field == "receive":
            line.wanted = self._money(text, "receive", MOST_TO_RECEIVE)

    def _value(self, column: columns.Column, text: str) -> object:
        if text.strip() == CLEAR:
            if column.field in MAY_BE_CLEARED:
                return "" if column.field in (*WORDS, "hs_code") else None
            raise Refused(_("This cannot be taken out: every piece needs it."))
        if column.field in self._readers:
            return self._readers[column.field](text)
        return self._words(column.field, text)

    def _words(self, name: str, text: str) -> str:
        text = text.removeprefix(EXACT)
        found = clean_paragraphs(text) if name == "description" else clean_words(text, lines=False)
        if len(found) > LONGEST[name]:
            raise Refused(_("This is too long: at most %(most)s letters.") % {"most": LONGEST[name]})
        return found

    def _number(self, text: str, currency: str = "") -> Decimal:
        if text.lstrip().startswith("="):
            raise Refused(_("This cell holds a formula. Please put the number itself there."))
        try:
            return read_number(text, sign=self._sign, currency=currency)
        except NotANumber as problem:
            raise Refused(_("“%(text)s” is no number.") % {"text": clean_words(text, lines=False)[:40]}) from problem

    def _whole(self, text: str, least: int, most: int) -> int:
        value = self._number(text)
        if value != value.to_integral_value() or not least <= value <= most:
            words = {"least": least, "most": most}
            raise Refused(_("Please give a whole number from %(least)s to %(most)s.") % words)
        return int(value)

    def _money(self, text: str, name: str, most: Decimal) -> Decimal:
        currency = columns.currency_of(name, self.workshop)
        value, step = self._number(text, currency), quantum(currency)
        if value <= 0:
            raise Refused(_("Please give a price above zero."))
        if value != value.quantize(step):
            raise Refused(_("%(currency)s has no amounts as small as this.") % {"currency": currency})
        if value > most:
            raise Refused(_("That is more than a piece can cost here."))
        return value.quantize(step)

    def _to_receive(self, text: str) -> Decimal:
        """The price that follows."""
        wanted = self._money(text, "receive", MOST_TO_RECEIVE)
        if self._receive is None:
            raise Refused(_("Please give a price: here it cannot be worked out."))
        price = self._receive(self.workshop, wanted)
        if price > HIGHEST_PRICE:
            raise Refused(_("That is more than a piece can cost here."))
        return price

    def _millimetres(self, text: str) -> int:
        value = self._number(text)
        if not Decimal("0.1") <= value <= LARGEST_CM or value * 10 != (value * 10).to_integral_value():
            words = {"least": "0.1", "most": f"{LARGEST_CM:f}"}
            text = _("Please give centimetres from %(least)s to %(most)s, with at most one digit after the point.")
            raise Refused(text % words)
        return int(value * 10)

    def _craft(self, text: str) -> Craft:
        found = self._crafts.get(folded(text))
        if found is None:
            raise Refused(_("“%(name)s” is no craft of this shop.") % {"name": clean_words(text, lines=False)[:60]})
        return found

    def _made_of(self, text: str) -> tuple[Material, ...]:
        if (whole := self._materials.get(folded(text))) is not None:
            return (whole,)
        found = []
        for name in re.split("[;；|\n、,，]", text):
            if not name.strip():
                continue
            row = self._materials.get(folded(name))
            if row is None:
                raise Refused(_("“%(name)s” is no material of this shop.") % {"name": clean_words(name, lines=False)[:60]})
            found.append(row)
        return tuple(sorted(set(found), key=lambda row: row.pk))

    def _supply(self, text: str) -> str:
        found = columns.supply_words().get(folded(text))
        if found is None:
            names = " / ".join(str(label) for label in Product.Supply.labels)
            raise Refused(_("Please write one of these: %(names)s.") % {"names": names})
        return found

    def _shown(self, text: str) -> bool:
        found = columns.yes_words().get(folded(text.removeprefix(EXACT)))
        if found is None:
            raise Refused(_("Please write “%(yes)s” or “%(no)s”.") % {"yes": _("Yes"), "no": _("No")})
        return found

    def _photos(self, text: str) -> tuple[str, ...]:
        names = [clean_words(name, lines=False) for name in re.split("[;；|\n]", text.removeprefix(EXACT)) if name.strip()]
        if len(names) > MOST_PICTURES:
            raise Refused(_("A piece has at most %(most)s photos.") % {"most": MOST_PICTURES})
        return tuple(dict.fromkeys(names))

    def _hs_code(self, text: str) -> str:
        code = re.sub("[. ]", "", text.removeprefix(EXACT))
        if not (code.isascii() and code.isdigit() and len(code) in (6, 8, 10)):
            raise Refused(_("An HS code has 6, 8 or 10 digits."))
        return code


def of_piece(name: str) -> bool:
    """Whether a column says something of the piece as a whole."""
    return name not in OF_VARIANTS


def _two_ways(problem: TwoWays) -> str:
    thousands, point = problem.readings
    return _(
        "“%(text)s” may be %(thousands)s or %(point)s. Please write it without a sign between thousands, or say below how"
        " you write numbers."
    ) % {"text": str(problem), "thousands": thousands, "point": point}


def _by_name(model, texts) -> dict[str, object]:
    """Folded names in all languages and slugs → rows."""
    rows = {row.pk: row for row in model.objects.all()}
    found: dict[str, object] = {row.slug: row for row in rows.values()}
    for owner, name in texts.objects.order_by("pk").values_list("owner_id", "name"):
        found.setdefault(folded(name), rows[owner])
    return found


