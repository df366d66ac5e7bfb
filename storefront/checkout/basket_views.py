"""Basket: look, add, change, remove. Works without scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue.models import Product
from marketplace.payments.models import Payment
from marketplace.workshops.models import Officer
from marketplace.workshops.rights import has_seat
from storefront import via
from storefront.agency.seats import has_agency
from storefront.checkout import baskets
from storefront.checkout.finding import numbers_of
from storefront.checkout.origin import same_origin_only
from storefront.checkout.price_lines import estimate_of
from storefront.checkout.quoting import read_again
from storefront.checkout.repricing import say_what_changed
from storefront.market.remembered import in_chosen_market
from storefront.translations.popularity import count_view


@never_cache
@in_chosen_market
@require_http_methods(["GET", "POST"])
def basket(request: HttpRequest) -> HttpResponse:
    """GET shows the basket; POST changes quantities or removes a line (name "remove", value its id).

    A number that cannot be is answered with the basket as it is: 400 for no such number, 409 for more than there is.
    The button "go" leads on to the checkout, so that a number typed just before is not lost; where the basket cannot be
    ordered to the chosen destination it leads back here, where the reasons stand.
    """
    status = _change(request) if request.method == "POST" else 200
    if request.method == "POST" and status == 200:
        return redirect("checkout" if "go" in request.POST and _can_be_ordered(request) else "basket")
    say_what_changed(request)
    context, estimate = baskets.describe(request.basket), estimate_of(request)
    for group in context["groups"]:
        group["parcel"] = estimate.get("parcels", {}).get(group["id"])
    context |= {"checkout_url": reverse("checkout"), "unpaid": unpaid(request), "estimate": estimate}
    return render(request, "storefront/basket/basket.html", context, status=status)


def _can_be_ordered(request: HttpRequest) -> bool:
    """Whether nothing of the basket, as it is now, is refused at the destination that was chosen; yes without one."""
    if not request.market.destination:
        return True
    read_again(request)
    return not estimate_of(request).get("refusals")


def unpaid(request: HttpRequest) -> list[dict]:
    """The reader's orders that still wait for payment: {"number", "url"}. The way back from a payment page left behind."""
    numbers = numbers_of(request)
    if not numbers:
        return []
    rows = Payment.objects.filter(
        order__number__in=numbers, state=Payment.State.PENDING, expires_at__gt=timezone.now()
    ).values_list("order__number", flat=True)
    return [{"number": number, "url": reverse("order", kwargs={"number": number})} for number in rows]


def _change(request: HttpRequest) -> int:
    """Only lines of the reader's own basket can be reached; everything else in the form is ignored."""
    removed, status = request.POST.get("remove", ""), 200
    for line in list(request.basket.all_lines()) if request.basket.id else []:
        if removed == str(line.pk):
            title = line.product.get_title()
            line.delete()
            messages.success(request, _("“%(title)s” was taken out.") % {"title": title})
        elif not removed and f"line-{line.pk}-quantity" in request.POST:
            status = max(status, _set_quantity(request, line, request.POST[f"line-{line.pk}-quantity"]))
    request.basket.reset_offer_applications()
    return status


def _set_quantity(request: HttpRequest, line, text: str) -> int:
    title = line.product.get_title()
    try:
        quantity = baskets.read_quantity(text, least=0)
    except baskets.BadQuantity as problem:
        messages.error(request, f"{title}: {problem}")
        return 400
    if quantity == 0:
        line.delete()
        messages.success(request, _("“%(title)s” was taken out.") % {"title": title})
        return 200
    problem = baskets.problem_of(line, quantity) if quantity > line.quantity else ""
    if problem:
        messages.error(request, f"{title}: {problem}")
        return 409
    if quantity != line.quantity:
        line.quantity = quantity
        line.save()
        messages.success(request, _("The basket was changed."))
    return 200


@same_origin_only
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put ``quantity`` (default 1) of ``product_id`` into the basket; a refusal says why and changes nothing."""
    wanted = request.POST.get("product_id", "")
    product = _wanted(wanted)
    if product is None and _has_variants(wanted):
        return _refuse(request, _("Please choose one of the kinds of this piece first."), status=400)
    if product is None:
        return _refuse(request, _("This piece is no longer for sale."), status=404)
    try:
        quantity = baskets.read_quantity(request.POST.get("quantity", "1"))
    except baskets.BadQuantity as problem:
        return _refuse(request, str(problem), status=400)
    info = request.strategy.fetch_for_product(product)
    present = (
        sum(line.quantity for line in request.basket.all_lines() if line.product_id == product.pk)
        if request.basket.id
        else 0
    )
    problem = baskets.problem_of_having(info, present + quantity)
    if not problem:
        try:
            baskets.read_quantity(str(present + quantity))
        except baskets.BadQuantity as too_many:
            problem = str(too_many)
    if problem:
        return _refuse(request, f"{product.get_title()}: {problem}", status=409)
    request.basket.add_product(product, quantity)
    via.keep_with_basket(request)
    messages.success(request, _("“%(title)s” is in your basket.") % {"title": product.get_title()})
    return redirect("basket")


def _wanted(text: str) -> Product | None:
    """A piece or variant that is for sale; None for anything else, a piece that has variants included."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    rows = (
        Product.objects.filter(pk=int(text), is_public=True)
        .exclude(structure=Product.PARENT)
        .select_related("parent")
    )
    product = rows.first()
    return None if product is None or (product.is_child and not product.parent.is_public) else product


def _has_variants(text: str) -> bool:
    """Whether ``text`` names a piece that is sold only as one of its variants."""
    known = text.isascii() and text.isdigit() and len(text) <= 9
    return known and Product.objects.filter(pk=int(text), is_public=True, structure=Product.PARENT).exists()


def _refuse(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    context = baskets.describe(request.basket) | {"checkout_url": reverse("checkout"), "refusal": why}
    messages.error(request, why)
    return render(request, "storefront/basket/basket.html", context, status=status)


@never_cache
@require_GET
def summary(request: HttpRequest) -> JsonResponse:
    """What <basket-count> shows: {"count", "name" (null for a stranger), "desk" (works for a workshop), "officer", "agency"}.

    Every page's script asks for it, so this is also where a page is counted as looked at.
    """
    count_view(request)
    user = request.user
    known = user.is_authenticated
    return JsonResponse(
        {
            "count": request.basket.num_items if request.basket.id else 0,
            "name": (user.first_name or user.email) if known else None,
            "desk": known and has_seat(user),
            "officer": known and Officer.objects.of(user).exists(),
            "agency": known and has_agency(user),
        }
    )
