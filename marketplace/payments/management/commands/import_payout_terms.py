from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from marketplace.payments.payouts.terms_csv import SEED, CsvRefused, import_terms


class Command(BaseCommand):
    help = "Takes over payout terms (economy × route) from a CSV file; without one, the kit's own."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SEED)

    def handle(self, *args, file: Path, **options) -> None:
        try:
            new, changed = import_terms(file.read_bytes())
        except (OSError, CsvRefused) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"new {new}, changed {changed}")
