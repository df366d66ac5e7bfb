"""Checkout in three exchanges: address, review, pay on the hosted page."""

import logging
import re
import secrets
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.economies.names import economy_name
from marketplace.fulfilment.quotes import BasketQuote, quote_basket
from marketplace.money import Money
from marketplace.payments.errors import BasketIsEmpty, CannotPlace, TotalChanged
from marketplace.payments.gateway import GatewayDown
from marketplace.payments.models import Payment
from marketplace.payments.placing import place_order
from marketplace.payments.services import start_payment
from storefront.checkout import baskets
from storefront.checkout.forms import AddressForm, address_lines, to_buyer, to_session

log = logging.getLogger(__name__)
SESSION_ADDRESS = "checkout_address"
SESSION_ORDERS = "orders"
# What secrets.token_urlsafe gives.
KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")


@never_cache
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Step 1: where it goes. The basket must have lines, none with a problem."""
    summary = baskets.describe(request.basket)
    if not summary["count"] or summary["problems"]:
        return redirect("basket")
    start = request.session.get(SESSION_ADDRESS) or {"email": getattr(request.user, "email", "")}
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial=start)
    if request.method == "POST" and form.is_valid():
        request.session[SESSION_ADDRESS] = to_session(form)
        return redirect("checkout-review")
    status = 400 if form.is_bound else 200
    return render(
        request, "storefront/checkout/address.html", {"form": form, "summary": summary}, status=status
    )


@never_cache
def review(request: HttpRequest) -> HttpResponse:
    """Step 2: every amount, before anything is written."""
    chosen = request.session.get(SESSION_ADDRESS)
    summary = baskets.describe(request.basket)
    if not summary["count"] or summary["problems"]:
        return redirect("basket")
    if not chosen:
        return redirect("checkout")
    quote = _quote(request, chosen)
    if quote.refusals:
        for reason in quote.refusals:
            messages.error(request, reason)
        return redirect("checkout")
    context = describe_review(quote, summary, chosen)
    context |= {
        "idempotency_key": secrets.token_urlsafe(24),
        "pay_url": reverse("checkout-pay"),
        "edit_url": reverse("checkout"),
    }
    return render(request, "storefront/checkout/review.html", context)


def _quote(request: HttpRequest, chosen: dict) -> BasketQuote:
    return quote_basket(
        lines=request.basket.all_lines(),
        destination=chosen["economy"],
        currency=settings.MARKETPLACE_CURRENCY,
        on=timezone.localdate(),
    )


def describe_review(quote: BasketQuote, summary: dict, chosen: dict) -> dict:
    """Context of checkout/review.html: each consignment with its lines, goods, shipping and total."""
    drawn = {line["id"]: line for group in summary["groups"] for line in group["lines"]}
    return {
        "address_lines": address_lines(chosen),
        "email": chosen["email"],
        "consignments": [
            {
                "workshop": str(part.workshop),
                "workshop_lang": getattr(part.workshop.text(), "language", ""),
                "ships_from": economy_name(part.workshop.village.economy_id),
                "lines": [drawn[line.pk] for line in part.lines],
                "goods": part.goods,
                "shipping": part.shipping.amount,
                "shipping_name": _("Post, %(least)s to %(most)s days")
                % {"least": part.shipping.rate.days_min, "most": part.shipping.rate.days_max},
                "lead_text": _lead(part.lines),
                "total": part.total,
            }
            for part in quote.consignments
        ],
        "goods_total": quote.goods,
        "shipping_total": quote.shipping,
        "taxes_note": _(
            "Duty or tax may be charged when a parcel reaches you. It is not part of this total."
        ),
        "total": quote.total,
        "expected_total": f"{quote.total.amount} {quote.total.currency}",
    }


def _lead(lines: list) -> str:
    days = max(
        (
            product.lead_days or 0
            for line in lines
            for product in [line.product.parent or line.product]
            if product.made_to_order
        ),
        default=0,
    )
    return _("Made for you first: %(days)s days") % {"days": days} if days else ""


@never_cache
@require_POST
def pay(request: HttpRequest) -> HttpResponse:
    """Step 3: place the order and go to the hosted page. A second click finds the first order."""
    key = request.POST.get("idempotency_key", "")
    chosen = request.session.get(SESSION_ADDRESS)
    if not KEY.fullmatch(key):
        return redirect("checkout-review")
    payment = Payment.objects.filter(idempotency_key=key).select_related("order").first()
    if payment is None:
        if not chosen:
            return redirect("checkout")
        try:
            payment = place_order(
                basket=request.basket,
                buyer=to_buyer(chosen, request.user),
                language=get_language(),
                idempotency_key=key,
                expected_total=read_total(request.POST.get("expected_total", "")),
            )
        except CannotPlace as problem:
            return _cannot(request, problem)
    return go_to_payment(request, payment)


def read_total(text: str) -> Money:
    """The total that the buyer saw; anything unreadable becomes an amount that no order has."""
    amount, _blank, currency = text[:40].partition(" ")
    try:
        seen = Decimal(amount)
    except InvalidOperation:
        seen = Decimal("NaN")
    return Money(seen if seen.is_finite() else Decimal("-1"), currency)


def _cannot(request: HttpRequest, problem: CannotPlace) -> HttpResponse:
    for reason in problem.reasons:
        messages.error(request, reason)
    if isinstance(problem, TotalChanged):
        log.warning("total changed between review and payment")
        return redirect("checkout-review")
    if isinstance(problem, BasketIsEmpty) and (number := _known_order(request)):
        return redirect("order", number=number)
    context = {
        "title": _("This order cannot be placed as it is"),
        "text": "",
        "back_url": reverse("basket"),
        "retry": False,
    }
    return render(request, "storefront/checkout/problem.html", context, status=409)


def _known_order(request: HttpRequest) -> str:
    """The order that this basket became in another tab, else the reader's last one; empty when there is none."""
    known = request.session.get(SESSION_ORDERS, [])
    placed = Payment.objects.filter(order__basket=request.basket.pk or 0).select_related("order").first()
    return placed.order.number if placed else known[-1] if known else ""


def go_to_payment(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Send the buyer to the hosted page; if it cannot be had now, to a page that says so and keeps everything."""
    number = payment.order.number
    known = [one for one in request.session.get(SESSION_ORDERS, []) if one != number]
    request.session[SESSION_ORDERS] = [*known, number][-20:]
    order_url = reverse("order", kwargs={"number": number})
    with override(payment.language):
        # In the order's language, whatever the reader's is now: a repeat must ask for exactly the same page.
        return_url = settings.SITE_URL + reverse("order", kwargs={"number": number})
    try:
        url = start_payment(payment=payment, return_url=return_url)
    except GatewayDown as problem:
        log.error("order %s: payment page not opened: %s", number, problem)
        context = {
            "title": _("The payment page does not answer"),
            "text": _("Nothing was charged. Your pieces are reserved for you; please try again in a minute."),
            "back_url": order_url,
            "retry": True,
            "retry_url": reverse("order-pay", kwargs={"number": number}),
        }
        return render(request, "storefront/checkout/problem.html", context, status=503)
    return HttpResponse(status=303, headers={"Location": url}) if url else redirect(order_url)
