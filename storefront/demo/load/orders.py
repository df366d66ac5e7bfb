"""Sample orders: placed and paid by the shop's own services, as if the payment service had said so."""

from django.conf import settings
from django.utils import timezone
from oscar.core.loading import get_class, get_model

from catalogue.models import Product
from marketplace.economies.markets import MarketChoice
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment.quotes import quote_basket
from marketplace.money import Money
from marketplace.payments.attribution import Visit, keep_with_basket
from marketplace.payments.gateway import Facts, Standing
from marketplace.payments.models import OutboxMessage, Payment
from marketplace.payments.placing import Buyer, place_order
from marketplace.payments.services import apply_facts


def sample_order(*, key: str, name: str, buyer: Buyer, upc: str, language: str, visit: Visit | None = None) -> Payment:
    """A paid order of one piece. ``name`` stands for it at the payment service, which knows nothing of it, so the order
    has to be sent at once and is not paid back. ``visit``: the agency whose link the buyer followed.
    """
    basket = get_model("basket", "Basket").objects.create(owner=buyer.user)
    basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    basket.add_product(Product.objects.get(upc=upc), 1)
    if visit:
        keep_with_basket(basket=basket, visit=visit)
    quote = quote_basket(
        lines=basket.all_lines(),
        market=MarketChoice(buyer.economy, settings.MARKETPLACE_CURRENCY),
        rates=QuoteRates(timezone.localdate()),
        region=buyer.state,
    )
    payment = place_order(
        basket=basket, buyer=buyer, language=language, idempotency_key=key, expected_total=quote.total
    )
    amount = Money(payment.amount, payment.currency)
    facts = Facts(f"cs_{name}", payment.order.number, Standing.PAID, amount, f"pi_{name}")
    if problem := apply_facts(payment=payment, facts=facts):
        raise RuntimeError(f"The sample order could not be paid: {problem}")
    payment.refresh_from_db()
    return payment


def tell_nobody(payment: Payment) -> None:
    """By mail: the people of the demo have no mailboxes."""
    OutboxMessage.objects.filter(payment=payment, state=OutboxMessage.State.WAITING).update(
        state=OutboxMessage.State.DONE, done_at=timezone.now()
    )
