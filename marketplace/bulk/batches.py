"""The rows of a run in batches: looked at or written, each batch with its place in the file in one transaction."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.bulk import applying, known
from marketplace.bulk.cells import Line, Reader
from marketplace.bulk.columns import read_head
from marketplace.bulk.encodings import OLDER
from marketplace.bulk.images import Photos
from marketplace.bulk.models import ImportRow, ImportRun
from marketplace.bulk.planning import Plan, Planner
from marketplace.bulk.reading import staged
from marketplace.signals import import_finished
from marketplace.workshops.variants import MOST_VARIANTS

State, Outcome = ImportRun.State, ImportRow.Outcome
ROWS, PHOTOS = 200, 16  # of one batch at most
ATTEMPTS = 5


class Overtaken(Exception):
    """Somebody else goes on with this run."""


class Moved(Exception):
    """A piece with one of the codes appeared meanwhile: once more."""


@dataclass
class Batch:
    """Rows from ``start`` up to ``end`` of the file (the headings not counted), in pieces."""

    start: int
    end: int
    pieces: list[list[Line]] = field(default_factory=list)
    photos: int = 0

    @property
    def codes(self) -> set[str]:
        return {lines[0].code for lines in self.pieces if lines[0].code}


class Batches:
    """Goes through one run, in the active language."""

    def __init__(self, run: ImportRun, tools) -> None:
        self.run, self._tools = run, tools
        self._writes = run.state == State.WRITING
        self._writer = applying.Writer(run.workshop, run.user) if self._writes else None

    def run_all(self) -> None:
        """To the end, or until somebody else takes over."""
        zipped = self.run.photos.open("rb") if self.run.photos else nullcontext()
        with self.run.rows.open("rb") as rows, zipped as packed:
            photos = Photos(packed, self._tools.clean)
            lines = staged(rows)
            head = read_head(next(lines, []), self.run.workshop)
            sign, receive = self.run.decimal_sign, self._tools.receive
            reader = Reader(self.run.workshop, head, sign=sign, receive=receive)
            planner = Planner(self.run.workshop, head, photos, older=self.run.encoding in OLDER)
            try:
                for batch in self._batches(lines, reader, head.titles["code"]):
                    self._do(batch, planner, photos)
                self._end()
            except Overtaken:
                return

    def _batches(self, rows: Iterator[list[str]], reader: Reader, title: str) -> Iterator[Batch]:
        """Whole pieces, from the place where the run stands. A code that stood before is marked."""
        seen: dict[str, int] = {}
        batch, position = Batch(0, 0), 0
        for lines, position in _pieces(rows, reader):
            first = lines[0] if lines else None
            if first and first.code:
                if first.code in seen:
                    text = _("This code stands in row %(row)s already.") % {"row": seen[first.code]}
                    first.mistakes.append((title, text))
                seen.setdefault(first.code, first.number)
            if position <= self.run.position:
                batch = Batch(position, position)
                continue
            batch.end = position
            if lines:
                batch.pieces.append(lines)
                batch.photos += _photos(lines)
            if position - batch.start >= ROWS or batch.photos >= PHOTOS:
                yield batch
                batch = Batch(position, position)
        if batch.end > batch.start:
            yield batch

    def _do(self, batch: Batch, planner: Planner, photos: Photos) -> None:
        ready, digests = self._make_ready(batch, planner, photos) if self._writes else ({}, {})
        for left in reversed(range(ATTEMPTS)):
            try:
                with transaction.atomic(), self._tools.together():
                    self._step(batch, planner, ready, digests)
                return
            except (Moved, IntegrityError):
                # Another window listed a piece at the same moment.
                if self._writer:
                    self._writer.forget_codes()
                if not left:
                    raise

    def _make_ready(self, batch: Batch, planner: Planner, photos: Photos) -> tuple[dict[str, ContentFile], dict[str, str]]:
        """Photos are redrawn before the transaction: nobody waits for a lock meanwhile."""
        if not batch.photos:
            return {}, {}
        plans = self._plans(batch, planner)
        names = {name for plan in plans if not plan.is_refused for name in plan.photos}
        return {name: photos.cleaned(name) for name in names}, {name: photos.digest(name) for name in names}

    def _plans(self, batch: Batch, planner: Planner) -> list[Plan]:
        found = known.find(self.run.workshop, batch.codes)
        return [planner.plan(lines, found.get(lines[0].code, ())) for lines in batch.pieces]

    def _step(self, batch: Batch, planner: Planner, ready: dict, digests: dict) -> None:
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=self.run.pk)
        if (run.state, run.position) != (self.run.state, batch.start):
            raise Overtaken
        if self._writes:
            locked = applying.lock(run.workshop, batch.codes)
        plans = self._plans(batch, planner)
        if self._writes:
            if not {plan.known.product.pk for plan in plans if plan.known} <= locked:
                raise Moved
            if any(set(plan.photos) - ready.keys() for plan in plans if not plan.is_refused):
                raise Moved
            self._writer.write(plans, ready, digests)
        self._report(run, batch, plans)

    def _report(self, run: ImportRun, batch: Batch, plans: list[Plan]) -> None:
        rows = [
            ImportRow(
                run=run,
                number=line.number,
                code=line.code[:60],
                outcome=plan.outcomes[line.number],
                notes=[list(note) for note in plan.notes.get(line.number, ())],
            )
            for plan in plans
            for line in plan.lines
        ]
        # What was found when it was looked at makes room for what was done.
        old = ImportRow.objects.filter(run=run, number__gt=batch.start + 1, number__lte=batch.end + 1)
        old._raw_delete(old.db)
        ImportRow.objects.bulk_create(rows)
        for row in rows:
            setattr(run, row.outcome, getattr(run, row.outcome) + 1)
        run.two_ways = run.two_ways or any(line.two_ways for plan in plans for line in plan.lines)
        run.position, run.moved_at = batch.end, timezone.now()
        run.save(update_fields=["position", "moved_at", "two_ways", *Outcome.values])
        self.run.position = run.position

    def _end(self) -> None:
        from marketplace.bulk.runs import delete_files

        with transaction.atomic():
            run = ImportRun.objects.select_for_update(of=("self",)).get(pk=self.run.pk)
            if run.state != self.run.state:
                raise Overtaken
            run.state = State.DONE if self._writes else State.CHECKED
            run.moved_at = timezone.now()
            run.finished_at = run.moved_at if self._writes else None
            run.save(update_fields=["state", "moved_at", "finished_at"])
            if self._writes:
                transaction.on_commit(lambda: import_finished.send(ImportRun, run=run))
        if self._writes:
            delete_files(run)


def _pieces(rows: Iterator[list[str]], reader: Reader) -> Iterator[tuple[list[Line], int]]:
    """Rows with one code below each other, and how many rows of the file are used up with them; [] for empty rows."""
    lines: list[Line] = []
    position = 0
    for position, cells in enumerate(rows, start=1):
        line = reader.line(position + 1, cells)
        together = lines and line.code and line.code == lines[0].code and len(lines) <= MOST_VARIANTS
        if lines and not together:
            yield lines, position - 1
            lines = []
        if line.is_empty:
            yield [], position
        else:
            lines.append(line)
    if lines:
        yield lines, position


def _photos(lines: list[Line]) -> int:
    return sum(len(line.values.get("photos") or ()) for line in lines)
