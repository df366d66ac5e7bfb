"""Sizes and colours of a piece in one place."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.economies.quote_rates import QuoteRates
from marketplace.money import Money, format_money
from storefront.desk.what_i_receive import Calculator
from tests.factories import make_craft, make_piece

StockRecord = get_model("partner", "StockRecord")
pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return make_piece(cast.maker.workshop, craft=make_craft(name="Weaving"), stage="draft", is_public=False, pictures=1)


def path(person, piece) -> str:
    return reverse("desk:piece-variants", kwargs={"workshop": person.workshop.slug, "pk": piece.pk})


def rows(*given: dict) -> dict:
    fields = {f"row-{number}-{name}": value for number, row in enumerate(given) for name, value in row.items()}
    return fields | {"rows": len(given)}


def variants_of(piece) -> list[tuple]:
    found = piece.children.order_by("pk")
    return [
        (row.title, row.variant_size, row.variant_colour, row.is_public, row.net_weight_g, record.price, record.num_in_stock)
        for row in found
        for record in row.stockrecords.all()
    ]


SMALL = {"size": "Small", "colour": "Indigo", "stock": "3", "net_weight_g": "90"}
LARGE = {"size": "Large", "colour": "Indigo", "stock": "2", "price": "60.00"}


def test_a_draft_gets_variants_changes_them_and_is_one_piece_again(cast, draft):
    here = path(cast.maker, draft)
    assert len(cast.maker.client.get(here).context["rows"]) == 3
    assert cast.maker.client.post(here, rows(SMALL, LARGE, {})).status_code == 302
    draft.refresh_from_db()
    assert draft.structure == Product.PARENT
    assert variants_of(draft) == [
        ("Small · Indigo", "Small", "Indigo", True, 90, Decimal("48.00"), 3),
        ("Large · Indigo", "Large", "Indigo", True, None, Decimal("60.00"), 2),
    ]
    assert not draft.stockrecords.exists()
    codes = list(draft.children.order_by("pk").values_list("upc", flat=True))
    assert codes == [f"{draft.upc}-1", f"{draft.upc}-2"]
    first, second = draft.children.order_by("pk")
    more, without = SMALL | {"pk": first.pk, "stock": "7"}, LARGE | {"pk": second.pk, "remove": "on"}
    cast.maker.client.post(here, rows(more, without, {"size": "Medium", "stock": "1"}))
    assert [(row[0], row[6]) for row in variants_of(draft)] == [("Small · Indigo", 7), ("Medium", 1)]
    left = [{"pk": row.pk, "size": row.title, "stock": "1", "remove": "on"} for row in draft.children.order_by("pk")]
    cast.maker.client.post(here, rows(*left))
    draft.refresh_from_db()
    assert (draft.structure, draft.children.count()) == (Product.STANDALONE, 0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([SMALL, SMALL], "Two variants have the same size and colour."),
        ([{"stock": "3"}], "Please give each variant a size or a colour."),
        ([SMALL | {"stock": ""}], "Please say how many you have."),
        ([{"size": f"Size {number}", "stock": "1"} for number in range(41)], "A piece has at most 40 variants."),
    ],
)
def test_what_cannot_be_is_refused(cast, draft, given, says):
    answer = cast.maker.client.post(path(cast.maker, draft), rows(*given))
    assert (answer.status_code, answer.context["problem"]) == (400, says)
    draft.refresh_from_db()
    assert (draft.structure, draft.children.count(), draft.stockrecords.count()) == (Product.STANDALONE, 0, 1)


@pytest.mark.parametrize("bad", [{"stock": "many"}, {"price": "-1"}, {"net_weight_g": "0"}, {"size": "x" * 81}])
def test_a_wrong_number_is_shown_beside_its_field(cast, draft, bad):
    answer = cast.maker.client.post(path(cast.maker, draft), rows(SMALL | bad))
    assert (answer.status_code, list(answer.context["rows"][0].errors)) == (400, list(bad))
    assert draft.children.count() == 0


def test_a_variant_of_another_piece_is_not_taken(cast, draft):
    foreign = make_piece(cast.other_maker.workshop, title="Soft scarf", variants={"Small": ("12.00", 6)})
    child = foreign.children.get()
    answer = cast.maker.client.post(path(cast.maker, draft), rows(SMALL | {"pk": child.pk}))
    assert answer.status_code == 409
    child.refresh_from_db()
    assert (child.title, child.parent_id, draft.children.count()) == ("Small", foreign.pk, 0)
    assert cast.other_maker.client.post(path(cast.other_maker, draft), rows(SMALL)).status_code == 404


def test_of_a_piece_in_the_shop_a_variant_is_hidden_and_not_while_somebody_pays(cast):
    piece = make_piece(cast.maker.workshop, title="Soft scarf", variants={"Small": ("12.00", 6), "Large": ("14.00", 2)})
    small, large = piece.children.order_by("pk")
    keep = {"pk": small.pk, "size": "Small", "stock": "6"}
    leave = {"pk": large.pk, "size": "Large", "stock": "2", "remove": "on"}
    StockRecord.objects.filter(product=large).update(num_allocated=1)
    answer = cast.maker.client.post(path(cast.maker, piece), rows(keep, leave))
    assert (answer.status_code, "right now" in answer.context["problem"]) == (400, True)
    StockRecord.objects.filter(product=large).update(num_allocated=0)
    assert cast.maker.client.post(path(cast.maker, piece), rows(keep, leave, {"size": "Tiny", "stock": "1"})).status_code == 302
    assert [(row[0], row[3]) for row in variants_of(piece)] == [("Small", True), ("Large", False), ("Tiny", True)]
    answer = cast.maker.client.post(path(cast.maker, piece), rows(keep | {"remove": "on"}))
    assert answer.status_code == 400
    assert piece.children.filter(is_public=True).count() == 2


def test_a_single_piece_in_the_shop_gets_no_variants(cast):
    piece = make_piece(cast.maker.workshop)
    answer = cast.maker.client.post(path(cast.maker, piece), rows(SMALL))
    assert (answer.status_code, piece.children.count(), piece.stockrecords.count()) == (400, 0, 1)


def test_more_rows_keep_what_was_typed(cast, draft):
    answer = cast.maker.client.post(path(cast.maker, draft), rows(SMALL) | {"more": "1"})
    shown = answer.context["rows"]
    assert (answer.status_code, len(shown), shown[0]["size"].value()) == (200, 4, "Small")
    assert draft.children.count() == 0


def test_beside_each_variant_stands_what_she_receives(cast):
    piece = make_piece(cast.maker.workshop, title="Soft scarf", variants={"Small": ("12.00", 6), "Large": ("24.00", 2)})
    page = cast.maker.client.get(path(cast.maker, piece))
    calculator = Calculator(cast.maker.workshop, QuoteRates(timezone.localdate()))
    own = [calculator.from_price(Money(Decimal(price), "USD")).own for price in (12, 24)]
    said = [f"You receive {format_money(amount, 'en')} for one." for amount in own]
    assert [row.receives for row in page.context["rows"]] == [*said, "", "", ""]
    assert all(text in page.text for text in said) and own[0].currency == "VND"
