"""What each page of the desk costs in SQL, exactly: with 4 pieces and consignments and with 31 it is the same number."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.desk_data import fill, pages
from catalogue.models import Product
from marketplace.economies.models import DataVersion
from storefront.listing.models import ContentVersion
from tests.factories.orders import make_order
from tests.factories.pieces import make_piece
from tests.marketplace.payouts import make_payee, make_terms

pytestmark = pytest.mark.django_db
# A running worker asks these once a second, whatever the page.
VERSIONS = (ContentVersion._meta.db_table, DataVersion._meta.db_table)
EXACT = {
    "home": 14,
    "consignments": 10,
    "consignments placed": 10,
    "consignments packed": 10,
    "consignments sent": 10,
    "consignments delivered": 10,
    "consignments cancelled": 8,
    "consignments due late": 8,
    "consignments due week": 10,
    "consignments due asked": 8,
    "consignments found": 10,
    "consignment": 36,
    "conversation": 10,
    "pieces": 11,
    "pieces found": 11,
    "pieces hidden": 7,
    "pieces sold out": 7,
    "piece": 16,
    "readiness": 11,
    "languages": 9,
    "bulk": 7,
    "members": 8,
    "earnings": 23,
    "earnings open": 16,
    "my share": 8,
    "statement": 13,
    "statement file": 13,
    "sender": 8,
}


def make_house(cast):
    make_terms("VN")
    make_payee(cast.maker.workshop, by=cast.staff.user)
    piece = make_piece(cast.maker.workshop, title="Red bowl", code="SML-1")
    payment = make_order([piece], paid=True)
    return piece, payment.order.consignments.get()


def count(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    return sum(not any(table in row["sql"] for table in VERSIONS) for row in captured)


def test_each_page_costs_the_same_with_4_and_with_31(cast, recorded, settings, fresh):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "CA"
    piece, consignment = recorded(make_house, cast)
    client = cast.maker.client
    found = {}
    for serial, more in enumerate((3, 27)):
        fill(piece=piece, consignment=consignment, pieces=more, consignments=more, waiting=more, serial=serial)
        assert Product.objects.filter(partner=cast.maker.workshop.partner).count() == (4, 31)[serial]
        found[more] = {name: count(client, path) for name, path in pages(cast.maker.workshop, piece, consignment).items()}
    assert found[27] == found[3]
    assert found[27] == EXACT
