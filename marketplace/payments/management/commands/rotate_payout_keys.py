from django.core.management.base import BaseCommand, CommandError

from marketplace.fulfilment.sealing import CannotOpen
from marketplace.payments.payouts.payees import reseal_accounts


class Command(BaseCommand):
    help = "Seals every payee's account anew with the first key of MARKETPLACE_PII_KEYS; after that old keys can go."

    def handle(self, *args, **options) -> None:
        try:
            count = reseal_accounts()
        except CannotOpen as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"sealed anew {count}")
