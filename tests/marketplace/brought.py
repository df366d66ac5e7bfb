"""Orders that an agency brought, made by the real services."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from oscar.core.loading import get_class

from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment.quotes import quote_basket
from marketplace.money import Money
from marketplace.partnerships.models import Agency
from marketplace.payments import attribution, ledger, refunds
from marketplace.payments.attribution import Visit
from marketplace.payments.invariants import check
from marketplace.payments.models import Account, Payment, Refund
from marketplace.payments.placing import place_order
from marketplace.payments.refund_amounts import Wish
from storefront.market.choice import shopping_in
from tests.factories import make_basket, make_buyer, make_piece, make_village, make_workshop, pay_order
from tests.factories.texts import number

Applicator = get_class("offer.applicator", "Applicator")


def order(
    *pieces,
    agency: Agency | None = None,
    buyer=None,
    days_ago: float = 0,
    subject: str = "story-7",
    currency: str = "USD",
    paid: bool = True,
) -> Payment:
    """An order whose buyer came by the agency's link so many days ago."""
    buyer = buyer or make_buyer()
    market = MarketChoice(buyer.economy, currency)
    with shopping_in(market):
        basket = make_basket(user=buyer.user)
        basket.strategy.market = market
        for piece in pieces:
            basket.add_product(piece, 1)
        if agency:
            at = timezone.now() - timedelta(days=days_ago)
            attribution.keep_with_basket(basket=basket, visit=Visit(agency, agency.code, at, subject, "footer"))
        day = QuoteRates(timezone.localdate())
        Applicator().apply(basket, user=buyer.user)
        quote = quote_basket(lines=basket.all_lines(), market=market, rates=day, region=buyer.state)
        payment = place_order(
            basket=basket, buyer=buyer, language="en", idempotency_key=f"via-{number():016}", expected_total=quote.total
        )
    return pay_order(payment) if paid else payment


def owed(agency: Agency, currency: str = "") -> Decimal:
    return -ledger.balance(Account.AGENCY_PAYABLE, holder=agency.code, currency=currency or agency.currency).amount


def holds() -> None:
    broken = {row.name: row.first for row in check() if row.count}
    assert not broken, broken


def pieces(*prices: str, economy: str = "VN") -> list:
    workshop = make_workshop(village=make_village(economy=economy))
    return [make_piece(workshop, price=price, stock=9) for price in prices]


def ask(payment: Payment, amount: str | None = None, *, line=None, reason: str = "damaged") -> Refund:
    consignment = payment.order.consignments.order_by("pk").first()
    money = Money(Decimal(amount), payment.currency) if amount else None
    return refunds.ask_refund(
        payment=payment, wishes=[Wish(consignment, line=line, amount=money)], reason=reason, key=f"k{number()}", as_="staff"
    )
