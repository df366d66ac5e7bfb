import time

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from marketplace.payments.services import reconcile


class Command(BaseCommand):
    help = "Asks the payment service about every unpaid order; confirms, or gives the stock back when time is up."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="Go on for ever, with this pause.")

    def handle(self, *args, every: int, **options) -> None:
        while True:
            counts = reconcile()
            if not every or any(number for key, number in counts.items() if key != "waiting"):
                self.stdout.write(", ".join(f"{key} {number}" for key, number in counts.items()))
            if not every:
                if counts["failed"]:
                    raise CommandError("Some orders could not be reconciled. The log says why.")
                return
            close_old_connections()
            time.sleep(every)
