import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from oscar.core.loading import get_model

from marketplace.economies.rates import convert
from marketplace.trade.cases import compute, read_cases, write_results
from marketplace.trade.csvfile import CsvRefused
from marketplace.trade.landed import RuleBook
from marketplace.trade.models import TaxRule


class Command(BaseCommand):
    help = (
        "Computes the landed cost of the consignments in a CSV file and prints it as CSV. Columns: id, order_date, "
        "ship_from, destination, seller_registered, currency, goods_net, shipping, lines_hs6_qty_value, weight_kg; if "
        "wanted also channel (post or courier) and sub_region. An amount that is not known is printed as “unknown”."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("cases", help="The CSV file in UTF-8; - reads from the standard input.")

    def handle(self, *args, cases: str, **options) -> None:
        places, book = _prepared()
        try:
            data = sys.stdin.buffer.read() if cases == "-" else Path(cases).read_bytes()
            found = read_cases(data, is_place=places.__contains__)
            text = write_results(compute(found, book, convert))
        except OSError as problem:
            raise CommandError(f"{cases}: {problem.strerror}") from problem
        except CsvRefused as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(text, ending="")


def _prepared() -> tuple[set[str], RuleBook]:
    """Places and rules. Raises CommandError, which says what to do, for a database that is not ready."""
    try:
        places = set(get_model("address", "Country").objects.values_list("pk", flat=True))
        known = TaxRule.objects.exists()
        book = RuleBook.load() if known else None
    except (OperationalError, ProgrammingError) as problem:
        raise CommandError("The database has no tables yet. Run: python manage.py migrate") from problem
    if book is None or not places:
        raise CommandError("There are no rules yet. Run: python manage.py seed_reference")
    return places, book
