"""Transfers to connected accounts: one per consignment, each asked for once through the outbox.

A refund takes nothing back from anybody by itself: ``take_back`` asks for a reversal, at most what is left of the
transfer. What a reversal cannot bring stays below zero in its holder's account and is netted.
"""

from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.money import Money
from marketplace.payments import attention, ledger, outbox
from marketplace.payments.gateway import (
    KEY_REUSED,
    GatewayRefused,
    ReversalRequest,
    TransferRequest,
    get_gateway,
)
from marketplace.payments.models import (
    Account,
    OutboxMessage,
    Payout,
    PayoutBatch,
    PayoutTransfer,
    Refund,
)
from marketplace.payments.payouts.accounts import connected
from marketplace.payments.payouts.routes import BatchFile, routes

SEND, REVERSE = "payout.transfer", "payout.reverse"
State = PayoutTransfer.State


def start(payout: Payout) -> None:
    """Ask for the transfers of an approved payout, which add up to what reaches its holder."""
    lines = [(line.consignment, line.amount) for line in payout.lines.select_related("consignment__order__payment")]
    for consignment, amount in spread(lines, less=payout.fee):
        key = f"transfer:{payout.number}:{consignment.number if consignment else '-'}"
        row = PayoutTransfer.objects.create(payout=payout, consignment=consignment, key=key, amount=amount)
        payment = consignment.order.payment if consignment else None
        outbox.add(kind=SEND, key=key, payload={"transfer": row.pk}, payment=payment)


def spread(lines: list[tuple], *, less: Decimal) -> list[tuple]:
    """Positive lines, made smaller from the last on by the negative ones and by ``less``."""
    less += -sum(amount for _row, amount in lines if amount < 0)
    kept = []
    for row, amount in reversed([line for line in lines if line[1] > 0]):
        taken = min(less, amount)
        less -= taken
        if amount > taken:
            kept.append((row, amount - taken))
    return kept[::-1]


@routes.register(
    "stripe_transfer",
    title=_("Stripe"),
    says=_("Stripe passes the money on to your own account there, and pays it out to your bank."),
    asks=_("Stripe account"),
    check=connected,
    pays_from=Account.BUYER_CLEARING,
    start=start,
)
def no_file(batch: BatchFile) -> None:
    """Calls pay, no file does."""


@outbox.handler(SEND)
def send(message: OutboxMessage) -> None:
    """The gateway's key is the message's: asked again after a lost answer, there is one transfer."""
    from marketplace.payments.payouts import posting

    row = _lock(message.payload["transfer"])
    if row.state != State.WAITING:
        return
    try:
        facts = get_gateway().transfer(_request(row))
    except GatewayRefused as problem:
        if problem.code == KEY_REUSED:
            # Money may have moved under this key: only a person can tell.
            raise outbox.GiveUp(str(problem)) from problem
        row.state = State.FAILED
        posting.transfer_failed(row)
        _call_a_person(row, str(problem))
    else:
        row.state, row.gateway_transfer = State.SENT, facts.transfer_id
        posting.transferred(row)
    row.save(update_fields=["state", "gateway_transfer"])
    _close(row.payout)


def _lock(pk: int) -> PayoutTransfer:
    """Batch, then transfer: as everybody who changes payouts does."""
    batch = PayoutBatch.objects.filter(payouts__transfers=pk).values("pk")
    PayoutBatch.objects.select_for_update().get(pk__in=batch)
    rows = PayoutTransfer.objects.select_related("payout__batch", "payout__payee", "payout__workshop", "payout__agency")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def _request(row: PayoutTransfer) -> TransferRequest:
    from marketplace.payments.payouts.payees import account_of

    payout = row.payout
    settled_in = settings.MARKETPLACE_SETTLEMENT_CURRENCY or settings.MARKETPLACE_CURRENCY
    # Stripe takes the money from a payment only in the currency in which that payment settled.
    from_payment = row.consignment is not None and payout.currency == settled_in
    payment = row.consignment.order.payment.gateway_payment if from_payment else ""
    amount = Money(row.amount, payout.currency)
    return TransferRequest(account_of(payout.payee), amount, _reference(row), row.key, payment)


def _reference(row: PayoutTransfer) -> str:
    """Under the order's number Stripe shows payment and transfers together."""
    return row.consignment.order.number if row.consignment else row.payout.number


