"""Codes: for ten minutes, once, five tries, kept nowhere, and not without end."""

import json
import re
from datetime import timedelta

import pytest
from django.core import serializers

from marketplace.notices import codes, limits
from marketplace.notices.contacts import Contact
from marketplace.notices.models import LoginCode, Tries
from marketplace.payments.models import Attention, OutboxMessage
from tests.factories import make_user
from tests.notices.conftest import NOON, deliver_later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
PHONE, MAIL = Contact("phone", "+84912345678"), Contact("email", "hoa@example.com")


def send(contact=PHONE, language="en", **more) -> str:
    return codes.send_code(contact=contact, purpose="sign_in", language=language, **more)


def check(code: str, contact=PHONE, purpose="sign_in", **more) -> bool:
    return codes.check_code(contact=contact, purpose=purpose, code=code, **more)


def wrong(code: str) -> str:
    return str((int(code) + 1) % 10**6).zfill(6)


@pytest.fixture
def sent(commit, smsoutbox):
    """``sent()``: a code was sent to PHONE; answers it."""

    def sent_(**more) -> str:
        send(**more)
        commit()
        return re.search(r"\d{6}", smsoutbox[-1].text)[0]

    return sent_


def test_by_sms_in_her_language_and_right_once(sent, smsoutbox):
    code = sent(language="en")
    (sms,) = smsoutbox
    assert sms.to == PHONE.value
    assert sms.text == (
        f"{code} is your code for Village & Hand. It works for 10 minutes. Give it to nobody.\n@testserver #{code}"
    )
    assert check(code) is True
    assert check(code) is False


def test_by_mail(commit, mailoutbox):
    send(MAIL)
    commit()
    (mail,) = mailoutbox
    code = mail.subject[:6]
    assert (mail.to, mail.subject) == (["hoa@example.com"], f"{code} is your code for Village & Hand")
    assert check(code, MAIL) is True


@pytest.mark.parametrize("script", [0x0E50, 0x0660, 0xFF10], ids=["thai", "arabic", "full width"])
def test_typed_in_any_digits_and_with_blanks(sent, script):
    code = sent()
    typed = "".join(chr(script + int(digit)) for digit in code)
    assert check(f" {typed[:3]} {typed[3:]}\u200e") is True


@pytest.mark.parametrize("typed", ["", "\x00", "abc", "1" * 100_000, "１", "-1"], ids=lambda text: ascii(text)[:9])
def test_nonsense_is_wrong(sent, typed):
    sent()
    assert check(typed) is False


def test_five_wrong_tries_and_it_is_dead(sent):
    code = sent()
    assert [check(wrong(code)) for _turn in range(5)] == [False] * 5
    assert check(code) is False
    assert LoginCode.objects.get().tries == 5


def test_the_fifth_try_may_be_right(sent):
    code = sent()
    assert [check(wrong(code)) for _turn in range(4)] == [False] * 4
    assert check(code) is True


def test_it_is_over_after_ten_minutes(sent, at):
    code = sent()
    at(NOON + timedelta(minutes=10))
    assert check(code) is False
    at(NOON + timedelta(minutes=9, seconds=59))
    assert check(code) is True


def test_only_the_last_one_for_just_that(sent):
    first = sent()
    second = sent()
    assert first == second or check(first) is False
    assert check(second, Contact("phone", "+84912345679")) is False
    assert check(second, purpose="confirm") is False
    assert check(second) is True


def test_a_strangers_tries_do_not_spoil_my_code(commit, smsoutbox):
    """He knows my number and asks for codes and tries them; my browser has its own ticket."""
    ticket = send()
    commit()
    code = smsoutbox[0].text[:6]
    send()
    for _turn in range(5):
        check("000000" if code != "000000" else "111111")
    assert check(code, ticket=ticket) is True
    assert check(code, ticket="made up") is False


def test_it_is_kept_nowhere(sent):
    code = sent()
    rows = [*LoginCode.objects.all(), *OutboxMessage.objects.all()]
    kept = serializers.serialize("json", rows)
    assert code not in re.sub(r"\d{4}-[^\"]+", "", kept)
    assert PHONE.value not in json.dumps([row.payload for row in OutboxMessage.objects.all()])


def test_a_code_that_could_not_be_sent_in_time_calls_a_person_and_is_not_sent(at, commit, smsoutbox, caplog):
    send()
    at(NOON + timedelta(minutes=11))
    assert deliver_later() == {"done": 0, "later": 0, "failed": 1, "busy": 0}
    assert smsoutbox == []
    assert Attention.objects.get().kind == "outbox"


def test_a_contact_gets_six_an_hour_and_then_says_how_long_to_wait(at):
    for _turn in range(6):
        send()
    with pytest.raises(codes.TooMany) as problem:
        send()
    assert problem.value.seconds == 3600
    at(NOON + timedelta(minutes=59))
    with pytest.raises(codes.TooMany) as problem:
        send()
    assert problem.value.seconds == 60
    assert LoginCode.objects.count() == 6
    at(NOON + timedelta(hours=1))
    send()
    assert LoginCode.objects.count() == 7


def test_an_address_may_ask_for_so_many_and_others_still_may(settings):
    settings.MARKETPLACE_CODES = settings.MARKETPLACE_CODES | {"PER_ADDRESS": 3, "TRIES_PER_ADDRESS": 2}
    for last in "123":
        send(Contact("phone", f"+8491234567{last}"), sender="192.0.2.1")
    with pytest.raises(codes.TooMany):
        send(Contact("phone", "+84912345674"), sender="192.0.2.1")
    send(Contact("phone", "+84912345674"), sender="192.0.2.2")
    assert [check("1", sender="192.0.2.1") for _turn in range(2)] == [False, False]
    with pytest.raises(codes.TooMany):
        check("1", sender="192.0.2.1")
    assert check("1", sender="192.0.2.2") is False


def test_numbers_that_nobody_has_an_account_for_are_bounded_in_all(settings, lan):
    settings.MARKETPLACE_CODES = settings.MARKETPLACE_CODES | {"STRANGERS": 1}
    send(Contact("phone", "+84912000001"))
    with pytest.raises(codes.TooMany):
        send(Contact("phone", "+84912000002"))
    send(PHONE)  # lan's
    send(MAIL)


def test_counts_name_nobody_and_are_thrown_away(at):
    send(sender="192.0.2.1")
    assert not Tries.objects.filter(pk__contains="192").exists()
    assert not Tries.objects.filter(pk__contains="849").exists()
    at(NOON + timedelta(days=2))
    assert (limits.clean(), codes.clean()) == (3, 1)


def test_what_was_right_begins_anew():
    make_user("x@example.com")
    for _turn in range(2):
        limits.count("test", "x", most=2, seconds=60)
    limits.look("test", "y", most=2, seconds=60)
    with pytest.raises(limits.TooMany):
        limits.look("test", "x", most=2, seconds=60)
    limits.forget("test", "x")
    limits.count("test", "x", most=2, seconds=60)
