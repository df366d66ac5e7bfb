"""An order by its random number: who knows it holds the order's link."""

import re

from django.http import Http404
from django.shortcuts import get_object_or_404

from marketplace.payments.models import Payment

REFERENCE = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){2}")


def find_payment(number: str) -> Payment:
    """The payment of the order ``number``; 404 for anything else, whatever its shape."""
    if not REFERENCE.fullmatch(number):
        raise Http404
    rows = Payment.objects.select_related("order__shipping_address__country", "order__shipping_address__recipient")
    rows = rows.prefetch_related("refunds")
    return get_object_or_404(rows, order__number=number)