def _close(payout: Payout) -> None:
    """When no transfer waits any more: paid, or failed if Stripe refused every one."""
    from marketplace.payments.payouts import member_shares
    from marketplace.payments.payouts.settling import close

    rows = list(payout.transfers.all())
    if any(row.state == State.WAITING for row in rows) or payout.state != Payout.State.TRANSIT:
        return
    sent = [row.gateway_transfer for row in rows if row.state == State.SENT]
    if sent:
        if len(sent) < len(rows):
            arrived = sum(row.amount for row in rows if row.state == State.SENT)
            member_shares.freeze(payout, Money(arrived, payout.currency))
        close(payout, Payout.State.PAID, None, "marketplace.payout_paid", reference=" ".join(sent)[:120])
    else:
        close(payout, Payout.State.FAILED, None, "marketplace.payout_failed", failure=Payout.Failure.STRIPE)


def _call_a_person(row: PayoutTransfer, why: str) -> None:
    attention.call(
        kind="transfer_refused",
        key=row.key,
        details={"payout": row.payout.number, "why": why},
    )


attention.describe(
    "transfer_refused",
    happened=_("Stripe refused a transfer of payout %(payout)s: %(why)s"),
    advice=_("It is owed again. Settle it with Stripe, or let them choose another way of being paid."),
)
attention.describe(
    "reversal_refused",
    happened=_("Stripe took nothing back of payout %(payout)s after a refund: %(why)s"),
    advice=_("What is owed is taken off what they earn next. Nothing needs to be done unless they earn no more."),
)


@transaction.atomic
def take_back(*, refund: Refund) -> Money | None:
    """After ``refund`` was posted: ask for reversals of what was paid for its consignments by transfer, and is owed now.

    Call it in the refund's transaction, with the payment locked. Capped by what is left of each transfer; called again
    it asks for nothing more. Answers the sum asked for, None for nothing.
    """
    consignments = {part.share.consignment_id for part in refund.parts.select_related("share")}
    rows = PayoutTransfer.objects.filter(consignment__in=consignments, state=State.SENT)
    rows = rows.select_related("payout__workshop", "payout__agency", "consignment").select_for_update(of=("self",)).order_by("pk")
    asked = None
    for row in rows:
        money = _ask(row, refund)
        if money:
            asked = money if asked is None else asked + money
    return asked


def _ask(row: PayoutTransfer, refund: Refund) -> Money | None:
    key, currency = f"reverse:{refund.number}:{row.pk}", row.payout.currency
    if OutboxMessage.objects.filter(key=key).exists():
        return None
    holder = row.payout.holder
    owes = ledger.balance(
        holder.account, holder=holder.code, consignment=row.consignment, currency=currency
    ).amount - _on_the_way_back(row)
    amount = min(owes, row.amount - row.reversed)
    if amount <= 0:
        return None
    row.reversed += amount
    row.save(update_fields=["reversed"])
    payload = {"transfer": row.pk, "amount": str(amount)}
    outbox.add(kind=REVERSE, key=key, payload=payload, payment=refund.payment)
    return Money(amount, currency)


def _on_the_way_back(row: PayoutTransfer) -> Decimal:
    """What reversals of this consignment were asked to bring to its holder's account and have not brought yet."""
    same = {"payout__workshop": row.payout.workshop_id, "payout__agency": row.payout.agency_id}
    ids = list(row.consignment.transfers.filter(**same).values_list("pk", flat=True))
    waiting = OutboxMessage.objects.filter(kind=REVERSE, state=OutboxMessage.State.WAITING, payload__transfer__in=ids)
    return sum((Decimal(payload["amount"]) for payload in waiting.values_list("payload", flat=True)), Decimal(0))


@outbox.handler(REVERSE)
def reverse(message: OutboxMessage) -> None:
    """Refused, the holder's account stays below zero and is netted with what it earns next."""
    from marketplace.payments.payouts import posting

    row = _lock(message.payload["transfer"])
    money = Money(Decimal(message.payload["amount"]), row.payout.currency)
    request = ReversalRequest(row.gateway_transfer, money, _reference(row), message.key)
    try:
        get_gateway().reverse_transfer(request)
    except GatewayRefused as problem:
        if problem.code == KEY_REUSED:
            raise outbox.GiveUp(str(problem)) from problem
        row.reversed -= money.amount
        row.save(update_fields=["reversed"])
        details = {"payout": row.payout.number, "why": str(problem)}
        attention.call(kind="reversal_refused", key=message.key, details=details)
        return
    posting.taken_back(row, money, message.key)
