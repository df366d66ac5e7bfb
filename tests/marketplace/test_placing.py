"""Place: stock is held, prices are frozen, the order is pending; or nothing happens and the buyer is told why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone, translation
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.fulfilment.models import ShippingRate
from marketplace.money import Money
from marketplace.payments.errors import (
    BasketIsEmpty,
    CannotPay,
    CannotPlace,
    CannotShip,
    SoldOut,
    TotalChanged,
)
from marketplace.payments.models import Payment
from marketplace.payments.placing import ALPHABET, new_reference, place_order
from tests.factories import (
    make_basket,
    make_buyer,
    make_order,
    make_piece,
    make_user,
    make_village,
    make_workshop,
)
from tests.factories.orders import Selector
from tests.ledger import Basket, StockRecord, assert_books_balance, nothing_changes, stock_of
from tests.shopping import total_of

pytestmark = pytest.mark.django_db
Supply = Product.Supply
Country = get_model("address", "Country")


def place(
    basket, *, key: str = "k" * 24, expected: Money | None = None, buyer=None, language: str = "en"
) -> Payment:
    return place_order(
        basket=basket,
        buyer=buyer or make_buyer(),
        language=language,
        idempotency_key=key,
        expected_total=expected or total_of(basket),
    )


def reopened(basket):
    """The basket as the next request loads it."""
    fresh = Basket.objects.get(pk=basket.pk)
    fresh.strategy = Selector().strategy()
    return fresh


def refused(error: type[CannotPlace], basket, **kwargs) -> list[str]:
    """Placing fails with ``error``, nothing is written, and the basket can be used as before; answers the reasons."""
    with nothing_changes(), pytest.raises(error) as caught:
        place(basket, **kwargs)
    assert type(caught.value) is error
    assert not Basket.objects.filter(pk=basket.pk).exclude(status=Basket.OPEN).exists()
    return caught.value.reasons


def test_an_order_is_pending_and_its_stock_is_held():
    lacquer = make_workshop()
    bowl, tray, cloth = (
        make_piece(lacquer, price="48.00", stock=5),
        make_piece(lacquer, price="20.00", stock=2),
        make_piece(price="7.50"),
    )
    basket = make_basket((bowl, 3), tray, (cloth, 2))
    expected = total_of(basket)
    before = timezone.now()
    payment = place(basket)
    assert (payment.state, payment.order.status) == ("pending", "pending")
    assert (payment.amount, payment.currency) == (expected.amount, "USD")
    assert payment.order.shipping_incl_tax == expected.amount - Decimal("179.00")
    reserved = timedelta(minutes=settings.MARKETPLACE_RESERVATION_MINUTES)
    assert before + reserved <= payment.expires_at <= timezone.now() + reserved
    assert (stock_of(bowl), stock_of(tray), stock_of(cloth)) == ((5, 3), (2, 1), (5, 2))
    assert payment.order.consignments.count() == 2
    assert Basket.objects.get(pk=basket.pk).status == Basket.SUBMITTED
    assert_books_balance()


def test_a_guests_order_keeps_the_address_and_no_user():
    order = place(make_basket(make_piece()), buyer=make_buyer(line2="Flat 3", notes="Ring twice")).order
    assert (order.user, order.guest_email) == (None, "kenji@example.com")
    to = order.shipping_address
    assert (to.last_name, to.line1, to.line2, to.line4, to.state, to.postcode, to.country_id) == (
        "Mori Kenji", "1-2-3 Minato", "Flat 3", "Yokohama", "Kanagawa", "220-0012", "JP",
    )  # fmt: skip
    assert (str(to.phone_number), to.notes) == ("+81451234567", "Ring twice")


def test_an_accounts_order_belongs_to_it():
    user = make_user("aiko@example.com")
    order = place(make_basket(make_piece(), user=user), buyer=make_buyer(user=user)).order
    assert order.user == user
    assert list(user.orders.all()) == [order]


def test_prices_and_words_are_frozen():
    piece = make_piece(title={"en": "Red bowl", "ja": "赤い椀"}, price="48.00")
    with translation.override("ja"):
        payment = place(make_basket(piece), language="ja")
    StockRecord.objects.filter(product=piece).update(price="99.00")
    piece.texts.all().delete()
    Product.objects.filter(pk=piece.pk).update(title="Another name")
    line = payment.order.lines.get()
    assert (line.title, line.unit_price_incl_tax, line.line_price_incl_tax) == (
        "赤い椀",
        Decimal("48.00"),
        Decimal("48.00"),
    )
    assert payment.language == "ja"


def test_the_same_key_answers_with_the_same_order():
    basket = make_basket(make_piece(stock=5))
    first = place(basket)
    with nothing_changes():
        assert place(basket) == first
        assert place(reopened(basket)) == first
        assert place(make_basket(), expected=Money(Decimal(1), "USD")) == first


def test_another_key_for_the_same_basket_makes_no_second_order():
    basket = make_basket(make_piece(stock=5))
    place(basket)
    with nothing_changes(), pytest.raises(BasketIsEmpty):
        place(basket, key="another-key-of-24-letters")


@pytest.mark.django_db(transaction=True)
def test_two_baskets_with_one_key_make_one_order(rival):
    """Both looked for the key before either wrote it: the second one's order is taken back."""
    first, second = make_basket(make_piece()), make_basket(make_piece())
    rival.before("marketplace.payments.placing._write_order", lambda: place(first))
    assert place(second) == rival.answer
    assert Payment.objects.count() == 1
    assert reopened(second).status == Basket.OPEN
    assert_books_balance()


