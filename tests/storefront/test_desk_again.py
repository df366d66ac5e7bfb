"""Asked again before money or members are changed: with a stolen session nothing of that is done (cases 45, 46, 60)."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from marketplace.payments.models import MemberShareRule, Payee
from marketplace.workshops.models import Member
from storefront.desk import again
from tests.factories.places import PASSWORD
from tests.marketplace.payouts import books, make_terms
from tests.people import Visitor

pytestmark = pytest.mark.django_db
DATA = {"way": "bank_file:VND", "holder_name": "Hoa <b>", "account": "12345678"}


@pytest.fixture
def path(cast, recorded, settings) -> str:
    settings.MARKETPLACE_PLATFORM_ECONOMY = "CA"
    recorded(make_terms, "VN")
    return reverse("desk:payee", kwargs={"workshop": cast.maker.workshop.slug})


def visitor_of(user, address: str = "10.1.1.1") -> Visitor:
    browser = Visitor(REMOTE_ADDR=address)
    browser.force_login(user)
    return browser


def hidden(response) -> dict[str, str]:
    from html import unescape

    form = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_she_is_asked_once_and_then_for_some_minutes_not(cast, path, monkeypatch):
    client = cast.maker.client
    first = client.get(path)
    assert (first.status_code, "again-answer" in first.content.decode()) == (200, True)
    assert "no-store" in first["Cache-Control"]
    answered = client.post_from_page(path, hidden(first) | {"again-answer": PASSWORD})
    assert (answered.status_code, answered["Location"]) == (302, path)
    assert 'name="account"' in client.get(path).content.decode()
    assert client.post_from_page(path, DATA).status_code == 302
    later = time.time() + 601
    monkeypatch.setattr(again.time, "time", lambda: later)
    assert 'name="again-answer"' in client.get(path).content.decode()


def test_a_change_of_where_the_money_goes_is_taken_back(cast, path):
    client = cast.maker.client
    client.post_from_page(path, {"again-answer": PASSWORD, "again-method": "GET"})
    assert client.post_from_page(path, DATA).status_code == 302
    page = client.get(path)
    assert "A change waits for the shop: Bank transfer •••• 5678. Until then nothing is paid out." in page.text
    assert client.post_from_page(path, {"withdraw": "VND"}).status_code == 302
    assert Payee.objects.get().state == Payee.State.REPLACED
    assert "Take the change back" not in client.get(path).text


def test_what_was_typed_comes_along_and_is_done_after_the_answer(cast, path):
    client = cast.maker.client
    before = books()
    asked = client.post_from_page(path, DATA | {"new_password": "secret-secret"})
    assert (asked.status_code, books()) == (403, before)
    assert hidden(asked) == DATA | {"again-method": "POST"}
    wrong = client.post_from_page(path, hidden(asked) | {"again-answer": "guess"})
    assert (wrong.status_code, books(), hidden(wrong)) == (400, before, hidden(asked))
    assert "guess" not in wrong.content.decode()
    done = client.post_from_page(path, hidden(wrong) | {"again-answer": PASSWORD})
    assert done.status_code == 302
    assert Payee.objects.get().holder_name == "Hoa <b>"
    # Nothing of it was kept in a session.
    for row in Session.objects.all():
        assert not {"12345678", PASSWORD, "secret-secret"} & set(str(row.get_decoded()).split("'"))


def test_a_right_answer_makes_a_copied_cookie_worthless(cast, path):
    client = cast.maker.client
    thief = Visitor()
    thief.cookies = client.cookies.copy()
    assert thief.get(path).status_code == 200
    client.post_from_page(path, {"again-method": "GET", "again-answer": PASSWORD})
    assert client.get(path).status_code == 200
    gone = thief.get(path)
    assert (gone.status_code, "/login/" in gone["Location"]) == (302, True)


def test_the_answer_counts_for_her_alone(cast, path):
    """Somebody else who signs in with the same browser is asked anew."""
    client = cast.maker.client
    client.post_from_page(path, {"again-method": "GET", "again-answer": PASSWORD})
    session = client.session
    assert session[again.KEPT]["user"] == cast.maker.user.pk
    for kept in ({"user": cast.helper.user.pk, "at": 9e11}, {"user": cast.maker.user.pk, "at": 9e11}, {}, "x", None):
        session[again.KEPT] = kept
        session.save()
        assert 'name="again-answer"' in client.get(path).content.decode(), kept


def test_wrong_five_times_the_session_ends(cast, path):
    user, before = cast.maker.user, books()
    thief = visitor_of(user)
    answers = [thief.post_from_page(path, DATA | {"again-answer": f"guess {n}"}) for n in range(6)]
    assert [row.status_code for row in answers] == [400] * 5 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 15 * 60
    assert "/login/" in thief.get(path)["Location"] and books() == before


def test_from_one_address_an_account_is_throttled_and_she_elsewhere_is_not(cast, path, settings):
    settings.MARKETPLACE_TRIES_PER_SESSION = 1000
    user = cast.maker.user
    statuses = []
    for number in range(12):
        thief = visitor_of(user)
        # An address that he claims himself counts for nothing.
        headers = {"Origin": "http://testserver", "X-Forwarded-For": f"10.9.9.{number}"}
        statuses.append(thief.post(path, DATA | {"again-answer": "guess"}, headers=headers).status_code)
    assert statuses == [400] * 8 + [429] * 4
    # Even the right one is not tried there, but it is from her own telephone.
    assert visitor_of(user).post_from_page(path, DATA | {"again-answer": PASSWORD}).status_code == 429
    assert Payee.objects.count() == 0
    assert visitor_of(user, "10.2.2.2").post_from_page(path, DATA | {"again-answer": PASSWORD}).status_code == 302


def test_an_account_without_password_gives_a_code(cast, path, mailoutbox, commit):
    from marketplace.payments import outbox

    user = cast.maker.user
    user.set_unusable_password()
    user.save()
    client = visitor_of(user)
    assert 'name="again-send"' in client.get(path).content.decode()
    early = client.post_from_page(path, DATA | {"again-answer": "000000"})
    assert early.status_code == 400 and Payee.objects.count() == 0
    client.post_from_page(path, DATA | {"again-send": "1"})
    commit()
    outbox.deliver()
    code = re.search(r"\b\d{6}\b", mailoutbox[-1].subject)[0]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert client.post_from_page(path, DATA | {"again-answer": wrong}).status_code == 400
    assert client.post_from_page(path, DATA | {"again-answer": code}).status_code == 302
    assert Payee.objects.count() == 1
    # A code works once.
    again_ = visitor_of(user)
    assert again_.post_from_page(path, DATA | {"again-answer": code}).status_code == 400


GROUPS = ["workshop", "consignments", "pieces", "earnings", "my-share", "member-shares", "payee", "members"]


@pytest.mark.parametrize("how", ["disabled", "removed"])
def test_removed_or_disabled_in_the_middle_it_ends_with_the_next_request(cast, path, how):
    client, user, slug = cast.maker.client, cast.maker.user, cast.maker.workshop.slug
    client.post_from_page(path, {"again-method": "GET", "again-answer": PASSWORD})
    pages = [reverse(f"desk:{name}", kwargs={"workshop": slug}) for name in GROUPS]
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    if how == "disabled":
        user.is_active = False
        user.save()
    else:
        Member.objects.filter(user=user).delete()
    before = (books(), MemberShareRule.objects.count())
    for page in pages:
        response = client.get(page)
        if how == "disabled":
            assert (response.status_code, "/login/" in response["Location"]) == (302, True)
        else:
            assert response.status_code == 403 and b"Earnings" not in response.content
    for response in (client.post_from_page(path, DATA), client.post_from_page(pages[5], {"action": "off"})):
        assert response.status_code in (302, 403)
    assert (books(), MemberShareRule.objects.count()) == before
