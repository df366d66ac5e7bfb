"""The columns of a table of pieces: what they are called in every language of the interface, and what stands in them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from catalogue.models import Product
from catalogue.text import language_name
from marketplace.workshops.models import Workshop

# Columns of words; each may stand again for a further language, as in "Title [ja]".
WORDS = ("title", "summary", "description")
LENGTHS = ("length", "width", "height")
# What may differ between the variants of a piece; the rest stands in its first row.
OF_VARIANTS = ("size", "colour", "stock", "stock_before", "price", "receive", "weight")
HEADINGS: dict[str, Promise] = {
    "code": gettext_lazy("Code"),
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("In one sentence"),
    "description": gettext_lazy("Description"),
    "size": gettext_lazy("Size"),
    "colour": gettext_lazy("Colour"),
    "craft": gettext_lazy("Craft"),
    "materials": gettext_lazy("Materials"),
    "supply": gettext_lazy("How it is sold"),
    "stock": gettext_lazy("Stock"),
    "stock_before": gettext_lazy("Stock in the shop when this file was made"),
    "capacity": gettext_lazy("How many you can make in a month"),
    "lead_days": gettext_lazy("Days until it can be sent"),
    "price": gettext_lazy("Price in %(currency)s"),
    "receive": gettext_lazy("What I want to receive, in %(currency)s"),
    "weight": gettext_lazy("Weight in grams"),
    "length": gettext_lazy("Length (cm)"),
    "width": gettext_lazy("Width (cm)"),
    "height": gettext_lazy("Height (cm)"),
    "hs_code": gettext_lazy("HS code"),
    "photos": gettext_lazy("Photos"),
    "shown": gettext_lazy("In the shop"),
}
# The English names of the fields, as programs write them.
NAMES = {"color": "colour", "weight_g": "weight", "net_weight_g": "weight", "month_capacity": "capacity", "images": "photos"}
IN_LANGUAGE = re.compile(r"(.+?)\s*\[([a-z]{2,3}(?:-[a-z0-9]{2,8})?)\]")
MOST_COLUMNS = 200


class BadTable(ValueError):
    """The file as a whole cannot be taken. The message is for the person who sent it."""


@dataclass(frozen=True)
class Column:
    """``field`` is a key of HEADINGS; ``language`` is set for words in a further language."""

    field: str
    language: str = ""

    @property
    def key(self) -> str:
        return f"{self.field}[{self.language}]" if self.language else self.field


@dataclass(frozen=True)
class Head:
    """The first row of a file. ``columns``: place in the row → Column; ``titles``: key of a column → its heading there."""

    columns: Mapping[int, Column]
    titles: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        return any(column.field == name for column in self.columns.values())


def heading(column: Column, workshop: Workshop) -> str:
    """What the column is called in the active language."""
    text = str(HEADINGS[column.field]) % {"currency": currency_of(column.field, workshop)}
    return f"{text} [{column.language}]" if column.language else text


def currency_of(name: str, workshop: Workshop) -> str:
    return workshop.village.economy.currency if name == "receive" else settings.MARKETPLACE_CURRENCY


def known_headings(cells: Sequence[str], workshop: Workshop) -> int:
    """How many of the cells are headings that we know."""
    return sum(_column(cell, workshop) is not None for cell in cells)


def read_head(cells: Sequence[str], workshop: Workshop) -> Head:
    """Raises BadTable without a column of codes, or with two of the same kind."""
    columns: dict[int, Column] = {}
    titles: dict[str, str] = {}
    unknown = []
    for place, cell in enumerate(cells[:MOST_COLUMNS]):
        column = _column(cell, workshop)
        if column is None:
            unknown += [cell.strip()[:60]] if cell.strip() else []
            continue
        if column.key in titles:
            raise BadTable(
                _("Two columns mean the same: “%(first)s” and “%(second)s”. Please take one of them out.")
                % {"first": titles[column.key], "second": cell.strip()[:60]}
            )
        columns[place], titles[column.key] = column, cell.strip()
    if "code" not in titles:
        raise BadTable(
            _("The first row must hold the headings, and one of them must be “%(heading)s”.") % {"heading": _("Code")}
        )
    return Head(columns, titles, tuple(unknown))


def _column(cell: str, workshop: Workshop) -> Column | None:
    text = folded(cell)
    known = _names(settings.MARKETPLACE_CURRENCY, workshop.village.economy.currency)
    if text in known:
        return Column(known[text])
    found = IN_LANGUAGE.fullmatch(text)
    if found and known.get(found.group(1)) in WORDS and found.group(2) in dict(settings.LANGUAGES):
        language = found.group(2)
        return Column(known[found.group(1)], "" if language == workshop.source_language else language)
    return None


def folded(text: str) -> str:
    """As it is compared: no capitals, one blank, plain forms of full-width signs."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip("* :")