def test_references_cannot_be_guessed_and_are_easy_to_read():
    made = {new_reference() for _turn in range(2000)}
    assert len(made) == 2000
    assert all(len(one) == 17 and one[5] == one[11] == "-" for one in made)
    assert set("".join(made)) == {*ALPHABET, "-"}
    assert not set(ALPHABET) & set("01IOLU")


@pytest.mark.parametrize("adds", [True, False], ids=["more of it", "another piece"])
def test_what_another_tab_adds_while_she_pays_is_not_lost(adds):
    """Case 18: she is shown the total of what the basket holds now."""
    piece, other = make_piece(stock=5), make_piece(title="Tray", stock=5)
    basket = make_basket(piece)
    seen = total_of(basket)
    list(basket.all_lines())
    reopened(basket).add_product(piece if adds else other, 1)
    with nothing_changes(), pytest.raises(TotalChanged) as caught:
        place(basket, expected=seen)
    assert caught.value.total.amount > seen.amount
    assert place(reopened(basket), expected=caught.value.total).amount == caught.value.total.amount


def test_an_empty_basket_is_refused():
    assert refused(BasketIsEmpty, make_basket(), expected=Money(Decimal(0), "USD")) == [
        "Your basket is empty."
    ]


def test_an_unsaved_basket_is_refused():
    basket = Basket()
    basket.strategy = Selector().strategy()
    with nothing_changes(), pytest.raises(BasketIsEmpty):
        place(basket, expected=Money(Decimal(0), "USD"))


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (Money(Decimal("0.01"), "USD"), "tampered down"),
        (Money(Decimal("99999.00"), "USD"), "tampered up"),
        (Money(Decimal("-1"), "USD"), "unreadable"),
        (None, "another currency"),
    ],
)
def test_a_total_that_the_buyer_did_not_see_is_refused(seen, why):
    basket = make_basket(make_piece(price="48.00"))
    total = total_of(basket)
    seen = seen or Money(total.amount, "VND")
    with nothing_changes(), pytest.raises(TotalChanged) as caught:
        place(basket, expected=seen)
    assert caught.value.total == total
    assert caught.value.reasons == [
        f"The total is now ${total.amount}. Please look at it again before you pay."
    ]


def test_a_price_or_rate_that_changed_after_the_review_is_shown_before_it_is_charged():
    piece = make_piece(price="48.00")
    seen = total_of(make_basket(piece))
    StockRecord.objects.filter(product=piece).update(price="49.00")
    assert refused(TotalChanged, make_basket(piece), expected=seen)
    StockRecord.objects.filter(product=piece).update(price="48.00")
    ShippingRate.objects.filter(origin="VN").update(amount="1.00")
    assert refused(TotalChanged, make_basket(piece), expected=seen)


def test_the_last_piece_is_sold_once():
    piece = make_piece(stock=1, supply=Supply.ONE_OF_A_KIND)
    first, second = make_basket(piece), make_basket(piece)
    place(first)
    assert refused(SoldOut, second, key="another-key-of-24-letters") == ["“Red bowl” is sold out."]
    assert stock_of(piece) == (1, 1)


def test_more_than_there_is_names_what_is_left():
    assert refused(SoldOut, make_basket((make_piece(stock=2), 3))) == ["Only 2 of “Red bowl” are left."]


def test_every_piece_with_a_problem_is_named():
    bowl, tray, cloth = (
        make_piece(title="Bowl", stock=0),
        make_piece(title="Tray", stock=1),
        make_piece(title="Cloth", stock=1),
    )
    assert refused(SoldOut, make_basket(bowl, (tray, 2), cloth)) == [
        "“Bowl” is sold out.",
        "Only 1 of “Tray” are left.",
    ]


def test_one_piece_in_two_lines_counts_together():
    """Oscar keeps lines with different options apart."""
    piece = make_piece(stock=3)
    option = get_model("catalogue", "Option").objects.create(name="Engraving", code="engraving")
    basket = make_basket((piece, 2))
    basket.add_product(piece, 2, options=[{"option": option, "value": "A"}])
    assert refused(SoldOut, basket) == ["Only 3 of “Red bowl” are left."] * 2


@pytest.mark.parametrize("change", [{"is_public": False}], ids=["withdrawn"])
def test_a_piece_that_is_no_longer_for_sale_is_refused(change):
    piece = make_piece()
    basket = make_basket(piece)
    Product.objects.filter(pk=piece.pk).update(**change)
    assert refused(SoldOut, basket) == ["“Red bowl” is no longer for sale."]


