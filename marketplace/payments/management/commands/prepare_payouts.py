from datetime import date

from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.payments.payouts.scheduled import prepare_scheduled


class Command(BaseCommand):
    help = "Prepares today's batches of payouts, as the terms schedule them. Somebody must still approve them."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--all", action="store_true", help="Whatever is due, on whatever day.")

    def handle(self, *args, all: bool, **options) -> None:
        today: date = timezone.localdate()
        batches = prepare_scheduled(on=None if all else today)
        for batch in batches:
            self.stdout.write(f"{batch.number} {batch.route} {batch.currency}: {batch.payouts.count()} payouts")
        self.stdout.write(f"prepared {len(batches)}")
