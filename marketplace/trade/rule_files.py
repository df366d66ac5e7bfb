"""Whole rule tables as CSV, out and in. A file is taken whole or not at all, and every row that changes is audited."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.economies import versions
from marketplace.trade.books import RULES
from marketplace.trade.csvfile import CsvRefused, CsvRow, Place
from marketplace.trade.landed.rows import Row
from marketplace.trade.models.rules import MODELS, RuleChange
from marketplace.trade.rule_checks import doubts, problems_of, series_problem
from marketplace.trade.rule_gaps import gap_text, lost_days
from marketplace.trade.rule_services import cells_of, from_row, lock, name_of, name_of_row, record
from marketplace.trade.tables import TABLES, Table

MOST_PROBLEMS = 50  # a longer list helps nobody


@dataclass
class Imported:
    """Rows by what became of them."""

    added: int = 0
    changed: int = 0
    same: int = 0


@dataclass
class _Plan:
    new: list[tuple[CsvRow, Row]] = field(default_factory=list)
    changed: list[tuple[CsvRow, Row, Model]] = field(default_factory=list)
    same: int = 0
    problems: list[tuple[Place | None, str]] = field(default_factory=list)


def export_rules(*, table: str) -> bytes:
    """The table as CSV; the same rows are always the same bytes."""
    return TABLES[table].write(MODELS[table].objects.rows())


@transaction.atomic
def import_rules(
    *, table: str, data: bytes, user, how: str = "", confirm: bool = False, partial: bool = False
) -> Imported:
    """Bring the table to what the file says. Raises CsvRefused with all that is wrong; then nothing has changed.

    Rows are known by their key and first day. ``confirm``: rates of 0, above 100 % or far from the ones before are
    meant, and so are days that lose their row. ``partial``: rows that the file does not name stay as they are; otherwise
    a file without them is refused.
    """
    lock()
    spec, model = TABLES[table], MODELS[table]
    stored = {_identity(row.row()): row for row in model.objects.all()}
    read = spec.read(data)
    plan = _plan(read, stored, spec)
    if not partial:
        plan.problems += _missing(read, stored)
    plan.problems += _series(read, stored, spec)
    if not confirm:
        gaps = [] if plan.problems else _gaps(read, stored)
        plan.problems += _doubts(read, stored) + gaps
    if plan.problems:
        raise CsvRefused(*plan.problems[:MOST_PROBLEMS])
    return _carry_out(plan, model, user, how)


def _identity(row: Row) -> tuple:
    return (*row.key, row.effective_from)


def _plan(read: Iterable[tuple[CsvRow, Row]], stored: dict[tuple, Model], spec: Table) -> _Plan:
    plan, seen = _Plan(), {}
    for line, row in read:
        if (first := seen.setdefault(_identity(row), line.number)) != line.number:
            words = {"row": first}
            plan.problems.append((Place(line.number, "effective_from"), _("This is the same as row %(row)s.") % words))
            continue
        plan.problems += [(Place(line.number, column), text) for column, text in problems_of(row)]
        plan.problems += _too_long(line, row, spec)
        known = stored.get(_identity(row))
        if known is None:
            plan.new.append((line, row))
        elif spec.cells(known.row()) == spec.cells(row):
            plan.same += 1
        else:
            plan.changed.append((line, row, known))
    return plan


def _too_long(line: CsvRow, row: Row, spec: Table) -> list[tuple[Place, str]]:
    """What the database would cut: texts, and decimals beyond its own."""
    found = []
    for name, text in spec.cells(row).items():
        column = MODELS[spec.name]._meta.get_field(name)
        if (most := getattr(column, "max_length", None)) and len(text) > most:
            found.append((Place(line.number, name), _("This is longer than %(most)s characters.") % {"most": most}))
        places = getattr(column, "decimal_places", None)
        if places is not None and len(text.partition(".")[2]) > places:
            found.append((Place(line.number, name), _("This has more than %(most)s decimals.") % {"most": places}))
    return found


def _missing(read: Iterable[tuple[CsvRow, Row]], stored: dict[tuple, Model]) -> list[tuple[None, str]]:
    gone = sorted(set(stored) - {_identity(row) for _line, row in read}, key=str)
    if not gone:
        return []
    words = {"count": len(gone), "first": name_of_row(stored[gone[0]].row())}
    sentence = ngettext(
        "The file lacks %(count)s row that the table has: %(first)s. Was it cut off?",
        "The file lacks %(count)s rows that the table has; the first is %(first)s. Was it cut off?",
        len(gone),
    )
    return [(None, sentence % words)]


def _series(read: Iterable[tuple[CsvRow, Row]], stored: dict[tuple, Model], spec: Table) -> list[tuple[Place, str]]:
    """Overlaps and gaps among the live rows as they would be."""
    future = {identity: row.row() for identity, row in stored.items()}
    lines = {}
    for line, row in read:
        future[_identity(row)] = row
        lines[_identity(row)] = line
    series = _live_series(future.values())
    found = []
    for identity, line in lines.items():
        row = future[identity]
        others = [other for other in series.get(row.key, ()) if other is not row]
        if row.state == "live" and (problem := series_problem(row, others)):
            found.append((Place(line.number, problem[0]), problem[1]))
    return found


def _doubts(read: Iterable[tuple[CsvRow, Row]], stored: dict[tuple, Model]) -> list[tuple[Place, str]]:
    present: dict[tuple, list[Row]] = {}
    for row in sorted((model.row() for model in stored.values()), key=lambda row: row.effective_from):
        present.setdefault(row.key, []).append(row)
    found = []
    for line, row in read:
        known = stored.get(_identity(row))
        earlier = [other for other in present.get(row.key, ()) if other.effective_from < row.effective_from]
        before = known.row() if known else (earlier[-1] if earlier else None)
        for column, text in doubts(row, before, settings.MARKETPLACE_RATE_MOST_TIMES):
            found.append((Place(line.number, column), text))
    return found


def _gaps(read: Iterable[tuple[CsvRow, Row]], stored: dict[tuple, Model]) -> list[tuple[Place, str]]:
    """Days that lose their row, at the last line of the file that is about them."""
    rows = {identity: model.row() for identity, model in stored.items()}
    before = _live_series(rows.values())
    after = _live_series((rows | {_identity(row): row for _line, row in read}).values())
    lines = {row.key: (line, row) for line, row in sorted(read, key=lambda pair: pair[1].effective_from)}
    return [
        (Place(line.number, "effective_to"), gap_text(row, days))
        for key, (line, row) in lines.items()
        for days in lost_days(before.get(key, ()), after.get(key, ()))
    ]


def _live_series(rows: Iterable[Row]) -> dict[tuple, list[Row]]:
    found: dict[tuple, list[Row]] = {}
    for row in rows:
        if row.state == "live":
            found.setdefault(row.key, []).append(row)
    return found


def _carry_out(plan: _Plan, model: type[Model], user, how: str) -> Imported:
    for _line, row, known in plan.changed:
        before = cells_of(known)
        known.take(replace(row, entered_by=row.entered_by or known.entered_by))
        known.save()
        record(row=known, action=RuleChange.Action.CHANGED, user=user, before=before, how=how)
    created = model.objects.bulk_create(
        from_row(model, replace(row, entered_by=row.entered_by or name_of(user))) for _line, row in plan.new
    )
    for row in created:
        record(row=row, action=RuleChange.Action.ADDED, user=user, before=None, how=how)
    if plan.new or plan.changed:
        versions.touch(RULES)
    return Imported(len(plan.new), len(plan.changed), plan.same)
