"""The page of one order under its random number: works for guests, only reads."""

import re
from decimal import Decimal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
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
from marketplace.fulfilment.parcels import tracking_of
from marketplace.fulfilment.recipients import parts_of
from marketplace.money import Money
from marketplace.payments.models import Payment
from storefront.checkout.price_lines import CHECKOUT, describe_kept, due_of_kept, sum_of_kept
from storefront.checkout.views import go_to_payment
from storefront.listing.models import ProductCard

State = Payment.State
REFERENCE = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){2}")


def find_payment(number: str) -> Payment:
    """The payment of the order ``number``; 404 for anything else, whatever its shape."""
    if not REFERENCE.fullmatch(number):
        raise Http404
    rows = Payment.objects.select_related("order__shipping_address__country", "order__shipping_address__recipient")
    return get_object_or_404(rows, order__number=number)


@never_cache
def order(request: HttpRequest, number: str) -> HttpResponse:
    payment = find_payment(number)
    return render(
        request,
        "storefront/order/order.html",
        describe_order(payment, just_paid=request.GET.get("paying") == "done"),
    )


@never_cache
@require_POST
def pay_again(request: HttpRequest, number: str) -> HttpResponse:
    """Back to the hosted page of an unpaid order; 404 once its time is over or it is paid."""
    payment = find_payment(number)
    if payment.state != State.PENDING or payment.expires_at <= timezone.now():
        raise Http404(_("This order cannot be paid any more."))
    return go_to_payment(request, payment)


def describe_order(payment: Payment, *, just_paid: bool = False) -> dict:
    """Context of order/order.html. ``just_paid``: the buyer comes back from paying."""
    placed, currency = payment.order, payment.currency
    state, title, text = _state(payment, just_paid=just_paid)
    open_ = payment.state == State.PENDING and payment.expires_at > timezone.now()
    consignments = list(
        placed.consignments.select_related("workshop__village")
        .prefetch_related("workshop__texts__locale", "levies", "parcels")
        .order_by("pk")
    )
    lines = list(placed.lines.select_related("product").order_by("pk"))
    kept = [levy for row in consignments for levy in row.levies.all()]
    taxes = sum((row.taxes for row in consignments), Decimal(0))
    cards = ProductCard.objects.in_bulk(
        {line.product.parent_id or line.product_id for line in lines if line.product}
    )
    return {
        "order_number": placed.number,
        "state": state,
        "state_title": title,
        "state_text": text,
        "pay_again_url": reverse("order-pay", kwargs={"number": placed.number})
        if open_ and not just_paid
        else None,
        "refresh": open_,
        "consignments": [
            _consignment(
                row, [line for line in lines if line.partner_id == row.workshop.partner_id], cards, payment
            )
            for row in consignments
        ],
        "goods_total": Money(payment.amount - placed.shipping_incl_tax - taxes, currency),
        "shipping_total": Money(placed.shipping_incl_tax, currency),
        "levies_total": sum_of_kept(kept),
        "border": due_of_kept(consignments, kept, currency),
        "border_total": Money(sum((levy.amount for levy in kept if levy.collected != CHECKOUT), Decimal(0)), currency),
        "total": Money(payment.amount, currency),
        "address_lines": _address_lines(placed.shipping_address),
        "gift": getattr(getattr(placed.shipping_address, "recipient", None), "gift", False),
        "email": placed.guest_email or placed.email,
        "placed_at": formats.moment(placed.date_placed),
    }


def _address_lines(address) -> list[str]:
    """As the buyer wrote it."""
    parts = parts_of(address)
    return format_address(parts, script="latin" if parts.is_latin else "local")


def _state(payment: Payment, *, just_paid: bool) -> tuple[str, str, str]:
    if payment.state == State.PAID:
        return "paid", _("Thank you. Your order is paid."), _on_the_way(payment)
    if payment.state == State.ATTENTION:
        text = _(
            "Your payment arrived late and a person is looking at it. You will hear from us; nothing is lost."
        )
        return "attention", _("We are looking at your order"), text
    if payment.state == State.EXPIRED:
        return (
            "expired",
            _("This order was not paid in time"),
            _("Nothing was charged and the pieces are back in the shop."),
        )
    if payment.expires_at <= timezone.now():
        text = _(
            "The time for paying is over. We are asking the payment service whether your payment arrived."
        )
        return "awaiting_payment", _("Waiting for news of your payment"), text
    if just_paid:
        text = _("The payment service is confirming it. This page looks again by itself in a few seconds.")
        return "awaiting_payment", _("Your payment is being confirmed"), text
    until = formats.clock(payment.expires_at)
    text = _(
        "Your pieces are reserved until %(time)s (UTC). If you have just paid, this page will say so in a moment."
    )
    return "awaiting_payment", _("Waiting for your payment"), text % {"time": until}


def _on_the_way(payment: Payment) -> str:
    """What happens now to the parcels of a paid order."""
    states = set(payment.order.consignments.values_list("state", flat=True))
    if states <= {Consignment.State.DELIVERED, Consignment.State.CANCELLED}:
        return _("Everything has arrived.")
    if states & {Consignment.State.SENT, Consignment.State.DELIVERED}:
        return _("Parcels are on their way; each is shown below.")
    return _("The makers have been told and are packing your pieces.")


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
