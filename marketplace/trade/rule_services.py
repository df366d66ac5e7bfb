"""What may be done with rule rows: save, publish, withdraw, delete a draft. Each is one transaction and one audit line."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from marketplace.economies import versions
from marketplace.economies.models import DataVersion
from marketplace.trade.books import RULES
from marketplace.trade.landed.rows import Row
from marketplace.trade.models.rules import MODELS, RuleChange
from marketplace.trade.rule_checks import Problem, doubts, problems_of
from marketplace.trade.rule_gaps import Span, gap_text, lost_days
from marketplace.trade.seeds import seed_rows
from marketplace.trade.tables import TABLES

Action = RuleChange.Action
Cells = Mapping[str, str]


class NotPossible(ValueError):
    """The step is not open for this row; the message is for the person."""


class Doubtful(ValidationError):
    """It may be a slip of the finger: the same again with ``confirm`` is done. Sentences by field."""


@transaction.atomic
def save_row(*, row: Model, user, how: str = "", confirm: bool = False) -> Model:
    """Add or change a row, valid as it stands.

    Raises ValidationError, and Doubtful unless ``confirm``; then nothing has changed.
    """
    lock()
    known = type(row).objects.filter(pk=row.pk).first() if row.pk else None
    before = cells_of(known) if known else None
    if before is None:
        row.entered_by = name_of(user)
    row.full_clean()
    of = known or row  # under another key, it is the old one's days that are lost
    series = _live_series(of)
    row.save()
    if not confirm:
        _ask(row, known.row() if known else _earlier(row, series), lost_days(series, _live_series(of)))
    if before != cells_of(row):
        record(row=row, action=Action.ADDED if before is None else Action.CHANGED, user=user, before=before, how=how)
        versions.touch(RULES)
    return row


@transaction.atomic
def publish(*, row: Model, user, how: str = "", confirm: bool = False) -> Model:
    """Make a draft count from its first day on. An open row of the same key is ended on the day before.

    Raises ValidationError where evidence is missing or days overlap, and Doubtful, unless ``confirm``, where a value is
    far from the one before or days lose their row; then nothing has changed.
    """
    lock()
    row.refresh_from_db()
    before = cells_of(row)
    if row.state == row.State.LIVE:
        return row
    series = _live_series(row)
    row.state = row.State.LIVE
    _check(row)
    _end_predecessor(row, user, how)
    row.full_clean()
    row.save()
    if not confirm:
        _ask(row, _earlier(row, series), lost_days(series, _live_series(row)))
    record(row=row, action=Action.PUBLISHED, user=user, before=before, how=how)
    versions.touch(RULES)
    return row


@transaction.atomic
def withdraw(*, row: Model, user, how: str = "", confirm: bool = False) -> Model:
    """Make a live row a draft again. Orders keep what they noted down.

    Raises Doubtful, unless ``confirm``, with the days that lose their row; then nothing has changed.
    """
    lock()
    row.refresh_from_db()
    before = cells_of(row)
    if row.state == row.State.DRAFT:
        return row
    series = _live_series(row)
    row.state = row.State.DRAFT
    row.save()
    if not confirm:
        _ask(row, row.row(), lost_days(series, _live_series(row)))
    record(row=row, action=Action.WITHDRAWN, user=user, before=before, how=how)
    versions.touch(RULES)
    return row


@transaction.atomic
def delete_draft(*, row: Model, user, how: str = "") -> None:
    """Raises NotPossible for a live row: that is ended with a date, or withdrawn."""
    lock()
    row.refresh_from_db()
    if row.state == row.State.LIVE:
        raise NotPossible(_("A live row stays. Give it a last day, or withdraw it first."))
    record(row=row, action=Action.DELETED, user=user, before=cells_of(row), how=how, after={})
    row.delete()


@transaction.atomic
def load_rules() -> int:
    """Insert the packaged rows where a table is empty. Answers the number of rows inserted."""
    lock()
    total = 0
    for name, model in MODELS.items():
        if model.objects.exists():
            continue
        rows = seed_rows(TABLES[name])
        model.objects.bulk_create(from_row(model, row) for row in rows)
        if rows:
            facts = {"rows": str(len(rows))}
            RuleChange.objects.create(who="seed", table_name=name, row="*", action=Action.SEEDED, how="load_rules", after=facts)
            total += len(rows)
    if total:
        versions.touch(RULES)
    return total


def lock() -> None:
    """One change at a time, so that two rows published at once cannot overlap."""
    DataVersion.objects.get_or_create(name=RULES, defaults={"token": ""})
    DataVersion.objects.select_for_update().get(name=RULES)


def record(*, row: Model, action: str, user, before: Cells | None, how: str, after: Cells | None = None) -> RuleChange:
    """Write a line of the audit: only the cells that differ, those of a new row all."""
    after = cells_of(row) if after is None else after
    before = before or {}
    names = [name for name in {**before, **after} if before.get(name, "") != after.get(name, "")]
    return RuleChange.objects.create(
        user=user if getattr(user, "pk", None) else None,
        who=name_of(user),
        table_name=row.table.name,
        row=name_of_row(row.row()),
        action=action,
        how=how,
        source=row.source,
        before={name: before[name] for name in names if before.get(name)},
        after={name: after[name] for name in names if after.get(name)},
    )


def cells_of(row: Model) -> dict[str, str]:
    """The row as its CSV has it, without empty cells."""
    return {name: text for name, text in row.table.cells(row.row()).items() if text}


def name_of(user) -> str:
    """How the audit names somebody."""
    if user is None:
        return "command"
    return str(user.get_username() or user.pk)[:150] if hasattr(user, "get_username") else str(user)[:150]


def name_of_row(row: Row) -> str:
    """Names a row in the audit, such as "AU-GST-LVG AU vat from 2018-07-01"."""
    return " ".join([*filter(None, row.key), row.effective_from.isoformat()])[:200]


def from_row(model: type[Model], row: Row) -> Model:
    found = model()
    found.take(row)
    return found


def _live_series(row: Model) -> list[Row]:
    """The live rows of the row's key as they are stored, itself among them if it is one."""
    rows = type(row).objects.live().filter(**row.key_filter()).rows()
    return [other for other in rows if other.key == row.row().key]


def _earlier(row: Model, series: Iterable[Row]) -> Row | None:
    """The live row before it, whose values a new row's are compared with."""
    earlier = [other for other in series if other.effective_from < row.effective_from]
    return max(earlier, key=lambda other: other.effective_from, default=None)


def _ask(row: Model, before: Row | None, lost: Iterable[Span]) -> None:
    """``before``: whose values count as usual; ``lost``: days without a row after the change. Raises Doubtful."""
    now = row.row()
    found: list[Problem] = doubts(now, before, settings.MARKETPLACE_RATE_MOST_TIMES)
    found += [("effective_to", gap_text(now, days)) for days in lost]
    if found:
        raise Doubtful(_by_column(found))


def _by_column(problems: Iterable[Problem]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column, sentence in problems:
        found.setdefault(column, []).append(sentence)
    return found


def _check(row: Model) -> None:
    """The row by itself, before another one is ended for its sake."""
    if problems := problems_of(row.row()):
        raise ValidationError(_by_column(problems))


def _end_predecessor(row: Model, user, how: str) -> None:
    new = row.row()
    for other in type(row).objects.live().exclude(pk=row.pk).filter(**row.key_filter(), effective_to=None):
        if other.row().key == new.key and other.effective_from < row.effective_from:
            before = cells_of(other)
            other.effective_to = row.effective_from - timedelta(days=1)
            other.save()
            record(row=other, action=Action.ENDED, user=user, before=before, how=how)
