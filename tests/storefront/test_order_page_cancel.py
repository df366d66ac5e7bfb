"""The buyer cancels: what the page says comes back is what comes back, once, whatever is clicked."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.formats import moment
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.services import pack
from marketplace.money import Money
from marketplace.payments.gateway import Facts, Standing
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.services import apply_facts
from tests.factories import make_buyer, make_order, make_piece, make_workshop
from tests.ledger import nothing_changes, stock_of
from tests.people import Visitor
from tests.shopping import hidden_fields, told
from tests.storefront.paying import paid

pytestmark = pytest.mark.django_db
State, Stage = Payment.State, Consignment.State


@pytest.fixture
def shared(fake_stripe):
    """A paid order of two workshops, with what the fake Stripe knows of it."""
    bowl, cloth = make_piece(make_workshop(name="Lacquer"), price="48.10", stock=5), make_piece(price="7.55", stock=5)
    return paid(fake_stripe, [(bowl, 2), cloth])


def here(payment: Payment, part: Consignment | None = None) -> str:
    return f"/en/orders/{payment.order.number}/cancel/" + (f"{part.number}/" if part else "")


def parts(payment: Payment) -> list[Consignment]:
    return list(payment.order.consignments.order_by("pk"))


def form_of(page) -> dict[str, str]:
    assert page.status_code == 200
    return hidden_fields(page.text)


def test_what_the_page_says_comes_back_comes_back(shared):
    first, second = parts(shared)
    client = Visitor().with_link_of(shared)
    page = client.get(here(shared, first))
    back = page.context["back"]
    assert (back.goods.amount, back.shipping.amount, back.total.amount) == (
        Decimal("96.20"),
        first.shipping,
        first.total,
    )
    answer = client.post_from_page(here(shared, first), form_of(page))
    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{shared.order.number}/")
    refund = Refund.objects.get()
    assert (refund.amount, refund.asked_as, refund.reason) == (first.total, "buyer", "cancelled")
    order = client.get(f"/en/orders/{shared.order.number}/")
    assert "is on its way back to you" in told(order)
    shown = order.context
    assert shown["total"] + shown["paid_back"] == shown["stands"] == Money(second.total, shared.currency)
    assert [(row["amount"].amount, row["why"]) for row in shown["consignments"][0]["refunds"]] == [
        (-first.total, "Cancelled by you")
    ]
    assert shown["consignments"][1]["refunds"] == []
    assert shown["state_title"] == "A part of your order was paid back"
    assert all(line["cancelled"] for line in shown["consignments"][0]["lines"])
    assert stock_of(first.all_lines.get().product) == (5, 0)
    second.refresh_from_db()
    assert second.state == Stage.PLACED


def test_a_double_click_cancels_once(shared):
    first, _second = parts(shared)
    client = Visitor().with_link_of(shared)
    form = form_of(client.get(here(shared, first)))
    answers = {client.post_from_page(here(shared, first), form)["Location"] for _click in range(3)}
    assert len(answers) == 1
    assert Refund.objects.count() == 1
    with nothing_changes():
        for data in (form, form | {"key": "11111111-1111-4111-8111-111111111111"}):
            assert client.post_from_page(here(shared, first), data).status_code == 302
        assert client.get(here(shared, first)).status_code == 302
    assert Refund.objects.count() == 1
    page = client.get(f"/en/orders/{shared.order.number}/")
    assert "This has been cancelled already." in page.text, "coming back is no mistake"


def test_the_whole_order(shared):
    client = Visitor().with_link_of(shared)
    page = client.get(here(shared))
    assert page.context["back"].total.amount == shared.amount
    client.post_from_page(here(shared), form_of(page))
    assert Refund.objects.get().amount == shared.amount
    shown = client.get(f"/en/orders/{shared.order.number}/").context
    assert shown["state"] == "refunded"
    assert shown["stands"].amount == 0
    assert sum(row["amount"].amount for part in shown["consignments"] for row in part["refunds"]) == -shared.amount
    assert {row.state for row in parts(shared)} == {Stage.CANCELLED}
    assert not shown["cancel_url"] and not shown["border"]


@pytest.mark.parametrize(
    "change", [{"shown": "1.00 USD"}, {"shown": ""}, {"key": ""}, {"key": "x" * 300}, {"key": "\x00"}]
)
def test_who_agreed_to_something_else_is_asked_again(shared, change):
    first, _second = parts(shared)
    client = Visitor().with_link_of(shared)
    form = form_of(client.get(here(shared, first))) | change
    with nothing_changes():
        answer = client.post_from_page(here(shared, first), form)
    assert answer.status_code == 409
    assert "something has changed" in answer.text
    assert not Refund.objects.exists()


def test_what_is_packed_stays(shared):
    first, second = parts(shared)
    client = Visitor().with_link_of(shared)
    forms = form_of(client.get(here(shared))), form_of(client.get(here(shared, first)))
    pack(consignment=first)
    with nothing_changes():
        for address, form in zip((here(shared), here(shared, first)), forms, strict=True):
            assert client.get(address).status_code == 302
            assert client.post_from_page(address, form).status_code == 302
    assert not Refund.objects.exists()
    shown = client.get(f"/en/orders/{shared.order.number}/").context
    assert not shown["cancel_url"]
    assert [bool(part["cancel_url"]) for part in shown["consignments"]] == [False, True]
    assert client.get(here(shared, second)).status_code == 200


def test_an_unpaid_order_costs_nothing(fake_stripe):
    piece = make_piece(stock=1)
    payment = make_order([piece])
    client = Visitor().with_link_of(payment)
    page = client.get(here(payment))
    assert page.context["back"] is None
    assert "Nothing was charged yet" in page.text
    form = form_of(page)
    for _click in range(2):
        client.post_from_page(here(payment), form)
    payment.refresh_from_db()
    assert payment.state == State.CANCELLED
    assert stock_of(piece) == (1, 0)
    shown = client.get(f"/en/orders/{payment.order.number}/").context
    assert (shown["state"], shown["state_title"]) == ("cancelled", "This order is cancelled")


def test_only_the_holder_of_the_link_or_the_buyer(cast, fake_stripe):
    """A guest who holds the link may; with an account the order is its own. Numbers of others open nothing."""
    payment = paid(fake_stripe, [make_piece()], buyer=make_buyer(user=cast.buyer.user))
    other = make_order([make_piece()], paid=True)
    foreign, client = parts(other)[0], cast.buyer.client
    with nothing_changes():
        for address in (
            here(payment, foreign),
            f"/en/orders/{payment.order.number}/cancel/{parts(payment)[0].pk}/",
            "/en/orders/AAAAA-BBBBB-CCCCC/cancel/",
            f"/en/orders/{payment.order.number.lower()}/cancel/",
        ):
            assert client.get(address).status_code == 404
            assert client.post_from_page(address).status_code == 404
        for person in (cast.agency, cast.maker):
            assert person.client.get(here(payment)).status_code == 404
            assert person.client.post_from_page(here(payment)).status_code == 404
            assert person.client.get(f"/en/orders/{payment.order.number}/").status_code == 404
        strict = Visitor(enforce_csrf_checks=True)
        assert strict.post_from_page(here(payment)).status_code == 403
    assert client.get(here(payment)).status_code == 200


def test_an_open_dispute_says_nothing_alarming_and_moves_nothing(shared):
    Dispute.objects.create(
        payment=shared, gateway_dispute="dp_1", amount=shared.amount, currency=shared.currency, reason="fraudulent"
    )
    client = Visitor().with_link_of(shared)
    page = client.get(f"/en/orders/{shared.order.number}/")
    assert page.context["state_title"] == "Thank you. Your order is paid."
    for word in ("dispute", "fraud", "chargeback"):
        assert word not in page.text.lower()
    assert "/cancel/" not in page.text
    with nothing_changes():
        assert client.get(here(shared)).status_code == 302


def test_a_slow_method_says_until_when(fake_stripe, settings):
    payment = make_order()
    until = timezone.now().replace(microsecond=0) + timedelta(days=4)
    facts = Facts(
        "cs_1", payment.order.number, Standing.PROCESSING, Money(payment.amount, payment.currency), "", pay_by=until
    )
    assert apply_facts(payment=payment, facts=facts) == ""
    page = Visitor().with_link_of(payment).get(f"/en/orders/{payment.order.number}/")
    assert page.context["state"] == "processing"
    found = re.search(r"by (\w+ \d+, \d{4}, [\d:]+\s[AP]M \w+)", page.context["state_text"])
    assert found[1] == moment(until, "en")
    assert not page.context["cancel_url"]
