from django.core.management.commands import flush

from tests import snapshot


class Command(flush.Command):
    help = "After a test with real transactions: not an empty database, but the reference data every test may rely on."

    def handle(self, **options) -> None:
        snapshot.restore()
