"""The published graph: what the page draws is what the code knows, and nobody goes another way."""

import ast
import re
from itertools import product
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from oscar.core.loading import get_model
from wagtail.models import ModelLogEntry

from marketplace.payments import states
from marketplace.payments.models import Payment
from tests.factories import make_order
from tests.ledger import nothing_changes

ROOT = Path(__file__).resolve().parent.parent.parent
State = Payment.State
ARROW = re.compile(r"^    (\w+) --> (\w+)(?: : .*)?$", re.M)


def test_the_page_draws_the_graph():
    drawing = re.search(r"```mermaid\nstateDiagram-v2\n(.*?)```", (ROOT / "docs/money.md").read_text("utf-8"), re.S)
    drawn = set(ARROW.findall(drawing.group(1)))
    assert drawn == {(start.value, goal) for start in State for goal in states.GRAPH[start]}
    assert f"    [*] --> {State.PENDING}" in drawing.group(1)


def test_only_advance_writes_the_state():
    """Neither an assignment nor an update of a payment's state stands anywhere else."""
    for path in (ROOT / "marketplace/payments").rglob("*.py"):
        if path.name == "states.py" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in [each for one in targets for each in ast.walk(one)]:
                written = isinstance(target, ast.Attribute) and target.attr == "state"
                assert not (written and getattr(target.value, "id", "") in ("payment", "locked")), path


@pytest.mark.django_db
def test_every_way_is_open_and_no_other(subtests):
    payment = make_order()
    for start, goal in product(State, State):
        with subtests.test(f"{start} → {goal}"), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(state=start)
            locked = states.locked(payment)
            if goal in states.GRAPH[start]:
                states.advance(locked, goal, note="so")
                stored = Payment.objects.select_related("order").get(pk=payment.pk)
                assert (stored.state, stored.order.status, stored.note) == (goal, goal, "so")
                change = get_model("order", "OrderStatusChange").objects.get()
                assert (change.old_status, change.new_status) == (start, goal)
                entry = ModelLogEntry.objects.get(action="marketplace.payment_state")
                assert entry.data == {"before": {"state": start}, "after": {"state": goal}}
            else:
                with nothing_changes(), pytest.raises(states.NotOnGraph):
                    states.advance(locked, goal)
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("refunded", ["-0.01", "58.51"])
def test_the_database_holds_the_cap(refunded):
    payment = make_order()
    rows = Payment.objects.filter(pk=payment.pk)
    with pytest.raises(IntegrityError, match="payment_refunded_at_most_its_amount"), transaction.atomic():
        rows.update(amount="58.50", refunded=refunded)
