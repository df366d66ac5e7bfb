from django.core.management.base import BaseCommand, CommandError

from marketplace.payments.gateway import GatewayDown
from marketplace.payments.invariants import Result, check, invariants
from marketplace.registry import Unknown


class Command(BaseCommand):
    help = "Looks whether all that must be true of orders, money and messages is true. Changes nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("names", nargs="*", help="Only these, such as stock_within_limits.")
        parser.add_argument("--ask-gateway", action="store_true", help="Ask the payment service, too.")
        parser.add_argument("--sql", action="store_true", help="Print the questions to the database instead.")

    def handle(self, *args, names: list[str], ask_gateway: bool, sql: bool, **options) -> None:
        if sql:
            self._print_questions()
            return
        try:
            results = check(names=names, ask_gateway=ask_gateway or bool(names))
        except (GatewayDown, Unknown) as problem:
            raise CommandError(str(problem)) from problem
        for result in results:
            self.stdout.write(_line(result))
        broken = [result for result in results if result.count]
        if broken:
            total = sum(result.count for result in broken)
            raise CommandError(f"{len(broken)} of {len(results)} invariants are broken, {total} times in all.")
        self.stdout.write(self.style.SUCCESS(f"All {len(results)} invariants hold."))

    def _print_questions(self) -> None:
        for one in invariants:
            if not one.asks_gateway:
                self.stdout.write(f"-- {one.group} {one.name}: {one.title}\n{one.function().strip()};\n")


def _line(result: Result) -> str:
    one = result.invariant
    names = f" ({', '.join(result.first)}{' …' if result.count > len(result.first) else ''})" if result.count else ""
    return f"{one.group:<7} {result.count:>6}  {one.name}: {one.title}{names}  [{result.seconds:.3f} s]"
