"""Two makers type the same tracking number at the same moment: one of them is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from marketplace.fulfilment.carriers.contract import BadNumber
from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.fulfilment.services import send
from tests.fulfilment.making import make_consignment

# Each has a connection of its own and must see what the other writes.
pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "RR123456785VN"


def test_two_parcels_with_one_number_at_once():
    consignments = [make_consignment() for _order in range(2)]
    together = threading.Barrier(2, timeout=10)

    def send_one(consignment: Consignment) -> str:
        try:
            together.wait()
            send(consignment=consignment, carrier="post", tracking=NUMBER)
        except BadNumber as problem:
            return str(problem)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(send_one, consignments))
    assert told == ["", "This tracking number is on another parcel already. Each parcel has a number of its own."]
    assert Parcel.objects.filter(tracking=NUMBER, tracking_current=True).count() == 1
    states = Consignment.objects.filter(pk__in=[row.pk for row in consignments]).values_list("state", "tracking")
    assert sorted(states) == [("placed", ""), ("sent", NUMBER)]
