"""manage.py import_products FILE --workshop CODE [--dry-run]: what the desk's page of imports does, for large files."""

from contextlib import ExitStack
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import override

from marketplace.bulk import encodings, runs
from marketplace.bulk.columns import BadTable
from marketplace.bulk.models import ImportRow, ImportRun
from marketplace.workshops.models import Workshop

State = ImportRun.State


class Command(BaseCommand):
    help = "Import pieces of one workshop from CSV or XLSX. The same file again changes nothing; a killed run goes on."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--workshop", required=True, metavar="CODE", help="its address, or the prefix of its piece codes")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--images", type=Path, metavar="ZIP", help="photos, by the names that stand in the table")
        parser.add_argument("--encoding", default="", help="of a CSV file, where it cannot be told for sure")
        parser.add_argument("--decimal", default="", choices=[".", ","], help="the sign before decimals, where 1.234 is written")
        parser.add_argument("--by", default="", metavar="USER", help="who does it, for the record of each piece")

    def handle(self, *args, **options) -> None:
        workshop = self._workshop(options["workshop"])
        with override(workshop.source_language):
            run = self._begin(workshop, options)
            if run.state == State.CHECKING:
                run = runs.work(run.pk)
                self._report(run, "would be" if options["dry_run"] else "")
            if options["dry_run"] or run.state == State.FAILED:
                problem = run.why
                runs.drop(run)
                if problem:
                    raise CommandError(problem)
                return
            if run.state == State.CHECKED:
                self._start(run)
            run = runs.work(run.pk)
        self.stdout.write(self._sentence(run, ""))
        if run.state != State.DONE:
            raise CommandError("Another process goes on with this import.")
        if run.refused:
            raise CommandError(f"{run.refused} rows were refused and left out.")

    def _workshop(self, code: str) -> Workshop:
        rows = Workshop.objects.select_related("village__economy", "partner")
        found = rows.filter(Q(slug=code) | Q(code_prefix=code) | Q(partner__code=code)).order_by("pk")
        if len(found) != 1:
            raise CommandError(f"There is no workshop {code}." if not found else f"{code} are several workshops.")
        return found[0]

    def _user(self, name: str):
        if not name:
            return None
        users = get_user_model()
        found = users.objects.filter(Q(email__iexact=name) | Q(**{users.USERNAME_FIELD: name}), is_active=True)
        if len(found) != 1:
            raise CommandError(f"There is no user {name}.")
        return found[0]

    def _begin(self, workshop: Workshop, options: dict) -> ImportRun:
        try:
            encoding = encodings.named(options["encoding"]) if options["encoding"] else ""
        except LookupError as problem:
            raise CommandError(f"Encodings that are known: {', '.join(encodings.KNOWN)}.") from problem
        with ExitStack() as opened:
            try:
                file = File(opened.enter_context(options["file"].open("rb")), name=options["file"].name)
                photos = None
                if options["images"]:
                    photos = File(opened.enter_context(options["images"].open("rb")), name="photos.zip")
            except OSError as problem:
                raise CommandError(str(problem)) from problem
            known = self._interrupted(workshop, file, options)
            if known is not None:
                self.stdout.write(f"Going on at row {known.position + 2}, where it was interrupted.")
                return known
            try:
                run = runs.begin(
                    workshop=workshop,
                    user=self._user(options["by"]),
                    language=workshop.source_language,
                    file=file,
                    photos=photos,
                    encoding=encoding,
                    decimal_sign=options["decimal"],
                )
            except BadTable as problem:
                raise CommandError(str(problem)) from problem
        if run.state == State.ASKING:
            self._ask(run)
        return run

    def _interrupted(self, workshop: Workshop, file: File, options: dict) -> ImportRun | None:
        """The same file for the same workshop, of which a part is written."""
        if options["dry_run"]:
            return None
        rows = ImportRun.objects.filter(workshop=workshop, state=State.WRITING, digest=runs.digest_of(file))
        return rows.first()

    def _ask(self, run: ImportRun) -> None:
        """Nobody can tell in which encoding it is: show the words in each."""
        lines = ["The letters may be read in several ways. Please choose one with --encoding:"]
        for reading in runs.doubts(run):
            lines += [f"{reading.encoding}:", *(f"    {line}" for line in reading.lines)]
        runs.drop(run)
        raise CommandError("\n".join(lines))

    def _start(self, run: ImportRun) -> None:
        try:
            runs.start_writing(run)
        except runs.NotNow as problem:
            raise CommandError(str(problem)) from problem

    def _report(self, run: ImportRun, would: str) -> None:
        if run.unknown:
            self.stdout.write(f"Columns that are not known and are left aside: {', '.join(run.unknown)}")
        for row in run.report.exclude(outcome__in=(ImportRow.Outcome.SAME, ImportRow.Outcome.NEW)).order_by("number").iterator():
            for note in row.notes:
                text = f"{note[0]}: {note[1]} → {note[2]}" if len(note) == 3 else ": ".join(filter(None, note))
                self.stdout.write(f"{row.number} {row.code} {row.get_outcome_display()} {text}")
        if would:
            self.stdout.write(self._sentence(run, f"{would} "))

    def _sentence(self, run: ImportRun, would: str) -> str:
        return f"{would}new {run.new}, {would}changed {run.changed}, same {run.same}, refused {run.refused}"
