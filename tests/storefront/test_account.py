"""Accounts: sign up, log in, log out, own orders; and nothing of anybody else's."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail, serializers

from marketplace.notices import accounts
from marketplace.notices.models import Notice
from marketplace.payments.models import OutboxMessage
from tests.factories import make_order, make_piece, make_user
from tests.factories.orders import make_buyer
from tests.factories.places import PASSWORD
from tests.people import Visitor
from tests.shopping import Shopper

pytestmark = pytest.mark.django_db
User = get_user_model()
FORM = {"contact": "aiko@example.com", "name": "Aiko", "password": "kumo-to-yama-9"}
REGISTER, LOGIN, ORDERS = "/en/account/register/", "/en/account/login/", "/en/account/orders/"
CODE = "/en/account/code/"


def ask_to_register(client: Visitor | None = None, **changes: str):
    return (client or Visitor()).post_from_page(REGISTER, FORM | changes)


def register(client: Visitor, **changes: str):
    """Both steps: the form, and the code from the mail."""
    answer = ask_to_register(client, **changes)
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    return client.post_from_page(CODE, {"code": mail.outbox[-1].subject[:6]})


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
    assert register(client, name="")["Location"] == ORDERS
    assert who(client) == "aiko@example.com"


def test_the_basket_comes_along():
    piece = make_piece()
    shopper = Shopper().fill((piece, 2))
    register(shopper.client)
    assert shopper.basket() == {piece.pk: 2}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact", ""),
        ("contact", "aiko"),
        ("contact", "aiko@example.com\r\nBcc: x@example.com"),
        ("contact", "a" * 140 + "@example.com"),
        ("contact", "\x00@example.com"),
        ("contact", "0912 345 678"),
        ("name", "A" * 121),
        ("name", "\x00"),
        ("password", "short"),
        ("password", "password1234"[:9]),
        ("password", "x" * 201),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_what_cannot_be_is_refused_with_the_field_marked(field, value):
    answer = ask_to_register(**{field: value})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert (User.objects.count(), mail.outbox) == (0, [])
    assert FORM["password"] not in answer.text


@pytest.mark.parametrize(
    "email", ["aiko@example.com", "AIKO@example.com", "aiko@EXAMPLE.com", " aiko@example.com "]
)
def test_an_address_has_one_account(email):
    """Who signs up again, and has the mailbox, is let in; her password and name stay."""
    register(Visitor())
    client = Visitor()
    assert register(client, contact=email, password="another-long-one", name="Mallory")["Location"] == ORDERS
    user = User.objects.get()
    assert (user.first_name, user.check_password(FORM["password"]), who(client)) == ("Aiko", True, "Aiko")


def test_an_address_that_comes_twice_at_the_same_moment_has_one_account(monkeypatch):
    """The second code was right before the first account could be seen."""
    rival, real, looked = make_user("aiko@example.com"), accounts.owner_of, []

    def see_nobody_at_first(contact):
        looked.append(contact)
        return real(contact) if len(looked) > 1 else None

    monkeypatch.setattr(accounts, "owner_of", see_nobody_at_first)
    client = Visitor()
    assert register(client)["Location"] == ORDERS
    assert (User.objects.get(), len(looked)) == (rival, 2)
    assert who(client) == "aiko@example.com"


def test_before_the_code_there_is_no_account_and_nothing_to_read():
    client = Visitor()
    ask_to_register(client)
    assert (User.objects.count(), who(client)) == (0, None)
    assert FORM["password"] not in str(dict(client.session))
    assert client.post_from_page(CODE, {"code": "000000"}).status_code == 400
    assert User.objects.count() == 0


def test_made_up_fields_give_no_rights():
    register(Visitor(), is_staff="on", is_superuser="1", groups="1", id="1", username="admin")
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


@pytest.mark.parametrize("path", [REGISTER, LOGIN, CODE, "/en/account/logout/"])
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
    assert client.post("/ja/account/forgotten/", {"email": "Hoa@example.com"}).status_code == 302
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
    assert [row.to for row in mail.outbox] == [["hoa@example.com"]] * 2  # the link, and that it was changed


def test_the_link_is_not_kept(client):
    make_user("hoa@example.com")
    client.post("/en/account/forgotten/", {"email": "hoa@example.com"})
    token = re.search(r"new-password/(\S+)/", mail.outbox[0].body)[1]
    kept = serializers.serialize("json", [*Notice.objects.all(), *OutboxMessage.objects.all()])
    assert token not in kept and "hoa@example.com" not in kept


def test_the_link_leads_to_the_shop_whatever_host_was_asked(client, settings):
    make_user("hoa@example.com")
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/en/account/forgotten/", {"email": "hoa@example.com"}, headers={"Host": "evil.example"})
    assert "evil.example" not in mail.outbox[0].body
    assert f"{settings.SITE_URL}/en/account/new-password/" in mail.outbox[0].body


@pytest.mark.parametrize("is_active", [True, False])
def test_a_disabled_account_and_one_without_password_get_no_link(client, is_active):
    user = make_user("hoa@example.com", is_active=is_active)
    if is_active:
        user.set_unusable_password()
        user.save()
    assert client.post("/en/account/forgotten/", {"email": "hoa@example.com"}).status_code == 302
    (message,) = mail.outbox
    assert "new-password" not in message.body


def test_a_made_up_link_sets_no_password(client):
    user = make_user("hoa@example.com")
    for link in ("MQ/c0ffee-0123456789abcdef", "x/y", "%00/%00", "99999999/set-password"):
        assert "too old or was used before" in client.get(f"/en/account/new-password/{link}/").text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_unknown_address_gets_the_same_answer_and_is_told_so_in_its_own_mailbox(client):
    """Both get a mail, so that neither the page nor its time tells which is known."""
    answer = client.post("/en/account/forgotten/", {"email": "nobody@example.com"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/account/forgotten/sent/")
    (message,) = mail.outbox
    assert message.to == ["nobody@example.com"]
    assert "This address has none here." in message.body
    assert "http://testserver/en/account/login/" in message.body


def test_nobodys_mailbox_is_flooded(client):
    for _turn in range(6):
        assert client.post("/en/account/forgotten/", {"email": "nobody@example.com"}).status_code == 302
    answer = client.post("/en/account/forgotten/", {"email": "nobody@example.com"})
    assert (answer.status_code, 3500 < int(answer["Retry-After"]) <= 3600, len(mail.outbox)) == (429, True, 6)


def test_who_wants_to_the_desk_reads_how_to_open_a_workshop(client, reference_data):
    link, words = 'href="/en/desk/open/"', "You make things by hand and want to sell them here?"
    page = client.get("/en/account/login/?next=/en/desk/sao-mai/").text
    assert words in page and link in page[page.index(words) :].split("</p>")[0]
    assert words not in client.get("/en/account/login/?next=/en/checkout/").text
    home = client.get("/en/").text
    assert link in home[home.index('class="site-nav"') : home.index("<main")] and "Sell with us" in home
