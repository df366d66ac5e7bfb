"""What every carrier must hold to, and what becomes of a quote when one of them fails."""

from decimal import Decimal

import pytest
from django.db import DatabaseError

from marketplace.fulfilment.carriers.contract import BadNumber, CarrierDown, Channel, get_carriers
from marketplace.fulfilment.carriers.dummy import DummyCarrier
from marketplace.fulfilment.carriers.table import TableCarrier
from marketplace.fulfilment.offers import NotShippable, ShippingOffer, Why
from marketplace.fulfilment.rates import RateBook
from marketplace.fulfilment.shipping import ask_carriers
from marketplace.money import Money
from tests.fulfilment.making import rate, wish

CARRIERS = {
    "post": TableCarrier(key="post", channel="post", numbers="s10", destinations=["JP", "KR", "US"]),
    "courier": TableCarrier(
        key="courier",
        channel="courier",
        name="Blue Van",
        numbers="[0-9]{10}",
        not_destinations=["XX", "FR"],
        tracking_url="https://van.example/find?n={number}",
    ),
    "dummy": DummyCarrier(key="dummy", up_to_g=1000, destinations=["JP", "KR", "US"]),
}
NUMBERS = {
    "post": (" rr 123 456 785 vn", "RR123456785VN", "RR123456784VN"),
    "courier": ("12 3456 7890", "1234567890", "12345"),
    "dummy": ("dummy000001", "DUMMY000001", "DUMMY1"),
}
ROWS = RateBook(
    [
        rate("8.00", 1000, carrier=carrier, service=service, incoterm=incoterm)
        for carrier in ("post", "courier")
        for service, incoterm in (("Plain", "DAP"), ("Duty paid", "DDP"))
    ]
)


@pytest.fixture(params=CARRIERS)
def carrier(request):
    return CARRIERS[request.param]


@pytest.fixture
def configured(monkeypatch):
    """Carriers in the place of the operator's; nothing is read from the database."""

    def use(*carriers) -> None:
        monkeypatch.setattr("marketplace.fulfilment.shipping.get_carriers", lambda: {one.key: one for one in carriers})
        monkeypatch.setattr(RateBook, "load", classmethod(lambda cls, wishes: ROWS))

    return use


def test_it_has_a_name_and_a_channel(carrier):
    assert carrier.key in CARRIERS
    assert str(carrier.name)
    assert carrier.channel in Channel.values


def test_it_answers_each_wish_in_order_and_none_to_none(carrier):
    assert carrier.quote([], ROWS) == []
    light, heavy, far = carrier.quote([wish(100), wish(2000), wish(100, destination="FR")], ROWS)
    assert isinstance(light[0], ShippingOffer)
    assert (heavy.why, far.why) == (Why.TOO_HEAVY, Why.NO_RATE)
    assert {heavy.carrier, far.carrier} == {carrier.key}
    assert heavy.reason and far.reason


def test_an_offer_has_price_days_terms_and_every_piece_in_a_parcel(carrier):
    ((offer, *_more),) = carrier.quote([wish(700, 600, 100)], ROWS)
    assert (offer.carrier, offer.channel) == (carrier.key, carrier.channel)
    assert offer.incoterm in ("DAP", "DDP")
    assert offer.amount.currency == offer.duty_fee.currency == "USD"
    assert offer.amount == sum((parcel.amount for parcel in offer.parcels), offer.duty_fee)
    assert 0 <= offer.days_min <= offer.days_max
    assert [parcel.weight_g for parcel in offer.parcels] == [800, 600]
    assert offer.weight_g == 1400


@pytest.mark.parametrize("terms", ["DAP", "DDP"])
def test_only_the_terms_that_were_asked_for_are_offered(carrier, terms):
    (answer,) = carrier.quote([wish(100, incoterm=terms)], ROWS)
    assert isinstance(answer, NotShippable) or {offer.incoterm for offer in answer} == {terms}


def test_where_it_does_not_go_it_says_so(carrier):
    assert carrier.serves("JP") and not carrier.serves("FR")


def test_a_number_is_stored_in_one_form_and_reading_it_again_changes_nothing(carrier):
    typed, stored, _wrong = NUMBERS[carrier.key]
    number = carrier.read_number(typed)
    assert number.text == stored and number.issuer
    assert carrier.read_number(stored) == number


@pytest.mark.parametrize("text", ["", "   ", "<b>1</b>", "\x00", "A" * 81, "1;DROP", "ここ"])
def test_nonsense_is_no_number(carrier, text):
    with pytest.raises(BadNumber) as problem:
        carrier.read_number(text)
    assert len(str(problem.value)) > 20


