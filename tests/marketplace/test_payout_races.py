"""Two people, or two schedules, at the same moment: one effect. Real threads on real connections."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from marketplace.payments.models import JournalEntry, Payout, PayoutBatch
from marketplace.payments.payouts import batches, preparing, settling
from tests.factories import make_member, make_user, make_workshop
from tests.marketplace.payouts import approve, clerks, earn, make_payee, make_terms, owed, zero_sum

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20  # seconds


def at_once(*actions: Callable) -> list:
    """What each answered, or how it failed; all begin together."""
    gate, answers = threading.Barrier(len(actions)), [None] * len(actions)

    def run(index: int, action: Callable) -> None:
        try:
            gate.wait(PATIENCE)
            answers[index] = action()
        except Exception as problem:
            answers[index] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=job) for job in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    return answers


@pytest.fixture
def shop(settings):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "SG"
    make_terms("VN")
    one, two = clerks()
    workshop = make_workshop(code_prefix="SML")
    make_member(workshop)
    make_payee(workshop, by=one)
    earn(workshop, "600000")
    return workshop, one, two


def test_two_schedules_two_approvers_and_two_banks_at_once_pay_once(shop):
    workshop, one, two = shop
    three = make_user(is_staff=True)
    found = at_once(*[lambda: preparing.prepare(route="bank_file", currency="VND", by=one)] * 2)
    assert sorted(map(type, found), key=str) == sorted([type(None), PayoutBatch], key=str)
    batch = PayoutBatch.objects.get()
    answers = at_once(lambda: approve(batch, two), lambda: approve(batch, three))
    assert [row.state for row in answers] == ["approved", "approved"]
    files = at_once(lambda: batches.export(batch=batch, by=two), lambda: batches.export(batch=batch, by=three))
    assert files[0].data == files[1].data
    payout = Payout.objects.get()
    at_once(*[lambda: settling.mark_paid(payout=payout, by=one, reference="FT1")] * 2)
    kinds = list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))
    assert (kinds, owed(workshop)) == (["paid", "payout", "payout_paid"], 0)
    zero_sum()


def test_with_the_lock_off_two_schedules_collide(shop, monkeypatch):
    """The control: what the lock on the payees prevents does happen without it, and the database still refuses it."""
    _workshop, one, _two = shop
    gate, real = threading.Barrier(2), preparing.positions_of

    def together(*args, **kwargs):
        gate.wait(PATIENCE)
        return real(*args, **kwargs)

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_kwargs: rows.all())
    monkeypatch.setattr(preparing, "locked_positions", lambda *given: together(*given[:3], now=given[3]))
    found = at_once(*[lambda: preparing.prepare(route="bank_file", currency="VND", by=one)] * 2)
    assert {type(row).__name__ for row in found} == {"PayoutBatch", "IntegrityError"}
    assert Payout.objects.get().amount == Decimal(600000)
