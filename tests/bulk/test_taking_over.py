"""An import from file to pieces: new, changed, same, refused."""

from decimal import Decimal

import pytest
from oscar.core.loading import get_model
from wagtail.models import ModelLogEntry

from storefront.listing.models import ProductCard
from tests.bulk.helping import (
    bowls,
    counts,
    files_left,
    look_at,
    pieces,
    report,
    table,
    take_over,
)

StockRecord = get_model("partner", "StockRecord")
pytestmark = pytest.mark.django_db


def test_new_changed_same_refused_and_the_same_file_again(cast, words_of_the_shop, commit):
    craft, bamboo, silk = words_of_the_shop
    run = look_at(cast.maker, table(bowls(3)))
    assert (run.state, counts(run), pieces(cast.maker)) == ("checked", (3, 0, 0, 0), [])
    run = take_over(cast.maker, table(bowls(3)))
    assert (run.state, counts(run)) == ("done", (3, 0, 0, 0))
    made = pieces(cast.maker)
    assert [(row.maker_code, row.upc, row.title, row.stage, row.is_public) for row in made] == [
        (f"B{one}", f"SML-{one:02d}", f"Bowl {one}", "draft", False) for one in (1, 2, 3)
    ]
    first = made[0]
    assert (first.craft, first.net_weight_g, first.supply, first.origin) == (craft, 400, "stock", "VN")
    assert set(first.materials.all()) == {bamboo, silk}
    assert list(StockRecord.objects.filter(product=first).values_list("price", "num_in_stock", "partner_sku")) == [
        (Decimal("48.00"), 5, "SML-01")
    ]
    assert [(row.language, row.title) for row in first.texts.all()] == [("en", "Bowl 1")]
    assert ProductCard.objects.filter(product=first, visible=False).exists()
    entry = ModelLogEntry.objects.for_instance(first).get()
    assert (entry.action, entry.user, entry.data["import"]) == ("wagtail.create", cast.maker.user, True)
    before = StockRecord.objects.values_list("pk", "date_updated")
    again = take_over(cast.maker, table(bowls(3)))
    assert counts(again) == (0, 0, 3, 0) and list(before) == list(StockRecord.objects.values_list("pk", "date_updated"))
    rows = bowls(4, price="50.00")
    rows[1] = ("B1", "Bowl 1", "Pottery", "", "", "", "-5", "")
    mixed = take_over(cast.maker, table(rows))
    assert counts(mixed) == (1, 2, 0, 1)
    assert report(mixed) == [
        (2, "refused", [("craft", "“Pottery” is no craft of this shop."), ("price", "Please give a price above zero.")]),
        (3, "changed", [("price", "$48.00", "$50.00")]),
        (4, "changed", [("price", "$48.00", "$50.00")]),
        (5, "new", [("title", "", "Bowl 4"), ("price", "", "$50.00"), ("stock", "", "5")]),
    ]
    commit()
    assert files_left() == []
