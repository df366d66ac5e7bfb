"""Stripe's objects (as plain dicts) read as the gateway's facts. Pure. All raise MoneyError for a currency we do not know.

https://docs.stripe.com/api: statuses and fields of the version that the SDK pins.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from marketplace.money import Money, MoneyError, from_minor
from marketplace.payments.gateway import (
    AccountFacts,
    DisputeFacts,
    DisputeKind,
    DisputeStanding,
    Facts,
    PaymentFacts,
    PaymentStanding,
    RefundFacts,
    RefundStanding,
    ReversalFacts,
    Standing,
    TransferFacts,
)

# The states of a completed session's intent that say: a slow method brought no money.
NO_MONEY = {"requires_payment_method", "canceled"}
# All others ("pending", "requires_action", and what Stripe may add) are not the end.
REFUNDS = {
    "succeeded": RefundStanding.DONE,
    "failed": RefundStanding.FAILED,
    "canceled": RefundStanding.CANCELLED,
}
DISPUTES = {
    "won": DisputeStanding.WON,
    "warning_closed": DisputeStanding.WON,
    "prevented": DisputeStanding.WON,
    "lost": DisputeStanding.LOST,
}
RATE_DIGITS = Decimal("1E-12")


def session_facts(session: dict, *, failed: bool = False) -> Facts:
    """``failed``: the message itself says that a slow method brought no money."""
    intent = session.get("payment_intent") or ""
    method, pay_by = "", None
    if not isinstance(intent, str):
        failed = failed or intent["status"] in NO_MONEY
        method, pay_by, intent = _method(intent), _pay_by(intent), intent["id"]
    return Facts(
        session_id=session["id"],
        reference=session.get("client_reference_id") or "",
        standing=_standing(session.get("status"), session.get("payment_status"), failed),
        amount=_amount(session.get("amount_total"), session.get("currency")),
        payment_id=intent,
        method=method,
        pay_by=pay_by,
    )


def _amount(total: int | None, currency: str | None) -> Money | None:
    """None for a currency that we do not know: it cannot be an order's."""
    try:
        return from_minor(total, currency) if total is not None and currency else None
    except MoneyError:
        return None


def _standing(status: str | None, payment_status: str | None, failed: bool) -> Standing:
    if payment_status == "paid":
        return Standing.PAID
    if status == "expired":
        return Standing.EXPIRED
    if status == "complete":
        return Standing.FAILED if failed else Standing.PROCESSING
    return Standing.OPEN


def _method(intent: dict) -> str:
    method = intent.get("payment_method")
    return method["type"] if isinstance(method, dict) else ""


def _pay_by(intent: dict) -> datetime | None:
    """The deadline on a voucher: konbini and boleto call it expires_at, oxxo expires_after."""
    action = intent.get("next_action") or {}
    details = action.get(action.get("type")) or {}
    return moment(details.get("expires_at") or details.get("expires_after"))


def moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def payment_facts(intent: dict, disputes: Iterable[dict] = ()) -> PaymentFacts:
    """From a PaymentIntent with latest_charge, its balance_transaction and payment_method expanded."""
    charge, currency = intent.get("latest_charge") or {}, intent["currency"]
    captured = from_minor(charge.get("amount_captured") or 0, currency)
    refunded = from_minor(charge.get("amount_refunded") or 0, currency)
    told = tuple(dispute_facts(dispute) for dispute in disputes)
    settled, fee, rate = _settlement(charge.get("balance_transaction"), captured)
    return PaymentFacts(
        payment_id=intent["id"],
        reference=(intent.get("metadata") or {}).get("order", ""),
        standing=_payment_standing(intent, captured, refunded, told),
        amount=from_minor(intent["amount"], currency),
        captured=captured,
        refunded=refunded,
        created_at=moment(intent["created"]),
        method=_method(intent),
        pay_by=_pay_by(intent),
        settled=settled,
        fee=fee,
        rate=rate,
        disputes=told,
    )


