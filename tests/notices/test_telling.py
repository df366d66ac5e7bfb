"""Telling: once, in her language, at the hour and by the ways that she chose."""

import json
from datetime import timedelta

import pytest
from django.core import serializers
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from marketplace.notices.contacts import Contact
from marketplace.notices.models import ContactPoint, Notice
from marketplace.notices.preferences import reader_of, zones_of
from marketplace.notices.services import tell, tell_contact, tell_workshop
from marketplace.payments import outbox
from marketplace.payments.models import Attention, OutboxMessage
from marketplace.registry import Unknown
from marketplace.workshops.models import Right
from tests.factories import make_member, make_user
from tests.notices.conftest import HOA, LAN, NOON, add_contact, deliver_later, prefer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
DESK = "/desk/sao-mai/"
SOLD = {"kind": "piece_sold_out", "values": {"piece": "Red bowl"}, "url": DESK}
# What an English reader gets.
EN = {"language": "en"}


def sold(user, key="1", **more) -> bool:
    return tell(user=user, key=key, **(SOLD | EN | more))


def test_by_mail_with_a_link_into_her_language(hoa, commit, mailoutbox, smsoutbox):
    assert sold(hoa) is True
    assert mailoutbox == []
    commit()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([HOA], "Sold out: Red bowl")
    assert mail.body == (
        "Buyers cannot order it any more. When you have made more, change the number on your desk.\n\n"
        "http://testserver/en/desk/sao-mai/\n\n"
        "How you are told, and how to be told less:\nhttp://testserver/en/account/told/\n\n"
        "Village & Hand\n"
    )
    assert smsoutbox == []


def test_who_has_no_mailbox_gets_an_sms(lan, commit, mailoutbox, smsoutbox):
    assert sold(lan) is True
    commit()
    (sms,) = smsoutbox
    assert (sms.to, sms.text) == (LAN, "Sold out: Red bowl\nhttp://testserver/en/desk/sao-mai/")
    assert mailoutbox == []


def test_the_same_key_is_told_once_to_each(hoa, lan, commit, mailoutbox, smsoutbox):
    assert [sold(hoa), sold(hoa), sold(lan), sold(hoa, key="2")] == [True, False, True, True]
    commit()
    assert [sold(hoa), sold(lan)] == [False, False]
    commit()
    assert (len(mailoutbox), len(smsoutbox), Notice.objects.count()) == (2, 1, 3)


def test_a_kind_that_nobody_wrote_words_for_is_refused_at_once(hoa):
    with pytest.raises(Unknown):
        tell(user=hoa, kind="nobody", key="1", values={})
    with pytest.raises(Unknown):
        tell_contact(contact=Contact("phone", LAN), language="en", kind="nobody", key="1", values={})
    assert not Notice.objects.exists()


def test_a_disabled_person_is_told_nothing(hoa, commit, mailoutbox):
    assert sold(hoa) is True
    hoa.is_active = False
    hoa.save()
    commit()
    assert sold(hoa, key="2") is False
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("chosen", "hint", "language"),
    [("th", "ja", "th"), ("", "ja", "ja"), ("", "", "vi"), ("", "xx", "en"), ("xx", "ja", "en")],
)
def test_her_language_then_the_senders_then_her_workshops(hoa, chosen, hint, language):
    prefer(hoa, language=chosen)
    assert reader_of(hoa, hint).language == language


def test_nobodys_member_reads_the_shops_language():
    assert reader_of(make_user()).language == "en"


def test_each_of_a_workshop_whose_task_it_is(workshop, hoa, lan, commit, mailoutbox, smsoutbox):
    make_member(workshop, rights=("keeps_books",), email="books@example.com")
    both = make_member(workshop, rights=("lists", "packs"), email="both@example.com")
    gone = make_member(workshop, rights=("packs",), email="gone@example.com", is_active=False)
    told = tell_workshop(workshop=workshop, rights=[Right.PACK], key="1", **SOLD)
    again = tell_workshop(workshop=workshop, rights=[Right.PACK], key="1", **SOLD)
    without = tell_workshop(workshop=workshop, rights=[Right.PACK], key="2", but=both, **SOLD)
    assert (told, again, without, Notice.objects.filter(user=gone).count()) == (3, 0, 2, 0)
    commit()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["both@example.com", HOA, HOA]
    assert [sms.to for sms in smsoutbox] == [LAN, LAN]


def test_a_title_with_line_breaks_writes_no_header(hoa, commit, mailoutbox):
    sold(hoa, values={"piece": "Bowl\r\nBcc: x@example.com"})
    commit()
    (mail,) = mailoutbox
    assert (mail.subject, mail.to, mail.bcc) == ("Sold out: Bowl Bcc: x@example.com", [HOA], [])


# Ways


def test_by_every_way_that_she_chose(hoa, commit, mailoutbox, smsoutbox):
    add_contact(hoa, "phone", LAN)
    sold(hoa)
    prefer(hoa, by_mail=True, by_sms=True)
    sold(hoa, key="2")
    prefer(hoa, by_mail=False, by_sms=True)
    sold(hoa, key="3")
    commit()
    assert (len(mailoutbox), len(smsoutbox)) == (2, 2)


def test_nobody_is_out_of_reach_by_what_she_chose(hoa, lan, commit, mailoutbox, smsoutbox):
    prefer(hoa, by_mail=False, by_sms=False, by_push=True)
    prefer(lan, by_mail=True, by_sms=False, by_push=False)
    sold(hoa)
    sold(lan)
    commit()
    assert (len(mailoutbox), len(smsoutbox)) == (1, 1)


