"""Mails about an order, in plain text, to the buyer in the order's language; and word to each workshop (signals.py).

Each is a message of the outbox, written in the transaction that makes it necessary, with a key of its own: told once.
"""

from decimal import Decimal

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.fulfilment.levy_words import levy_label
from marketplace.fulfilment.models import Consignment, ConsignmentLevy
from marketplace.money import Money, format_money
from marketplace.payments import outbox
from marketplace.payments.models import OutboxMessage, Payment, Refund
from marketplace.payments.order_links import order_url
from marketplace.signals import consignment_not_to_pack, consignment_to_pack

PAID, EXPIRED, CANCELLED = "mail.order_paid", "mail.order_expired", "mail.order_cancelled"
LATE, REFUNDED = "mail.paid_late", "mail.refunded"
TO_PACK, NOT_TO_PACK = "mail.consignment_new", "mail.consignment_cancelled"


def tell_paid(payment: Payment) -> None:
    """The buyer, and every workshop of the order: a message each, so that one failure stops no other."""
    number = payment.order.number
    outbox.add(kind=PAID, key=f"{PAID}:{number}", payload={"payment": payment.pk}, payment=payment)
    for consignment in payment.order.consignments.order_by("pk"):
        payload = {"consignment": consignment.pk}
        outbox.add(kind=TO_PACK, key=f"{TO_PACK}:{consignment.number}", payload=payload, payment=payment)


def tell_expired(payment: Payment) -> None:
    """The buyer: nothing was paid, and nothing is held any more."""
    _tell_buyer(EXPIRED, payment)


def tell_late(payment: Payment) -> None:
    """The buyer: the money came too late and is on its way back."""
    _tell_buyer(LATE, payment)


def tell_refunded(refund: Refund) -> None:
    """The buyer: what came back, by consignment."""
    payload = {"refund": refund.pk}
    outbox.add(kind=REFUNDED, key=f"{REFUNDED}:{refund.number}", payload=payload, payment=refund.payment)


def tell_order_cancelled(payment: Payment) -> None:
    """The buyer of an order that was not paid."""
    _tell_buyer(CANCELLED, payment, consignments=[], lines=[])


def tell_cancelled(consignment: Consignment, payment: Payment, lines: list[int], *, whole: bool, maker_knows: bool) -> None:
    """The buyer, and the workshop unless it did so itself: these order lines will not be sent."""
    payload = {"consignment": consignment.pk, "lines": lines, "payment": payment.pk, "whole": whole}
    what = f"{consignment.number}:{'-'.join(map(str, lines))}"
    outbox.add(kind=CANCELLED, key=f"{CANCELLED}:{what}", payload=payload, payment=payment)
    if not maker_knows:
        outbox.add(kind=NOT_TO_PACK, key=f"{NOT_TO_PACK}:{what}", payload=payload, payment=payment)


def _tell_buyer(kind: str, payment: Payment, **payload) -> None:
    key = f"{kind}:{payment.order.number}"
    outbox.add(kind=kind, key=key, payload={"payment": payment.pk} | payload, payment=payment)


# To the buyer


@outbox.mail(PAID)
def paid(message: OutboxMessage) -> EmailMessage:
    payment = _payment(message)
    with translation.override(payment.language):
        rows = payment.order.consignments.select_related("workshop__village").prefetch_related("levies").order_by("pk")
        parts = [_part(row, payment.language) for row in rows]
        context = {
            "consignments": parts,
            "due_on_arrival": any(part["unknown"] or any(row["border"] for row in part["levies"]) for part in parts),
            "total": format_money(Money(payment.amount, payment.currency), payment.language),
        }
        subject = _("Your order %(number)s is paid") % {"number": payment.order.number}
        return _to_buyer(payment, subject, "mail_buyer", context)


@outbox.mail(EXPIRED)
def expired(message: OutboxMessage) -> EmailMessage:
    payment = _payment(message)
    with translation.override(payment.language):
        subject = _("Your order %(number)s was not paid in time") % {"number": payment.order.number}
        return _to_buyer(payment, subject, "mail_expired", {"lines": list(payment.order.lines.order_by("pk"))})


