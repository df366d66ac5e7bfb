"""Stock and visibility, changed from the list of pieces."""

import pytest
from django.urls import reverse
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.workshops import services, stages
from marketplace.workshops.details import Refused
from storefront.listing.models import ProductCard
from tests.factories import make_order, make_piece, pay_order

StockRecord = get_model("partner", "StockRecord")
pytestmark = pytest.mark.django_db


def make_bowl(cast):
    return make_piece(cast.maker.workshop, title="Red bowl", stock=5, code="SML-01")


@pytest.fixture
def piece(cast, recorded):
    return recorded(make_bowl, cast)


def list_of(person) -> str:
    return reverse("desk:pieces", kwargs={"workshop": person.workshop.slug})


def set_stock(person, product: Product, typed: str, **more):
    return person.client.post(
        list_of(person), {"action": "stock", "piece": product.pk, "stock": typed} | more
    )


def stock_of(product: Product) -> int | None:
    return StockRecord.objects.get(product=product).num_in_stock


def test_the_list_shows_pieces_with_price_stock_and_state(cast, piece):
    make_piece(cast.maker.workshop, title="Slow box", supply="made_to_order", price="80.00")
    make_piece(cast.other_maker.workshop, title="Blue scarf")
    page = cast.maker.client.get(list_of(cast.maker)).text
    for part in (
        "Red bowl",
        "$48.00",
        'value="5"',
        "SML-01",
        "Slow box",
        "Sent in 21 days",
        "In stock",
        "Made to order",
    ):
        assert part in page
    assert "Blue scarf" not in page


@pytest.mark.parametrize(
    "typed, number", [("7", 7), ("0", 0), (" 12 ", 12), ("９", 9), ("๓", 3), ("9999", 9999), ("1,000", 1000)]
)
def test_stock_is_set(cast, piece, typed, number):
    answer = set_stock(cast.helper, piece, typed)
    assert answer["Location"] == f"{list_of(cast.helper)}#piece-{piece.pk}"
    assert stock_of(piece) == number
    assert (ProductCard.objects.get(pk=piece.pk).state == "sold_out") == (number == 0)


@pytest.mark.parametrize(
    "typed",
    ["-1", "1.5", "1e3", "", "x", "10000", "1,00", "NaN", "９.５", "\x00", "9" * 40, "<b>1</b>", "٣٫٥"],
)
def test_what_is_no_number_is_refused_and_shown_again(cast, piece, typed):
    page = set_stock(cast.maker, piece, typed)
    assert page.status_code == 400 and stock_of(piece) == 5
    assert "Please give a whole number" in page.text or "Please fill this in." in page.text
    assert "<b>1</b>" not in page.text and "Red bowl" in page.text


def test_stock_cannot_fall_below_what_buyers_hold(cast, piece):
    payment = make_order([(piece, 3)])
    page = set_stock(cast.maker, piece, "2")
    assert page.status_code == 400 and "Buyers are paying for 3 of these now" in page.text
    assert stock_of(piece) == 5
    assert set_stock(cast.maker, piece, "3").status_code == 302
    pay_order(payment)
    assert stock_of(piece) == 0


def test_a_count_from_before_a_sale_is_not_believed(cast, piece):
    make_order([(piece, 2)], paid=True)
    page = set_stock(cast.maker, piece, "7", shown="5")
    assert page.status_code == 400 and "from 5 to 3" in page.text
    assert stock_of(piece) == 3
    assert set_stock(cast.maker, piece, "7", shown="3").status_code == 302


def test_of_one_of_a_kind_there_is_one(cast):
    only = make_piece(cast.maker.workshop, supply="one_of_a_kind", stock=1)
    assert set_stock(cast.maker, only, "2").status_code == 400
    assert stock_of(only) == 1
    assert set_stock(cast.maker, only, "0").status_code == 302


def test_made_to_order_has_no_stock_to_set(cast):
    slow = make_piece(cast.maker.workshop, supply="made_to_order")
    assert set_stock(cast.maker, slow, "4").status_code == 400
    assert stock_of(slow) is None


