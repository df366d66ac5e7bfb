"""Orders, consignments, rates and payment events in the Wagtail admin: looked at by staff, moved only through services."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, reverse
from oscar.core.loading import get_model
from wagtail.models import ModelLogEntry

from marketplace.fulfilment.models import Consignment, ConsignmentLevy, ShippingRate
from marketplace.payments.models import InboxEvent, Payment
from tests.factories import make_buyer, make_order, make_piece, make_user
from tests.people import Visitor

pytestmark = pytest.mark.django_db
Order = get_model("order", "Order")


@pytest.fixture
def staff(cast):
    return cast.staff.client


def make_paid(cast):
    """A paid order of two makers' pieces, with the event that told us so."""
    pieces = [
        make_piece(cast.maker.workshop, title="Red bowl", code="SML-91"),
        make_piece(cast.other_maker.workshop, title="Scarf"),
    ]
    payment = make_order(pieces, paid=True)
    InboxEvent.objects.create(
        event_id="evt_test_77",
        kind="checkout.session.completed",
        payload={"id": "evt_test_77"},
        outcome="done",
        payment=payment,
    )
    return payment


@pytest.fixture
def paid(cast, recorded):
    return recorded(make_paid, cast)


def found(client, name: str, **query) -> list[str]:
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return [str(row) for row in response.context["object_list"]]


def test_the_list_of_orders_says_who_where_how_much_and_whether_it_is_paid(staff, paid):
    html = staff.get(reverse("orders:index")).content.decode()
    for words in (
        paid.order.number,
        "kenji@example.com",
        "Japan",
        "Sao Mai Lacquer",
        "Ban Fai Indigo",
        "Paid",
        "$",
    ):
        assert words in html


def test_an_order_is_found_once_by_whatever_a_caller_knows(staff, paid):
    buyer = make_buyer(email="other@example.com", full_name="Somebody", city="Kobe")
    make_order([make_piece(title="Basket", code="OTH-1")], buyer=buyer)
    numbers = [paid.order.number[:8], paid.gateway_payment, paid.order.consignments.first().number]
    for words in (*numbers, "kenji@", "Mori", "yokohama", "SML-91", "red bowl", "サオマイ"):
        assert found(staff, "orders:index", q=words) == [str(paid.order)], words


def test_orders_are_filtered_by_state_workshop_and_day(staff, paid, cast):
    waiting = make_order([make_piece(cast.other_maker.workshop)])
    assert found(staff, "orders:index", state="pending") == [str(waiting.order)]
    assert found(staff, "orders:index", workshop=cast.maker.workshop.pk) == [str(paid.order)]
    assert found(staff, "orders:index", date_placed_to="2001-01-01") == []
    assert len(found(staff, "orders:index", date_placed_from="2001-01-01")) == 2


def test_the_lists_do_not_ask_more_for_more_orders(staff, paid, commit, django_assert_max_num_queries):
    staff.get(reverse("orders:index"))
    for _number in range(4):
        make_order(paid=True)
    commit()
    for name in ("orders:index", "consignments:index"):
        with django_assert_max_num_queries(25):
            staff.get(reverse(name))


def test_an_order_shows_consignments_lines_address_states_and_events(staff, paid):
    html = staff.get(reverse("orders:inspect", args=[paid.order.pk])).content.decode()
    numbers = [row.number for row in paid.order.consignments.all()]
    for words in (*numbers, "Red bowl", "SML-91", "Scarf", "Mori Kenji", "1-2-3 Minato", "220-0012", "Yokohama", "Japan",
                  "To pack", "checkout.session.completed", paid.gateway_payment, f"/en/orders/{paid.order.number}/"):  # fmt: skip
        assert words in html, words


