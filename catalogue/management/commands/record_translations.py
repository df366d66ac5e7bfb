from django.core.management.base import BaseCommand
from django.db import transaction

from catalogue.models import TranslationRecord
from catalogue.record_missing import record_missing


class Command(BaseCommand):
    help = "Writes down who wrote the translations that nobody recorded, as up to date. Running it again changes nothing."

    def add_arguments(self, parser) -> None:
        writers = TranslationRecord.WrittenBy.values
        parser.add_argument(
            "--written-by", choices=writers, default="editor", help="Who wrote them (default: editor)."
        )

    @transaction.atomic
    def handle(self, *args, written_by: str, **options) -> None:
        self.stdout.write(f"{record_missing(written_by)} translations recorded")
