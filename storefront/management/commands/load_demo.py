import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from catalogue.provenance import unrecorded
from catalogue.record_missing import record_missing
from storefront.demo.load.agencies import load_agencies, load_counts, load_visits
from storefront.demo.load.brought import load_brought
from storefront.demo.load.bulk import load_many
from storefront.demo.load.desk import load_desk
from storefront.demo.load.export import load_export
from storefront.demo.load.images import load_images
from storefront.demo.load.indexes import indexed_at_the_end
from storefront.demo.load.officers import load_officers
from storefront.demo.load.pages import date_stories, load_pages
from storefront.demo.load.payees import load_payees
from storefront.demo.load.pieces import load_pieces
from storefront.demo.load.places import load_people, load_places
from storefront.demo.load.shares import load_shares
from storefront.listing.refresh import once_at_the_end


class Command(BaseCommand):
    help = "Loads the demo: invented villages, makers and goods, marked as samples. Running it again changes nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--products", type=int, default=0, metavar="N", help="Add N generated pieces for load work."
        )

        parser.add_argument(
            "--drawn-elsewhere", action="store_true", help="Another process draws the pictures; do not wait for them."
        )

    def handle(self, *args, products: int, drawn_elsewhere: bool, **options) -> None:
        call_command("seed_reference", stdout=self.stdout)
        call_command("sample_rates", stdout=self.stdout)
        self._step("pictures", lambda: load_images(drawn_elsewhere=drawn_elsewhere))
        with unrecorded(), indexed_at_the_end(), transaction.atomic(), once_at_the_end():
            self._step("people", load_people)
            self._step("villages, crafts and workshops", load_places)
            self._step("pieces", load_pieces)
            self._step("papers for export", load_export)
            self._step("rules for shares", load_shares)
            # Officers open a workshop, whose owner wants to be paid, too.
            self._step("officers", load_officers)
            self._step("payees", load_payees)
            self._step("messages of a sample order", load_desk)
            self._step("agencies", load_agencies)
            self._step("visit days", load_visits)
            self._step("pages", load_pages)
            self._step("counts of cards", load_counts)
            self._step("orders of agencies", load_brought)
        date_stories()
        self._step("records of translations", record_missing)
        if products:
            self._step("generated pieces", lambda: load_many(products))

    def _step(self, name: str, function) -> None:
        started = time.monotonic()
        answer = function()
        number = f"{answer} " if isinstance(answer, int) else ""
        self.stdout.write(f"{number}{name} ({time.monotonic() - started:.1f} s)")
        self.stdout.flush()
