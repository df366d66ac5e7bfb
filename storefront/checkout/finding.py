"""An order by its number, for whoever may open it: its account, the browser that placed it, or who has its link."""

import re

from django.http import Http404, HttpRequest

from marketplace.payments.models import Payment

REFERENCE = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){2}")
# In the session: the numbers of the orders that this browser placed, or opened by their links.
SESSION_ORDERS = "orders"
REMEMBERED = 20


class NotHere(Http404):
    """No such order, or not this reader's: the answer is the same."""


def find_payment(request: HttpRequest, number: str, *, reading: bool = False) -> Payment:
    """The payment of the order ``number``. ``reading``: staff who may see orders may look, too. Raises NotHere."""
    if not REFERENCE.fullmatch(number):
        raise NotHere
    rows = Payment.objects.select_related("order__shipping_address__country", "order__shipping_address__recipient")
    payment = rows.prefetch_related("refunds").filter(order__number=number).first()
    if payment is None or not _may_open(request, payment, reading):
        raise NotHere
    return payment


def remember_order(request: HttpRequest, number: str) -> None:
    """From now on this browser may open the order."""
    known = numbers_of(request)
    if known[-1:] != [number]:
        request.session[SESSION_ORDERS] = [*(one for one in known if one != number), number][-REMEMBERED:]


def numbers_of(request: HttpRequest) -> list[str]:
    """Numbers of this browser's orders, the latest last."""
    return request.session.get(SESSION_ORDERS, [])


def _may_open(request: HttpRequest, payment: Payment, reading: bool) -> bool:
    if payment.order.number in numbers_of(request):
        return True
    user = request.user
    if not user.is_authenticated:
        return False
    return payment.order.user_id == user.pk or (reading and user.has_perm("order.view_order"))
