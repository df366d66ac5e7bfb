import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from marketplace.notices.digest import send_digests


class Command(BaseCommand):
    help = (
        "Tells whose parcels are due tomorrow or late, and sends the daily messages of everybody whose hour has come. "
        "Run it every hour, or oftener."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="Go on for ever, with this pause.")

    def handle(self, *args, every: int, **options) -> None:
        while True:
            sent = send_digests()
            if not every or sent:
                self.stdout.write(f"digests {sent}")
            if not every:
                return
            close_old_connections()
            time.sleep(every)
