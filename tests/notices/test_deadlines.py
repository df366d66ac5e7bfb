"""A parcel that is due tomorrow, or late: told once, to packers and owners, in the village's own day."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from marketplace.fulfilment.models import Consignment
from marketplace.notices import deadlines
from marketplace.notices.digest import send_digests, send_digests_task
from marketplace.notices.models import Notice
from marketplace.payments.models import Attention, OutboxMessage, Payment
from marketplace.workshops.models import Member
from tests.factories import make_member, make_order, make_piece
from tests.notices.conftest import HOA, LAN, prefer
from tests.notices.conftest import NOON as TOMORROWS_NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# The eve of the day before comes after now, too, at whatever hour this runs.
NOON = TOMORROWS_NOON + DAY
# 17:00 UTC: midnight in Viet Nam. It is NOON's day there until then.
MIDNIGHT = NOON.replace(hour=17)
TODAY: date = NOON.date()


@pytest.fixture
def parcel(workshop, hoa, lan, commit, mailoutbox, smsoutbox) -> Consignment:
    """Paid, and promised for the day after NOON's; nobody has been told anything but that it is to be packed."""
    for user in (hoa, lan):
        prefer(user, language="en")
    row = make_order([make_piece(workshop)], paid=True).order.consignments.get()
    commit()
    promise(row, TODAY + DAY)
    mailoutbox.clear(), smsoutbox.clear()
    return row


def promise(row: Consignment, day: date | None) -> None:
    Consignment.objects.filter(pk=row.pk).update(send_by=day)


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind__startswith="deadline").order_by("pk")
    return [(row.kind, row.user.get_username()) for row in rows.select_related("user")]


@pytest.fixture
def run(at, commit):
    def run_(now=NOON) -> None:
        at(now)
        call_command("send_digests")
        commit()

    return run_


def test_the_day_before_once_to_packers_and_owners(parcel, workshop, run, mailoutbox, smsoutbox):
    make_member(workshop, rights=("lists", "keeps_books"), email="books@example.com")
    run()
    (mail,), (sms,) = mailoutbox, smsoutbox
    assert (mail.to, sms.to) == ([HOA], LAN)
    assert mail.subject.startswith(f"Please send consignment {parcel.number} by ")
    assert f"http://testserver/en/desk/sao-mai/consignments/{parcel.pk}/" in mail.body
    assert [kind for kind, _user in told()] == ["deadline_tomorrow"] * 2

    run()
    run(NOON + timedelta(hours=3))
    assert (len(mailoutbox), len(smsoutbox), len(told())) == (1, 1, 2)


def test_the_whole_way_of_a_late_parcel(parcel, run, mailoutbox):
    """Told on the eve, not on the day itself, once when it is over, and never again."""
    seen = []
    for now in (NOON - DAY, MIDNIGHT - DAY - timedelta(minutes=1), MIDNIGHT - DAY, NOON, NOON + DAY, MIDNIGHT + DAY):
        run(now)
        seen.append(len(mailoutbox))
    run(MIDNIGHT + 30 * DAY)
    assert seen == [0, 0, 1, 1, 1, 2]
    assert len(mailoutbox) == 2
    assert mailoutbox[1].subject.startswith(f"Consignment {parcel.number} is late: it was promised for ")
    assert [kind for kind, _user in told()] == ["deadline_tomorrow"] * 2 + ["deadline_missed"] * 2


@pytest.mark.parametrize("state, gone", [("sent", 1), ("delivered", 1), ("cancelled", 1), ("packed", 0)])
def test_what_has_left_or_was_cancelled_is_not_due(parcel, run, state, gone):
    Consignment.objects.filter(pk=parcel.pk).update(state=state)
    run()
    assert len(told()) == (0 if gone else 2)


def test_unpaid_and_unpromised_ones_are_not_due(parcel, run):
    promise(parcel, None)
    run()
    promise(parcel, TODAY + DAY)
    Payment.objects.update(state="pending", paid_at=None)
    run()
    assert (told(), OutboxMessage.objects.filter(kind="deadline.tell").count()) == ([], 0)


def test_who_was_removed_or_came_later_is_not_told(parcel, workshop, hoa, lan, run):
    Member.objects.filter(user=lan).delete()
    run()
    assert told() == [("deadline_tomorrow", hoa.get_username())]
    make_member(workshop, rights=("packs",), email="new@example.com")
    run()
    assert told() == [("deadline_tomorrow", hoa.get_username())]


def test_sent_between_being_found_and_being_told(parcel, at, commit):
    at(NOON)
    assert deadlines.announce(now=NOON) == 1
    Consignment.objects.filter(pk=parcel.pk).update(state="sent")
    commit()
    assert told() == []
    assert OutboxMessage.objects.get(kind="deadline.tell").state == "done"
    assert not Attention.objects.exists()


def test_it_stands_in_the_daily_message_of_the_same_morning(parcel, hoa, run, mailoutbox):
    prefer(hoa, how="digest", digest_hour=7, language="en")
    run(MIDNIGHT - DAY)
    assert mailoutbox == []
    # 07:00 in Viet Nam.
    run(NOON.replace(hour=0))
    (mail,) = mailoutbox
    assert f"* Please send consignment {parcel.number} by " in mail.body


def test_found_by_one_statement_however_many(parcel, workshop, at, django_assert_num_queries):
    at(NOON)
    piece = make_piece(workshop, stock=9)
    for _number in range(3):
        promise(make_order([piece], paid=True).order.consignments.get(), TODAY - DAY)
    assert deadlines.announce(now=NOON) == 4
    with django_assert_num_queries(1):
        assert deadlines.announce(now=NOON) == 0
    assert OutboxMessage.objects.filter(kind="deadline.tell").count() == 4


def test_the_task_does_the_same(parcel, at, commit):
    at(NOON)
    send_digests_task.call()
    commit()
    assert len(told()) == 2
    assert send_digests(now=NOON) == 0
