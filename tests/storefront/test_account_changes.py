"""E-mail, telephone and password changed by whoever is signed in; what the old contact can do about it (case 46)."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from marketplace.notices import sending
from marketplace.notices.contacts import Contact, contacts_of
from marketplace.payments import outbox
from marketplace.payments.models import Attention, ContactChange, Payee
from marketplace.payments.payouts.payees import change_payee
from storefront import account_changes
from tests.factories.places import PASSWORD
from tests.marketplace.payouts import make_terms
from tests.people import Visitor

pytestmark = pytest.mark.django_db
HERE = "/en/account/security/"
NEW = "hoa.new@example.com"
User = get_user_model()


def confirm(client) -> None:
    client.post_from_page(f"{HERE}password/", {"again-method": "GET", "again-answer": PASSWORD})


@pytest.fixture
def client(cast):
    confirm(cast.maker.client)
    return cast.maker.client


@pytest.fixture
def letters(mailoutbox, commit):
    """Call it: address → the last mail to it."""

    def read() -> dict:
        commit()
        outbox.deliver()
        return {address: letter for letter in mailoutbox for address in letter.to}

    return read


def ask(client, letters, contact: str = NEW, kind: str = "email") -> str:
    """The code that went to the new contact."""
    response = client.post_from_page(f"{HERE}{kind}/", {"contact": contact})
    assert (response.status_code, response["Location"]) == (302, f"{HERE}{kind}/code/")
    return re.search(r"\d{6}", letters()[contact].subject)[0]


def state(user) -> tuple:
    user.refresh_from_db()
    return user.email, user.username, contacts_of(user), ContactChange.objects.count()


def test_a_new_address_counts_after_its_code_and_the_old_one_is_told(cast, client, letters):
    user = cast.maker.user
    before = state(user)
    code = ask(client, letters)
    assert client.post_from_page(f"{HERE}email/code/", {"code": f"{(int(code) + 1) % 10**6:06}"}).status_code == 400
    assert state(user) == before
    assert client.post_from_page(f"{HERE}email/code/", {"code": code})["Location"] == HERE
    assert state(user) == (NEW, NEW, [Contact("email", NEW)], 1)
    told = letters()["hoa@example.com"]
    assert "h•••@example.com" in told.body and NEW not in told.body
    assert re.search(r"/account/stop/[\w-]{22}/", told.body)
    assert [row.data for row in ModelLogEntry.objects.filter(action="marketplace.contact_changed")] == [
        {"details": {"kind": "email", "change": ContactChange.objects.get().pk}}
    ]
    # With the old address nobody signs in any more.
    assert not Visitor().login(username="hoa@example.com", password=PASSWORD)
    assert Visitor().login(username=NEW, password=PASSWORD)


def test_the_old_address_puts_everything_back(cast, client, letters, recorded, settings):
    """A thief with the session and the password: address, then telephone, then payee, then password."""
    recorded(make_terms, "VN")
    user = cast.maker.user
    client.post_from_page(f"{HERE}email/code/", {"code": ask(client, letters)})
    link = re.search(r"/en/account/stop/[\w-]{22}/", letters()["hoa@example.com"].body)[0]
    account_changes.change_contact(user=user, contact=Contact("phone", "+84912345678"), language="en")
    account_changes.change_contact(user=user, contact=Contact("email", "third@example.com"), language="en")
    values = {"route": "bank_file", "currency": "VND", "holder_name": "X", "account": "12345678"}
    change_payee(owner=cast.maker.workshop, by=user, **values)
    account_changes.change_password(user=user, password="the thief's own")
    thief = Visitor()
    thief.force_login(user)
    stranger = Visitor()
    assert "put it back" in stranger.get(link).content.decode()
    assert state(user)[0] == "third@example.com", "opening a link changes nothing"
    assert "Done." in stranger.post_from_page(link).content.decode()
    assert state(user)[:3] == ("hoa@example.com", "hoa@example.com", [Contact("email", "hoa@example.com")])
    assert "/login/" in thief.get(HERE)["Location"]
    assert not user.check_password("the thief's own") and user.has_usable_password()
    assert Payee.objects.get().state == "replaced"
    assert Attention.objects.filter(kind="contact_stopped", details__account=user.pk).count() == 1
    # Once; and the thief's own link is dead, too.
    assert stranger.post_from_page(link).status_code == 404
    assert not ContactChange.objects.filter(stopped_at=None).exists()


@pytest.mark.parametrize("token", ["x" * 43, "..%2f", "é", "0"])
def test_a_link_that_is_none_stops_nothing(cast, token):
    row = ContactChange.objects.create(
        user=cast.maker.user, kind="email", old="a@x.test", new="hoa@example.com", stop_hash="y",
        until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    for answer in (Visitor().get(f"/en/account/stop/{token}/"), Visitor().post_from_page(f"/en/account/stop/{token}/")):
        assert answer.status_code == 404
    row.refresh_from_db()
    assert row.stopped_at is None and state(cast.maker.user)[0] == "hoa@example.com"


def test_after_its_hours_a_link_is_too_old(cast, client, letters):
    client.post_from_page(f"{HERE}email/code/", {"code": ask(client, letters)})
    link = re.search(r"/en/account/stop/[\w-]{22}/", letters()["hoa@example.com"].body)[0]
    ContactChange.objects.update(until=timezone.now())
    assert Visitor().post_from_page(link).status_code == 404
    assert state(cast.maker.user)[0] == NEW


def test_an_address_of_somebody_else_is_not_taken(cast, client, letters):
    code, before = ask(client, letters, "kenji@example.com"), state(cast.maker.user)
    response = client.post_from_page(f"{HERE}email/code/", {"code": code})
    assert response.status_code == 400 and "another account" in response.content.decode()
    assert state(cast.maker.user) == before


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("email", ""), ("email", "+84912345678"), ("email", "a@b"), ("phone", "hoa@example.com"), ("phone", "123"),
     ("email", "x" * 300 + "@example.com"), ("email", "a@example.com\nBcc: b@example.com")],
)  # fmt: skip
def test_what_is_no_contact_is_said_beside_the_field(cast, client, kind, typed, mailoutbox):
    before = state(cast.maker.user)
    response = client.post_from_page(f"{HERE}{kind}/", {"contact": typed})
    assert response.status_code == 400 and "id_contact_error" in response.content.decode()
    assert (state(cast.maker.user), mailoutbox) == (before, [])


def test_a_new_password_ends_all_other_sessions_and_is_told(cast, client, letters):
    other = Visitor()
    other.force_login(cast.maker.user)
    assert other.get(HERE).status_code == 200
    assert client.post_from_page(f"{HERE}password/", {"new_password": "short"}).status_code == 400
    assert client.post_from_page(f"{HERE}password/", {"new_password": "another-long-one"})["Location"] == HERE
    assert client.get(HERE).status_code == 200 and "/login/" in other.get(HERE)["Location"]
    cast.maker.user.refresh_from_db()
    assert cast.maker.user.check_password("another-long-one")
    assert "Your password was changed" in letters()["hoa@example.com"].subject


@pytest.mark.parametrize("has_password", [True, False])
def test_signed_out_everywhere(cast, has_password):
    user = cast.maker.user
    if not has_password:
        user.set_unusable_password()
        user.save()
    here, there = Visitor(), Visitor()
    for browser in (here, there):
        browser.force_login(user)
    if has_password:
        assert here.post_from_page(f"{HERE}everywhere/", {"password": "guess"}).status_code == 400
        assert there.get(HERE).status_code == 200
    assert "/login/" in here.post_from_page(f"{HERE}everywhere/", {"password": PASSWORD})["Location"]
    for browser in (here, there):
        assert "/login/" in browser.get(HERE)["Location"]
    user.refresh_from_db()
    assert user.has_usable_password() == has_password
    assert not has_password or user.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["email/", "email/code/", "phone/", "password/"])
def test_nothing_is_changed_with_a_session_alone(cast, path, mailoutbox):
    thief, before = Visitor(), state(cast.maker.user)
    thief.force_login(cast.maker.user)
    data = {"contact": "thief@example.com", "code": "000000", "new_password": "another-long-one"}
    answer = thief.post_from_page(HERE + path, data)
    assert (answer.status_code, state(cast.maker.user), mailoutbox) == (403, before, [])
    assert "another-long-one" not in answer.content.decode()
    assert "/login/" in Visitor().post_from_page(HERE + path, data)["Location"]


@pytest.mark.parametrize("language", ["en", "ja", "vi", "th", "es", "zh-hant"])
def test_an_sms_says_what_its_link_is_for(language):
    values = {"contact": "h•••@a-very-long-name-of-a-host.example.com"}
    with translation.override(language):
        words = account_changes.contact_replaced(values)
    link = f"https://shop.example.org/{language}/account/stop/{'x' * 22}/"
    assert sending.shorten(words.sms, link) == f"{words.sms}\n{link}", "nothing of it is cut off"
