"""Restrictions in and out: the packaged seed, and the operator's own table as CSV, byte for byte."""

import csv
import io
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.economies import versions
from marketplace.trade.csvfile import CsvRefused, CsvRow, Place, read_csv
from marketplace.trade.models.restrictions import Restriction
from marketplace.trade.models.rule_changes import RuleChange
from marketplace.trade.restriction_rules import RESTRICTIONS
from marketplace.trade.rule_services import NotPossible, lock, name_of
from marketplace.trade.tables import BadCell, Column

TABLE = "restrictions"  # as the audit names it
Did = RuleChange.Action
SEED = Path(__file__).parent / "data" / "restrictions.csv"
COLUMNS = (
    Column("code", required=True),
    Column("destination"),
    Column("ships_from"),
    Column("channel", "choice", choices=tuple(Restriction.Channel.values)),
    Column("origins"),
    Column("hs"),
    Column("hs_except"),
    Column("keywords"),
    Column("attributes"),
    Column("species"),
    Column("alcohol_over", "decimal"),
    Column("domestic", "yes", choices=("yes",)),
    Column("action", "choice", True, tuple(Restriction.Action.values)),
    Column("severity", "choice", True, tuple(Restriction.Severity.values)),
    Column("needs"),
    Column("text", required=True),
    Column("next_step"),
    Column("learn_url"),
    Column("source"),
    Column("source_date", "date"),
    Column("evidence"),
    Column("effective_from", "date", required=True),
    Column("effective_to", "date"),
    Column("review_by", "date"),
    Column("state", "choice", True, tuple(Restriction.State.values)),  # last, and never empty: a cut line is noticed
)
NAMES = tuple(column.name for column in COLUMNS)


def read_restrictions(data: bytes) -> list[Restriction]:
    """The rows of a file, checked but not saved. Raises CsvRefused with row and column: all or nothing."""
    lines = read_csv(data, required=NAMES, known=NAMES, whole=True)
    rows = [_read(line) for line in lines]
    _refuse_overlaps(rows, dict(zip(map(row_key, rows), lines, strict=True)))
    return rows


def overlapping(rows: Iterable[Restriction]) -> list[tuple[Restriction, Restriction]]:
    """Live rows of one code that share a day, and rows of one code with the same first day: the later after the earlier."""
    by_code: dict[str, list[Restriction]] = {}
    for row in sorted(rows, key=row_key):
        by_code.setdefault(row.code, []).append(row)
    return [
        (earlier, later)
        for series in by_code.values()
        for earlier, later in pairwise(series)
        if earlier.effective_from == later.effective_from
        or (
            earlier.state == later.state == Restriction.State.LIVE
            and (earlier.effective_to is None or earlier.effective_to >= later.effective_from)
        )
    ]


def write_restrictions(rows: Iterable[Restriction]) -> bytes:
    """The rows in a fixed order: the same rows are always the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(NAMES)
    for row in sorted(rows, key=row_key):
        writer.writerow(column.write(getattr(row, column.name)) for column in COLUMNS)
    return out.getvalue().encode()


@transaction.atomic
def import_restrictions(*, data: bytes, user=None, how: str = "") -> tuple[int, int]:
    """Take over a file: rows with a new code or first day are added, others changed; what it does not name stays.

    Answers how many were added and how many changed. Raises CsvRefused; then nothing was written.
    """
    lock()
    known = {row_key(row): row for row in Restriction.objects.select_for_update()}
    lines = read_csv(data, required=NAMES, known=NAMES, whole=True)
    rows = read_restrictions(data)
    after = known | {row_key(row): row for row in rows}
    _refuse_overlaps(after.values(), dict(zip(map(row_key, rows), lines, strict=True)))
    added = changed = 0
    for row in rows:
        there = known.get(row_key(row))
        if there is None:
            row.save()
            record_change(row, {}, user, how)
            added += 1
        elif (before := values_of(there)) != values_of(row):
            row.pk = there.pk
            row.save()
            record_change(row, before, user, how)
            changed += 1
    return added, changed


@transaction.atomic
def load_restrictions() -> int:
    """Insert the packaged rows that are missing; what an operator changed stays. Answers the number of new ones."""
    lock()
    known = {row_key(row) for row in Restriction.objects.only("code", "effective_from")}
    codes = {code for code, _start in known}
    # A code that is there already is the operator's: a further row of it could overlap with hers.
    new = [row for row in read_restrictions(SEED.read_bytes()) if row.code not in codes]
    Restriction.objects.bulk_create(new)
    if new:
        facts = {"rows": str(len(new))}
        RuleChange.objects.create(
            who="seed", table_name=TABLE, row="*", action=Did.SEEDED, how="load_restrictions", after=facts
        )
        versions.touch(RESTRICTIONS)
    return len(new)


@transaction.atomic
def delete_restriction(*, row: Restriction, user, how: str = "") -> None:
    """Raises NotPossible for a live row: that is ended with a date, or made a draft first."""
    locked = Restriction.objects.select_for_update().get(pk=row.pk)
    if locked.state == Restriction.State.LIVE:
        raise NotPossible(_("A live row stays. Give it a last day, or withdraw it first."))
    _write_line(locked, Did.DELETED, values_of(locked), {}, user, how)
    locked.delete()


def record_change(row: Restriction, before: Mapping[str, str], user, how: str = "") -> None:
    """Who changed a rule, and what stood there: kept for ever. ``before`` empty: the row is new."""
    after = values_of(row)
    moves = {"live": Did.PUBLISHED, "draft": Did.WITHDRAWN}
    action = Did.ADDED if not before else Did.CHANGED if before["state"] == row.state else moves[row.state]
    _write_line(row, action, before, after, user, how)


def _write_line(row: Restriction, action: str, before: Mapping, after: Mapping, user, how: str) -> None:
    names = [name for name in NAMES if before.get(name, "") != after.get(name, "")]
    RuleChange.objects.create(
        user=user if getattr(user, "pk", None) else None,
        who=name_of(user),
        table_name=TABLE,
        row=f"{row.code} {row.effective_from.isoformat()}",
        action=action,
        how=how[:200],
        source=row.source,
        before={name: before[name] for name in names if before.get(name)},
        after={name: after[name] for name in names if after.get(name)},
    )


def values_of(row: Restriction) -> dict[str, str]:
    """The row as its cells in a file."""
    return {column.name: column.write(getattr(row, column.name)) for column in COLUMNS}


def row_key(row: Restriction) -> tuple:
    return row.code, row.effective_from


def _refuse_overlaps(rows: Iterable[Restriction], lines: Mapping[tuple, CsvRow]) -> None:
    """``lines`` by row_key. Of rows with one first day the dictionary keeps the last line, which is the one to name."""
    for pair in overlapping(rows):
        line = next((lines[row_key(row)] for row in reversed(pair) if row_key(row) in lines), None)
        if line is not None:
            raise line.refuse("effective_from", _("Another row with this code is valid in these days."))


def _read(line: CsvRow) -> Restriction:
    values = {}
    for column in COLUMNS:
        try:
            values[column.name] = column.read(line.cells[column.name])
        except BadCell as problem:
            raise line.refuse(column.name, str(problem)) from problem
    row = Restriction(**values)
    try:
        row.clean_fields()
        row.clean()
    except ValidationError as problem:
        raise CsvRefused(*_problems(line, problem)) from problem
    return row


def _problems(line: CsvRow, problem: ValidationError) -> list[tuple[Place, str]]:
    return [
        (Place(line.number, "" if name == NON_FIELD_ERRORS else name), " ".join(texts))
        for name, texts in problem.message_dict.items()
    ]
