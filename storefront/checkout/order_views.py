"""The page of one order: works for guests, only reads."""

from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from catalogue.text import shown_in
from marketplace import formats
from marketplace.economies.addresses import format_address
from marketplace.economies.names import economy_name
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.models.consignment import CANCELLED_LINE
from marketplace.fulfilment.parcels import tracking_of
from marketplace.fulfilment.recipients import parts_of
from marketplace.money import Money
from marketplace.payments.models import Payment
from marketplace.payments.order_links import opens
from storefront.checkout.cancelling import buyer_of, can_cancel
from storefront.checkout.conversation import describe_conversations, promise_of
from storefront.checkout.finding import NotHere, find_payment, remember_order
from storefront.checkout.order_refunds import RefundsOf
from storefront.checkout.order_states import tell_state
from storefront.checkout.price_lines import CHECKOUT, describe_kept, due_of_kept, sum_of_kept
from storefront.checkout.reasons import reasons_of
from storefront.checkout.views import go_to_payment
from storefront.listing.models import ProductCard

State = Payment.State


@never_cache
def order(request: HttpRequest, number: str) -> HttpResponse:
    """With the link of a mail: the browser keeps the key, and the address that others may see loses it."""
    if "key" in request.GET:
        if opens(number, request.GET["key"]):
            remember_order(request, number)
        return redirect("order", number=number)
    try:
        payment = find_payment(request, number, reading=True)
    except NotHere:
        return render(request, "storefront/order/not_here.html", status=404)
    return render(
        request,
        "storefront/order/order.html",
        describe_order(payment, user=buyer_of(request), just_paid=request.GET.get("paying") == "done"),
    )


@never_cache
@require_POST
def pay_again(request: HttpRequest, number: str) -> HttpResponse:
    """Back to the hosted page of an unpaid order; once its time is over or it is paid, to the page that says so."""
    payment = find_payment(request, number)
    if payment.state != State.PENDING or payment.expires_at <= timezone.now():
        return redirect("order", number=number)
    return go_to_payment(request, payment)


def describe_order(payment: Payment, *, user=None, just_paid: bool = False) -> dict:
    """Context of order/order.html. ``just_paid``: the buyer comes back from paying; ``user``: None for a guest."""
    placed, currency = payment.order, payment.currency
    open_ = payment.state == State.PENDING and payment.expires_at > timezone.now()
    consignments = list(
        placed.consignments.select_related("workshop__village")
        .prefetch_related("workshop__texts__locale", "levies", "parcels")
        .order_by("pk")
    )
    placed.payment = payment
    for row in consignments:
        row.order = placed
    told = tell_state(payment, consignments, just_paid=just_paid)
    whole, alone = can_cancel(payment, consignments, user)
    refunds, talks = RefundsOf(payment), describe_conversations(payment, consignments)
    reasons = reasons_of(placed) if refunds.refunds else {}
    lines = list(placed.lines.select_related("product").order_by("pk"))
    kept = [levy for row in consignments for levy in row.levies.all()]
    # Of what is not sent, nothing is due on arrival.
    coming = [row for row in consignments if row.state != Consignment.State.CANCELLED]
    due = [levy for row in coming for levy in row.levies.all()]
    taxes = sum((row.taxes for row in consignments), Decimal(0))
    cards = ProductCard.objects.in_bulk(
        {line.product.parent_id or line.product_id for line in lines if line.product}
    )
    return {
        "order_number": placed.number,
        "state": told.state,
        "state_title": told.title,
        "state_text": told.text,
        "cancel_url": reverse("order-cancel", kwargs={"number": placed.number}) if whole and not just_paid else "",
        "pay_again_url": reverse("order-pay", kwargs={"number": placed.number})
        if open_ and not just_paid
        else None,
        "refresh": open_,
        "consignments": [
            _consignment(row, [line for line in lines if line.partner_id == row.workshop.partner_id], cards, payment)
            | {
                "refunds": refunds.of(row.pk),
                "reasons": reasons.get(row.number, []),
                "reason_lang": row.workshop.source_language,
                "cancel_url": _cancel_url(row) if row.pk in alone else "",
                "promise": promise_of(row) if payment.paid_at else "",
                "messages": talks.get(row.pk, {}),
            }
            for row in consignments
        ],
        "goods_total": Money(payment.amount - placed.shipping_incl_tax - taxes, currency),
        "shipping_total": Money(placed.shipping_incl_tax, currency),
        "levies_total": sum_of_kept(kept),
        "border": due_of_kept(coming, due, currency) if coming else "",
        "border_total": Money(sum((levy.amount for levy in due if levy.collected != CHECKOUT), Decimal(0)), currency),
        "total": Money(payment.amount, currency),
        "paid_back": -Money(payment.refunded, currency) if payment.refunded else None,
        "stands": Money(payment.amount - payment.refunded, currency),
        "late_refunds": refunds.of_no_consignment,
        "address_lines": _address_lines(placed.shipping_address),
        "gift": getattr(getattr(placed.shipping_address, "recipient", None), "gift", False),
        "email": placed.guest_email or placed.email,
        "placed_at": formats.moment(placed.date_placed),
    }


