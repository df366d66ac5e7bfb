"""The daily message: one, at her hour, in her language; none where there is nothing to say."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from marketplace.notices import codes
from marketplace.notices.contacts import Contact
from marketplace.notices.digest import send_digests, send_digests_task
from marketplace.notices.models import Digest, LoginCode, Notice
from marketplace.notices.services import tell
from tests.notices.conftest import HOA, LAN, NOON, prefer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
# 18:00 in Viet Nam is 11:00 UTC.
EVENING = {"how": "digest", "digest_hour": 18, "language": "en"}
AT_SIX = NOON.replace(hour=11)


def sold(user, piece: str) -> None:
    tell(user=user, kind="piece_sold_out", key=piece, values={"piece": piece}, url="/desk/sao-mai/")
    _told_now(user)


def ordered(user, key: str) -> None:
    tell(user=user, kind="buyer_wrote", key=key, values={"consignment": key}, url="/desk/sao-mai/")
    _told_now(user)


def _told_now(user) -> None:
    """The column is filled in with the real time, up to a day and a half before these tests' own."""
    Notice.objects.filter(user=user, digest=None).update(made_at=NOON)


@pytest.fixture
def send(commit):
    def send_(now) -> int:
        sent = send_digests(now=now)
        commit()
        return sent

    return send_


def test_one_message_at_her_hour_with_all_of_it(hoa, at, commit, send, mailoutbox):
    prefer(hoa, **EVENING)
    sold(hoa, "Red bowl")
    ordered(hoa, "SML-1")
    commit()
    assert send(AT_SIX - timedelta(minutes=1)) == 0
    assert mailoutbox == []
    assert send(AT_SIX) == 1
    (mail,) = mailoutbox
    assert mail.to == [HOA]
    assert mail.subject.startswith("Your day, ") and mail.subject.endswith(": 2 news")
    first, second = mail.body.index("* Sold out: Red bowl"), mail.body.index("* The buyer of consignment SML-1 wrote to you")
    assert first < second
    assert mail.body.count("http://testserver/en/desk/sao-mai/") == 2
    assert "http://testserver/en/account/told/" in mail.body


def test_nothing_twice_and_nothing_when_there_is_nothing(hoa, commit, send, mailoutbox):
    prefer(hoa, **EVENING)
    assert send(AT_SIX) == 0
    sold(hoa, "Red bowl")
    assert [send(AT_SIX), send(AT_SIX), send(AT_SIX + timedelta(hours=3))] == [1, 0, 0]
    sold(hoa, "Blue bowl")
    assert send(AT_SIX + timedelta(hours=4)) == 0
    assert send(AT_SIX + timedelta(days=1)) == 1
    assert ["Red" in mail.body for mail in mailoutbox] == [True, False]
    assert ["Blue" in mail.body for mail in mailoutbox] == [False, True]
    assert Digest.objects.count() == 2


def test_by_sms_each_sort_once_with_its_number(lan, commit, send, smsoutbox):
    prefer(lan, **EVENING)
    for number in range(12):
        ordered(lan, f"SML-{number}")
    sold(lan, "Red bowl")
    assert send(AT_SIX) == 1
    (sms,) = smsoutbox
    assert sms.to == LAN
    assert sms.text == "1 new message (12) · A piece is sold out\nhttp://testserver/en/desk/"


def test_what_is_urgent_does_not_wait_for_it(hoa, commit, mailoutbox):
    prefer(hoa, **EVENING)
    tell(user=hoa, kind="removed_from_workshop", key="1", values={"workshop": "Sao Mai"})
    commit()
    assert [mail.subject for mail in mailoutbox] == ["You no longer work in Sao Mai"]
    assert send_digests(now=AT_SIX) == 0


def test_in_her_language(hoa, commit, send, mailoutbox):
    prefer(hoa, **EVENING | {"language": ""})
    sold(hoa, "Bát đỏ")
    assert send(AT_SIX) == 1
    assert "http://testserver/vi/desk/sao-mai/" in mailoutbox[0].body


def test_of_many_the_first_fifty(hoa, commit, send, mailoutbox):
    prefer(hoa, **EVENING)
    for number in range(53):
        sold(hoa, f"Bowl {number}.")
    assert send(AT_SIX) == 1
    (mail,) = mailoutbox
    assert mail.body.count("* Sold out: Bowl") == 50
    assert "and 3 more on your desk" in mail.body


def test_who_changed_her_mind_gets_what_still_waits(hoa, commit, send, mailoutbox):
    prefer(hoa, **EVENING)
    sold(hoa, "Red bowl")
    prefer(hoa, how="at_once")
    sold(hoa, "Blue bowl")
    commit()
    assert [mail.subject for mail in mailoutbox] == ["Sold out: Blue bowl"]
    assert send(AT_SIX) == 1
    assert "Red bowl" in mailoutbox[1].body and "Blue" not in mailoutbox[1].body


def test_a_disabled_person_gets_none(hoa, commit, send, mailoutbox):
    prefer(hoa, **EVENING)
    sold(hoa, "Red bowl")
    hoa.is_active = False
    hoa.save()
    assert (send(AT_SIX), mailoutbox) == (0, [])
    assert Notice.objects.get().digest is None


def test_the_command_and_the_task_are_the_same_and_clean_up(hoa, at, commit, mailoutbox):
    prefer(hoa, **EVENING)
    codes.send_code(contact=Contact("email", "x@example.com"), purpose="sign_in", language="en")
    commit()
    mailoutbox.clear()
    sold(hoa, "Red bowl")
    at(AT_SIX + timedelta(days=2))
    out = StringIO()
    call_command("send_digests", stdout=out)
    commit()
    assert out.getvalue() == "digests 1\n"
    assert (len(mailoutbox), LoginCode.objects.count()) == (1, 0)
    assert send_digests_task.call() == 0
