"""The page of an order: opened by its link, its account or its browser, says where the order is, and only reads."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.services import cancel, pack, send
from marketplace.fulfilment.services import deliver as arrive
from marketplace.money import Money
from marketplace.payments.gateway import Facts, Standing
from marketplace.payments.models import Payment
from marketplace.payments.order_links import order_key
from marketplace.payments.placing import new_reference
from marketplace.payments.services import apply_facts, start_payment
from tests.factories import make_buyer, make_order, make_piece, make_workshop, pay_order
from tests.ledger import nothing_changes
from tests.marketplace.paying import age
from tests.people import Person, Visitor, run_commit_hooks

pytestmark = pytest.mark.django_db
State = Payment.State


def see(payment: Payment, language: str = "en", client: Visitor | None = None):
    page = (client or Visitor()).with_link_of(payment).get(f"/{language}/orders/{payment.order.number}/")
    assert page.status_code == 200
    return page


def expire(payment: Payment) -> None:
    facts = Facts("cs_1", payment.order.number, Standing.EXPIRED, Money(payment.amount, payment.currency), "")
    assert apply_facts(payment=payment, facts=facts) == ""


def in_state(state: str) -> Payment:
    piece = make_piece(stock=1)
    payment = make_order([piece])
    if state == "paid":
        pay_order(payment)
    elif state in ("expired", "attention"):
        expire(payment)
    if state == "attention":
        make_order([piece])
        pay_order(payment)
    elif state == "overdue":
        age(payment, 36)
    return payment


WORDS = {
    "pending": (
        "awaiting_payment",
        "Waiting for your payment",
        "お支払いを待っています",
        "Your pieces are reserved until",
    ),
    "overdue": (
        "awaiting_payment",
        "Waiting for news of your payment",
        "",
        "We are asking the payment service",
    ),
    "paid": (
        "paid",
        "Thank you. Your order is paid.",
        "ありがとうございます。お支払いが完了しました。",
        "are packing your pieces",
    ),
    "expired": (
        "expired",
        "This order was not paid in time",
        "",
        "Nothing was charged and the pieces are back in the shop.",
    ),
    "attention": ("attention", "We are looking at your order", "", "nothing is lost"),
}


@pytest.mark.parametrize("state", list(WORDS))
def test_every_state_has_its_words(state):
    payment = in_state(state)
    name, title, japanese, text = WORDS[state]
    page = see(payment)
    assert (page.context["state"], page.context["state_title"]) == (name, title)
    assert title in page.text
    assert text in page.text
    page = see(payment, "ja")
    assert title not in page.text
    assert text not in page.text
    assert japanese in page.text


@pytest.mark.parametrize("state", list(WORDS))
def test_only_what_can_be_paid_has_a_button_and_looks_again_by_itself(state):
    payment = in_state(state)
    page = see(payment)
    button = f'action="/en/orders/{payment.order.number}/pay/"' in page.text
    assert button == (state == "pending")
    assert ('http-equiv="refresh"' in page.text) == (state == "pending")


def test_back_from_paying_it_waits_for_the_news(fake_stripe):
    """It must not ask for money again while the message is on its way."""
    payment = make_order()
    path = f"/en/orders/{payment.order.number}/?paying=done"
    client = Visitor().with_link_of(payment)
    page = client.get(path)
    assert page.context["state_title"] == "Your payment is being confirmed"
    assert page.context["pay_again_url"] is None
    assert 'http-equiv="refresh"' in page.text
    for other in ("?paying=", "?paying=DONE", "?paid=done", "?paying=done%00"):
        assert client.get(path.split("?")[0] + other).context["pay_again_url"], other


@pytest.mark.parametrize("state", ["overdue", "paid", "expired", "attention"])
def test_back_from_paying_changes_no_other_word(state):
    """Whoever types it into the address is told the truth all the same."""
    payment = in_state(state)
    page = Visitor().with_link_of(payment).get(f"/en/orders/{payment.order.number}/?paying=done")
    assert page.context["state_title"] == WORDS[state][1]


def test_it_says_what_becomes_of_the_parcels():
    payment = make_order([make_piece(), make_piece()], paid=True)
    first, second = payment.order.consignments.order_by("pk")
    words = []
    steps = [
        lambda: pack(consignment=first),
        lambda: send(consignment=first, carrier="", tracking=""),
        lambda: arrive(consignment=first),
        lambda: cancel(consignment=second),
    ]
    for step in (lambda: None, *steps):
        step()
        words.append(see(payment).context["state_text"])
    assert words == [
        "The makers have been told and are packing your pieces.",
        "The makers have been told and are packing your pieces.",
        "Parcels are on their way; each is shown below.",
        "Parcels are on their way; each is shown below.",
        "What was not cancelled has arrived.",
    ]


def test_of_a_cancelled_parcel_no_steps_and_nothing_about_its_arrival():
    payment = make_order([make_piece()], paid=True)
    part = payment.order.consignments.get()
    about = ('class="track"', "Nothing more is due when the parcel arrives.")
    assert [words in see(payment).text for words in about] == [True, True]
    arrive(consignment=send(consignment=part, carrier="", tracking=""))
    assert "Everything has arrived." in see(payment).text
    Consignment.objects.filter(pk=part.pk).update(state="cancelled")
    page = see(payment).text
    assert [words in page for words in about] == [False, False]
    assert "at-border" not in page and "This parcel" in page


def test_it_shows_every_parcel_with_its_amounts():
    lacquer, indigo = make_workshop(name="Sao Mai Lacquer"), make_workshop(name="Ban Fai Indigo")
    payment = make_order(
        [
            (make_piece(lacquer, title="Bowl", price="48.00"), 2),
            make_piece(indigo, title="Cloth", price="7.50"),
        ],
        paid=True,
    )
    shown = see(payment).context
    parts = [
        (part["workshop"], part["goods"].amount, [line["title"] for line in part["lines"]])
        for part in shown["consignments"]
    ]
    assert parts == [("Sao Mai Lacquer", 96, ["Bowl"]), ("Ban Fai Indigo", 7.5, ["Cloth"])]
    assert (
        sum(part["total"].amount for part in shown["consignments"]) == shown["total"].amount == payment.amount
    )
    assert shown["goods_total"] + shown["shipping_total"] == shown["total"]


def test_it_follows_each_parcel():
    payment = make_order([make_piece(), make_piece()], paid=True)
    first, second = payment.order.consignments.order_by("pk")

    def steps() -> list[list[bool]]:
        return [[step["done"] for step in part["steps"]] for part in see(payment).context["consignments"]]

    assert steps() == [[False] * 3, [False] * 3]
    pack(consignment=first)
    send(consignment=second, carrier="Viet Nam Post", tracking="RR123VN")
    assert steps() == [[True, False, False], [True, True, False]]
    arrive(consignment=second)
    assert steps()[1] == [True, True, True]
    page = see(payment)
    assert "Viet Nam Post" in page.text
    assert "RR123VN" in page.text


def test_before_it_is_paid_no_parcel_is_on_its_way():
    page = see(make_order())
    assert page.context["consignments"][0]["steps"] == []
    assert page.context["consignments"][0]["state_label"] == ""


def test_it_keeps_its_words_when_the_piece_is_gone():
    piece = make_piece(title="Red bowl")
    payment = make_order([piece], paid=True)
    piece.delete()
    page = see(payment)
    assert [line["title"] for line in page.context["consignments"][0]["lines"]] == ["Red bowl"]


# Who sees it


def test_whoever_has_the_link_of_the_mail_opens_it(cast):
    payment = make_order([make_piece(cast.maker.workshop)])
    for person in cast.all_but():
        assert see(payment, client=person.client).context["order_number"] == payment.order.number


def test_the_number_alone_opens_nothing(cast, fake_stripe):
    """It stands in logs, on parcels and on statements. What is not there and what is not yours look the same."""
    payment = make_order([make_piece(cast.maker.workshop)], buyer=make_buyer(user=cast.buyer.user), paid=True)
    number, never = payment.order.number, new_reference()
    for person in (cast.agency, cast.maker, Person("stranger", Visitor())):
        there, not_there = (person.client.get(f"/en/orders/{one}/") for one in (number, never))
        assert (there.status_code, not_there.status_code) == (404, 404)
        assert there.text.replace(number, "") == not_there.text.replace(never, "")
        assert "kenji@example.com" not in there.text
        with nothing_changes(fake_stripe):
            for deed in ("pay/", "cancel/", f"cancel/{payment.order.consignments.get().number}/"):
                assert person.client.post_from_page(f"/en/orders/{number}/{deed}").status_code == 404
    assert cast.buyer.client.get(f"/en/orders/{number}/").status_code == 200, "her account opens it"


def test_staff_may_look_and_not_act(cast, fake_stripe):
    payment = make_order([make_piece(cast.maker.workshop)], paid=True)
    editor = get_user_model().objects.create_superuser("boss", "boss@example.com", "x" * 12)
    client = Visitor()
    client.force_login(editor)
    assert client.get(f"/en/orders/{payment.order.number}/").status_code == 200
    with nothing_changes(fake_stripe):
        assert client.post_from_page(f"/en/orders/{payment.order.number}/cancel/").status_code == 404


@pytest.mark.parametrize("key", ["", "x", "\x00", "あ", "x" * 5000, "of another order"])
def test_another_key_opens_nothing(key):
    payment, other = make_order(), make_order()
    key = order_key(other.order.number) if key == "of another order" else key
    client = Visitor()
    answer = client.get(f"/en/orders/{payment.order.number}/", {"key": key})
    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{payment.order.number}/")
    assert client.get(f"/en/orders/{payment.order.number}/").status_code == 404


def test_a_key_outlives_a_change_of_the_secret(settings):
    payment = make_order()
    key = order_key(payment.order.number)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    client = Visitor()
    client.get(f"/en/orders/{payment.order.number}/", {"key": key})
    assert client.get(f"/en/orders/{payment.order.number}/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    client = Visitor()
    client.get(f"/en/orders/{payment.order.number}/", {"key": key})
    assert client.get(f"/en/orders/{payment.order.number}/").status_code == 404


UNKNOWN = [
    "AAAAA-BBBBB-CCCCC", "100001", "1", "0", "-1", "x", "AAAAABBBBBCCCCC", "aaaaa-bbbbb-ccccc", "AAAAA-BBBBB-CCCCC-1",
    "%00", "AAAAA-BBBBB-CCCC%00", "%E3%81%82", "A" * 5000, "' OR 1=1 --", "AAAAA-BBBBB-CCCCC%0A", "../admin",
    "ＡＡＡＡＡ-BBBBB-CCCCC",
]  # fmt: skip


def test_another_number_is_a_404_whatever_its_shape(subtests):
    make_order()
    client = Visitor()
    for number in UNKNOWN:
        with subtests.test(number=ascii(number)[:24]), nothing_changes():
            assert client.get(f"/en/orders/{number}/").status_code == 404
            assert client.post_from_page(f"/en/orders/{number}/pay/").status_code == 404


def test_a_number_that_is_close_tells_nothing():
    """A wrong number of the right shape, the number in small letters, and one that never was look the same."""
    payment = make_order()
    client = Visitor()
    pages = set()
    for number in (
        new_reference(),
        payment.order.number[:-1] + "0",
        payment.order.number.lower(),
        "AAAAA-BBBBB-CCCCC",
    ):
        answer = client.get(f"/en/orders/{number}/")
        assert answer.status_code == 404
        pages.add(answer.text.replace(number, ""))
    assert len(pages) == 1


def test_neither_the_consignments_nor_the_databases_number_opens_it():
    payment = make_order(paid=True)
    for number in (
        payment.order.consignments.get().number,
        payment.order.pk,
        payment.pk,
        payment.order.basket_id,
    ):
        assert Visitor().get(f"/en/orders/{number}/").status_code == 404


def test_it_is_neither_kept_nor_found_by_search_engines():
    page = see(make_order())
    assert "no-store" in page["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page.text
    assert page["Referrer-Policy"] == "strict-origin-when-cross-origin"


# It only reads


@pytest.mark.parametrize("state", list(WORDS))
@pytest.mark.parametrize("who", ["stranger", "buyer"])
def test_looking_writes_nothing(fake_stripe, cast, state, who):
    payment = in_state(state)
    client = getattr(cast, who).client
    see(payment, client=client)
    asked = len(fake_stripe.requests)
    with nothing_changes(fake_stripe), CaptureQueriesContext(connection) as queries:
        page = client.get(f"/en/orders/{payment.order.number}/")
    writes = [
        row["sql"]
        for row in queries.captured_queries
        if row["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")
    ]
    assert writes == []
    assert len(fake_stripe.requests) == asked, "looking asks Stripe nothing"
    assert not page.cookies or set(page.cookies) <= {"csrftoken"}


def test_the_number_of_statements_does_not_grow_with_the_order(steady):
    # Whether the content's version is looked up hangs on the second of the clock, not on the order.
    small = make_order()
    workshops = [make_workshop() for _turn in range(3)]
    large = make_order([make_piece(workshop, pictures=1) for workshop in workshops for _turn in range(3)])
    counts = []
    for payment in (small, large):
        client = Visitor().with_link_of(payment)
        for _turn in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/en/orders/{payment.order.number}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# Paying again


def test_the_button_leads_to_the_same_page(fake_stripe):
    payment = make_order()
    url = start_payment(payment=payment, return_url=f"http://testserver/en/orders/{payment.order.number}/")
    client = Visitor().with_link_of(payment)
    for _click in range(3):
        answer = client.post_from_page(f"/en/orders/{payment.order.number}/pay/")
        assert (answer.status_code, answer["Location"]) == (303, url)
    assert len(fake_stripe.sessions) == 1


@pytest.mark.parametrize("state", ["overdue", "paid", "expired", "attention"])
def test_a_button_that_is_out_of_date_leads_to_where_the_order_stands(fake_stripe, state):
    payment = in_state(state)
    run_commit_hooks()
    client, asked = Visitor().with_link_of(payment), len(fake_stripe.requests)
    with nothing_changes(fake_stripe):
        answer = client.post_from_page(f"/en/orders/{payment.order.number}/pay/")
    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{payment.order.number}/")
    assert len(fake_stripe.requests) == asked


def test_paying_again_is_a_post_with_a_token(fake_stripe):
    number = make_order().order.number
    with nothing_changes(fake_stripe):
        assert Visitor().get(f"/en/orders/{number}/pay/").status_code == 405
        assert (
            Visitor(enforce_csrf_checks=True).post_from_page(f"/en/orders/{number}/pay/").status_code == 403
        )


def test_the_hour_is_the_reservations():
    payment = make_order()
    Payment.objects.filter(pk=payment.pk).update(
        expires_at=timezone.now().replace(hour=23, minute=59) + timedelta(days=1)
    )
    assert "11:59\u202fPM" in see(payment).text