def _cancel_url(row: Consignment) -> str:
    return reverse("order-cancel-part", kwargs={"number": row.order.number, "consignment": row.number})


def _address_lines(address) -> list[str]:
    """As the buyer wrote it."""
    parts = parts_of(address)
    return format_address(parts, script="latin" if parts.is_latin else "local")


def _consignment(row: Consignment, lines: list, cards: dict, payment: Payment) -> dict:
    return {
        "workshop": str(row.workshop),
        "workshop_lang": getattr(row.workshop.text(), "language", ""),
        "ships_from": economy_name(row.workshop.village.economy_id),
        "state": row.state,
        "state_label": row.get_state_display() if payment.state == State.PAID else "",
        "steps": _steps(row) if payment.state == State.PAID else [],
        "tracking": tracking_of(row, list(row.parcels.all())),
        "carrier": row.carrier,
        "lines": [_line(line, cards, payment.currency) for line in lines],
        "goods": Money(row.goods, row.currency),
        "shipping": Money(row.shipping, row.currency),
        "levies": describe_kept(row, row.levies.all()),
        "total": Money(row.total, row.currency),
    }


def _steps(row: Consignment) -> list[dict]:
    marks = [
        (Consignment.State.PACKED, _("Packed"), row.packed_at),
        (Consignment.State.SENT, _("Sent"), row.sent_at),
        (Consignment.State.DELIVERED, _("Delivered"), row.delivered_at),
    ]
    return [
        {
            "label": label,
            "done": bool(at) or (state == Consignment.State.PACKED and bool(row.sent_at)),
            "current": row.state == state,
            "date": formats.day(at) if at else "",
        }
        for state, label, at in marks
    ]


def _line(line, cards: dict, currency: str) -> dict:
    """A line with the words it was sold under."""
    card = cards.get(line.product.parent_id or line.product_id) if line.product else None
    language = get_language() or settings.LANGUAGE_CODE
    lang = _language_of(line.title, card, language)
    return {
        "title": line.title,
        "cancelled": line.status == CANCELLED_LINE,
        "quantity": line.quantity,
        "unit_price": Money(line.unit_price_incl_tax, currency),
        "line_price": Money(line.line_price_incl_tax, currency),
        "picture": {**card.picture, "alt": "", "lang": ""} if card and card.picture else {},
        "lang": lang,
        "lang_label": shown_in(lang, language),
        "variant_label": "",
    }


def _language_of(title: str, card: ProductCard | None, language: str) -> str:
    """The language of the words that a line was sold under: the reader's if they are hers, too."""
    texts = card.texts if card else {}
    spoken = (code for code in (language, *texts) if _is(title, texts.get(code, {}).get("title", "")))
    return next(spoken, language)


def _is(title: str, own: str) -> bool:
    """A variant's line begins with the title of its piece (Product.get_title)."""
    return bool(own) and (title == own or title.startswith(f"{own} · "))
