"""Pay: the hosted page of a pending order, opened once, whatever is clicked or lost."""

import math
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.fulfilment.levy_words import levy_label
from marketplace.fulfilment.models import ConsignmentLevy
from marketplace.money import Money, round_money
from marketplace.payments import failpoints
from marketplace.payments.gateway import CheckoutLine, CheckoutRequest, GatewayDown, get_gateway
from marketplace.payments.models import Payment

State = Payment.State
# The hosted page closes before the reservation does; Stripe wants at least 30 minutes from the moment it is opened.
PAGE_LIFE = timedelta(minutes=31)
# A page that cannot be opened at once is opened later, and closes that many steps later.
PAGE_STEP = timedelta(minutes=5)
SLACK = timedelta(seconds=30)
# Rows that a hosted page can show, without the one for shipping; of more pieces only the sum is shown.
MOST_LINES = 99


def start_payment(*, payment: Payment, return_url: str) -> str:
    """Open the hosted page for a pending payment, or find the open one; answers its address.

    Empty when the payment cannot be paid any more. Raises GatewayDown. Repeats must give the same ``return_url``.
    """
    now = timezone.now()
    if payment.state != State.PENDING or payment.expires_at <= now:
        return ""
    if payment.pay_url:
        return payment.pay_url
    gateway = get_gateway()
    try:
        page = gateway.open_checkout(_checkout_request(payment, return_url, _closing_time(payment.created_at, now)))
        failpoints.reached("pay.after_session")
    except GatewayDown:
        # Of two clicks at the same moment the payment service serves one and may turn the other away.
        payment.refresh_from_db(fields=["pay_url"])
        if payment.pay_url:
            return payment.pay_url
        raise
    unopened = Payment.objects.filter(pk=payment.pk, state=State.PENDING, pay_url="")
    if unopened.update(gateway_session=page.session_id, pay_url=page.url):
        failpoints.reached("pay.after_saved")
        return page.url
    # Meanwhile another click opened a page, or the reservation ran out: no second page may be left to pay on.
    payment.refresh_from_db(fields=["state", "gateway_session", "pay_url"])
    if payment.gateway_session != page.session_id:
        gateway.close_checkout(page.session_id)
    return payment.pay_url if payment.state == State.PENDING else ""


def _closing_time(placed_at, now):
    """When a hosted page closes that is opened ``now``. The same for every attempt within one step, so that a repeat
    after a lost answer asks for exactly the same and gets the same page.
    """
    steps = max(0, math.ceil((now - placed_at - SLACK) / PAGE_STEP))
    return placed_at + PAGE_LIFE + steps * PAGE_STEP


def _checkout_request(payment: Payment, return_url: str, closes_at) -> CheckoutRequest:
    seconds = int(closes_at.timestamp())
    return CheckoutRequest(
        reference=payment.order.number,
        email=payment.order.guest_email or payment.order.email,
        language=payment.language,
        lines=tuple(_checkout_lines(payment)),
        # The order page then waits for the news instead of asking for money again.
        success_url=f"{return_url}?paying=done",
        cancel_url=return_url,
        expires_at=seconds,
        key=f"checkout:{payment.order.number}:{seconds}",
    )


def _checkout_lines(payment: Payment):
    """One row per line, one for shipping and one for each kind of tax or duty; they add up to the payment's amount."""
    currency, lines = payment.currency, list(payment.order.lines.order_by("pk"))
    levies = _levies(payment)
    if len(lines) + len(levies) > MOST_LINES:
        rest = payment.order.shipping_incl_tax + sum(levies.values())
        with translation.override(payment.language):
            yield CheckoutLine(_("Pieces"), Money(payment.amount - rest, currency), 1)
        lines = []
    for line in lines:
        if _divides(line, currency):
            yield CheckoutLine(line.title, Money(line.unit_price_incl_tax, currency), line.quantity)
        else:
            # Such as a discount that does not divide: the row is shown as one.
            yield CheckoutLine(f"{line.title} × {line.quantity}", Money(line.line_price_incl_tax, currency), 1)
    if payment.order.shipping_incl_tax:
        with translation.override(payment.language):
            yield CheckoutLine(_("Shipping"), Money(payment.order.shipping_incl_tax, currency), 1)
    for label, amount in levies.items():
        yield CheckoutLine(label, Money(amount, currency), 1)


def _levies(payment: Payment) -> dict[str, Decimal]:
    """Label → amount of the taxes and duties that are paid with the order, over all consignments."""
    rows = ConsignmentLevy.objects.filter(
        consignment__order=payment.order, collected=ConsignmentLevy.Collected.CHECKOUT, amount__gt=0
    )
    found: dict[str, Decimal] = {}
    for row in rows.order_by("consignment", "position"):
        label = levy_label(row, payment.language)
        found[label] = found.get(label, Decimal(0)) + row.amount
    return found


def _divides(line, currency: str) -> bool:
    """Whether the row is its quantity times a price that can be paid."""
    unit = Money(line.unit_price_incl_tax, currency)
    return unit.amount * line.quantity == line.line_price_incl_tax and round_money(unit) == unit
