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
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from marketplace import formats
from marketplace.economies.markets import MarketChoice
from marketplace.economies.names import economy_name
from marketplace.fulfilment import pinned
from marketplace.fulfilment.models import PriceQuote
from marketplace.fulfilment.quotes import BasketQuote
from marketplace.money import Money
from marketplace.payments.errors import BasketIsEmpty, CannotPlace, TotalChanged
from marketplace.payments.gateway import GatewayDown
from marketplace.payments.models import Payment
from marketplace.payments.placing import place_order
from marketplace.payments.services import start_payment
from storefront import via
from storefront.checkout import baskets
from storefront.checkout.finding import numbers_of, remember_order
from storefront.checkout.forms import (
    AddressForm,
    address_lines,
    asked_again,
    to_buyer,
    to_session,
    without_customs_id,
)
from storefront.checkout.price_lines import (
    arrival_text,
    describe_levies,
    due_on_arrival,
    leaving_text,
    rate_note,
    sum_of_levies,
)
from storefront.checkout.quoting import SESSION_ADDRESS, price_as_held, quote_for
from storefront.checkout.repricing import say_what_changed
from storefront.market.choice import prefix, without_market
from storefront.market.offers import channel_to
from storefront.market.remembered import in_chosen_market, market_for, remember

log = logging.getLogger(__name__)
# What an address somewhere else does not share.
OF_A_PLACE = ("city", "state", "postcode", "district", "phone", "latin_city", "latin_state", "latin_district")
# What secrets.token_urlsafe gives.
KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")


