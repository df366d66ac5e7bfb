from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from marketplace.trade.csvfile import CsvRefused
from marketplace.trade.rule_files import import_rules
from marketplace.trade.tables import TABLES


class Command(BaseCommand):
    help = "Reads rule tables from CSV files named like them (tax_rules.csv …); all of them are taken, or none."

    def add_arguments(self, parser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument(
            "--confirm", action="store_true",
            help="Rates of 0, above 100 %% or far from the ones before are meant, and so are days without a row.",
        )  # fmt: skip
        parser.add_argument("--partial", action="store_true", help="Rows that a file does not name stay as they are.")

    @transaction.atomic
    def handle(self, *args, files: list[Path], confirm: bool, partial: bool, **options) -> None:
        for file in files:
            if file.stem not in TABLES:
                raise CommandError(f"{file}: the name must be one of {', '.join(f'{name}.csv' for name in TABLES)}.")
            try:
                data = file.read_bytes()
                done = import_rules(
                    table=file.stem, data=data, user=None, how=f"import_rules {file.name}", confirm=confirm, partial=partial
                )
            except OSError as problem:
                raise CommandError(f"{file}: {problem.strerror}") from problem
            except CsvRefused as problem:
                raise CommandError(f"{file}: nothing was taken.\n{problem}") from problem
            self.stdout.write(f"{file.name}: {done.added} added, {done.changed} changed, {done.same} unchanged.")
