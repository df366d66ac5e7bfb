import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from marketplace.payments import outbox


class Command(BaseCommand):
    help = "Does the mails and calls that wait: those that failed before, and those whose process ended too early."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="Go on for ever, with this pause.")
        parser.add_argument("--limit", type=int, default=100, help="At most so many messages at a time.")

    def handle(self, *args, every: int, limit: int, **options) -> None:
        while True:
            counts = outbox.deliver(limit=limit)
            if not every or any(counts.values()):
                self.stdout.write(", ".join(f"{name} {number}" for name, number in counts.items()))
            if not every:
                return
            close_old_connections()
            time.sleep(every)