def test_a_wrong_number_is_refused_with_a_sentence(carrier):
    with pytest.raises(BadNumber) as problem:
        carrier.read_number(NUMBERS[carrier.key][2])
    assert str(problem.value).endswith(".")


def test_a_tracking_page_is_https_with_the_number_quoted_or_nothing(carrier):
    stored = NUMBERS[carrier.key][1]
    url = carrier.tracking_url(stored, "JP")
    assert url.startswith("https://") and stored in url
    assert "&x=1" not in carrier.tracking_url("1&x=1", "JP")


def test_a_posts_number_belongs_to_the_post_that_gave_it_out():
    post = CARRIERS["post"]
    assert post.read_number("RR123456785VN").issuer == "S10:VN"
    assert post.read_number("RA966331020JP").issuer == "S10:JP"


@pytest.mark.parametrize(
    ("number", "destination", "host"),
    [
        ("RA966331020JP", "CA", "trackings.post.japanpost.jp"),
        ("RR123456785VN", "CA", "www.canadapost-postescanada.ca"),
        ("RR123456785VN", "FR", ""),
    ],
)
def test_the_page_is_that_of_the_post_that_gave_the_number_else_of_the_buyers(number, destination, host):
    assert (CARRIERS["post"].tracking_url(number, destination).split("/") + ["", "", ""])[2] == host


def test_an_operator_adds_pages_of_posts():
    post = TableCarrier(key="p", channel="post", numbers="s10", tracking_urls={"VN": "https://vn.example/{number}"})
    assert post.tracking_url("RR123456785VN", "CA") == "https://vn.example/RR123456785VN"


class Broken(DummyCarrier):
    """A backend that fails in a way of its own."""

    def __init__(self, problem: Exception | None = None, **kwargs) -> None:
        super().__init__(key="broken", **kwargs)
        self.problem = problem

    def quote(self, wishes, rates):
        if self.problem:
            raise self.problem
        return []


DOWN = [
    DummyCarrier(key="broken", down=True),
    Broken(CarrierDown("no")),
    Broken(TimeoutError("slow")),
    Broken(ValueError("not JSON")),
    Broken(),
]


@pytest.mark.parametrize("down", DOWN, ids=lambda one: type(getattr(one, "problem", one)).__name__)
def test_a_carrier_that_is_down_is_named_and_the_others_answer(configured, down):
    configured(down, CARRIERS["post"])
    found, again = ask_carriers([wish(100), wish(200)])
    assert found.carrier == again.carrier == "post"
    assert found.amount == Money(Decimal("8.00"), "USD")
    assert [(one.carrier, one.why) for one in found.refusals] == [("broken", Why.CARRIER_DOWN)]


def test_when_nobody_else_goes_there_the_buyer_is_told_to_try_again(configured):
    configured(CARRIERS["post"], DummyCarrier(key="broken", down=True))
    (refused,) = ask_carriers([wish(100, destination="FR")])
    assert refused == NotShippable(
        "The carrier from Viet Nam does not answer at the moment. Please try again in a while.",
        Why.CARRIER_DOWN,
        "broken",
    )


def test_our_own_database_failing_is_not_a_carrier_being_down(configured):
    configured(Broken(DatabaseError("gone")))
    with pytest.raises(DatabaseError):
        ask_carriers([wish(100)])


def test_without_any_carrier_nothing_can_be_sent(configured):
    configured()
    (refused,) = ask_carriers([wish(100)])
    assert refused == NotShippable("We cannot send from Viet Nam to Japan yet.", Why.NO_RATE, "")


def test_too_large_is_told_before_no_rate(configured):
    configured(CARRIERS["courier"], DummyCarrier(key="dummy", destinations=["KR"]))
    (refused,) = ask_carriers([wish(1001)])
    assert refused.reason == "This parcel from Viet Nam to Japan is too heavy for the courier."


def test_the_settings_name_the_carriers(settings):
    settings.MARKETPLACE_CARRIERS = {
        "van": {"BACKEND": "marketplace.fulfilment.carriers.dummy.DummyCarrier", "OPTIONS": {"name": "Van"}},
        "post": {"BACKEND": "marketplace.fulfilment.carriers.table.TableCarrier", "OPTIONS": {"channel": "post"}},
    }
    get_carriers.cache_clear()
    try:
        assert [(key, one.key, one.name) for key, one in get_carriers().items()] == [
            ("van", "van", "Van"),
            ("post", "post", "Post"),
        ]
    finally:
        get_carriers.cache_clear()
