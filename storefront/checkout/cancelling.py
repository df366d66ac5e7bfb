"""The buyer cancels an order, or one consignment of it: a page that says what comes back, and a button that does it."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.fulfilment.models import Consignment
from marketplace.money import Money, format_money
from marketplace.payments import states
from marketplace.payments.cancelling import CannotCancel, cancel_consignment, cancel_order, may_cancel
from marketplace.payments.models import Dispute, Payment, Refund
from storefront.checkout import going_back
from storefront.checkout.finding import find_payment

State, Stage = Payment.State, Consignment.State
BUYER = Refund.As.BUYER


def key_of(data) -> str:
    """The key of a rendered form, as the browser sends it back; empty for anything else than one of ours."""
    try:
        return str(uuid.UUID(data.get("key", "")))
    except ValueError:
        return ""


def buyer_of(request: HttpRequest):
    """Who asks: None for a guest, who is known by the order's address."""
    return request.user if request.user.is_authenticated else None


def is_disputed(payment: Payment) -> bool:
    """The buyer's bank has the money; until it has decided, nothing is paid back beside it."""
    return payment.disputes.filter(state=Dispute.State.OPEN, kind=Dispute.Kind.CHARGEBACK).exists()


def can_cancel(payment: Payment, consignments: list[Consignment], user) -> tuple[bool, set[int]]:
    """(the whole order?, which consignments alone?) as the buyer may cancel them now. One statement at most.

    Needs ``row.order.payment`` of each consignment at hand.
    """
    if payment.state == State.PENDING:
        return payment.expires_at > timezone.now() and (user is None or payment.order.user_id in (None, user.pk)), set()
    open_ = [row for row in consignments if row.state != Stage.CANCELLED]
    free = {row.pk for row in open_ if may_cancel(row, by=user, as_=BUYER)}
    if not free or is_disputed(payment):
        return False, set()
    return len(free) == len(open_), free if len(open_) > 1 else set()


# What is to be cancelled and whether it may be, as it stands when asked.
Look = Callable[[Payment], tuple[list[Consignment], bool]]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def whole_order(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel all of an order that nobody has packed yet, paid or not."""
    payment = find_payment(request, number)
    key, user = key_of(request.POST), buyer_of(request)

    def look(payment: Payment) -> tuple[list[Consignment], bool]:
        consignments = _consignments(payment)
        open_ = [row for row in consignments if row.state != Stage.CANCELLED]
        return open_, can_cancel(payment, consignments, user)[0]

    def cancel() -> None:
        cancel_order(payment=payment, key=key, by=user, as_=BUYER)

    if key and payment.state == State.PENDING:
        # Closing the hosted page asks the payment service: outside of all locks.
        return _try(request, payment, cancel)
    return _page(request, payment, look, cancel)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_consignment(request: HttpRequest, number: str, consignment: str) -> HttpResponse:
    """Cancel what one workshop was to send."""
    payment = find_payment(request, number)
    wanted = get_object_or_404(payment.order.consignments, number=consignment)
    key, user = key_of(request.POST), buyer_of(request)

    def look(payment: Payment) -> tuple[list[Consignment], bool]:
        consignments = _consignments(payment)
        row = next(row for row in consignments if row.pk == wanted.pk)
        whole, alone = can_cancel(payment, consignments, user)
        return [row], payment.state == State.PAID and row.state != Stage.CANCELLED and (whole or row.pk in alone)

    def cancel() -> None:
        cancel_consignment(consignment=wanted, key=key, by=user, as_=BUYER)

    return _page(request, payment, look, cancel)


def _page(request: HttpRequest, payment: Payment, look: Look, cancel: Callable[[], None]) -> HttpResponse:
    """GET shows what would come back; POST does it if that is still so, else it shows what is so now."""
    if request.method != "POST":
        rows, allowed = look(payment)
        return _ask(request, payment, rows) if allowed else _too_late(request, payment, rows)
    key = key_of(request.POST)
    with transaction.atomic():
        payment = states.locked(payment)
        if key and payment.refunds.filter(key=key).exists():
            return _done(request, payment)
        # Read under the lock: another tab may just have cancelled the same.
        rows, allowed = look(payment)
        if not allowed:
            return _too_late(request, payment, rows)
        if not key or (payment.state == State.PAID and _shown(payment, rows) != request.POST.get("shown")):
            return _ask(request, payment, rows, changed=True)
        return _try(request, payment, cancel)


def _try(request: HttpRequest, payment: Payment, cancel: Callable[[], None]) -> HttpResponse:
    try:
        with transaction.atomic():
            cancel()
    except CannotCancel as problem:
        messages.error(request, str(problem))
        return redirect(_url(payment))
    payment.refresh_from_db(fields=["state", "refunded"])
    return _done(request, payment)


def _shown(payment: Payment, rows: list[Consignment]) -> str:
    return going_back.whole(rows, payment.currency).token


def _done(request: HttpRequest, payment: Payment) -> HttpResponse:
    refund = payment.refunds.filter(key=key_of(request.POST)).first()
    if payment.state == State.CANCELLED:
        messages.success(request, _("It is cancelled. Nothing was charged."))
    elif refund is None:
        messages.success(request, _("It is cancelled. What you had paid for it was paid back before."))
    else:
        amount = format_money(Money(refund.amount, refund.currency), get_language())
        text = _("It is cancelled. %(amount)s is on its way back to you, the way you paid.")
        messages.success(request, text % {"amount": amount})
    return redirect(_url(payment))


def _too_late(request: HttpRequest, payment: Payment, rows: list[Consignment]) -> HttpResponse:
    """Also for whoever comes back to the page afterwards. ``rows``: what she wanted to cancel, without what is cancelled
    where it is the whole order.
    """
    if payment.state == State.CANCELLED or all(row.state == Stage.CANCELLED for row in rows):
        text = _("This has been cancelled already.")
    elif is_disputed(payment):
        text = _("Your bank is looking at this payment. Until it has decided, nothing can be changed here.")
    elif payment.state == State.PROCESSING:
        text = _("A payment is on its way. Please wait until it has arrived or run out, and cancel then.")
    else:
        text = _("This cannot be cancelled here any more. Please write to us if you do not want it.")
    messages.info(request, text)
    return redirect(_url(payment))


def _ask(request: HttpRequest, payment: Payment, rows: list[Consignment], *, changed: bool = False) -> HttpResponse:
    back = going_back.whole(rows, payment.currency) if payment.state == State.PAID else None
    context = {
        "order_number": payment.order.number,
        "order_url": _url(payment),
        "key": uuid.uuid4(),
        "back": back,
        "changed": changed,
        "whole": len(rows) == payment.order.consignments.exclude(state=Stage.CANCELLED).count(),
        "parts": [
            {
                "workshop": str(row.workshop),
                "workshop_lang": getattr(row.workshop.text(), "language", ""),
                "lines": [{"title": line.title, "quantity": line.quantity} for line in row.lines],
            }
            for row in rows
        ],
    }
    return render(request, "storefront/order/cancel.html", context, status=409 if changed else 200)


def _consignments(payment: Payment) -> list[Consignment]:
    rows = payment.order.consignments.select_related("workshop__village").prefetch_related("workshop__texts__locale")
    found = list(rows.order_by("pk"))
    payment.order.payment = payment
    for row in found:
        row.order = payment.order
    return found


def _url(payment: Payment) -> str:
    return reverse("order", kwargs={"number": payment.order.number})
