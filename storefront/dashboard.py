"""Oscar's dashboard inside this site: who may enter, and the addresses that it expects to find."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

# What Oscar would let staff write by hand although it follows the payment and the consignments.
NOT_BY_HAND = {
    "change_order_status",
    "change_order_statuses",
    "change_line_statuses",
    "create_order_payment_event",
    "create_payment_event",
    "create_shipping_event",
}


def staff_only(urls: tuple) -> tuple:
    """Oscar's dashboard URLs, shut for partner users: Oscar would show them whole orders, other makers' lines included."""
    _guard(urls[0])
    return urls


def _guard(patterns: list) -> None:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            _guard(pattern.url_patterns)
        elif pattern.name not in ("login", "logout"):
            pattern.callback = _guarded(pattern.callback)


def _guarded(view: Callable) -> Callable:
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        # A stranger goes on to Oscar's own check, which leads to the log-in.
        if request.user.is_authenticated and not request.user.is_staff:
            raise PermissionDenied
        if NOT_BY_HAND.intersection(
            request.POST.get(name) for name in ("order_action", "line_action", "action")
        ):
            messages.error(
                request, _("The state of an order follows its payment; it is not changed by hand.")
            )
            return redirect(request.path)
        return view(request, *args, **kwargs)

    return guarded


def _to_shop(request: HttpRequest, **kwargs) -> HttpResponse:
    return redirect("catalogue:index")


def _to_piece(request: HttpRequest, product_slug: str, product_pk: int, pk: int) -> HttpResponse:
    return redirect("catalogue:detail", product_slug=product_slug, pk=product_pk)


def _to_orders(request: HttpRequest, **kwargs) -> HttpResponse:
    return redirect("account:orders")


# Names that the dashboard's templates and Oscar's models reverse; each leads to what this site has in its place.
catalogue_names = [
    path("category/<path:category_slug>_<int:pk>/", _to_shop, name="category"),
    path("ranges/<slug:slug>/", _to_shop, name="range"),
    path("<slug:product_slug>_<int:product_pk>/reviews/<int:pk>/", _to_piece, name="reviews-detail"),
]
offer_names = [path("<slug:slug>/", _to_shop, name="detail")]
customer_names = [path("", _to_orders, name="summary")]
