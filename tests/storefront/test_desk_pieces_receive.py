"""“What I want to receive”: the price that follows, who gets what of it, and that nothing is saved by working it out."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Product
from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate
from marketplace.economies.rates import rate_between
from marketplace.money import Money
from marketplace.payments.models import ShareRule
from tests.factories import make_piece
from tests.storefront.test_desk_pieces import fields_of, make_kinds, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(db) -> ShareRule:
    return ShareRule.objects.create(
        commission=Decimal("12.5"), village_fund=Decimal("2.5"), valid_from="2020-01-01", source="Assembly of 3 May"
    )


def path(person, product: Product | None = None) -> str:
    kwargs = {"workshop": person.workshop.slug}
    return reverse("desk:piece", kwargs=kwargs | {"pk": product.pk}) if product else reverse("desk:piece-add", kwargs=kwargs)


def work_out(person, product: Product | None = None, **data):
    return person.client.post(path(person, product), {"key": str(uuid.uuid4()), "work_out": "1"} | data)


def own_share(page) -> Money:
    """What the maker would be owed of the price on the form, worked out in another way than the page does."""
    price = Decimal(page.context["form"]["price"].value())
    rate = rate_between("USD", "VND", on=timezone.localdate()).value
    share = (price * Decimal("0.85")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    return Money((share * rate).quantize(Decimal(1), "ROUND_HALF_UP"), "VND")


@pytest.mark.parametrize("receive", ["900000", "1", "1234567", "25000000", "９００"])
def test_the_price_leaves_her_what_she_asks_for(cast, terms, receive):
    page = work_out(cast.maker, receive=receive)
    assert page.status_code == 200
    worked = page.context["form"].worked
    assert sum(row["amount"].amount for row in worked["rows"]) == worked["price"].amount
    assert [row["percent"] for row in worked["rows"]] == ["85 %", "2.5 %", "12.5 %"]
    wanted = Decimal(int(receive))
    assert worked["own"].currency == "VND"
    assert worked["own"].amount >= wanted
    cent = rate_between("USD", "VND", on=timezone.localdate()).value / 100
    assert worked["own"].amount - wanted <= 2 * cent + 1, "and no more than rounding asks"
    assert abs(worked["own"].amount - own_share(page).amount) <= cent + 1
    assert "1 USD = " in worked["rate"]
    assert "at the rate of its own day" in page.text
    assert not Product.objects.filter(partner=cast.maker.workshop.partner).exists(), "nothing is saved"


def test_a_price_alone_is_looked_at(cast, terms):
    worked = work_out(cast.maker, price="48.00").context["form"].worked
    assert [str(row["amount"].amount) for row in worked["rows"]] == ["40.80", "1.20", "6.00"]
    assert worked["price"] == Money(Decimal("48.00"), "USD")


def test_buyers_prices_are_shown_with_postage_where_the_piece_is_known(cast, terms, settings):
    settings.MARKETPLACE_EXAMPLE_DESTINATIONS = ("JP", "AU", "XX")
    new = work_out(cast.maker, price="48.00")
    assert [row["to"] for row in new.context["form"].worked["markets"]][:2] == ["Japan", "Australia"]
    assert len(new.context["form"].worked["markets"]) == 3
    assert "known once the piece is saved" in new.text
    piece = make_piece(cast.maker.workshop, price="10.00")
    page = cast.maker.client.get(path(cast.maker, piece))
    page = cast.maker.client.post(path(cast.maker, piece), fields_of(page) | {"price": "48.00", "work_out": "1"})
    japan = page.context["form"].worked["markets"][0]
    levies = sum((row["amount"].amount for row in japan["levies"]["checkout"]), Decimal(0))
    assert japan["total"].amount == japan["price"].amount + japan["shipping"].amount + levies
    assert japan["price"].currency == japan["total"].currency == "JPY"
    assert piece.stockrecords.get().price == Decimal("10.00")


def test_saving_takes_what_she_wants_to_receive_and_tells_her_the_price(cast, terms):
    piece = make_piece(cast.maker.workshop, price="10.00", **make_kinds())
    data = fields_of(cast.maker.client.get(path(cast.maker, piece))) | {"receive": "900000"}
    shown = cast.maker.client.post(path(cast.maker, piece), data | {"work_out": "1"})
    assert shown.status_code == 200 and piece.stockrecords.get().price == Decimal("10.00")
    price = shown.context["form"]["price"].value()
    answer = cast.maker.client.post(path(cast.maker, piece), data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert piece.stockrecords.get().price == Decimal(price) != Decimal("10.00")
    assert f"The price in the shop: ${price}. You receive " in cast.maker.client.get(answer["Location"]).text
    refused = cast.maker.client.post(path(cast.maker, piece), data | {"receive": "lots"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["receive"])
    assert piece.stockrecords.get().price == Decimal(price)


def test_what_was_sent_is_kept_while_it_is_worked_out(cast, terms):
    kinds = make_kinds()
    data = {"title": "Bowl", "craft": kinds["craft"].pk, "receive": "900000"}
    page = work_out(cast.maker, **data, photos=[photo()])
    form = page.context["form"]
    assert (form["title"].value(), len(form.kept)) == ("Bowl", 1)
    assert not form.errors, "what is not filled in yet is no mistake yet"


@pytest.mark.parametrize(
    "data",
    [
        {"receive": "-1"}, {"receive": "0"}, {"receive": "1,00"}, {"receive": "1e9"}, {"receive": "NaN"},
        {"receive": "9" * 40}, {"receive": "999999999999"}, {"receive": "abc"}, {"receive": "12.5"}, {"price": ""},
        {"price": "x"}, {"price": "100000"}, {}, {"receive": "\x00"},
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_said(cast, terms, data):
    page = work_out(cast.maker, **data)
    assert page.status_code == 400
    form = page.context["form"]
    assert set(form.errors) == {"receive" if "receive" in data else "price"}
    assert form.worked is None


def test_a_missing_rate_is_said_and_the_parts_are_shown_all_the_same(cast, terms):
    ExchangeRate.objects.filter(quote="VND").delete()
    versions.touch(versions.RATES)
    page = work_out(cast.maker, receive="900000")
    assert page.status_code == 400 and "VND" in str(page.context["form"].errors["receive"])
    page = work_out(cast.maker, price="48.00")
    worked = page.context["form"].worked
    assert worked["own"] is None and "VND" in worked["why_not"]
    assert worked["rows"][0]["amount"].amount == Decimal("40.80")


def test_terms_that_leave_nothing_have_no_price(cast):
    ShareRule.objects.create(commission=100, valid_from="2020-01-01", source="Sample")
    page = work_out(cast.maker, receive="900000")
    assert page.status_code == 400
    assert "leave the maker nothing" in str(page.context["form"].errors["receive"])


def test_each_variant_has_its_own(cast, terms):
    piece = make_piece(cast.maker.workshop, variants={"Small": ("10.00", 2), "Large": ("20.00", 2)})
    page = cast.maker.client.get(path(cast.maker, piece))
    small, large = page.context["variants"]
    data = fields_of(page) | {
        f"{small.prefix}-receive": "900000",
        f"{large.prefix}-price": "20.00",
        f"{small.prefix}-price": "10.00",
        "work_out": "1",
    }
    small, large = cast.maker.client.post(path(cast.maker, piece), data).context["variants"]
    assert small.worked["own"].amount >= 900000
    assert Decimal(small["price"].value()) == small.worked["price"].amount
    assert large.worked["price"].amount == Decimal("20.00")
    kept = Product.objects.filter(parent=piece).values_list("stockrecords__price", flat=True)
    assert sorted(kept) == [Decimal("10.00"), Decimal("20.00")], "nothing is saved"


def test_terms_and_rates_are_asked_for_once_however_many_variants_there_are(cast, terms, steady):
    """Twice as many variants, the same number of statements."""
    counts = []
    for number in (3, 6):
        rows = {f"Size {n}": (f"{10 + n}.00", 2) for n in range(number)}
        piece = make_piece(cast.maker.workshop, variants=rows)
        page = cast.maker.client.get(path(cast.maker, piece))
        data = fields_of(page) | {f"{row.prefix}-receive": "900000" for row in page.context["variants"]}
        data |= {f"{row.prefix}-price": "" for row in page.context["variants"]}
        with CaptureQueriesContext(connection) as asked:
            shown = cast.maker.client.post(path(cast.maker, piece), data | {"work_out": "1"})
        assert [row.worked["own"].currency for row in shown.context["variants"]] == ["VND"] * number
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
