"""Pieces as a table that can be imported again: with the same words, nothing changes."""

from collections.abc import Iterator
from typing import BinaryIO

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalogue.models import Product, ProductText
from marketplace import formats
from marketplace.bulk.columns import HEADINGS, OF_VARIANTS, WORDS, Column, heading, help_rows
from marketplace.bulk.known import Known, describe, label_of, whole
from marketplace.bulk.models import ImportRow, ImportRun
from marketplace.bulk.planning import OF_DETAILS
from marketplace.bulk.shown_values import cell, join
from marketplace.money import Money
from marketplace.safe_tables import Cell, stream_csv, write_xlsx
from marketplace.workshops.models import Workshop

AT_ONCE = 500
WIDE = {"description": 60, "summary": 40, "title": 30, "materials": 24, "photos": 24, "craft": 20}
USUAL_WIDTH = 14


class Table:
    """Pieces of one workshop (none: the empty template), with the headings of the active language."""

    def __init__(self, workshop: Workshop, pieces: QuerySet[Product] | None = None) -> None:
        self.workshop, self._pieces = workshop, pieces
        self.columns = _columns(workshop, pieces)

    def csv(self) -> Iterator[bytes]:
        """As the workshop's own spreadsheet wants it on a double click: see ``style``."""
        separator, point = style(self.workshop)
        return stream_csv(self._head(), self._rows(), separator=separator, point=point, bom=True)

    def xlsx(self) -> BinaryIO:
        """An open temporary file, with a second sheet that explains each column."""
        widths = [WIDE.get(column.field, USUAL_WIDTH) for column in self.columns]
        notes = (_("Help"), help_rows(self.workshop))
        return write_xlsx(self._head(), self._rows(), title=_("Pieces"), widths=widths, notes=notes)

    def _head(self) -> list[str]:
        return [heading(column, self.workshop) for column in self.columns]

    def _rows(self) -> Iterator[list[Cell]]:
        if self._pieces is None:
            return
        # Page by page, by id: no page waits for the whole.
        ids = self._pieces.values_list("pk", flat=True)
        for batch in _in_parts(ids.iterator(chunk_size=AT_ONCE)):
            by_id = {row.pk: row for row in whole(Product.objects.filter(pk__in=batch), self.workshop)}
            for pk in batch:
                if pk in by_id:
                    yield from self._rows_of(describe(by_id[pk]))

    def _rows_of(self, known: Known) -> Iterator[list[Cell]]:
        """One row; for a piece with variants one for each, and what they share in the first."""
        if not known.product.is_parent:
            yield [self._cell(known, column, known.product) for column in self.columns]
            return
        for number, child in enumerate(known.shown_children or [known.product]):
            yield [
                self._cell(known, column, child)
                if column.field in ("code", *OF_VARIANTS) or number == 0
                else None
                for column in self.columns
            ]

    def _cell(self, known: Known, column: Column, row: Product) -> Cell:
        product, name = known.product, column.field
        if name in WORDS:
            text = known.texts.get(column.language) if column.language else known.own
            return getattr(text, name, "") or None
        if name in ("stock", "stock_before", "price"):
            record = known.record(row)
            if record is None:
                return None
            if name == "price":
                return None if record.price is None else Money(record.price, record.price_currency)
            return None if product.made_to_order else record.num_in_stock
        if name in ("size", "colour"):
            return label_of(row)[name == "colour"] if row.is_child else None
        values = {
            "code": known.code,
            "photos": join(known.photos),
            "shown": product.stage == Product.Stage.LIVE,
            "materials": sorted(product.materials.all(), key=lambda one: one.pk),
            "receive": None,
            "weight": row.net_weight_g,
        }
        return cell(name, values[name] if name in values else getattr(product, OF_DETAILS.get(name, name)))


def _columns(workshop: Workshop, pieces: QuerySet[Product] | None) -> list[Column]:
    """All, with those of the further languages in which something is written."""
    languages = []
    if pieces is not None:
        rows = ProductText.objects.filter(owner__in=pieces.order_by()).exclude(
            locale__language_code=workshop.source_language
        )
        known = dict(settings.LANGUAGES)
        codes = rows.order_by().values_list("locale__language_code", flat=True).distinct()
        languages = sorted(code for code in codes if code in known)
    found = [Column(name) for name in HEADINGS]
    return found + [Column(name, language) for language in languages for name in WORDS]


def style(workshop: Workshop) -> tuple[str, str]:
    """What stands between cells, and the decimal sign, where the workshop is: a comma in numbers needs the semicolon."""
    language = formats.locale_of().language
    try:
        locale = Locale(language, workshop.village.economy_id)
    except UnknownLocaleError:
        locale = formats.locale_of()
    point = locale.number_symbols["latn"]["decimal"]
    return (";" if point == "," else ","), point


def report_csv(run: ImportRun) -> Iterator[bytes]:
    """Row by row what the file would do, or did, in the language of the run's own notes."""
    separator, _point = style(run.workshop)
    head = [_("Row"), _("Code"), _("Result"), _("Column"), _("Before"), _("After"), _("Note")]
    return stream_csv(head, _report_rows(run), separator=separator, bom=True)


def _report_rows(run: ImportRun) -> Iterator[list[Cell]]:
    labels = dict(ImportRow.Outcome.choices)
    for row in run.report.order_by("number").iterator(chunk_size=AT_ONCE):
        start: list[Cell] = [row.number, row.code, str(labels[row.outcome])]
        for note in row.notes or [()]:
            if len(note) == 3:
                yield [*start, *note, ""]
            else:
                yield [*start, note[0] if note else "", "", "", note[1] if note else ""]


def _in_parts(ids: Iterator[int], size: int = AT_ONCE) -> Iterator[list[int]]:
    part: list[int] = []
    for pk in ids:
        part.append(pk)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