def test_an_order_from_before_the_kit_is_shown_too(staff):
    payment = make_order()
    order = payment.order
    payment.delete()
    ConsignmentLevy.objects.all().delete()
    order.conversions.all().delete()
    order.consignments.all().delete()
    assert staff.get(reverse("orders:index")).status_code == 200
    assert staff.get(reverse("orders:inspect", args=[order.pk])).status_code == 200


def test_orders_are_exported(staff, paid):
    for name in ("orders:index", "consignments:index"):
        response = staff.get(reverse(name), {"export": "csv"})
        assert paid.order.number in b"".join(response.streaming_content).decode()


def test_nothing_adds_changes_or_deletes_orders_consignments_or_events():
    for name in ("orders", "consignments", "payment-events"):
        for verb, args in (("add", []), ("edit", [1]), ("delete", [1]), ("copy", [1])):
            with pytest.raises(NoReverseMatch):
                reverse(f"{name}:{verb}", args=args)


def test_an_order_with_a_payment_is_deleted_nowhere(staff, paid):
    staff.post(f"/django-admin/order/order/{paid.order.pk}/delete/", {"post": "yes"})
    assert Order.objects.filter(pk=paid.order.pk).exists()
    assert Payment.objects.filter(pk=paid.pk).exists()


def move(client, consignment: Consignment, **form):
    return client.post(reverse("consignments:move", args=[consignment.pk]), form, follow=True)


def test_staff_record_steps_for_a_maker_and_the_log_says_who(staff, cast, paid):
    consignment = paid.order.consignments.get(workshop=cast.maker.workshop)
    move(staff, consignment, to="packed")
    move(staff, consignment, to="sent", carrier="EMS", tracking="ee 471 108 151 FR")
    html = move(staff, consignment, to="delivered").content.decode()

    consignment.refresh_from_db()
    assert (consignment.state, consignment.carrier, consignment.tracking) == (
        "delivered",
        "EMS",
        "EE471108151FR",
    )
    assert consignment.packed_at and consignment.sent_at and consignment.delivered_at
    assert f"Consignment {consignment.number}: Delivered" in html
    entries = ModelLogEntry.objects.for_instance(consignment).order_by("pk")
    assert [(entry.user, entry.data["state"]) for entry in entries] == [
        (cast.staff.user, state) for state in ("packed", "sent", "delivered")
    ]


def test_a_step_that_is_not_open_changes_nothing(staff, paid):
    consignment = paid.order.consignments.first()
    for step, status in (("delivered", 200), ("cancelled", 400), ("placed", 400), ("", 400)):
        assert move(staff, consignment, to=step).status_code == status, step
        consignment.refresh_from_db()
        assert consignment.state == "placed"
    assert not ModelLogEntry.objects.for_instance(consignment).exists()


def test_an_unpaid_consignment_is_not_moved_and_shows_no_buttons(staff):
    consignment = make_order().order.consignments.get()
    assert "Mark as" not in staff.get(reverse("consignments:inspect", args=[consignment.pk])).content.decode()
    assert "not paid" in move(staff, consignment, to="packed").content.decode()
    consignment.refresh_from_db()
    assert consignment.state == "placed"


def test_who_may_only_look_moves_nothing(paid):
    officer = make_user("officer@example.com")
    officer.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_consignment"]))
    visitor = Visitor()
    visitor.force_login(officer)
    consignment = paid.order.consignments.first()
    shown = visitor.get(reverse("consignments:inspect", args=[consignment.pk]))
    assert shown.status_code == 200
    assert "Mark as" not in shown.content.decode()
    move(visitor, consignment, to="packed")
    consignment.refresh_from_db()
    assert consignment.state == "placed"


def test_everybody_else_finds_the_doors_shut(cast, paid):
    consignment = paid.order.consignments.first()
    doors = [
        reverse("orders:inspect", args=[paid.order.pk]),
        reverse("consignments:inspect", args=[consignment.pk]),
        reverse("payment-events:index"),
    ]
    for person in cast.all_but("staff"):
        for door in doors:
            assert person.client.get(door).status_code == 302, (person, door)
        person.client.post(reverse("consignments:move", args=[consignment.pk]), {"to": "packed"})
    consignment.refresh_from_db()
    assert consignment.state == "placed"


