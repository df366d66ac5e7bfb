"""An order that was paid at the fake Stripe, so that its money can be given back there."""

from marketplace.money import Money
from marketplace.payments.gateway import Facts, Standing
from marketplace.payments.models import Payment
from marketplace.payments.services import apply_facts, start_payment
from tests.factories import make_order


def paid(stripe, pieces, **fields) -> Payment:
    """Paid at the fake Stripe, so that it can be given back there."""
    payment = make_order(pieces, **fields)
    start_payment(payment=payment, return_url=f"http://testserver/en/orders/{payment.order.number}/")
    payment.refresh_from_db()
    stripe.pay(payment.gateway_session)
    session = stripe.sessions[payment.gateway_session]
    facts = Facts(
        payment.gateway_session,
        payment.order.number,
        Standing.PAID,
        Money(payment.amount, payment.currency),
        session["payment_intent"],
    )
    assert apply_facts(payment=payment, facts=facts) == ""
    payment.refresh_from_db()
    return payment
