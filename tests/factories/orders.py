"""Baskets and orders, made by the real services."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from oscar.core.loading import get_class, get_model

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment.quotes import quote_basket
from marketplace.money import Money
from marketplace.partnerships.models import Agency
from marketplace.payments.attribution import Visit, keep_with_basket
from marketplace.payments.gateway import Facts, Standing
from marketplace.payments.models import Payment
from marketplace.payments.placing import Buyer, place_order
from marketplace.payments.services import apply_facts
from tests.factories.pieces import make_piece
from tests.factories.texts import number

Basket = get_model("basket", "Basket")
Selector = get_class("partner.strategy", "Selector")


def make_buyer(**fields) -> Buyer:
    """Kenji in Yokohama, unless ``fields`` say otherwise."""
    return Buyer(
        **{
            "email": "kenji@example.com",
            "full_name": "Mori Kenji",
            "line1": "1-2-3 Minato",
            "city": "Yokohama",
            "state": "Kanagawa",
            "postcode": "220-0012",
            "economy": "JP",
            "phone": "+81 45 123 4567",
        }
        | fields
    )


def make_basket(*pieces: Product | tuple[Product, int], user=None):
    """An open basket with one of each piece, or the number beside it; with the strategy that prices it."""
    basket = Basket.objects.create(owner=user)
    basket.strategy = Selector().strategy()
    for row in pieces:
        piece, quantity = row if isinstance(row, tuple) else (row, 1)
        basket.add_product(piece, quantity)
    return basket


def make_order(
    pieces: Iterable[Product | tuple[Product, int]] = (),
    *,
    buyer: Buyer | None = None,
    language: str = "en",
    paid: bool = False,
    agency: Agency | None = None,
) -> Payment:
    """A placed order (its stock is held) as the Payment it waits for; ``paid`` takes it one step further.

    ``agency``: whose link the buyer has just followed.
    """
    buyer = buyer or make_buyer()
    basket = make_basket(*(pieces or [make_piece()]), user=buyer.user)
    if agency:
        keep_with_basket(basket=basket, visit=Visit(agency, agency.code, timezone.now(), "story-7"))
    quote = quote_basket(
        lines=basket.all_lines(),
        market=MarketChoice(buyer.economy, settings.MARKETPLACE_CURRENCY),
        rates=QuoteRates(timezone.localdate()),
        region=buyer.state,
    )
    payment = place_order(
        basket=basket,
        buyer=buyer,
        language=language,
        idempotency_key=f"test-key-{number():016}",
        expected_total=quote.total,
    )
    return pay_order(payment) if paid else payment


def pay_order(payment: Payment) -> Payment:
    """What happens when the payment service says "paid", without asking it."""
    session = payment.gateway_session or f"cs_test_{number()}"
    amount = Money(payment.amount, payment.currency)
    problem = apply_facts(
        payment=payment,
        facts=Facts(session, payment.order.number, Standing.PAID, amount, f"pi_test_{number()}"),
    )
    assert not problem, problem
    payment.refresh_from_db()
    return payment
