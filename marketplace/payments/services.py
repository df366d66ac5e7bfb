"""Pay, confirm, expire, reconcile: what happens to a payment after the order was placed (see placing.py)."""

import logging
import math
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.fulfilment.levy_words import levy_label
from marketplace.fulfilment.models import ConsignmentLevy
from marketplace.money import Money, round_money
from marketplace.payments import mails, stock
from marketplace.payments.gateway import (
    CheckoutLine,
    CheckoutRequest,
    Event,
    Facts,
    GatewayDown,
    Standing,
    get_gateway,
)
from marketplace.payments.models import InboxEvent, Payment
from marketplace.signals import order_expired, order_paid

log = logging.getLogger(__name__)
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
    except GatewayDown:
        # Of two clicks at the same moment the payment service serves one and may turn the other away.
        payment.refresh_from_db(fields=["pay_url"])
        if payment.pay_url:
            return payment.pay_url
        raise
    unopened = Payment.objects.filter(pk=payment.pk, state=State.PENDING, pay_url="")
    if unopened.update(gateway_session=page.session_id, pay_url=page.url):
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


@transaction.atomic
def receive_event(*, event: Event) -> InboxEvent:
    """Store a signed event once and act on it in the same transaction; a second delivery changes nothing."""
    stored, created = InboxEvent.objects.get_or_create(
        event_id=event.event_id, defaults={"kind": event.kind, "payload": event.payload}
    )
    if not created:
        return stored
    stored.outcome, stored.reason, stored.payment = _act_on(event)
    stored.processed_at = timezone.now()
    stored.save(update_fields=["outcome", "reason", "payment", "processed_at"])
    if stored.outcome == InboxEvent.Outcome.QUARANTINED:
        log.warning("event %s put aside: %s", event.event_id, stored.reason)
    return stored


def _act_on(event: Event) -> tuple[str, str, Payment | None]:
    outcome = InboxEvent.Outcome
    if event.facts is None:
        return outcome.IGNORED, "", None
    if event.live != settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")):
        return outcome.QUARANTINED, "live and test mode are mixed", None
    payment = Payment.objects.select_for_update().filter(order__number=event.facts.reference).first()
    if payment is None:
        return outcome.QUARANTINED, "no such order", None
    problem = apply_facts(payment=payment, facts=event.facts)
    return (outcome.QUARANTINED if problem else outcome.DONE), problem, payment


@transaction.atomic
def apply_facts(*, payment: Payment, facts: Facts) -> str:
    """Bring the payment forward to what the gateway says. Answers why not, when the facts do not fit; else "".

    Works in any order and any number of times: a paid payment stays paid, whatever comes late.
    """
    payment = Payment.objects.select_for_update().select_related("order").get(pk=payment.pk)
    problem = _mismatch(payment, facts)
    if problem:
        return problem
    if facts.standing == Standing.PAID and payment.state in (State.PENDING, State.EXPIRED):
        _confirm(payment, facts)
    elif facts.standing in (Standing.EXPIRED, Standing.FAILED) and payment.state == State.PENDING:
        _expire(payment)
    return ""


def _mismatch(payment: Payment, facts: Facts) -> str:
    if facts.reference != payment.order.number:
        return "another order's reference"
    if payment.gateway_session and facts.session_id != payment.gateway_session:
        return "another session than the one we opened"
    if facts.amount != Money(payment.amount, payment.currency):
        shown = f"{facts.amount.amount} {facts.amount.currency}" if facts.amount else "nothing"
        return f"amount is {shown}, the order's is {payment.amount} {payment.currency}"
    return ""


def _confirm(payment: Payment, facts: Facts) -> None:
    payment.gateway_payment, payment.gateway_session = facts.payment_id, facts.session_id
    if payment.state == State.EXPIRED and not stock.hold_again(payment.order):
        _call_a_person(payment, "paid after the reservation ran out; the stock is gone")
        return
    if not stock.take_out(payment.order):
        _call_a_person(payment, "paid, but the stock was lowered below what this order held")
        return
    payment.state, payment.paid_at = State.PAID, timezone.now()
    payment.save(update_fields=["state", "paid_at", "gateway_payment", "gateway_session"])
    payment.order.set_status("paid")
    transaction.on_commit(lambda: _after_paid(payment.pk))


def _call_a_person(payment: Payment, why: str) -> None:
    """Money is there and the goods are not: a person must decide, nobody may overlook it."""
    payment.state, payment.note = State.ATTENTION, why
    payment.save(update_fields=["state", "note", "gateway_payment", "gateway_session"])
    payment.order.set_status("attention")
    log.error("order %s needs attention: %s", payment.order.number, why)


def _after_paid(payment_pk: int) -> None:
    mails.send_order_paid(payment_pk)
    order_paid.send_robust(sender=Payment, payment=Payment.objects.get(pk=payment_pk))


def _expire(payment: Payment) -> None:
    stock.give_back(payment.order)
    payment.state = State.EXPIRED
    payment.save(update_fields=["state"])
    payment.order.set_status("expired")
    transaction.on_commit(lambda: order_expired.send_robust(sender=Payment, payment=payment))


def reconcile(*, now=None) -> dict[str, int]:
    """Ask the gateway about every unpaid payment and finish what was lost; give back what nobody paid in time.

    Answers counts: {"paid", "expired", "waiting", "mismatch", "unreachable", "failed"}. Safe to run at any time and
    twice at once; an order that fails is logged and does not keep the others waiting.
    """
    now = now or timezone.now()
    counts = dict.fromkeys(("paid", "expired", "waiting", "mismatch", "unreachable", "failed"), 0)
    for payment in Payment.objects.filter(state=State.PENDING).select_related("order").order_by("pk"):
        try:
            outcome = _reconcile_one(payment, now)
        except Exception:
            log.exception("order %s could not be reconciled", payment.order.number)
            outcome = "failed"
        counts[outcome] += 1
    return counts


def _reconcile_one(payment: Payment, now) -> str:
    overdue = payment.expires_at <= now
    if not payment.gateway_session:
        return _reconcile_unopened(payment, overdue)
    gateway = get_gateway()
    try:
        facts = gateway.close_checkout(payment.gateway_session) if overdue else gateway.look_up(payment.gateway_session)
    except GatewayDown as problem:
        log.warning("order %s: %s", payment.order.number, problem)
        return "unreachable"
    problem = apply_facts(payment=payment, facts=facts)
    if problem:
        log.warning("order %s: %s", payment.order.number, problem)
        return "mismatch"
    return _outcome(payment)


def _reconcile_unopened(payment: Payment, overdue: bool) -> str:
    """No hosted page is known, so it can only have been opened by a call whose answer was lost; it closes by itself."""
    if not overdue:
        return "waiting"
    with transaction.atomic():
        locked = Payment.objects.select_for_update().select_related("order").get(pk=payment.pk)
        if locked.state == State.PENDING and not locked.gateway_session:
            _expire(locked)
    return _outcome(payment)


def _outcome(payment: Payment) -> str:
    payment.refresh_from_db()
    return {State.PAID: "paid", State.EXPIRED: "expired", State.ATTENTION: "mismatch"}.get(payment.state, "waiting")