@outbox.mail(LATE)
def paid_late(message: OutboxMessage) -> EmailMessage:
    payment = _payment(message)
    with translation.override(payment.language):
        subject = _("Your payment for order %(number)s goes back to you") % {"number": payment.order.number}
        total = format_money(Money(payment.amount, payment.currency), payment.language)
        return _to_buyer(payment, subject, "mail_late", {"total": total})


@outbox.mail(CANCELLED)
def cancelled(message: OutboxMessage) -> EmailMessage:
    payment = _payment(message)
    with translation.override(payment.language):
        lines = payment.order.lines.order_by("pk")
        workshop = ""
        if message.payload.get("lines"):
            lines = lines.filter(pk__in=message.payload["lines"])
            workshop = str(Consignment.objects.get(pk=message.payload["consignment"]).workshop)
            subject = _("A part of your order %(number)s will not be sent") % {"number": payment.order.number}
        else:
            subject = _("Your order %(number)s is cancelled") % {"number": payment.order.number}
        context = {"lines": list(lines), "workshop": workshop, "paid": bool(payment.paid_at)}
        return _to_buyer(payment, subject, "mail_cancelled", context)


@outbox.mail(REFUNDED)
def refunded(message: OutboxMessage) -> EmailMessage:
    refund = Refund.objects.select_related("payment__order__shipping_address").get(pk=message.payload["refund"])
    payment = refund.payment
    with translation.override(payment.language):
        subject = _("Money for your order %(number)s was paid back") % {"number": payment.order.number}
        context = {
            "total": format_money(Money(refund.amount, refund.currency), payment.language),
            "consignments": _given_back(refund),
        }
        return _to_buyer(payment, subject, "mail_refunded", context)


def _payment(message: OutboxMessage) -> Payment:
    return Payment.objects.select_related("order__shipping_address__country").get(pk=message.payload["payment"])


def _to_buyer(payment: Payment, subject: str, template: str, context: dict) -> EmailMessage:
    order = payment.order
    context = context | {
        "order": order,
        "url": order_url(order.number, payment.language),
        "shop": settings.MARKETPLACE_SHOP_NAME,
    }
    body = render_to_string(f"marketplace/payments/{template}.txt", context)
    return EmailMessage(subject, body, to=[order.guest_email or order.email])


def _part(consignment: Consignment, language: str) -> dict:
    return {
        "workshop": str(consignment.workshop),
        "lines": list(consignment.lines),
        "goods": format_money(Money(consignment.goods, consignment.currency), language),
        "shipping": format_money(Money(consignment.shipping, consignment.currency), language),
        "levies": [
            {"label": levy_label(row), "amount": format_money(Money(row.amount, row.currency), language)}
            | {"border": row.collected != ConsignmentLevy.Collected.CHECKOUT}
            for row in consignment.levies.all()
        ],
        "unknown": bool(consignment.unknown),
    }


def _given_back(refund: Refund) -> list[dict]:
    """A row per consignment: its workshop, and goods, postage and taxes that went back as far as there are any."""
    found: dict[int, dict] = {}
    parts = refund.parts.select_related("share__consignment__workshop").order_by("share__consignment", "pk")
    for part in parts:
        share = part.share
        row = found.setdefault(share.consignment_id, {"workshop": str(share.consignment.workshop), "sums": {}})
        row["sums"][share.part] = row["sums"].get(share.part, Decimal(0)) + part.amount
    return [
        {"workshop": row["workshop"]}
        | {
            name: format_money(Money(amount, refund.currency), refund.payment.language)
            for name, amount in row["sums"].items()
        }
        for row in found.values()
    ]


# To a workshop: whoever works there is told by the notices, each in her language and by the ways she chose


@outbox.handler(TO_PACK)
def to_pack(message: OutboxMessage) -> None:
    consignment_to_pack.send(sender=Consignment, consignment=_consignment(message))


@outbox.handler(NOT_TO_PACK)
def not_to_pack(message: OutboxMessage) -> None:
    consignment_not_to_pack.send(
        sender=Consignment,
        consignment=_consignment(message),
        lines=message.payload["lines"],
        whole=message.payload.get("whole", True),
    )


def _consignment(message: OutboxMessage) -> Consignment:
    return Consignment.objects.select_related("workshop").get(pk=message.payload["consignment"])
