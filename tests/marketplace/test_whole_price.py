"""The whole price adds up: lines, shipping, levies and shares, in every currency, to the integer that is charged."""

import random
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.models import Economy
from marketplace.economies.quote_rates import QuoteRates
from marketplace.economies.rates import converted
from marketplace.fulfilment.quotes import price_groups
from marketplace.fulfilment.shipping import Group
from marketplace.money import Money, price_point, to_minor
from marketplace.workshops.models import Village, Workshop
from tests.drills import is_drill
from tests.factories import make_basket, make_piece, make_village, make_workshop
from tests.shopping import quote_of

pytestmark = pytest.mark.django_db
HS = ["621410", "691200", "460212", "441990", "611019", "420232", "711311", "482390", "090121", "330499"]


@dataclass
class Line:
    """A basket line without a basket: what a quote reads of one."""

    pk: int
    product: Product
    quantity: int
    stockrecord: SimpleNamespace
    line_price_incl_tax_incl_discounts: Decimal
    line_price_incl_tax: Decimal


def random_groups(dice: random.Random, rates: QuoteRates, market: MarketChoice, economies: list[Economy]) -> list[Group]:
    groups = []
    for number in range(dice.randint(1, 5)):
        home = dice.choice(economies)
        workshop = Workshop(pk=number + 1, village=Village(economy=home))
        groups.append(Group(workshop, [random_line(dice, rates, market, home) for _line in range(dice.randint(1, 3))]))
    return groups


def random_line(dice: random.Random, rates: QuoteRates, market: MarketChoice, home: Economy) -> Line:
    price = Money(Decimal(dice.randint(150, 40_000)) / 100, settings.MARKETPLACE_CURRENCY)
    rate = rates.rate(price.currency, market.currency)
    unit = converted(price, rate, price_point(market.currency)).got
    quantity = dice.randint(1, 4)
    product = Product(
        title="Piece", hs_code=dice.choice(HS), origin=home.pk, net_weight_g=dice.randint(20, 900), supply="stock"
    )
    # An offer takes something off some lines.
    off = to_step(unit.amount * dice.randint(0, 30) / 100, market.currency) if dice.random() < 0.3 else Decimal(0)
    stock = SimpleNamespace(price=price.amount, price_currency=price.currency)
    whole = unit.amount * quantity
    return Line(dice.randint(1, 10**9), product, quantity, stock, whole - off, whole)


def to_step(amount: Decimal, currency: str) -> Decimal:
    step = Decimal(1) if not price_point(currency).step % 1 else Decimal("0.01")
    return (amount / step).to_integral_value() * step


@pytest.mark.drill
def test_random_baskets_add_up_in_all_currencies(pytestconfig):
    """A few hundred in every run, a thousand in `make drill`."""
    number_of_baskets = 1_000 if is_drill(pytestconfig) else 250
    economies = list(Economy.objects.order_by("code"))
    assert len(economies) == 21
    dice, sent, levied = random.Random(20261122), 0, 0
    rates = QuoteRates(timezone.localdate())
    for number in range(number_of_baskets):
        there = economies[number % 21]
        market = MarketChoice(there.code, there.currency)
        quote = price_groups(random_groups(dice, rates, market, economies), market=market, rates=rates)
        if quote.refusals:
            continue
        sent += 1
        levied += check_sums(quote)
    # Most baskets can be sent, and most of these are taxed: otherwise the sums would prove little.
    assert sent > 0.7 * number_of_baskets
    assert levied > 0.7 * number_of_baskets


def check_sums(quote) -> int:
    """Every part is payable, every sum is exact. Answers the number of levies."""
    total = 0
    for part in quote.consignments:
        lines = sum(line.line_price_incl_tax_incl_discounts for line in part.lines)
        assert part.goods.amount == lines
        assert part.total == part.goods + part.postage + part.at_checkout
        for row in part.levies.all:
            assert sum(share.amount for share in row.shares.values()) == row.amount.amount
            assert set(row.shares) == {str(line.pk) for line in part.lines} & set(row.shares)
        total += to_minor(part.goods) + to_minor(part.postage)
        total += sum(to_minor(row.amount) for row in part.levies.checkout)
    assert to_minor(quote.total) == total
    return sum(len(part.levies.all) for part in quote.consignments)


def test_ten_lines_of_four_workshops_cost_few_statements(steady):
    """And none more for another line or workshop."""
    workshops = [make_workshop(village=make_village(economy=code)) for code in ("PE", "VN", "JP", "TH")]
    pieces = [make_piece(workshops[number % 4], price="20.00", stock=9) for number in range(10)]
    few, many = count_statements(make_basket(pieces[0])), count_statements(make_basket(*pieces))
    assert many == few
    assert many <= 15


def count_statements(basket) -> int:
    lines = list(basket.all_lines())
    for _warm in range(2):
        with CaptureQueriesContext(connection) as seen:
            quote = quote_of(lines, "CA")
    assert not quote.refusals
    return len(seen)
