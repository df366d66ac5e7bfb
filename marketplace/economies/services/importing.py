"""Takes in the rates of a source: all of them or none, with a row that says who, when and what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from marketplace.economies import versions
from marketplace.economies.judging import Known, Pair, judge
from marketplace.economies.models import DataVersion, ExchangeRate, RateImport
from marketplace.economies.services.sample import sample_values
from marketplace.economies.sources import BadRates, RateRow, SourceDown, get_source

BATCH = 2_000


def import_rates(
    *, source: str = "", file: Path | None = None, since: date | None = None, trigger: str, user_id: int | None = None
) -> RateImport:
    """Read a source (its name in sources.KNOWN; empty: MARKETPLACE_RATES) and store what is new or was corrected.

    A rate that cannot be believed refuses the whole import: nothing changes, and ``error`` of the answer names row and
    reason. The same rates twice change nothing. ``since`` leaves out older days. Raises KeyError for an unknown name.
    """
    chosen = get_source(source)
    record = RateImport(origin=chosen.origin, address=file.name if file else "", trigger=trigger, user_id=user_id)
    try:
        fetched = chosen.read(file)
        record.address = fetched.address
        rows = [row for row in fetched.rows if since is None or row.on >= since]
        with transaction.atomic():
            _store(record, rows)
    except (BadRates, SourceDown) as problem:
        record = RateImport(
            origin=chosen.origin, address=record.address, trigger=trigger, user_id=user_id, error=str(problem)
        )
        record.save()
    return record


def _store(record: RateImport, rows: Sequence[RateRow]) -> None:
    """Judge, compare and write. Imports wait for each other on the version's row."""
    DataVersion.objects.select_for_update().get_or_create(name=versions.RATES)
    most_times = settings.MARKETPLACE_RATE_MOST_TIMES
    rows = judge(rows, _known(rows), today=timezone.localdate(), most_times=most_times)
    here = _existing(record.origin, rows)
    new = [row for row in rows if (row.base, row.quote, row.on) not in here]
    wrong = [(here[row.base, row.quote, row.on], row) for row in rows if (row.base, row.quote, row.on) in here]
    wrong = [(old, row) for old, row in wrong if old.value != row.value]
    record.added, record.changed = len(new), len(wrong)
    record.unchanged = len(rows) - len(new) - len(wrong)
    record.last_on = max((row.on for row in rows), default=None)
    record.corrections = [
        {"pair": f"{row.base}/{row.quote}", "on": row.on.isoformat(), "was": f"{old.value.normalize():f}", "is": f"{row.value:f}"}
        for old, row in wrong
    ]
    record.save()
    _insert(record, new)
    _correct(record, wrong)
    if new or wrong:
        versions.touch(versions.RATES)


def _insert(record: RateImport, rows: Iterable[RateRow]) -> None:
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                base=row.base, quote=row.quote, value=row.value, on=row.on, source=row.source,
                origin=record.origin, imported=record,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _correct(record: RateImport, wrong: Iterable[tuple[ExchangeRate, RateRow]]) -> None:
    now = timezone.now()
    for old, row in wrong:
        old.value, old.source, old.imported, old.changed_at = row.value, row.source, record, now
    ExchangeRate.objects.bulk_update(
        [old for old, _row in wrong], ["value", "source", "imported", "changed_at"], batch_size=BATCH
    )


def _existing(origin: str, rows: Sequence[RateRow]) -> dict[tuple[str, str, date], ExchangeRate]:
    """Rows of the same source in the days that came in."""
    if not rows:
        return {}
    days = min(row.on for row in rows), max(row.on for row in rows)
    found = ExchangeRate.objects.filter(origin=origin, on__range=days)
    return {(row.base, row.quote, row.on): row for row in found}


def _known(rows: Sequence[RateRow]) -> dict[Pair, Known]:
    """By pair: the last rate before the days that came in and those within them; without one, the bundled sample's."""
    if not rows:
        return {}
    first, last = min(row.on for row in rows), max(row.on for row in rows)
    found: dict[Pair, list[tuple[date, Decimal]]] = defaultdict(list)
    before = ExchangeRate.objects.filter(on__lt=first)
    days = set(before.values_list("base", "quote").annotate(last=Max("on")).order_by().values_list("last", flat=True))
    near = ExchangeRate.objects.filter(on__in=days) | ExchangeRate.objects.filter(on__range=(first, last))
    for base, quote, on, value in near.order_by("on").values_list("base", "quote", "on", "value"):
        found[base, quote].append((on, value))
    for pair, sample in sample_values().items():
        if not found[pair] or sample[0] < found[pair][0][0]:
            found[pair].insert(0, sample)
    return found
