"""Who did what: written once, read on the order's page, never changed."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from wagtail.models import ModelLogEntry

from marketplace.payments import attention, audit
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def test_an_act_is_written_with_who_when_before_and_after(cast):
    payment = make_order()
    entry = audit.record(
        action="marketplace.payment_state",
        instance=payment,
        by=cast.staff.user,
        before={"state": "pending"},
        after={"state": "paid"},
        details={"amount": Decimal("12.50")},
    )
    entry.refresh_from_db()
    assert (entry.user, entry.message) == (cast.staff.user, "Moved a payment to another state")
    assert entry.data == {
        "before": {"state": "pending"},
        "after": {"state": "paid"},
        "details": {"amount": "12.50"},
    }
    assert entry.timestamp is not None


def test_the_system_itself_has_no_user():
    entry = audit.record(action="marketplace.payment_state", instance=make_order())
    assert (entry.user_id, str(entry.user_display_name)) == (None, "system")


def test_an_act_without_a_name_is_refused():
    payment = make_order()
    before = ModelLogEntry.objects.count()
    with pytest.raises(ValidationError):
        audit.record(action="marketplace.nobody_knows", instance=payment)
    assert ModelLogEntry.objects.count() == before


def test_no_row_is_changed_or_deleted():
    entry = audit.record(action="marketplace.payment_state", instance=make_order())
    entry.action = "marketplace.refund_done"
    for change in (entry.save, entry.delete, ModelLogEntry.objects.filter(pk=entry.pk).delete):
        with pytest.raises(audit.NotEditable), transaction.atomic():
            change()
    entry.refresh_from_db()
    assert entry.action == "marketplace.payment_state"


def test_the_trail_of_an_order_has_all_that_hangs_on_it_and_nothing_else(cast):
    payment, other = make_order(), make_order()
    row = attention.call(kind="x", key="x:1", payment=payment)
    consignment = payment.order.consignments.get()
    audit.record(action="marketplace.consignment_cancelled", instance=consignment, by=cast.staff.user)
    audit.record(action="marketplace.payment_state", instance=payment)
    audit.record(action="marketplace.order_cancelled", instance=payment.order)
    audit.record(action="marketplace.order_cancelled", instance=other.order)
    acts = list(audit.trail(payment.order).values_list("action", "object_id"))
    assert [act for act in acts if act[0].startswith("marketplace.")] == [
        ("marketplace.attention_called", str(row.pk)),
        ("marketplace.consignment_cancelled", str(consignment.pk)),
        ("marketplace.payment_state", str(payment.pk)),
        ("marketplace.order_cancelled", str(payment.order.pk)),
    ]
    html = cast.staff.client.get(reverse("orders:inspect", args=[payment.order.pk])).content.decode()
    assert "Cancelled a consignment" in html
    assert cast.staff.user.get_full_name() or cast.staff.user.get_username() in html


@pytest.mark.parametrize("statement", ["UPDATE {table} SET label = 'x'", "DELETE FROM {table}"])
def test_the_database_keeps_acts_too(statement):
    """Whatever writes past Django: of other rows of Wagtail's log it keeps none."""
    audit.record(action="marketplace.payment_state", instance=make_order(), before={}, after={})
    rows = ModelLogEntry.objects.filter(action__startswith="marketplace.")
    before = list(rows.values_list("pk", "label"))
    with pytest.raises(DatabaseError, match="acts_are_only_added_to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=ModelLogEntry._meta.db_table))
    assert list(rows.values_list("pk", "label")) == before != []
