"""What the payment service really put on the shop's balance for an order: its own rate, its fee. Asked for afterwards.

It decides nothing for buyer or maker; it shows the exchange difference and what the service costs.
"""

from datetime import timedelta

from django.db import transaction

from marketplace.money import Money
from marketplace.payments import ledger_events, outbox
from marketplace.payments.gateway import GatewayDown, GatewayRefused, get_gateway
from marketplace.payments.models import OutboxMessage, Payment

ASK = "payment.settled"
# The service knows its own rate and fee some minutes after the payment.
AFTER = timedelta(minutes=10)


def ask_later(payment: Payment) -> None:
    """In the transaction that confirms ``payment``. Nothing for one that the service has no number for."""
    if payment.gateway_payment:
        payload = {"payment": payment.pk}
        outbox.add(kind=ASK, key=f"settled:{payment.gateway_payment}", payload=payload, payment=payment, after=AFTER)


@outbox.handler(ASK)
@transaction.atomic
def book(message: OutboxMessage) -> None:
    """Read the facts and post them. Raises outbox.Later while the service does not know them."""
    payment = Payment.objects.get(pk=message.payload["payment"])
    try:
        facts = get_gateway().look_up_payment(payment.gateway_payment)
    except GatewayDown as problem:
        raise outbox.Later(str(problem)) from problem
    except GatewayRefused as problem:
        raise outbox.GiveUp(problem.sentence) from problem
    if facts.settled is None or facts.fee is None:
        raise outbox.Later("not settled yet")
    amount = Money(payment.amount, payment.currency)
    ledger_events.settled(
        key=payment.gateway_payment, payment=payment, amount=amount, net=facts.settled, fee=facts.fee
    )
