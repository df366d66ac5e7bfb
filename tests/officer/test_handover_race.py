"""Two people type the same code at the same moment: one of them owns the workshop. First shown to fail without the lock."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from marketplace.workshops import assisting, handover
from marketplace.workshops.models import HandoverCode, Member
from tests.factories import make_user, make_village
from tests.factories.places import make_officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]
PATIENCE = 20  # seconds


def code_for_a_maker() -> str:
    village = make_village()
    officer = make_officer(village)
    helped = assisting.start(
        by=officer, user=officer.user, village=village, maker_name="Bà Sáu", name="Nón", language="vi"
    )
    return handover.make_code(assistance=helped, user=officer.user, key=uuid.uuid4())[0]


def owners_after_two_at_once(code: str) -> list[bool]:
    """Whether each of two people was let in."""
    barrier, users = threading.Barrier(2), [make_user(), make_user()]

    def use(user) -> bool:
        barrier.wait(PATIENCE)
        try:
            handover.take_over(code=code, user=user)
            return True
        except handover.WrongCode:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(use, users))


def test_without_the_lock_one_code_makes_two_owners(settings):
    settings.MARKETPLACE_TEST_SKIP_HANDOVER_LOCK = True
    settings.MARKETPLACE_TEST_PAUSE_AFTER_CHECK = 0.5
    assert owners_after_two_at_once(code_for_a_maker()) == [True, True]
    assert Member.objects.filter(is_owner=True).count() == 2


def test_one_code_makes_one_owner(settings):
    settings.MARKETPLACE_TEST_PAUSE_AFTER_CHECK = 0.2
    assert owners_after_two_at_once(code_for_a_maker()) == [False, True]
    owner = Member.objects.get(is_owner=True)
    assert HandoverCode.objects.get().used_by == owner.user