def test_security_goes_to_every_address_at_any_hour(hoa, at, commit, mailoutbox, smsoutbox):
    at(NOON + timedelta(hours=11))  # 23:00 in Viet Nam
    add_contact(hoa, "phone", LAN)
    prefer(hoa, by_mail=False, by_sms=True, how="digest", language="en")
    values = {"workshop": "Sao Mai", "by": "Lan", "ending": "1234"}
    tell(user=hoa, kind="payout_account_changed", key="1", values=values, url=DESK)
    commit()
    assert (mailoutbox[0].subject, mailoutbox[0].to) == ("Your money would go to a new account: Sao Mai", [HOA])
    assert "It ends with 1234." in mailoutbox[0].body
    assert [sms.to for sms in smsoutbox] == [LAN]


def test_an_address_that_was_removed_meanwhile_gets_nothing(lan, commit, smsoutbox):
    sold(lan)
    ContactPoint.objects.all().delete()
    commit()
    assert smsoutbox == []
    assert OutboxMessage.objects.get().state == "done"


def test_one_way_that_fails_stops_no_other_and_a_person_hears_of_it(
    hoa, commit, monkeypatch, settings, smsoutbox, caplog
):
    settings.MARKETPLACE_OUTBOX_ATTEMPTS = 2
    add_contact(hoa, "phone", LAN)
    prefer(hoa, by_mail=True, by_sms=True)

    def full(self, messages):
        raise OSError(f"mailbox of {HOA} is full")

    monkeypatch.setattr(EmailBackend, "send_messages", full)
    sold(hoa)
    commit()
    assert len(smsoutbox) == 1
    assert deliver_later(hours=1)["failed"] == 1
    row = Attention.objects.get()
    assert (row.kind, row.details["what"], HOA in json.dumps(row.details)) == ("outbox", "notice.contact", False)
    assert len(smsoutbox) == 1


# Hours


@pytest.mark.parametrize(
    ("start", "end", "hour", "until"),
    [
        (21, 6, 20, None),
        (21, 6, 21, (1, 6)),
        (21, 6, 23, (1, 6)),
        (21, 6, 5, (0, 6)),
        (21, 6, 6, None),
        (12, 14, 13, (0, 14)),
        (12, 14, 14, None),
        (8, 8, 8, None),
    ],
)
def test_quiet_hours_are_those_where_she_lives(hoa, start, end, hour, until):
    prefer(hoa, quiet_from=start, quiet_to=end)
    reader = reader_of(hoa)
    local = reader.local(NOON).replace(hour=hour, minute=30)
    expected = None
    if until:
        expected = (local + timedelta(days=until[0])).replace(hour=until[1], minute=0)
    assert reader.quiet_until(local) == expected


def test_an_sms_waits_for_the_morning_and_a_mail_does_not(hoa, lan, at, commit, mailoutbox, smsoutbox):
    at(NOON + timedelta(hours=11))  # 23:00 in Viet Nam
    sold(hoa)
    sold(lan)
    commit()
    assert (len(mailoutbox), len(smsoutbox)) == (1, 0)
    assert deliver_later(hours=6, minutes=59)["done"] == 0
    assert deliver_later(hours=7, minutes=1)["done"] == 1
    assert [sms.to for sms in smsoutbox] == [LAN]


def test_a_cancelled_order_rings_at_night(lan, at, commit, smsoutbox):
    """What is sent by mistake does not come back."""
    from tests.factories import make_order, make_piece

    at(NOON + timedelta(hours=11))
    workshop = lan.memberships.get().workshop
    payment = make_order([make_piece(workshop, title="Red bowl")], paid=True)
    connection.run_on_commit.clear()
    OutboxMessage.objects.all().delete()
    consignment = payment.order.consignments.get()
    values = {"consignment": consignment.pk, "lines": [payment.order.lines.get().pk], "whole": True}
    tell(user=lan, kind="order_not_to_pack", key="1", values=values, url=DESK, language="en")
    commit()
    assert smsoutbox[0].text.startswith(f"Please do not send: consignment {consignment.number}\n")


def test_every_economys_clock_is_known():
    from marketplace.economies.models import Economy

    for code in Economy.objects.values_list("pk", flat=True):
        assert zones_of(code), code
    assert str(reader_of(make_user()).zone) == "UTC"


# Somebody without an account


def test_an_address_without_account_is_told_and_forgotten(commit, smsoutbox):
    told = {
        "contact": Contact("phone", LAN),
        "language": "en",
        "kind": "invitation",
        "key": "7",
        "values": {"workshop": "Sao Mai", "by": "Hoa"},
        "url": "/desk/join/very-secret-token/",
    }
    assert (tell_contact(**told), tell_contact(**told)) == (True, False)
    kept = serializers.serialize("json", [*Notice.objects.all(), *OutboxMessage.objects.all()])
    assert LAN not in kept and "very-secret" not in kept
    commit()
    (sms,) = smsoutbox
    assert sms.text == "Hoa invites you to work in Sao Mai\nhttp://testserver/en/desk/join/very-secret-token/"
    notice = Notice.objects.get()
    assert (notice.contact, notice.link) == ("", "")
    OutboxMessage.objects.update(state="waiting", done_at=None)
    assert outbox.deliver(now=NOON + timedelta(days=1))["done"] == 1
    assert len(smsoutbox) == 1


def test_a_whole_address_stays_as_it_is(hoa, commit, mailoutbox):
    sold(hoa, url="https://elsewhere.example/x")
    commit()
    assert "\n\nhttps://elsewhere.example/x\n\n" in mailoutbox[0].body
