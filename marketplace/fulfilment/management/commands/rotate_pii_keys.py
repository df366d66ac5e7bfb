from django.core.management.base import BaseCommand, CommandError

from marketplace.fulfilment.customs_ids import rotate_customs_ids
from marketplace.fulfilment.sealing import CannotOpen


class Command(BaseCommand):
    help = "Seals every customs id anew with the first key of MARKETPLACE_PII_KEYS; after that old keys can go."

    def handle(self, *args, **options) -> None:
        try:
            count = rotate_customs_ids()
        except CannotOpen as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"sealed anew {count}")