def test_a_payment_event_is_found_and_shown_with_all_it_said(staff, paid):
    event = paid.events.get()
    assert found(staff, "payment-events:index", q="evt_test_77") == [str(event)]
    assert found(staff, "payment-events:index", q=paid.order.number) == [str(event)]
    assert found(staff, "payment-events:index", outcome="quarantined") == []
    html = staff.get(reverse("payment-events:inspect", args=[event.pk])).content.decode()
    assert "evt_test_77" in html
    assert reverse("orders:inspect", args=[paid.order.pk]) in html


def test_the_first_page_says_what_needs_a_person(staff, paid):
    assert "Waiting for a person" not in staff.get("/admin/").content.decode()
    Payment.objects.filter(pk=paid.pk).update(state="attention")
    InboxEvent.objects.update(outcome="quarantined")
    html = staff.get("/admin/").content.decode()
    assert "1 order needs attention" in html
    assert "1 payment event was put aside" in html
    assert found(staff, "orders:index", state="attention") == [str(paid.order)]


RATE = {
    "carrier": "post", "service": "", "incoterm": "DAP", "duty_fee": "0",
    "origin": "VN", "destination": "", "up_to_g": "777", "amount": "12.50", "currency": "usd", "days_min": "5", "days_max": "9",
    "effective_from": "2026-01-01", "effective_to": "", "source": "Tariff of the post",
}  # fmt: skip


def test_a_shipping_rate_is_added_and_ended(staff):
    assert staff.post(reverse("shipping-rates:add"), RATE).status_code == 302
    rate = ShippingRate.objects.get(up_to_g=777)
    assert (rate.currency, rate.route) == ("USD", "Viet Nam → elsewhere")
    assert (
        staff.post(
            reverse("shipping-rates:edit", args=[rate.pk]), RATE | {"effective_to": "2026-12-31"}
        ).status_code
        == 302
    )
    rate.refresh_from_db()
    assert rate.effective_to == date(2026, 12, 31)
    assert (
        "$12.50" in staff.get(reverse("shipping-rates:index"), {"q": "Tariff of the post"}).content.decode()
    )


def test_a_rate_with_a_mistake_is_not_saved(staff):
    mistakes = [
        {"origin": "XX"},
        {"destination": "QQ"},
        {"amount": "-1"},
        {"effective_to": "2025-01-01"},
        {"days_max": "1"},
        {"currency": "US"},
        {"source": ""},
    ]
    for wrong in mistakes:
        assert staff.post(reverse("shipping-rates:add"), RATE | wrong).status_code == 200, wrong
    assert not ShippingRate.objects.filter(up_to_g=777).exists()


def test_a_rate_that_an_order_used_keeps_its_terms_and_is_not_deleted(staff, paid):
    rate = paid.order.consignments.first().shipping_rate
    names = [
        "carrier",
        "service",
        "incoterm",
        "duty_fee",
        "origin",
        "destination",
        "up_to_g",
        "amount",
        "currency",
        "days_min",
        "days_max",
        "effective_from",
        "source",
    ]
    same = {name: getattr(rate, name) for name in names} | {"effective_to": ""}
    edit = reverse("shipping-rates:edit", args=[rate.pk])
    refused = staff.post(edit, same | {"amount": "1.00"})
    assert refused.status_code == 200
    assert "An order has used this rate" in refused.content.decode()
    assert staff.post(edit, same | {"effective_to": "2030-01-01"}).status_code == 302
    staff.post(reverse("shipping-rates:delete", args=[rate.pk]))
    kept = ShippingRate.objects.get(pk=rate.pk)
    assert (kept.amount, kept.effective_to) == (rate.amount, date(2030, 1, 1))