@never_cache
@sensitive_post_parameters("customs_id")
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Step 1: where it goes. The basket must have lines, none with a problem.

    "change" in the POST: another economy was chosen, the page comes back with its fields and nothing is judged yet.
    """
    summary = baskets.describe(request.basket)
    if not summary["count"] or summary["problems"]:
        return redirect("basket")
    start = _first_address(request)
    origins, channel = baskets.origins(request.basket), channel_to(request.POST.get("economy") or start["economy"])
    if "change" in request.POST:
        form = AddressForm(initial=asked_again(request.POST.dict(), start), origins=origins, channel=channel)
    else:
        form = AddressForm(request.POST or None, initial=start, origins=origins, channel=channel)
    if form.is_bound and form.is_valid():
        request.session[SESSION_ADDRESS] = to_session(form)
        market = market_for(form.cleaned_data["economy"], request.market.currency)
        # The address decides from here on, whatever was chosen before.
        remember(request, market)
        return redirect(_review_url(market))
    status = 400 if form.is_bound else 200
    return render(
        request, "storefront/checkout/address.html", {"form": form, "summary": summary}, status=status
    )


def _first_address(request: HttpRequest) -> dict:
    """What the form begins with: the address given before, in the destination that was chosen since."""
    known = request.session.get(SESSION_ADDRESS) or {"email": getattr(request.user, "email", ""), "economy": ""}
    chosen = request.market.destination
    if not chosen or known.get("economy") == chosen:
        return known
    return known | {"economy": chosen} | dict.fromkeys(OF_A_PLACE, "")


@never_cache
@in_chosen_market
def review(request: HttpRequest) -> HttpResponse:
    """Step 2: the whole price, before anything is written, in the market of the address.

    A destination that was chosen since leads back to the address, which is then one there.
    """
    chosen = request.session.get(SESSION_ADDRESS)
    summary = baskets.describe(request.basket)
    if not summary["count"] or summary["problems"]:
        return redirect("basket")
    if not chosen:
        return redirect("checkout")
    there = request.market.destination
    if there and there != chosen["economy"]:
        asked = _("You chose %(destination)s. Please give an address there.") % {"destination": economy_name(there)}
        messages.info(request, asked)
        return redirect("checkout")
    market = market_for(chosen["economy"], request.market.currency)
    if market is None:
        messages.error(request, not_sold_there(chosen["economy"]))
        return redirect("checkout")
    if market != request.market:
        remember(request, market)
        return redirect(_review_url(market))
    say_what_changed(request)
    quote, held = quote_for(request, market, chosen.get("state", ""))
    if held is None:
        for reason in quote.refusals:
            messages.error(request, reason)
        return redirect("checkout")
    context = describe_review(quote, baskets.describe(request.basket), chosen, held)
    context |= {
        "idempotency_key": secrets.token_urlsafe(24),
        "pay_url": reverse("checkout-pay"),
        "edit_url": reverse("checkout"),
    }
    return render(request, "storefront/checkout/review.html", context)


def _review_url(market: MarketChoice | None) -> str:
    return prefix(market) + without_market(reverse("checkout-review"))


def not_sold_there(destination: str) -> str:
    """A sentence for a destination that is closed."""
    return _("We do not send to %(destination)s.") % {"destination": economy_name(destination)}


def describe_review(quote: BasketQuote, summary: dict, chosen: dict, held: PriceQuote) -> dict:
    """Context of checkout/review.html: each consignment with its lines and everything that its price is made of."""
    drawn = {line["id"]: line for group in summary["groups"] for line in group["lines"]}
    return {
        "address_lines": address_lines(chosen),
        "email": chosen["email"],
        "phone": chosen.get("phone", ""),
        "gift": bool(chosen.get("gift")),
        "consignments": [
            {
                "workshop": str(part.workshop),
                "workshop_lang": getattr(part.workshop.text(), "language", ""),
                "ships_from": economy_name(part.workshop.village.economy_id),
                "lines": [drawn[line.pk] for line in part.lines],
                "goods": part.goods,
                "shipping": part.postage,
                "shipping_name": part.shipping.label,
                "lead_text": _lead(part.lines),
                "leaves": leaving_text(part.lines, part.shipping, quote.rates.on),
                "arrives": arrival_text(part.lines, part.shipping, quote.rates.on),
                "levies": describe_levies(part.levies),
                "total": part.total,
            }
            for part in quote.consignments
        ],
        "goods_total": quote.goods,
        "shipping_total": quote.shipping,
        "levies_total": sum_of_levies(quote),
        "border_total": quote.at_border,
        "border": due_on_arrival(quote.at_border, quote.more_is_unknown),
        "needs_consent": quote.needs_consent,
        "rate_note": rate_note(quote),
        "total": quote.total,
        "quote": held.token,
        "holds_until": formats.clock_with_zone(held.expires_at),
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
    if not KEY.fullmatch(key):
        return redirect("checkout-review")
    payment = Payment.objects.filter(idempotency_key=key).select_related("order").first()
    return go_to_payment(request, payment) if payment else _place(request, key)


def _place(request: HttpRequest, key: str) -> HttpResponse:
    chosen, basket = request.session.get(SESSION_ADDRESS), request.basket
    if not chosen:
        return redirect("checkout")
    held = pinned.find(basket=basket, token=request.POST.get("quote", "")[:43]) if basket.pk else None
    if held is None and basket.pk and not basket.is_empty:
        messages.error(request, _("The price was held for a while, and that time is over. Please read it again."))
        return redirect("checkout-review")
    if held:
        if _needs_consent(held) and request.POST.get("consent") != "yes":
            messages.error(request, _("Please confirm that you have read what may be due on arrival."))
            return redirect("checkout-review")
        price_as_held(request, held)
    via.keep_with_basket(request)
    try:
        payment = place_order(
            basket=basket,
            buyer=to_buyer(chosen, request.user),
            language=get_language(),
            idempotency_key=key,
            expected_total=read_total(request.POST.get("expected_total", "")),
            held=held,
        )
    except CannotPlace as problem:
        return _cannot(request, problem)
    # The number for customs has done its work; the address may serve the next order.
    request.session[SESSION_ADDRESS] = without_customs_id(chosen)
    return go_to_payment(request, payment)


def _needs_consent(held: PriceQuote) -> bool:
    return any(part["unknown"] or any(where != "checkout" for _rule, where, _amount in part["levies"]) for part in held.parts)


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
    known = numbers_of(request)
    placed = Payment.objects.filter(order__basket=request.basket.pk or 0).select_related("order").first()
    return placed.order.number if placed else known[-1] if known else ""


def go_to_payment(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Send the buyer to the hosted page; if it cannot be had now, to a page that says so and keeps everything."""
    number = payment.order.number
    remember_order(request, number)
    order_url = reverse("order", kwargs={"number": number})
    with override(payment.language):
        # In the order's language, whatever the reader's is now: a repeat must ask for exactly the same page.
        return_url = settings.SITE_URL + reverse("order", kwargs={"number": number})
    try:
        url = start_payment(payment=payment, return_url=return_url)
    except GatewayDown as problem:
        log.error("order %s: payment page not opened: %s", number, problem)
        # With an answer like this one Django does not save the session, and the order would be lost to its buyer.
        request.session.save()
        context = {
            "title": _("The payment page does not answer"),
            "text": _("Nothing was charged. Your pieces are reserved for you; please try again in a minute."),
            "back_url": order_url,
            "retry": True,
            "retry_url": reverse("order-pay", kwargs={"number": number}),
        }
        return render(request, "storefront/checkout/problem.html", context, status=503)
    return HttpResponse(status=303, headers={"Location": url}) if url else redirect(order_url)
