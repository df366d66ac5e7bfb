"""Files as makers make them, and imports in one line."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from django.core.files.base import ContentFile
from openpyxl import Workbook

from catalogue.models import Product
from marketplace.bulk import runs
from marketplace.bulk.models import ImportRun, private_files

HEAD = ("code", "title", "craft", "materials", "supply", "stock", "price", "weight")


def table(rows: Sequence[Sequence[object]], *, encoding: str = "utf-8", separator: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(file)
    return file.getvalue()


def bowls(number: int, *, price: str = "48.00") -> list[Sequence[object]]:
    """Headings and so many whole pieces."""
    rows = [(f"B{one}", f"Bowl {one}", "Lacquer", "Bamboo; Silk", "stock", 5, price, 400) for one in range(1, number + 1)]
    return [HEAD, *rows]


def begin(person, content: bytes, *, name: str = "pieces.csv", photos: bytes | None = None, **more) -> ImportRun:
    packed = ContentFile(photos, name="photos.zip") if photos is not None else None
    file = ContentFile(content, name=name)
    values = {"language": "en"} | more
    return runs.begin(workshop=person.workshop, user=person.user, file=file, photos=packed, **values)


def look_at(person, content: bytes, **more) -> ImportRun:
    """A dry run."""
    return runs.work(begin(person, content, **more).pk)


def take_over(person, content: bytes, **more) -> ImportRun:
    """A dry run, and yes."""
    run = look_at(person, content, **more)
    assert run.state == ImportRun.State.CHECKED, run.why
    runs.start_writing(run)
    return runs.work(run.pk)


def report(run: ImportRun) -> list[tuple]:
    """(row, outcome, notes) of every row."""
    return [(row.number, row.outcome, [tuple(note) for note in row.notes]) for row in run.report.order_by("number")]


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """New, changed, same, refused."""
    return tuple(run.counts.values())


def pieces(person) -> list[Product]:
    return list(Product.objects.filter(partner=person.workshop.partner).order_by("pk"))


def files_left() -> list[Path]:
    """Of the runs of this test."""
    folder = Path(private_files().location) / "imports"
    keys = map(str, ImportRun.objects.values_list("key", flat=True))
    return [path for key in keys for path in (folder / key).rglob("*") if path.is_file()]
