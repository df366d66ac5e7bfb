"""Delete what makers sent and never came back for: photos of unfinished forms, recordings, files of imports."""

from django.core.management.base import BaseCommand

from marketplace.bulk import runs
from storefront.desk import drafts


class Command(BaseCommand):
    help = "Deletes photos and import files that waited too long. Run it every night."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"photos {drafts.sweep()}, imports {runs.sweep()}")