@lru_cache(maxsize=64)
def _names(price: str, receive: str) -> Mapping[str, str]:
    """Folded heading → field, in all languages of the interface and as field names."""
    found = {name: name for name in HEADINGS} | {f"{name} {code}".lower(): name for name, code in
             (("price", price), ("receive", receive))} | NAMES  # fmt: skip
    found |= {name.replace("_", " "): field for name, field in found.items()}
    for language in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        with override(language):
            for name, text in HEADINGS.items():
                currency = receive if name == "receive" else price
                found.setdefault(folded(str(text) % {"currency": currency}), name)
    return found


@lru_cache(maxsize=1)
def supply_words() -> Mapping[str, str]:
    """Folded word → a value of Product.Supply."""
    found = {folded(value.replace("_", " ")): value for value in Product.Supply.values}
    found |= {value: value for value in Product.Supply.values}
    return found | _in_every_language(dict(Product.Supply.choices))


@lru_cache(maxsize=1)
def yes_words() -> Mapping[str, bool]:
    found = {"1": True, "true": True, "yes": True, "y": True, "x": True, "✓": True}
    found |= {"0": False, "false": False, "no": False, "n": False}
    return found | _in_every_language({True: gettext_lazy("Yes"), False: gettext_lazy("No")})


def _in_every_language(choices: Mapping) -> dict:
    found = {}
    for language in settings.MARKETPLACE_STOREFRONT_LANGUAGES:
        with override(language):
            for value, text in choices.items():
                found.setdefault(folded(str(text)), value)
    return found


def help_rows(workshop: Workshop) -> list[tuple[str, str]]:
    """What stands on the sheet of help, in the active language: heading and explanation."""
    own = language_name(workshop.source_language)
    further = _("Title")
    texts = {
        "code": _("Your own number or name for the piece. By it we know the piece again.")
        + " "
        + _("Your own code counts first. A piece without one is known by the code that the shop gave it.")
        + " "
        + _("Variants of a piece have the same code, in rows below each other."),
        "title": _("In your own words, in %(language)s. Others translate it.") % {"language": own}
        + " "
        + _("For another language add a column such as “%(heading)s [ja]”.") % {"heading": further},
        "summary": _("One sentence, at most 300 letters."),
        "description": _("The story of the piece. An empty line starts a new paragraph."),
        "size": _("Only for a piece in several sizes: one row for each, with the same code."),
        "colour": _("Only for a piece in several colours: one row for each, with the same code."),
        "craft": _("One of the crafts of this shop, in any of its languages."),
        "materials": _("Materials of this shop, with “;” between them."),
        "supply": " / ".join(str(label) for label in Product.Supply.labels),
        "stock": _("How many can be bought now. Leave it empty for a piece made to order."),
        "stock_before": _("Please leave this as it is. If somebody buys while you write, her purchase is not lost."),
        "capacity": _("For a piece made to order."),
        "lead_days": _("For a piece made to order."),
        "price": _("What the buyer pays for the piece, without shipping."),
        "receive": _("Instead of a price: the price is worked out from it."),
        "weight": _("The piece alone, without packing."),
        **dict.fromkeys(LENGTHS, _("In centimetres.")),
        "hs_code": _("The customs number: 6, 8 or 10 digits. Leave it empty if you do not know it."),
        "photos": _("Names of the photos in your ZIP file, with “;” between them."),
        "shown": _("“%(yes)s”: it goes into the shop. “%(no)s”: it is a draft, or is taken out of the shop.")
        % {"yes": _("Yes"), "no": _("No")},
    }
    general = [
        (_("An empty cell"), _("Nothing is changed there.")),
        ("-", _("What stands there now is taken out.")),
        (_("Numbers"), _("Please write no sign between thousands: 1500 or 1500.50.")),
    ]
    return [(heading(Column(name), workshop), text) for name, text in texts.items()] + general
