"""Signing in by a code or a password, with a telephone or a mailbox; alike for contacts that are known and unknown."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail

from marketplace.notices.models import ContactPoint, Preference
from marketplace.payments.models import OutboxMessage
from tests.factories import make_member, make_user, make_workshop
from tests.factories.places import PASSWORD
from tests.people import Visitor

pytestmark = pytest.mark.django_db
User = get_user_model()
LOGIN, CODE, REGISTER, ORDERS = (
    "/en/account/login/",
    "/en/account/code/",
    "/en/account/register/",
    "/en/account/orders/",
)
PHONE = "+84912345678"


def ask(client: Visitor, contact: str, path: str = LOGIN, **more):
    return client.post_from_page(path, {"username": contact, "password": "", "code": "1"}, **more)


def answer_with(client: Visitor, code: str, path: str = CODE):
    return client.post_from_page(path, {"code": code})


def who(client: Visitor) -> str | None:
    return client.get("/en/basket/summary.json").json()["name"]


@pytest.fixture
def by_phone(smsoutbox):
    """A user without mailbox and password."""
    user = make_user("placeholder@example.com", first_name="Lan")
    user.email, user.username = "", "phone-lan"
    user.set_unusable_password()
    user.save()
    ContactPoint.objects.create(user=user, kind="phone", value=PHONE, verified_at=user.date_joined)
    return user


def code_of(smsoutbox) -> str:
    return re.search(r"\d{6}", smsoutbox[-1].text)[0]


@pytest.mark.parametrize(
    ("path", "typed"),
    [("/en/account/login/", "+84 912 345 678"), ("/vi/account/login/", "0912.345.678"), ("/th/account/login/", PHONE)],
)
def test_in_with_a_telephone_number_as_she_types_it(by_phone, smsoutbox, path, typed):
    client = Visitor()
    answer = ask(client, typed, path)
    assert (answer.status_code, answer["Location"]) == (302, path.replace("login", "code"))
    page = client.get(answer["Location"])
    assert "+84 ••• 678" in page.text and PHONE not in page.text
    assert smsoutbox[0].to == PHONE
    assert answer_with(client, code_of(smsoutbox), answer["Location"])["Location"] == path.replace("login", "orders")
    assert who(client) == "Lan"


def test_in_with_a_mailbox_although_there_is_a_password(cast):
    client = Visitor()
    ask(client, "hoa@example.com")
    assert answer_with(client, mail.outbox[-1].subject[:6])["Location"] == "/en/desk/"
    assert who(client) == "Hoa"
    assert ContactPoint.objects.get().value == "hoa@example.com"


def test_a_new_person_by_telephone_alone(smsoutbox):
    """No mailbox, no password, no name; she reads the language of the page where she signed up."""
    client = Visitor()
    client.post_from_page("/vi/account/register/", {"contact": "0912 345 678", "name": "", "password": ""})
    assert User.objects.count() == 0
    answer_with(client, code_of(smsoutbox), "/vi/account/code/")
    user = User.objects.get()
    assert (user.email, user.has_usable_password(), PHONE in user.username) == ("", False, False)
    assert [(row.kind, row.value, row.verified_at is None) for row in user.contact_points.all()] == [
        ("phone", PHONE, False)
    ]
    assert Preference.objects.get().language == "vi"


def test_a_telephone_and_a_password(smsoutbox):
    client = Visitor()
    client.post_from_page(REGISTER, {"contact": PHONE, "name": "Lan", "password": "kumo-to-yama-9"})
    answer_with(client, code_of(smsoutbox))
    other = Visitor()
    answer = other.post_from_page("/vi/account/login/", {"username": "0912 345 678", "password": "kumo-to-yama-9"})
    assert (answer.status_code, who(other)) == (302, "Lan")


def test_another_code_and_the_old_one_is_worth_nothing(by_phone, smsoutbox):
    client = Visitor()
    ask(client, PHONE)
    first = code_of(smsoutbox)
    assert client.post_from_page(CODE, {"again": "1"})["Location"] == CODE
    assert len(smsoutbox) == 2
    if first != code_of(smsoutbox):
        assert answer_with(client, first).status_code == 400
    assert answer_with(client, code_of(smsoutbox)).status_code == 302


@pytest.mark.parametrize("code", ["", "000", "abcdef", "\x00", "1" * 1000])
def test_a_wrong_code_lets_nobody_in(by_phone, smsoutbox, code):
    client = Visitor()
    ask(client, PHONE)
    answer = answer_with(client, code)
    assert (answer.status_code, list(answer.context["form"].errors), who(client)) == (400, ["code"], None)


def test_a_code_works_in_the_browser_that_asked_for_it_only(by_phone, smsoutbox):
    mine, his = Visitor(), Visitor()
    ask(mine, PHONE)
    code = code_of(smsoutbox)
    assert answer_with(his, code)["Location"] == LOGIN
    ask(his, PHONE)
    if code != code_of(smsoutbox):
        assert answer_with(his, code).status_code == 400
    assert answer_with(mine, code).status_code == 302
    assert (who(mine), who(his)) == ("Lan", None)


@pytest.mark.parametrize("path", [LOGIN, REGISTER])
def test_known_and_unknown_contacts_are_answered_alike(by_phone, smsoutbox, path):
    """Same status, same page, the same number of messages; and the same statements but for what a name costs."""
    seen = []
    for contact in (PHONE, "+84912345679"):
        client = Visitor()
        fields = {"username": contact, "contact": contact, "password": "", "name": "", "code": "1"}
        answer = client.post_from_page(path, fields)
        page = client.get(CODE)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.text).replace(contact[-3:], "###")
        wrong = client.post_from_page(CODE, {"code": "0000000"})
        seen.append((answer.status_code, answer["Location"], answer.content, page.status_code, text, wrong.status_code))
    assert seen[0] == seen[1]
    assert [sent.to for sent in smsoutbox] == [PHONE, "+84912345679"]
    assert OutboxMessage.objects.count() == 2


@pytest.mark.parametrize("name", ["hoa@example.com", "nobody@example.com", "nobody", PHONE, "", "\x00", "a" * 5000])
def test_one_password_is_worked_out_whoever_is_named(name, monkeypatch):
    """Else the time tells who is known."""
    from django.contrib.auth import authenticate

    make_user("hoa@example.com")
    worked = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: worked.append(1) or real(*given))
    assert authenticate(None, username=name, password="wrong-password") is None
    assert len(worked) == 1


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"is_active": False}])
def test_staff_and_disabled_accounts_are_not_entered_by_a_code(fields):
    make_user("boss@example.com", **fields)
    client = Visitor()
    ask(client, "boss@example.com")
    answer = answer_with(client, mail.outbox[-1].subject[:6])
    assert (answer.status_code, who(client)) == (400, None)
    assert "This account is signed in to with its password." in answer.text


def test_eight_wrong_passwords_and_the_right_one_has_to_wait_but_not_elsewhere():
    make_user("kenji@example.com", first_name="Kenji")

    def log_in(password: str, address: str, client=None, **more):
        fields = {"username": "kenji@example.com", "password": password}
        return (client or Visitor()).post_from_page(LOGIN, fields, REMOTE_ADDR=address, **more)

    assert [log_in("wrong", "192.0.2.1").status_code for _turn in range(8)] == [200] * 8
    answer = log_in(PASSWORD, "192.0.2.1")
    assert (answer.status_code, 800 < int(answer["Retry-After"]) <= 900) == (429, True)
    # What a browser claims about itself counts for nothing.
    assert log_in(PASSWORD, "192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 429
    victim = Visitor()
    assert log_in(PASSWORD, "192.0.2.2", victim).status_code == 302
    assert who(victim) == "Kenji"


def test_unknown_accounts_are_throttled_just_the_same():
    fields = {"username": "nobody@example.com", "password": "wrong"}
    statuses = [Visitor().post_from_page(LOGIN, fields).status_code for _turn in range(9)]
    assert statuses == [200] * 8 + [429]


def test_codes_are_throttled_for_known_and_unknown(by_phone, smsoutbox):
    for contact in (PHONE, "+84912345679"):
        statuses = [ask(Visitor(), contact).status_code for _turn in range(7)]
        assert statuses == [302] * 6 + [429]
    assert len(smsoutbox) == 12


@pytest.mark.parametrize("typed", ["", "hello", "0912 345 678", "\x00", "a@b"])
def test_a_code_cannot_be_sent_to_nowhere(typed, smsoutbox):
    answer = ask(Visitor(), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["username"])
    assert (smsoutbox, mail.outbox) == ([], [])


@pytest.mark.parametrize(
    ("goal", "lands"),
    [
        ("/en/desk/", "/en/desk/"),
        ("https://evil.example/", ORDERS),
        ("//evil.example/", ORDERS),
        ("/\\evil.example", ORDERS),
        ("javascript:alert(1)", ORDERS),
    ],
)
def test_after_a_code_one_lands_on_a_page_of_ours(by_phone, smsoutbox, goal, lands):
    client = Visitor()
    client.post_from_page(LOGIN, {"username": PHONE, "code": "1", "next": goal})
    assert answer_with(client, code_of(smsoutbox))["Location"] == lands


def test_members_land_on_the_desk_and_officers_in_their_office(smsoutbox):
    from tests.factories.places import make_officer, make_village

    make_member(make_workshop(), email="maker@example.com")
    make_officer(make_village(), email="officer@example.com")
    for email, lands in (("maker@example.com", "/en/desk/"), ("officer@example.com", "/en/officer/")):
        answer = Visitor().post_from_page(LOGIN, {"username": email, "password": PASSWORD})
        assert answer["Location"] == lands


def test_the_basket_and_a_fresh_session_come_along(by_phone, smsoutbox):
    """A session that somebody else knows from before is worth nothing afterwards."""
    client = Visitor()
    ask(client, PHONE)
    before = client.session.session_key
    answer_with(client, code_of(smsoutbox))
    assert client.session.session_key != before
    assert "signing_in" not in client.session