def test_a_variant_of_a_withdrawn_piece_is_refused():
    piece = make_piece(variants={"Small": ("10.00", 5)})
    basket = make_basket(piece.children.get())
    Product.objects.filter(pk=piece.pk).update(is_public=False)
    assert refused(SoldOut, basket) == ["“Red bowl · Small” is no longer for sale."]


@pytest.mark.parametrize(
    "change", [{"price": None}, {"price_currency": "EUR"}], ids=["no price", "another currency"]
)
def test_a_piece_without_a_price_in_the_shops_currency_is_refused(change):
    piece = make_piece(price="48.00")
    basket = make_basket(piece)
    seen = total_of(basket)
    StockRecord.objects.filter(product=piece).update(**change)
    assert refused(SoldOut, basket, expected=seen) == ["“Red bowl” is no longer for sale."]


def test_a_deleted_piece_leaves_no_order():
    piece, other = make_piece(), make_piece(title="Tray")
    basket = make_basket(piece, other)
    list(basket.all_lines())
    piece.delete()
    assert refused(SoldOut, basket, expected=Money(Decimal(1), "USD")) == [
        "“Red bowl” is no longer for sale."
    ]


def test_made_to_order_needs_no_stock():
    piece = make_piece(supply=Supply.MADE_TO_ORDER, price="120.00")
    payment = place(make_basket((piece, 40)))
    assert stock_of(piece) == (None, 0)
    assert payment.order.lines.get().quantity == 40
    assert_books_balance()


def test_variants_are_held_each_by_itself():
    piece = make_piece(variants={"Small": ("10.00", 2), "Large": ("15.00", 1)})
    small, large = piece.children.order_by("pk")
    payment = place(make_basket((small, 2), large))
    assert (stock_of(small), stock_of(large)) == ((2, 2), (1, 1))
    assert sorted(line.title for line in payment.order.lines.all()) == [
        "Red bowl · Large",
        "Red bowl · Small",
    ]
    assert payment.order.consignments.get().goods == Decimal("35.00")
    assert refused(SoldOut, make_basket(small), key="another-key-of-24-letters") == [
        "“Red bowl · Small” is sold out."
    ]


def test_what_cannot_be_sent_is_refused():
    ShippingRate.objects.filter(origin="TH").delete()
    thai = make_piece(make_workshop(village=make_village(economy="TH")))
    basket = make_basket(make_piece(), thai)
    reasons = refused(CannotShip, basket, expected=Money(Decimal("96.00"), "USD"))
    assert reasons == ["Sao Mai Lacquer (“Red bowl”): We cannot send from Thailand to Japan yet."]


def test_what_is_too_heavy_is_refused():
    basket = make_basket(make_piece(net_weight_g=60_000))
    assert refused(CannotShip, basket, expected=Money(Decimal(1), "USD")) == [
        "Sao Mai Lacquer (“Red bowl”): This parcel from Viet Nam to Japan is too heavy for the post."
    ]


@pytest.mark.parametrize("code", ["XX", "KP"])
def test_a_place_we_do_not_send_to_is_refused(code):
    basket = make_basket(make_piece())
    reasons = refused(CannotShip, basket, buyer=make_buyer(economy=code), expected=total_of(basket, code))
    assert len(reasons) == 1
    assert reasons[0].startswith("Nothing is sent to ")


@pytest.mark.parametrize(("price", "possible"), [("0.49", False), ("0.50", True)])
def test_an_amount_that_is_too_small_for_the_payment_service_is_refused(price, possible):
    ShippingRate.objects.update(amount="0.00")
    basket = make_basket(make_piece(price=price))
    if possible:
        assert place(basket).amount == Decimal("0.50")
    else:
        assert refused(CannotPay, basket) == ["The smallest amount that can be paid is $0.50."]


def test_what_costs_nothing_has_no_value_for_customs_and_is_not_sent():
    ShippingRate.objects.update(amount="0.00")
    reasons = refused(CannotShip, make_basket(make_piece(price="0.00")))
    assert reasons == ["Sao Mai Lacquer (“Red bowl”): Every line needs a quantity and a value above zero, free samples too."]


def test_an_amount_that_its_currency_does_not_have_is_refused(settings):
    settings.MARKETPLACE_CURRENCY = "JPY"
    ShippingRate.objects.update(currency="JPY", amount="500")
    piece = make_piece(price="1200.50")
    basket = make_basket(piece)
    expected = Money(Decimal("1700.50"), "JPY")
    assert refused(CannotPay, basket, expected=expected) == ["This amount cannot be paid exactly."]
    StockRecord.objects.filter(product=piece).update(price="1200")
    payment = place(make_basket(piece), expected=Money(Decimal("1700"), "JPY"))
    assert (payment.amount, payment.currency) == (1700, "JPY")


def test_reasons_are_in_the_buyers_language():
    basket = make_basket(make_piece(title={"en": "Red bowl", "ja": "赤い椀"}, stock=0))
    with translation.override("ja"):
        (reason,) = refused(SoldOut, basket)
    assert "赤い椀" in reason


def test_orders_from_the_factory_balance():
    make_order(paid=True)
    make_order([make_piece(), (make_piece(supply=Supply.MADE_TO_ORDER), 2)])
    assert_books_balance()
