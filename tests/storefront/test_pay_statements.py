"""What "pay" costs in SQL, from the click to the redirect: few statements, and no more for a larger basket."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.payments.models import Payment
from tests.factories import make_piece, make_workshop
from tests.ledger import assert_books_balance
from tests.shopping import Shopper

pytestmark = pytest.mark.django_db
MOST = 45
EXACTLY = 44
TAXED = EXACTLY + 1  # taxes that are paid with the order are written down
CONTROL = re.compile("SAVEPOINT|RELEASE|ROLLBACK")  # of the transaction that each test is


def count_statements(*pieces) -> int:
    """From the click to the redirect, in a shop that has been running for a while."""
    shopper = Shopper()
    form = shopper.go_to_review(*pieces)
    with CaptureQueriesContext(connection) as asked:
        assert shopper.pay(form).status_code == 303
    return sum(1 for query in asked if not CONTROL.match(query["sql"]))


def test_a_larger_basket_costs_no_more(fake_stripe, steady):
    """Three lines of two workshops; then twelve of four."""
    workshops = [make_workshop() for _workshop in range(4)]
    pieces = [make_piece(workshop, stock=20) for workshop in workshops for _piece in range(3)]
    count_statements(pieces[0])  # what a process reads once
    assert count_statements(*pieces[1:4]) == EXACTLY <= MOST
    assert count_statements(*pieces) == TAXED <= MOST
    assert [payment.order.lines.count() for payment in Payment.objects.order_by("pk")] == [1, 3, 12]
    assert (Consignment.objects.count(), Parcel.objects.count()) == (7, 7)
    assert_books_balance()


def test_what_is_bought_is_counted(fake_stripe):
    """Oscar's report, without its question per line."""
    bowl, cup = make_piece(stock=20), make_piece(stock=20)
    count_statements((bowl, 3), cup)
    count_statements((bowl, 2))
    bowl.stats.refresh_from_db()
    assert (bowl.stats.num_purchases, cup.stats.num_purchases) == (5, 1)
