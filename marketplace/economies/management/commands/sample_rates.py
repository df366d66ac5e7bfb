import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from marketplace.economies.services import load_sample_rates

A_QUARTER_OF_AN_HOUR = 900  # seconds


class Command(BaseCommand):
    help = "For a demo: enters the bundled exchange rates as if they were of today, marked as samples."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--stay", action="store_true", help="Go on for ever, so that rates stay fresh over days.")

    def handle(self, *args, stay: bool, **options) -> None:
        while True:
            entered = load_sample_rates(on=timezone.localdate())
            if entered or not stay:
                self.stdout.write(f"{entered} sample rates.")
            if not stay:
                return
            close_old_connections()
            time.sleep(A_QUARTER_OF_AN_HOUR)
