"""On which terms each route pays out in an economy on a day; and why a route does not exist there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from django.conf import settings
from django.db.models import Q

from marketplace.alphabet import in_order
from marketplace.economies.models import Economy
from marketplace.economies.names import economy_name
from marketplace.money import Money, round_money
from marketplace.payments.models import PayoutTerms
from marketplace.payments.payouts import words
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.routes import Route

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Offer:
    """One route in one economy. ``why_not`` is a sentence where it does not exist there, else ""."""

    route: Route
    terms: PayoutTerms
    why_not: str = ""

    @property
    def exists(self) -> bool:
        return not self.why_not

    def fee(self, amount: Money) -> Money:
        """What a payout of ``amount`` costs, whoever bears it."""
        terms = self.terms
        return round_money(Money(terms.fee_fixed + amount.amount * terms.fee_percent / HUNDRED, amount.currency))

    def cut(self, amount: Money) -> tuple[Money, Money]:
        """Of what is owed: what leaves it with this payout, and the workshop's fee in it. The rest is carried over.

        What reaches the workshop is a multiple of the terms' step, never rounded up: of 800.45 TWD 800 goes out. Both
        are zero where it stays below the minimum, or where the fee would eat it.
        """
        nothing = Money(Decimal(0), amount.currency)
        if amount.amount < self.terms.minimum or amount.amount <= 0:
            return nothing, nothing
        fee = self.fee(amount) if self.terms.fee_by == PayoutTerms.FeeBy.WORKSHOP else nothing
        steps = ((amount.amount - fee.amount) / self.terms.step).to_integral_value(ROUND_FLOOR)
        net = steps * self.terms.step
        return (Money(net, amount.currency) + fee, fee) if net > 0 else (nothing, nothing)

    def next_day(self, after: date) -> date:
        """The first day of payout on or after a day."""
        return next_pay_day(self.terms.schedule, self.terms.pay_day, after)


def next_pay_day(schedule: str, pay_day: int, after: date) -> date:
    """The first day on or after ``after``: a day of the month (1–28), or of the week (1 is Monday)."""
    if schedule == PayoutTerms.Schedule.WEEKLY:
        return after + timedelta(days=(pay_day - after.isoweekday()) % 7)
    if after.day <= pay_day:
        return after.replace(day=pay_day)
    return (after.replace(day=28) + timedelta(days=4)).replace(day=pay_day)


class TermsBook:
    """The rows of some economies, read once; any day can then be asked for."""

    def __init__(self, economies: Sequence[str]) -> None:
        rows = PayoutTerms.objects.filter(economy__in=economies).order_by("effective_from", "pk")
        self._rows = list(rows.select_related("economy"))

    def offers(self, economy: str, on: date) -> list[Offer]:
        """Every known route that has terms there on a day, those that exist first, in the order of the registry."""
        found = [
            offer
            for route in routes
            for currency in sorted({row.currency for row in self._rows if row.economy_id == economy})
            if (offer := self.offer(economy, route.name, currency, on))
        ]
        return sorted(found, key=lambda offer: not offer.exists)

    def offer(self, economy: str, route: str, currency: str, on: date) -> Offer | None:
        """None where nobody wrote down terms for it, or the route is not registered (any more)."""
        key = (economy, route, currency)
        rows = [row for row in self._rows if (row.economy_id, row.route, row.currency) == key and _in_force(row, on)]
        if not rows or route not in routes:
            return None
        return Offer(routes[route], rows[-1], _why_not(rows[-1]))


def offers_in(economy: str, on: date) -> list[Offer]:
    """What ``TermsBook.offers`` says, for one economy."""
    return TermsBook([economy]).offers(economy, on)


def economies_with_terms() -> list[Economy]:
    """Enabled economies in which somebody could be paid, by name in the active language."""
    named = Economy.objects.filter(Q(enabled=True), pk__in=PayoutTerms.objects.values("economy"))
    return sorted(named, key=lambda row: in_order(row.get_name()))


def _in_force(row: PayoutTerms, on: date) -> bool:
    return row.effective_from <= on and (row.effective_to is None or row.effective_to >= on)


def _why_not(row: PayoutTerms) -> str:
    name = economy_name(row.economy_id)
    if not row.enabled:
        return str(words.WHY_NOT.get(row.why_not, words.WHY_NOT["closed_here"])) % {"economy": name}
    here = settings.MARKETPLACE_PLATFORM_ECONOMY
    if not row.reached_from or here in row.reached_from:
        return ""
    if not here:
        return str(words.NO_ACCOUNT)
    return str(words.OUT_OF_REACH) % {"economy": name, "here": economy_name(here)}
