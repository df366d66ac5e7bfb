from django.core.management.base import BaseCommand

from marketplace.fulfilment.customs_ids import forget_customs_ids


class Command(BaseCommand):
    help = "Deletes customs ids whose parcels were delivered or called off MARKETPLACE_CUSTOMS_ID_DAYS ago. Run it daily."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"forgotten {forget_customs_ids()}")
