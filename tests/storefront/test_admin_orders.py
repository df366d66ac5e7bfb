"""Orders, consignments, rates and payment events in the Wagtail admin: looked at by staff, moved only through services."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, reverse
from oscar.core.loading import get_model
from wagtail.models import ModelLogEntry

from marketplace.fulfilment.models import Consignment, ConsignmentLevy, ShippingRate
from marketplace.fulfilment.services import send
from marketplace.fulfilment.staff import shown
from marketplace.payments import attention
from marketplace.payments.cancelling import cancel_consignment
from marketplace.payments.models import ConsignmentShare, InboxEvent, Payment, Refund
from tests.factories import make_buyer, make_order, make_piece, make_user
from tests.ledger import nothing_changes
from tests.people import Visitor
from tests.storefront.paying import paid as paid_at_stripe

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
    ConsignmentShare.objects.all().delete()
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


# What needs attention


def test_a_matter_is_listed_counted_and_answered_once(staff, paid, cast):
    row = attention.call(kind="unheard_of", key="u:1", payment=paid)
    assert "1 matter waits for your answer" in staff.get("/admin/").content.decode()
    assert found(staff, "attention:index", closed_at="true") == [str(row)]
    assert found(staff, "attention:index", q=paid.order.number) == [str(row)]
    html = staff.get(reverse("attention:inspect", args=[row.pk])).content.decode()
    for words in ("unheard_of", "settle the matter", "I have settled it", reverse("orders:inspect", args=[paid.order.pk])):
        assert words in html, words

    door = reverse("attention:answer", args=[row.pk])
    assert "Please say why" in staff.post(door, {"answer": "settled", "reason": ""}, follow=True).content.decode()
    row.refresh_from_db()
    assert row.closed_at is None
    answer = {"answer": "settled", "reason": "By <telephone>."}
    assert "Answered: I have settled it" in staff.post(door, answer, follow=True).content.decode()
    again = staff.post(door, answer | {"reason": "Again."}, follow=True).content.decode()
    assert "has been answered already" in again
    assert "By &lt;telephone&gt;." in again
    row.refresh_from_db()
    assert (row.answer, row.reason, row.closed_by) == ("settled", "By <telephone>.", cast.staff.user)
    assert found(staff, "attention:index", closed_at="true") == []
    assert found(staff, "attention:index", closed_at="false") == [str(row)]


def test_who_may_not_answer_does_not(paid, cast):
    row = attention.call(kind="unheard_of", key="u:1", payment=paid)
    officer = visitor_with("access_admin", "view_attention")
    assert "may look at this, but not answer" in officer.get(
        reverse("attention:inspect", args=[row.pk])
    ).content.decode()
    door = reverse("attention:answer", args=[row.pk])
    officer.post(door, {"answer": "settled", "reason": "Mine."})
    for person in cast.all_but("staff"):
        assert person.client.post(door, {"answer": "settled", "reason": "Mine."}).status_code == 302, person
    assert staff_door_answers_only_posts(cast, door)
    row.refresh_from_db()
    assert row.closed_at is None


def staff_door_answers_only_posts(cast, door: str) -> bool:
    return cast.staff.client.get(door).status_code == 405


def visitor_with(*codenames: str) -> Visitor:
    """Somebody of the staff with these permissions and no others."""
    officer = make_user("officer@example.com")
    officer.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    visitor = Visitor()
    visitor.force_login(officer)
    return visitor


# Paying back and cancelling


def refund_form(client, payment, **chosen) -> tuple[str, dict]:
    door = reverse("orders:refund", args=[payment.order.pk])
    key = re.search(r'name="key" value="(staff:[0-9a-f]{32})"', client.get(door).content.decode())[1]
    return door, {"key": key, "reason": "goodwill"} | chosen


def seen_sum(html: str) -> str:
    return re.search(r'name="expected" value="([\d.]+)"', html)[1]


def test_a_line_is_paid_back_after_the_sum_was_seen_and_once(staff, paid, cast):
    line = paid.order.lines.order_by("pk").first()
    send(consignment=paid.order.consignments.get(workshop=cast.maker.workshop), carrier="", tracking="")
    door, form = refund_form(staff, paid, **{f"line-{line.pk}": "on", "reason": "damaged"})
    html = staff.post(door, form | {"look": "yes"}).content.decode()
    expected = seen_sum(html)
    assert not Refund.objects.exists(), "looking pays nothing back"
    assert Decimal(expected) >= line.line_price_incl_tax
    sent = form | {"send": "yes", "expected": expected}
    assert "is on its way" in staff.post(door, sent, follow=True).content.decode()
    assert "is on its way" in staff.post(door, sent, follow=True).content.decode()
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.asked_by, refund.asked_as) == (
        Decimal(expected),
        "damaged",
        cast.staff.user,
        "staff",
    )
    html = staff.get(reverse("orders:inspect", args=[paid.order.pk])).content.decode()
    for words in (refund.number, "Arrived damaged", "Asked for a refund", "refund.send", "Owed to workshops"):
        assert words in html, words


def test_part_of_the_postage_is_paid_back(staff, paid):
    consignment = paid.order.consignments.order_by("pk").first()
    door, form = refund_form(staff, paid, **{f"shipping-{consignment.pk}-amount": "1.00", "reason": "goodwill"})
    expected = seen_sum(staff.post(door, form).content.decode())
    staff.post(door, form | {"send": "yes", "expected": expected})
    assert [row.amount for row in Refund.objects.all()] == [Decimal(expected)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"LINE-amount": "-1"},
        {"LINE-amount": "NaN"},
        {"LINE-amount": "1e9"},
        {"LINE-amount": "0.001"},
        {"LINE": "on", "reason": "dispute"},
        {"LINE": "on", "reason": ""},
        {"LINE": "on", "key": "mine"},
        {"LINE": "on", "key": ""},
        {"line-0": "on"},
    ],
)
def test_a_wrong_refund_form_pays_nothing_back(staff, paid, changes):
    line = paid.order.lines.order_by("pk").first()
    changes = {name.replace("LINE", f"line-{line.pk}"): value for name, value in changes.items()}
    door, form = refund_form(staff, paid, **changes)
    with nothing_changes():
        answer = staff.post(door, form | {"send": "yes", "expected": "48.00"})
    assert answer.status_code == 400
    assert not Refund.objects.exists()


def test_a_sum_that_changed_meanwhile_is_not_paid_back(staff, paid):
    line = paid.order.lines.order_by("pk").first()
    door, form = refund_form(staff, paid, **{f"line-{line.pk}": "on"})
    with nothing_changes():
        answer = staff.post(door, form | {"send": "yes", "expected": "0.01"})
    assert "Meanwhile the sum has changed" in answer.content.decode()
    assert not Refund.objects.exists()


@pytest.mark.parametrize("reason", ["lost", "returned", "damaged"])
def test_what_was_not_sent_is_neither_lost_nor_returned_nor_damaged(staff, paid, reason):
    line, consignment = paid.order.lines.order_by("pk").first(), paid.order.consignments.order_by("pk").first()
    door, form = refund_form(staff, paid, **{f"line-{line.pk}": "on", "reason": reason})
    with nothing_changes():
        answer = staff.post(door, form)
    label = Refund.Reason(reason).label
    assert f"{consignment.number} has not been sent, so the reason cannot be “{label}”." in answer.content.decode()
    send(consignment=consignment, carrier="", tracking="")
    assert seen_sum(staff.post(door, form).content.decode())


def test_the_refund_page_chooses_no_reason_and_names_the_way_that_stops_the_maker(staff, paid):
    first, second = paid.order.consignments.order_by("pk")
    door, form = refund_form(staff, paid)
    assert re.search(r'<option value="" selected>\s*Please choose the reason', staff.get(door).content.decode())
    lines = {f"line-{line.pk}": "on" for line in paid.order.lines.all()}
    warning = f"All of {first.number} would be paid back, but it has not been sent"
    part = staff.post(door, form | lines).content.decode()
    assert "would go on packing" not in part, "the postage stays"
    whole = staff.post(door, form | lines | {f"shipping-{first.pk}": "on", f"shipping-{second.pk}-amount": "1.00"})
    html = whole.content.decode()
    assert warning in html and html.count("would go on packing") == 1
    assert reverse("orders:cancel", args=[paid.order.pk]) in html
    send(consignment=first, carrier="", tracking="")
    assert "would go on packing" not in staff.post(door, form | lines | {f"shipping-{first.pk}": "on"}).content.decode()


def test_list_and_order_say_how_much_went_back_and_who_asked_for_it(staff, fake_stripe):
    paid = paid_at_stripe(fake_stripe, [make_piece(), make_piece()])
    first = paid.order.consignments.order_by("pk").first()
    titles = [line.title for line in first.lines]
    cancel_consignment(consignment=first, key="b:1", by=None, as_=Refund.As.BUYER)
    amount = shown(first.total, paid.currency)
    page = staff.get(reverse("orders:inspect", args=[paid.order.pk]))
    for html in (staff.get(reverse("orders:index")).content.decode(), page.content.decode()):
        assert f"Paid, of which {amount} went back" in html
    done = {row["what"]: (row["who"], row["details"]) for row in page.context["acts"]}
    assert done["Cancelled a consignment"] == ("the buyer", f"All that was still to be sent: {titles[0]}")
    number = paid.order.number
    assert done["Asked for a refund"] == ("the buyer", f"Order: {number} · Amount: {amount} · Reason: Cancelled")
    assert {row["who"] for row in page.context["acts"] if row["what"].startswith("Moved")} == {"system"}


def test_staff_cancel_a_consignment_once(staff, paid):
    first, second = paid.order.consignments.order_by("pk")
    door = reverse("orders:cancel", args=[paid.order.pk])
    key = re.search(r'name="key" value="(staff:[0-9a-f]{32})"', staff.get(door).content.decode())[1]
    form = {"key": key, "consignment": first.pk, "back_on_sale": "no"}
    assert "on its way back to the buyer" in staff.post(door, form, follow=True).content.decode()
    assert staff.post(door, form).status_code == 302
    states = list(paid.order.consignments.order_by("pk").values_list("state", flat=True))
    assert states == ["cancelled", "placed"]
    assert [row.amount for row in Refund.objects.all()] == [first.total]


def test_only_who_may_move_money_finds_these_doors(paid, cast):
    doors = [reverse(f"orders:{name}", args=[paid.order.pk]) for name in ("refund", "cancel")]
    officer = visitor_with("access_admin", "view_order", "change_consignment", "change_attention")
    html = officer.get(reverse("orders:inspect", args=[paid.order.pk])).content.decode()
    for door in doors:
        assert door not in html
        with nothing_changes():
            assert officer.get(door).status_code == 302
            assert officer.post(door, {}).status_code == 302
            for person in cast.all_but("staff"):
                assert person.client.post(door, {}).status_code == 302, person
        assert door in cast.staff.client.get(reverse("orders:inspect", args=[paid.order.pk])).content.decode()


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