def _payment_standing(
    intent: dict, captured: Money, refunded: Money, disputes: tuple[DisputeFacts, ...]
) -> PaymentStanding:
    if intent["status"] == "canceled":
        return PaymentStanding.CANCELLED
    if intent["status"] != "succeeded":
        waiting = intent["status"] == "processing" or _pay_by(intent)
        return PaymentStanding.PROCESSING if waiting else PaymentStanding.OPEN
    standings = {dispute.standing for dispute in disputes}
    if DisputeStanding.OPEN in standings:
        return PaymentStanding.DISPUTED
    if DisputeStanding.LOST in standings:
        return PaymentStanding.LOST
    return PaymentStanding.REFUNDED if refunded.amount >= captured.amount else PaymentStanding.PAID


def _settlement(row: dict | str | None, captured: Money) -> tuple[Money | None, Money | None, Decimal | None]:
    """Net, fee, and the rate in major units. Stripe's own exchange_rate is between smallest units, so that a yen and a
    dollar differ by a hundred; the two amounts say it without doubt.
    """
    if not isinstance(row, dict):
        return None, None, None
    gross, net = from_minor(row["amount"], row["currency"]), from_minor(row["net"], row["currency"])
    rate = None
    if gross.currency != captured.currency and captured:
        rate = (gross.amount / captured.amount).quantize(RATE_DIGITS, ROUND_HALF_EVEN).normalize()
    return net, from_minor(row["fee"], row["currency"]), rate


def refund_facts(refund: dict) -> RefundFacts:
    """``settled`` needs both balance transactions expanded."""
    data = refund.get("metadata") or {}
    return RefundFacts(
        refund_id=refund["id"],
        reference=data.get("order", ""),
        payment_id=_id(refund.get("payment_intent")),
        standing=REFUNDS.get(refund["status"], RefundStanding.PENDING),
        amount=from_minor(refund["amount"], refund["currency"]),
        why=refund.get("failure_reason") or refund.get("pending_reason") or "",
        settled=_taken([refund.get("balance_transaction"), refund.get("failure_balance_transaction")]),
        key=data.get("key", ""),
    )


def _taken(rows: Iterable[dict | str | None]) -> Money | None:
    """What balance transactions took together, without fees; None while there is none to read."""
    read = [row for row in rows if isinstance(row, dict)]
    return from_minor(-sum(row["amount"] for row in read), read[0]["currency"]) if read else None


def dispute_facts(dispute: dict) -> DisputeFacts:
    rows = dispute.get("balance_transactions") or []
    inquiry = not rows and dispute["status"].startswith(("warning_", "prevented"))
    return DisputeFacts(
        dispute_id=dispute["id"],
        payment_id=_id(dispute.get("payment_intent")),
        amount=from_minor(dispute["amount"], dispute["currency"]),
        standing=DISPUTES.get(dispute["status"], DisputeStanding.OPEN),
        reason=dispute["reason"],
        due_by=moment((dispute.get("evidence_details") or {}).get("due_by")),
        kind=DisputeKind.INQUIRY if inquiry else DisputeKind.CHARGEBACK,
        taken=_taken(rows),
        fee=from_minor(sum(row["fee"] for row in rows), rows[0]["currency"]) if rows else None,
        refundable=bool(dispute.get("is_charge_refundable")),
    )


def transfer_facts(transfer: dict) -> TransferFacts:
    data = transfer.get("metadata") or {}
    return TransferFacts(
        transfer_id=transfer["id"],
        account=_id(transfer.get("destination")),
        amount=from_minor(transfer["amount"], transfer["currency"]),
        reversed=from_minor(transfer["amount_reversed"], transfer["currency"]),
        reference=data.get("order", ""),
        created_at=moment(transfer["created"]),
        key=data.get("key", ""),
    )


def reversal_facts(reversal: dict) -> ReversalFacts:
    return ReversalFacts(
        reversal_id=reversal["id"],
        transfer_id=_id(reversal["transfer"]),
        amount=from_minor(reversal["amount"], reversal["currency"]),
        key=(reversal.get("metadata") or {}).get("key", ""),
    )


def account_facts(account: dict) -> AccountFacts:
    return AccountFacts(
        account_id=account["id"],
        economy=account.get("country") or "",
        currency=(account.get("default_currency") or "").upper(),
        can_receive=(account.get("capabilities") or {}).get("transfers") == "active",
        can_pay_out=bool(account.get("payouts_enabled")),
        missing=tuple((account.get("requirements") or {}).get("currently_due") or ()),
    )


def _id(thing: dict | str | None) -> str:
    return thing["id"] if isinstance(thing, dict) else thing or ""
