"""Two owners remove each other at the same moment: one of them stays."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from marketplace.workshops.details import Refused
from marketplace.workshops.membership import members
from marketplace.workshops.models import Member
from tests.factories import make_member, make_workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]
PATIENCE = 30


def remove_each_other() -> tuple[int, list[str]]:
    """Owners that are left, and what each was told."""
    workshop = make_workshop()
    users = [make_member(workshop) for _owner in range(2)]
    rows = [Member.objects.get(user=user) for user in users]
    barrier = threading.Barrier(2)

    def press(by, row) -> str:
        barrier.wait(PATIENCE)
        try:
            members.remove(workshop, row, by=by)
            return "done"
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(press, users, reversed(rows)))
    return Member.objects.filter(workshop=workshop).count(), sorted(told)


def test_without_the_lock_nobody_is_left(settings):
    """The positive control."""
    settings.MARKETPLACE_TEST_SKIP_OWNERS_LOCK = True
    settings.MARKETPLACE_TEST_PAUSE_AFTER_CHECK = 0.5
    assert (0, ["done", "done"]) in [remove_each_other() for _attempt in range(4)]


def test_with_the_lock_one_stays(rounds, settings):
    settings.MARKETPLACE_TEST_PAUSE_AFTER_CHECK = 0.05
    for _round in range(rounds):
        assert remove_each_other() == (1, ["done", "refused"])
