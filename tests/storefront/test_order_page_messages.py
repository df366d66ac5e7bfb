"""The buyer's side of a conversation: by account, browser or link, and by nothing else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.fulfilment.models import Consignment, Message
from tests.factories import make_buyer, make_order, make_piece
from tests.people import Visitor

pytestmark = pytest.mark.django_db


def letter(**fields) -> dict:
    return {"action": "write", "key": uuid4(), "language": "en", "phrase": "", "date": "", "text": "Hello"} | fields


def make_parcel(cast):
    return make_order([make_piece(cast.maker.workshop)], buyer=make_buyer(user=cast.buyer.user), paid=True)


@pytest.fixture
def payment(cast, recorded):
    return recorded(make_parcel, cast)


def path_of(payment) -> str:
    return f"/en/orders/{payment.order.number}/messages/{payment.order.consignments.get().number}/"


def test_the_account_and_the_link_open_it_and_the_number_does_not(payment, cast):
    here = path_of(payment)
    guest = Visitor().with_link_of(payment)
    for client in (cast.buyer.client, guest):
        assert client.get(here).status_code == 200
        answer = client.post_from_page(here, letter())
        assert answer["Location"].startswith(f"{here}#m")
    assert list(Message.objects.order_by("pk").values_list("author__email", flat=True)) == ["kenji@example.com", None]
    for person in cast.all_but("buyer", "staff"):
        assert person.client.get(here).status_code == 404, person
        assert person.client.post_from_page(here, letter()).status_code == 404
    assert cast.staff.client.get(here).status_code == 200, "staff may look"
    assert cast.staff.client.post_from_page(here, letter()).status_code == 404, "and not write as the buyer"
    assert Message.objects.count() == 2


def test_the_page_of_the_order_leads_there_and_says_what_is_new(payment, cast):
    order = f"/en/orders/{payment.order.number}/"
    row = payment.order.consignments.get()
    (shown,) = cast.buyer.client.get(order).context["consignments"]
    assert shown["messages"] == {"url": path_of(payment), "count": 0, "unread": 0}
    assert shown["promise"].startswith("Leaves the workshop by ")
    Message.objects.create(consignment=row, side="maker", language="en", text="On its way", key=uuid4())
    page = cast.buyer.client.get(order)
    assert page.context["consignments"][0]["messages"]["unread"] == 1 and "1 new message from" in page.text


def test_an_order_that_is_not_paid_has_no_conversation(cast):
    payment = make_order([make_piece(cast.maker.workshop)], buyer=make_buyer(user=cast.buyer.user))
    assert cast.buyer.client.get(path_of(payment)).status_code == 404
    assert cast.buyer.client.post_from_page(path_of(payment), letter()).status_code == 404
    assert cast.buyer.client.get(f"/en/orders/{payment.order.number}/").context["consignments"][0]["messages"] == {}


@pytest.mark.parametrize("number", ["NO-SUCH", "x" * 60, "%00", "SML-%F0%9F"])
def test_another_consignments_number_is_missing(payment, cast, number):
    other = make_order([make_piece(cast.maker.workshop)], paid=True).order.consignments.get()
    base = f"/en/orders/{payment.order.number}/messages"
    for wrong in (number, other.number):
        assert cast.buyer.client.get(f"{base}/{wrong}/").status_code == 404
        assert cast.buyer.client.post_from_page(f"{base}/{wrong}/", letter()).status_code == 404
    assert not Message.objects.exists()


def test_a_conversation_that_is_over_says_so(payment, cast):
    old = timezone.now() - timedelta(days=61)
    Consignment.objects.update(state="delivered", sent_at=old, delivered_at=old)
    page = cast.buyer.client.get(path_of(payment))
    assert page.context["form"] is None and "This conversation is closed" in page.text
    answer = cast.buyer.client.post_from_page(path_of(payment), letter())
    assert answer.status_code == 409 and "This conversation is closed" in answer.text
    assert not Message.objects.exists()


def test_a_form_without_its_token_is_refused(payment, cast):
    client = Visitor(enforce_csrf_checks=True)
    client.force_login(cast.buyer.user)
    assert client.post(path_of(payment), letter()).status_code == 403
    assert not Message.objects.exists()
