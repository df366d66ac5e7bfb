"""Accounts: sign up, log in, log out, own orders; and nothing of anybody else's."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail

from storefront import account
from tests.factories import make_order, make_piece, make_user
from tests.factories.orders import make_buyer
from tests.factories.places import PASSWORD
from tests.people import Visitor
from tests.shopping import Shopper

pytestmark = pytest.mark.django_db
User = get_user_model()
FORM = {"email": "aiko@example.com", "name": "Aiko", "password": "kumo-to-yama-9"}
REGISTER, LOGIN, ORDERS = "/en/account/register/", "/en/account/login/", "/en/account/orders/"


def register(client: Visitor | None = None, **changes: str):
    return (client or Visitor()).post_from_page(REGISTER, FORM | changes)


def log_in(client: Visitor, email: str, password: str = PASSWORD, path: str = LOGIN):
    return client.post_from_page(path, {"username": email, "password": password})


def who(client: Visitor) -> str | None:
    return client.get("/en/basket/summary.json").json()["name"]


def test_who_signs_up_is_logged_in():
    client = Visitor()
    answer = register(client)
    assert (answer.status_code, answer["Location"]) == (302, ORDERS)
    user = User.objects.get()
    assert (user.email, user.first_name, user.is_staff, user.is_superuser) == (
        "aiko@example.com",
        "Aiko",
        False,
        False,
    )
    assert user.check_password(FORM["password"])
    assert who(client) == "Aiko"


def test_a_name_is_not_needed():
    client = Visitor()
    assert register(client, name="").status_code == 302
    assert who(client) == "aiko@example.com"


def test_the_basket_comes_along():
    piece = make_piece()
    shopper = Shopper().fill((piece, 2))
    register(shopper.client)
    assert shopper.basket() == {piece.pk: 2}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "aiko"),
        ("email", "aiko@example.com\r\nBcc: x@example.com"),
        ("email", "a" * 140 + "@example.com"),
        ("email", "\x00@example.com"),
        ("name", "A" * 121),
        ("name", "\x00"),
        ("password", ""),
        ("password", "short"),
        ("password", "password1234"[:9]),
    ],
    ids=ascii,
)
def test_what_cannot_be_is_refused_with_the_field_marked(field, value):
    answer = register(**{field: value})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert FORM["password"] not in answer.text


@pytest.mark.parametrize(
    "email", ["aiko@example.com", "AIKO@example.com", "aiko@EXAMPLE.com", " aiko@example.com "]
)
def test_an_address_has_one_account(email):
    register()
    answer = register(email=email, password="another-long-one")
    assert answer.status_code == 400
    assert answer.context["form"].errors["email"] == ["There is an account with this e-mail. Please log in."]
    assert User.objects.get().check_password(FORM["password"])


def test_an_address_that_comes_twice_at_the_same_moment_has_one_account(monkeypatch):
    """The second form was checked before the first one was written."""
    real = account.RegisterForm.save

    def save_after_a_rival(form):
        make_user("aiko@example.com")
        return real(form)

    monkeypatch.setattr(account.RegisterForm, "save", save_after_a_rival)
    answer = register()
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["email"]
    assert User.objects.get().check_password(PASSWORD)
    assert who(answer.client) is None


def test_made_up_fields_give_no_rights():
    register(is_staff="on", is_superuser="1", groups="1", id="1", username="admin")
    user = User.objects.get()
    assert (user.username, user.is_staff, user.is_superuser, user.groups.count()) == (
        "aiko@example.com",
        False,
        False,
        0,
    )


def test_logging_in_by_email_and_out():
    make_user("kenji@example.com", first_name="Kenji")
    client = Visitor()
    assert log_in(client, "kenji@example.com")["Location"] == ORDERS
    assert who(client) == "Kenji"
    assert client.post_from_page("/en/account/logout/").status_code == 302
    assert who(client) is None


def test_a_maker_lands_on_her_desk(cast):
    client = Visitor()
    assert log_in(client, "hoa@example.com")["Location"] == "/en/desk/"


@pytest.mark.parametrize(
    ("email", "password"),
    [("kenji@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("\x00", "\x00"), ("", "")],
)
def test_a_wrong_login_tells_nothing(email, password):
    make_user("kenji@example.com")
    client = Visitor()
    answer = log_in(client, email, password)
    assert answer.status_code == 200
    assert who(client) is None


def test_a_wrong_address_and_a_wrong_password_look_the_same():
    make_user("kenji@example.com")
    errors = [
        log_in(Visitor(), email, "wrong-password").context["form"].non_field_errors()
        for email in ("kenji@example.com", "nobody@example.com")
    ]
    assert list(errors[0]) == list(errors[1])
    assert len(errors[0]) == 1


def test_a_disabled_account_is_closed():
    make_user("kenji@example.com", is_active=False)
    client = Visitor()
    log_in(client, "kenji@example.com")
    assert who(client) is None


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_logging_in_leads_nowhere_else(goal):
    make_user("kenji@example.com")
    answer = log_in(Visitor(), "kenji@example.com", path=f"{LOGIN}?next={goal}")
    assert answer["Location"] == ORDERS


@pytest.mark.parametrize("path", [REGISTER, LOGIN, "/en/account/logout/"])
def test_forms_need_their_token(path):
    assert Visitor(enforce_csrf_checks=True).post_from_page(path, FORM).status_code == 403
    assert not User.objects.exists()


def test_everybody_sees_only_their_own_orders(cast):
    own = make_order([make_piece()], buyer=make_buyer(user=cast.buyer.user), paid=True)
    make_order([make_piece()], buyer=make_buyer(user=cast.agency.user))
    make_order([make_piece()], buyer=make_buyer(email="kenji@example.com"))
    (row,) = cast.buyer.client.get(ORDERS).context["orders"]
    assert (row["number"], row["state_label"], row["total"].amount) == (own.order.number, "Paid", own.amount)
    for person in cast.all_but("buyer", "agency", "stranger"):
        assert person.client.get(ORDERS).context["orders"] == [], person
    answer = cast.stranger.client.get(ORDERS)
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={ORDERS}")


def test_a_guests_order_with_my_address_is_not_mine(cast):
    """Else whoever registers with an address reads the orders of its owner."""
    make_order(buyer=make_buyer(email="aiko@example.com"))
    client = Visitor()
    register(client)
    assert client.get(ORDERS).context["orders"] == []


def test_nothing_of_it_is_kept_by_caches(cast):
    for path in (ORDERS, REGISTER, LOGIN):
        client = cast.buyer.client if path == ORDERS else Visitor()
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_a_forgotten_password_is_set_anew_by_mail(client, settings):
    user = make_user("hoa@example.com")
    assert client.post("/ja/account/forgotten/", {"email": "hoa@example.com"}).status_code == 302
    (message,) = mail.outbox
    link = re.search(rf"{settings.SITE_URL}(/ja/account/new-password/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    answer = client.post(
        form.request["PATH_INFO"], {"new_password1": "another-long-one", "new_password2": "another-long-one"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/ja/account/login/")
    user.refresh_from_db()
    assert user.check_password("another-long-one")
    assert "too old or was used before" in client.get(link.replace("/ja/", "/en/"), follow=True).text


def test_the_link_leads_to_the_shop_whatever_host_was_asked(client, settings):
    make_user("hoa@example.com")
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/en/account/forgotten/", {"email": "hoa@example.com"}, headers={"Host": "evil.example"})
    assert "evil.example" not in mail.outbox[0].body
    assert f"{settings.SITE_URL}/en/account/new-password/" in mail.outbox[0].body


def test_a_disabled_account_gets_no_link(client):
    make_user("hoa@example.com", is_active=False)
    assert client.post("/en/account/forgotten/", {"email": "hoa@example.com"}).status_code == 302
    assert mail.outbox == []


def test_a_made_up_link_sets_no_password(client):
    user = make_user("hoa@example.com")
    for link in ("MQ/c0ffee-0123456789abcdef", "x/y", "%00/%00", "99999999/set-password"):
        assert "too old or was used before" in client.get(f"/en/account/new-password/{link}/").text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client):
    answer = client.post("/en/account/forgotten/", {"email": "nobody@example.com"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/account/forgotten/sent/")
    assert mail.outbox == []
