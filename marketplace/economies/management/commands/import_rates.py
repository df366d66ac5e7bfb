from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from marketplace.economies.models import RateImport
from marketplace.economies.services import import_rates
from marketplace.economies.sources import KNOWN


class Command(BaseCommand):
    help = "Takes in exchange rates, all of a file or none. Run it every working day after 16:30 Frankfurt time."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--source", choices=sorted(KNOWN), default="", help="Default: MARKETPLACE_RATES.")
        parser.add_argument("--file", type=Path, help="Read this file instead of the source's own address.")
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="Leave out older days.")

    def handle(self, *args, source: str, file: Path | None, since: date | None, **options) -> None:
        done = import_rates(source=source, file=file, since=since, trigger=RateImport.Trigger.COMMAND)
        if done.error:
            raise CommandError(f"Nothing was changed. {done.error}")
        self.stdout.write(f"{done.added} added, {done.changed} corrected, {done.unchanged} as before ({done.address}).")
