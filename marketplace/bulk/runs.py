"""An import from its file to its end. It may be killed at any point: what is done is done, the rest is done once."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from tempfile import TemporaryFile

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.bulk import encodings, reading
from marketplace.bulk.columns import BadTable, Head, known_headings, read_head
from marketplace.bulk.images import BadPhotos, Photos
from marketplace.bulk.models import ImportRow, ImportRun, private_files
from marketplace.typed import clean_words
from marketplace.workshops.models import Workshop

State = ImportRun.State
KEPT = timedelta(days=2)
REPORT_KEPT = timedelta(days=30)
COUNTS = ("new", "changed", "same", "refused")


class NotNow(Exception):
    """It cannot be done in the state in which the run is. The message is for the person."""


@dataclass(frozen=True)
class Tools:
    """What the shop lends: how photos are cleaned, how a price follows from what a maker wants to receive, and within what
    a batch is written (so that each piece is shown anew once).
    """

    clean: Callable | None = None
    receive: Callable | None = None
    together: Callable[[], AbstractContextManager] = nullcontext


def tools() -> Tools:
    """Those of MARKETPLACE_IMPORT."""
    chosen = settings.MARKETPLACE_IMPORT
    found = {name: import_string(path) for name, path in chosen.items() if path}
    return Tools(found.get("PICTURES"), found.get("RECEIVE"), found.get("TOGETHER", nullcontext))


def begin(
    *,
    workshop: Workshop,
    user,
    language: str,
    file: File,
    photos: File | None = None,
    encoding: str = "",
    decimal_sign: str = "",
) -> ImportRun:
    """Keep the file and look at its beginning; ``work`` looks at the rest. ASKING when nobody can tell its encoding.

    Files of the workshop that nobody has said yes to make room: see ``unconfirmed``. Raises BadTable for what cannot be
    imported, BadPhotos where it is the ZIP; then nothing is kept and nothing makes room.
    """
    sweep()
    _check_sizes(file, photos)
    found, state = encoding, State.CHECKING
    try:
        found, rows = reading.read_rows(file, partial(known_headings, workshop=workshop), encoding=encoding)
        head = read_head(next(rows, []), workshop)
    except encodings.Doubtful as doubt:
        if not doubt.readings:
            raise BadTable(_("These letters cannot be read. Please save the file as UTF-8, or as XLSX.")) from doubt
        head, state = Head({}), State.ASKING
    if photos is not None:
        Photos(photos)
    for old in unconfirmed(workshop):
        drop(old)
    run = ImportRun(
        workshop=workshop,
        user=user,
        language=language,
        state=state,
        file_name=clean_words(file.name.replace("\\", "/").rpartition("/")[2], lines=False)[:120] or "import",
        digest=digest_of(file),
        encoding=found,
        decimal_sign=decimal_sign,
        unknown=list(head.unknown),
    )
    _keep(run, file, photos)
    run.save()
    return run


def unconfirmed(workshop: Workshop) -> QuerySet[ImportRun]:
    """What was sent and waits for an answer. A newer file takes its place: what was seen of the older one is no longer so."""
    return ImportRun.objects.filter(workshop=workshop, state__in=(State.ASKING, State.CHECKING, State.CHECKED))


def digest_of(file: File) -> str:
    found = sha256()
    file.seek(0)
    for part in iter(lambda: file.read(1 << 16), b""):
        found.update(part)
    file.seek(0)
    return found.hexdigest()


def _keep(run: ImportRun, file: File, photos: File | None) -> None:
    run.file.save(file.name, File(file), save=False)
    if photos is not None:
        photos.seek(0)
        run.photos.save("photos.zip", File(photos), save=False)


def _check_sizes(file: File, photos: File | None) -> None:
    sizes = (
        (file, settings.MARKETPLACE_IMPORT_MOST_BYTES, BadTable),
        (photos, settings.MARKETPLACE_IMPORT_MOST_ZIP_BYTES, BadPhotos),
    )
    for sent, most, problem in sizes:
        if sent is not None and sent.size > most:
            raise problem(_("This file is larger than %(most)s MB.") % {"most": most // (1024 * 1024)})


def doubts(run: ImportRun) -> list[encodings.Reading]:
    """The first lines of the file in each encoding that it may have."""
    with run.file.open("rb") as file:
        try:
            reading.read_rows(file, partial(known_headings, workshop=run.workshop))
        except encodings.Doubtful as doubt:
            return doubt.readings
    return []


@transaction.atomic
def choose_encoding(run: ImportRun, encoding: str) -> None:
    """The answer to the question of ASKING. Raises NotNow for one that was not offered, BadTable without headings."""
    run = _locked(run, State.ASKING)
    if encoding not in {one.encoding for one in doubts(run)}:
        raise NotNow(_("Please choose one of these."))
    with run.file.open("rb") as file:
        _found, rows = reading.read_rows(file, partial(known_headings, workshop=run.workshop), encoding=encoding)
        head = read_head(next(rows, []), run.workshop)
    run.encoding, run.state, run.unknown = encoding, State.CHECKING, list(head.unknown)
    run.save()


@transaction.atomic
def choose_sign(run: ImportRun, sign: str) -> None:
    """How its maker writes numbers, "." or ",": the file is looked at once more. Raises NotNow."""
    run = _locked(run, State.CHECKED)
    if sign not in (".", ","):
        raise NotNow(_("Please choose one of these."))
    run.decimal_sign, run.state = sign, State.CHECKING
    _from_the_start(run)


@transaction.atomic
def start_writing(run: ImportRun) -> None:
    """She has read what would happen and said yes. Raises NotNow, also while another import of the workshop writes."""
    Workshop.objects.select_for_update(no_key=True).get(pk=run.workshop_id)
    run = _locked(run, State.CHECKED)
    if ImportRun.objects.filter(workshop=run.workshop_id, state=State.WRITING).exists():
        raise NotNow(_("Another import of this workshop is under way. Please wait until it is done."))
    run.state = State.WRITING
    _from_the_start(run, report=False)


def _from_the_start(run: ImportRun, *, report: bool = True) -> None:
    if report:
        ImportRow.objects.filter(run=run)._raw_delete(ImportRow.objects.db)
    run.position, run.moved_at, run.two_ways = 0, timezone.now(), False
    for name in COUNTS:
        setattr(run, name, 0)
    run.save()


def _locked(run: ImportRun, *states: str) -> ImportRun:
    found = ImportRun.objects.select_for_update(of=("self",)).select_related("workshop__village__economy").get(pk=run.pk)
    if found.state not in states:
        raise NotNow(_("This import has moved on. Please look again."))
    return found


def work(run_id: int) -> ImportRun:
    """Go on where it stands until the state is done. May be called again after a kill, and by two at once: the second stops."""
    from marketplace.bulk.batches import Batches

    run = ImportRun.objects.select_related("workshop__village__economy", "workshop__partner", "user").get(pk=run_id)
    with override(run.language):
        if run.state in (State.CHECKING, State.WRITING):
            try:
                if not run.rows:
                    _stage(run)
                Batches(run, tools()).run_all()
            except BadTable as problem:
                _fail(run, str(problem))
    run.refresh_from_db()
    return run


def _stage(run: ImportRun) -> None:
    """Read the file once, whatever it is, and keep its rows in one plain form. Raises BadTable."""
    with run.file.open("rb") as file, TemporaryFile() as target:
        _found, rows = reading.read_rows(file, partial(known_headings, workshop=run.workshop), encoding=run.encoding)
        run.total = reading.stage(rows, target)
        target.seek(0)
        run.rows.save("table.rows", File(target), save=False)
    run.save(update_fields=["rows", "total"])


def _fail(run: ImportRun, why: str) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=State.FAILED, why=why, finished_at=timezone.now())
    delete_files(run)


@transaction.atomic
def drop(run: ImportRun) -> None:
    """Throw it away: its files and its report. What was written stays written."""
    found = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if found.state != State.DONE:
        found.state = State.DROPPED
        found.finished_at = timezone.now()
        found.save(update_fields=["state", "finished_at"])
    ImportRow.objects.filter(run=found)._raw_delete(ImportRow.objects.db)
    transaction.on_commit(partial(delete_files, found))


def delete_files(run: ImportRun) -> None:
    """The whole folder: also what a kill left there before the row knew of it."""
    storage, folder = private_files(), f"imports/{run.key}"
    with suppress(FileNotFoundError):
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")
        storage.delete(folder)


def sweep(now=None) -> int:
    """Throw away what nobody finished within two days, and reports of a month ago. Answers how many."""
    now = now or timezone.now()
    unfinished = ImportRun.objects.exclude(state__in=(State.DONE, State.FAILED, State.DROPPED)).filter(moved_at__lt=now - KEPT)
    old = ImportRun.objects.filter(finished_at__lt=now - REPORT_KEPT, report__isnull=False).distinct()
    gone = [*unfinished, *old]
    for run in gone:
        drop(run)
    _sweep_strangers(now)
    return len(gone)


def _sweep_strangers(now) -> None:
    """Folders that no run knows: its process was killed before it was written down."""
    storage = private_files()
    with suppress(FileNotFoundError):
        folders = storage.listdir("imports")[0]
        known = {str(key) for key in ImportRun.objects.filter(key__in=_uuids(folders)).values_list("key", flat=True)}
        for folder in set(folders) - known:
            names = [f"imports/{folder}/{name}" for name in storage.listdir(f"imports/{folder}")[1]]
            if all(storage.get_modified_time(name) < now - KEPT for name in names):
                for name in names:
                    storage.delete(name)
                storage.delete(f"imports/{folder}")


def _uuids(names: list[str]) -> list[str]:
    return [name for name in names if len(name) == 36]