def test_variants_have_a_number_each(cast):
    piece = make_piece(
        cast.maker.workshop, title="Bowl", variants={"Small": ("5.00", 2), "Large": ("6.00", 3)}
    )
    small, large = piece.children.order_by("pk")
    page = cast.maker.client.get(list_of(cast.maker)).text
    assert "Small" in page and "Large" in page
    assert set_stock(cast.maker, large, "8").status_code == 302
    assert (stock_of(small), stock_of(large)) == (2, 8)
    assert set_stock(cast.maker, piece, "8").status_code == 400


def test_a_piece_without_price_cannot_get_stock(cast, piece):
    StockRecord.objects.filter(product=piece).delete()
    assert cast.maker.client.get(list_of(cast.maker)).status_code == 200
    assert set_stock(cast.maker, piece, "4").status_code == 400


def test_hide_and_show(cast, piece):
    client = cast.maker.client
    client.post(list_of(cast.maker), {"action": "hide", "piece": piece.pk})
    piece.refresh_from_db()
    assert not piece.is_public and not ProductCard.objects.get(pk=piece.pk).visible
    assert cast.stranger.client.get(f"/en/products/{piece.slug}-{piece.pk}/").status_code == 404
    page = client.get(list_of(cast.maker) + "?state=hidden").text
    assert "Red bowl" in page
    client.post(list_of(cast.maker), {"action": "show", "piece": piece.pk})
    assert cast.stranger.client.get(f"/en/products/{piece.slug}-{piece.pk}/").status_code == 200


def test_a_variant_is_hidden_with_its_piece_only(cast):
    piece = make_piece(cast.maker.workshop, variants={"Small": ("5.00", 2)})
    data = {"action": "hide", "piece": piece.children.get().pk}
    assert cast.maker.client.post(list_of(cast.maker), data).status_code == 404


def test_search_finds_titles_in_any_language_and_codes(cast):
    make_piece(cast.maker.workshop, title={"vi": "Bát tre", "ja": "竹の椀"}, source="vi", code="SML-77")
    make_piece(cast.maker.workshop, title="Red tray")
    for words in ("bát", "竹の", "sml-77", "BÁT tre"):
        found = cast.maker.client.get(list_of(cast.maker), {"q": words}).context["pieces"]
        assert [row["code"] for row in found] == ["SML-77"], words
    for words in ("%", "_", "'", '"><script>', "\x00", "x" * 5000, "‮abc"):
        page = cast.maker.client.get(list_of(cast.maker), {"q": words})
        assert page.status_code == 200 and "<script>alert" not in page.text and '"><script>' not in page.text


def test_search_finds_own_codes_with_and_without_a_card(cast, piece):
    facts = {"title": "Tray", "stage": "draft", "is_public": False, "maker_code": "Kệ-8"}
    draft = Product.objects.create(partner=cast.maker.workshop.partner, **facts)
    piece.maker_code = "Kệ-7"
    piece.save()
    assert not ProductCard.objects.filter(pk=draft.pk).exists()
    for words, wanted in (("kệ-7", [piece.pk]), ("KỆ-8", [draft.pk]), ("kệ-", [draft.pk, piece.pk]), ("kệ-9", [])):
        found = cast.maker.client.get(list_of(cast.maker), {"q": words}).context["pieces"]
        assert [row["pk"] for row in found] == wanted, words


def test_back_to_the_list_where_it_was(cast, piece):
    here = list_of(cast.maker) + "?q=bowl&state=shown"
    answer = cast.maker.client.post(here, {"action": "stock", "piece": piece.pk, "stock": "6"})
    assert answer["Location"] == f"{here}#piece-{piece.pk}"


def test_unknown_actions_do_nothing(cast, piece):
    for action in ("", "delete", "STOCK"):
        assert (
            cast.maker.client.post(list_of(cast.maker), {"action": action, "piece": piece.pk}).status_code
            == 400
        )


def test_the_services_look_after_themselves(cast, piece):
    with pytest.raises(LookupError):
        services.set_stock(workshop=cast.other_maker.workshop, product=piece, quantity=1)
    with pytest.raises(LookupError):
        stages.set_aside(workshop=cast.other_maker.workshop, product=piece, stage="paused")
    with pytest.raises(Refused):
        services.set_stock(workshop=cast.maker.workshop, product=piece, quantity=-1)
    assert stock_of(piece) == 5
