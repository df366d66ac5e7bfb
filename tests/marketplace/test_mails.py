"""Mails about an order: once each, to the right people, in the order's language."""

from decimal import Decimal

import pytest
from django.core.mail.backends.locmem import EmailBackend

from marketplace.money import Money
from marketplace.payments.gateway import Facts, Standing
from marketplace.payments.models import Payment
from marketplace.payments.services import apply_facts
from tests.factories import make_member, make_order, make_piece, make_user, make_workshop, pay_order
from tests.factories.orders import make_buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def lacquer():
    return make_workshop(name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"}, code_prefix="SML")


@pytest.fixture
def indigo():
    return make_workshop(name={"en": "Ban Fai Indigo", "ja": "バンファイ藍染"}, code_prefix="BFI")


def paid(pieces, commit, **fields) -> Payment:
    payment = make_order(pieces, paid=True, **fields)
    commit()
    return payment


def test_the_buyer_and_each_workshop_hear_of_it_once(lacquer, indigo, commit, mailoutbox):
    make_member(lacquer, email="hoa@example.com")
    make_member(lacquer, email="lan@example.com")
    make_member(indigo, email="somjai@example.com")
    payment = paid([make_piece(lacquer), make_piece(indigo)], commit)
    pay_order(payment)
    commit()
    assert [sorted(mail.to) for mail in mailoutbox] == [
        ["kenji@example.com"],
        ["hoa@example.com"],
        ["lan@example.com"],
        ["somjai@example.com"],
    ]
    assert {mail.from_email for mail in mailoutbox} == {"shop@shop.example"}


def test_nothing_is_sent_before_the_commit(lacquer, commit, mailoutbox):
    payment = make_order([make_piece(lacquer)])
    commit()
    assert not mailoutbox
    pay_order(payment)
    assert not mailoutbox
    commit()
    assert len(mailoutbox) == 1


def test_the_buyers_mail_says_what_was_bought(lacquer, indigo, commit, mailoutbox):
    bowl = make_piece(lacquer, title="Red bowl", price="48.00")
    payment = paid([(bowl, 2), make_piece(indigo, title="Blue cloth", price="19.99")], commit)
    (mail,) = mailoutbox
    first, second = payment.order.consignments.order_by("pk")
    assert mail.subject == f"Your order {payment.order.number} is paid"
    for words in (
        "Dear Mori Kenji,",
        "From Sao Mai Lacquer:",
        "2 × Red bowl",
        f"Goods $96.00, shipping ${first.shipping}",
        "From Ban Fai Indigo:",
        "1 × Blue cloth",
        f"Goods $19.99, shipping ${second.shipping}",
        f"Total paid: ${payment.amount}",
        f"http://testserver/en/orders/{payment.order.number}/",
        "Village & Hand",
    ):
        assert words in mail.body, words
    assert payment.amount == Decimal("115.99") + first.shipping + second.shipping


def test_a_japanese_order_is_answered_in_japanese(lacquer, commit, mailoutbox):
    payment = paid([make_piece(lacquer, title={"en": "Red bowl", "ja": "赤い椀"})], commit, language="ja")
    (mail,) = mailoutbox
    assert mail.subject == f"ご注文 {payment.order.number} のお支払いが完了しました"
    assert "サオマイ漆器" in mail.body
    assert f"http://testserver/ja/orders/{payment.order.number}/" in mail.body
    assert "Total paid" not in mail.body


def test_a_workshop_reads_its_own_language_whatever_the_buyers(commit, mailoutbox):
    kyoto = make_workshop(source="ja", name={"ja": "京の器"})
    make_member(kyoto, email="yuki@example.com")
    payment = paid([make_piece(kyoto, title={"ja": "赤い椀", "en": "Red bowl"}, source="ja")], commit)
    buyers, workshops = mailoutbox
    number = payment.order.consignments.get().number
    assert buyers.subject == f"Your order {payment.order.number} is paid"
    assert workshops.subject == f"新しい荷物 {number} の荷造りをお願いします"
    assert "1 × 赤い椀 (" in workshops.body and "Red bowl" in buyers.body


def test_a_workshop_sees_its_own_lines_and_no_buyer(lacquer, indigo, commit, mailoutbox):
    """Neither the other workshop's pieces, nor who bought, nor the number that opens the whole order."""
    make_member(lacquer, email="hoa@example.com")
    payment = paid(
        [(make_piece(lacquer, title="Red bowl", code="SML-1"), 3), make_piece(indigo, title="Blue cloth")],
        commit,
    )
    _buyers, mail = mailoutbox
    assert "3 × Red bowl (SML-1)" in mail.body
    link = f"http://testserver/en/desk/{lacquer.slug}/consignments/{payment.order.consignments.get(workshop=lacquer).pk}/"
    assert link in mail.body
    text = mail.subject + mail.body
    for secret in ("Blue cloth", "Kenji", "Minato", "Yokohama", "kenji@example.com", payment.order.number):
        assert secret not in text


def test_who_no_longer_works_there_is_not_told(lacquer, commit, mailoutbox):
    make_member(lacquer, email="hoa@example.com")
    make_member(lacquer, email="gone@example.com", is_active=False)
    paid([make_piece(lacquer)], commit)
    assert [mail.to for mail in mailoutbox] == [["kenji@example.com"], ["hoa@example.com"]]


def test_a_workshop_without_members_is_no_obstacle(lacquer, commit, mailoutbox):
    paid([make_piece(lacquer)], commit)
    assert len(mailoutbox) == 1


def test_an_account_is_told_at_the_address_of_the_order(lacquer, commit, mailoutbox):
    user = make_user("account@example.com")
    paid([make_piece(lacquer)], commit, buyer=make_buyer(user=user, email="gift@example.com"))
    assert mailoutbox[0].to == ["gift@example.com"]


def test_names_arrive_as_they_were_written(lacquer, commit, mailoutbox):
    """Plain text: nothing is escaped, and nothing breaks out of its line."""
    paid([make_piece(lacquer, title="Bowl <b>&amp;</b>")], commit, buyer=make_buyer(full_name="O'Neil & Søn"))
    assert "Dear O'Neil & Søn," in mailoutbox[0].body
    assert "1 × Bowl <b>&amp;</b>" in mailoutbox[0].body


def test_one_mail_that_fails_stops_no_other(lacquer, commit, mailoutbox, monkeypatch, caplog):
    make_member(lacquer, email="hoa@example.com")
    real = EmailBackend.send_messages

    def refuse_the_buyer(self, messages):
        if any("kenji@example.com" in message.to for message in messages):
            raise OSError("mailbox full")
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_the_buyer)
    payment = paid([make_piece(lacquer)], commit)
    assert payment.state == Payment.State.PAID
    assert [mail.to for mail in mailoutbox] == [["hoa@example.com"]]
    assert "mailbox full" in caplog.text


def test_an_order_that_was_not_paid_is_told_to_the_buyer_alone(lacquer, commit, mailoutbox):
    make_member(lacquer, email="hoa@example.com")
    payment = make_order([(make_piece(lacquer, title="Red bowl"), 2)])
    facts = Facts("cs_1", payment.order.number, Standing.EXPIRED, Money(payment.amount, "USD"), "")
    for _turn in range(2):
        apply_facts(payment=payment, facts=facts)
        commit()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["kenji@example.com"], f"Your order {payment.order.number} was not paid in time")
    assert "2 × Red bowl" in mail.body
    assert "You were not charged" in mail.body
