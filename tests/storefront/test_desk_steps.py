"""Listing a piece in small steps: each is kept by itself; drafts, copies, pausing, putting away, the preview."""

import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override
from oscar.core.loading import get_model
from wagtail.models import ModelLogEntry

from catalogue.models import Product
from marketplace.workshops import drafting, stages
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Assistance, Workshop
from storefront.listing.models import ProductCard
from tests.factories import make_craft, make_material, make_piece
from tests.factories.places import make_officer
from tests.storefront.test_desk_pieces import photo

StockRecord = get_model("partner", "StockRecord")
Stage = Product.Stage
pytestmark = pytest.mark.django_db
TITLE = "Bát tre sơn son"


@pytest.fixture
def kinds(db, recorded) -> dict:
    return recorded(
        lambda: {"craft": make_craft(name="Lacquer"), "materials": [make_material(name="Bamboo")]}
    )


def url(person, name: str, **kwargs) -> str:
    return reverse(f"desk:{name}", kwargs={"workshop": person.workshop.slug, **kwargs})


def begin(person, key: str = "", *photos):
    data = {"key": key or str(uuid.uuid4()), "photos": list(photos) or [photo()]}
    return person.client.post(url(person, "piece-begin"), data)


def do(person, pk: int, step: str, **data):
    return person.client.post(url(person, "piece-step", pk=pk, step=step), data)


def thing(kinds) -> dict:
    return {"craft": kinds["craft"].pk, "materials": [row.pk for row in kinds["materials"]], "net_weight_g": "420"}


def test_a_first_piece_is_live_after_six_screens(cast, kinds):
    maker = cast.maker
    assert maker.client.get(url(maker, "piece-begin")).status_code == 200
    answer = begin(maker, "", photo(), photo("navy"))
    draft = Product.objects.get(stage=Stage.DRAFT)
    assert answer["Location"] == url(maker, "piece-step", pk=draft.pk, step="words")
    ways = {
        "words": {"title": TITLE, "summary": "Mười hai lớp.", "description": "Một.\r\n\r\nHai."},
        "thing": thing(kinds) | {"length": "18", "width": "18.5", "height": ""},
        "sale": {"supply": "made_to_order", "lead_days": "12", "month_capacity": "20", "stock": "nonsense"},
        "price": {"price": "48.00"},
    }
    after = ["thing", "sale", "price", "ready"]
    for (step, data), then in zip(ways.items(), after, strict=True):
        assert maker.client.get(url(maker, "piece-step", pk=draft.pk, step=step)).status_code == 200
        assert do(maker, draft.pk, step, **data)["Location"] == url(maker, "piece-step", pk=draft.pk, step=then)
    assert not ProductCard.objects.filter(visible=True).exists()
    look = maker.client.get(url(maker, "piece-step", pk=draft.pk, step="ready"))
    assert (look.status_code, look.context["missing"]) == (200, [])
    assert do(maker, draft.pk, "ready").status_code == 302
    piece = Product.objects.get(pk=draft.pk)
    assert (piece.stage, piece.is_public, piece.title, piece.description) == ("live", True, TITLE, "Một.\n\nHai.")
    assert (piece.supply, piece.lead_days, piece.month_capacity) == ("made_to_order", 12, 20)
    assert (piece.craft, piece.net_weight_g, piece.length_mm, piece.width_mm, piece.height_mm) == (
        kinds["craft"], 420, 180, 185, None,
    )  # fmt: skip
    record = piece.stockrecords.get()
    assert (record.price, record.num_in_stock, record.partner_sku) == (Decimal("48.00"), None, "SML-01")
    assert (piece.images.count(), piece.upc, piece.texts.get().summary) == (2, "SML-01", "Mười hai lớp.")
    assert ProductCard.objects.get(visible=True).product_id == piece.pk


def test_sent_twice_it_is_one_draft(cast):
    key = str(uuid.uuid4())
    first, second = begin(cast.maker, key), begin(cast.maker, key)
    assert first["Location"] == second["Location"]
    assert (Product.objects.count(), Product.objects.get().images.count()) == (1, 1)
    assert begin(cast.helper, key)["Location"] != first["Location"]


def test_a_draft_stays_when_she_goes_and_goes_on_where_it_stopped(cast, kinds):
    begin(cast.maker)
    draft = Product.objects.get()
    answer = do(cast.maker, draft.pk, "words", title=TITLE, later="1")
    assert answer["Location"] == f"{url(cast.maker, 'pieces')}?state=draft"
    rows = cast.maker.client.get(answer["Location"]).context["pieces"]
    assert [(row["title"], row["stage"]) for row in rows] == [(TITLE, "draft")]
    # Her colleague goes on.
    answer = cast.helper.client.get(url(cast.helper, "piece", pk=draft.pk))
    assert answer["Location"] == url(cast.maker, "piece-step", pk=draft.pk, step="thing")


@pytest.mark.parametrize(
    ("step", "data", "field"),
    [
        ("words", {"title": "  "}, "title"),
        ("words", {"title": "x" * 256}, "title"),
        ("thing", {"craft": "", "materials": [], "net_weight_g": "0"}, "craft"),
        ("thing", {"craft": "999999", "materials": ["999999"], "net_weight_g": "5"}, "materials"),
        ("sale", {"supply": "stock", "stock": ""}, "stock"),
        ("sale", {"supply": "stock", "stock": "-1"}, "stock"),
        ("sale", {"supply": "made_to_order", "lead_days": "0"}, "lead_days"),
        ("sale", {"supply": "made_to_order", "lead_days": "3", "month_capacity": "1000"}, "month_capacity"),
        ("sale", {"supply": "stolen"}, "supply"),
        ("price", {"price": "0"}, "price"),
        ("price", {"price": "1.234"}, "price"),
        ("price", {"receive": "850.5"}, "receive"),
        ("thing", {"craft": "", "materials": [], "net_weight_g": "5", "length": "1,2,3"}, "length"),
    ],
)
def test_what_cannot_be_is_refused_and_the_draft_stays(cast, step, data, field):
    piece = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    before = Product.objects.filter(pk=piece.pk).values().get()
    answer = do(cast.maker, piece.pk, step, **data)
    assert (answer.status_code, field in answer.context["form"].errors) == (400, True)
    assert Product.objects.filter(pk=piece.pk).values().get() == before
    assert not StockRecord.objects.exists()


def test_what_a_piece_needs_is_asked_for_before_it_is_public(cast, kinds):
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    look = cast.maker.client.get(url(cast.maker, "piece-step", pk=draft.pk, step="ready"))
    assert [row["url"].rsplit("/", 2)[1] for row in look.context["missing"]] == [
        "photos", "words", "thing", "sale", "price",
    ]  # fmt: skip
    answer = do(cast.maker, draft.pk, "ready")
    assert (answer.status_code, answer.context["problem"]) == (400, "Please give a title.")
    draft.refresh_from_db()
    assert (draft.stage, draft.is_public) == ("draft", False)


def test_work_it_out_shows_the_price_and_three_markets(cast, kinds):
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    do(cast.maker, draft.pk, "thing", **thing(kinds))
    answer = do(cast.maker, draft.pk, "price", receive="380000", work_out="1")
    worked = answer.context["worked"]
    assert (answer.status_code, len(worked["markets"]), worked["saved"]) == (200, 3, True)
    assert worked["own"].amount >= 380_000
    assert not StockRecord.objects.exists()
    price = answer.context["form"]["price"].value()
    do(cast.maker, draft.pk, "price", receive="380000", worked_for="380000", price=price)
    assert StockRecord.objects.get().price == Decimal(price)


def test_what_she_wants_to_receive_is_taken_by_saving_alone_and_shown_when_she_comes_back(cast):
    """Without scripts she types it over an old price and saves: it counts, and she is told the price."""
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    drafting.set_price(workshop=cast.maker.workshop, product=draft, price=Decimal("12.00"))
    answer = do(cast.maker, draft.pk, "price", receive="500.000 ₫", price="12.00", worked_for="300000")
    assert answer["Location"] == url(cast.maker, "piece-step", pk=draft.pk, step="ready")
    price = StockRecord.objects.get().price
    assert price > 12
    assert f"The price in the shop: ${price}. You receive " in cast.maker.client.get(answer["Location"]).text
    opened = cast.maker.client.get(url(cast.maker, "piece-step", pk=draft.pk, step="price"))
    form, worked = opened.context["form"], opened.context["worked"]
    assert (worked["price"].amount, len(worked["markets"]), len(worked["rows"])) == (price, 3, 3)
    assert 500_000 <= worked["own"].amount < 500_500
    receive = form["receive"].value()
    assert (receive, form["worked_for"].value()) == (f"{worked['own'].amount:f}", receive)
    # Saved as it stands, nothing moves; with another price, that one counts.
    do(cast.maker, draft.pk, "price", receive=receive, worked_for=receive, price=f"{price}")
    assert StockRecord.objects.get().price == price
    do(cast.maker, draft.pk, "price", receive=receive, worked_for=receive, price="20,50")
    assert StockRecord.objects.get().price == Decimal("20.50")
    looked = do(cast.maker, draft.pk, "price", receive=receive, worked_for=receive, price="30", work_out="1")
    shown = looked.context["form"]
    assert (looked.context["worked"]["price"].amount, shown["worked_for"].value()) == (Decimal(30), shown["receive"].value())
    assert Decimal(shown["receive"].value()) == looked.context["worked"]["own"].amount > Decimal(receive)


def test_prices_and_sizes_are_read_and_shown_as_her_language_writes_them(cast, kinds):
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    here = {step: url(cast.maker, "piece-step", pk=draft.pk, step=step).replace("/en/", "/vi/", 1) for step in ("thing", "price")}
    post = cast.maker.client.post
    assert post(here["thing"], thing(kinds) | {"length": "180,5", "net_weight_g": "1.200"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.length_mm, draft.net_weight_g) == (1805, 1200)
    assert cast.maker.client.get(here["thing"]).context["form"]["length"].value() == "180,5"
    assert post(here["price"], {"price": "20,50"}).status_code == 302
    assert StockRecord.objects.get().price == Decimal("20.50")
    assert cast.maker.client.get(here["price"]).context["form"]["price"].value() == "20,50"
    wrong = post(here["price"], {"receive": "850.00", "work_out": "1"})
    assert (wrong.status_code, "850.000" in wrong.context["form"].errors["receive"][0]) == (400, True)
    wrong = post(here["price"], {"price": "1,234"})
    assert all(text in wrong.context["form"].errors["price"][0] for text in ("“1,234”", "1234", "1,234", "12,50"))
    wrong = post(here["thing"], thing(kinds) | {"length": "big"})
    assert "18,5" in wrong.context["form"].errors["length"][0]


def words_of(page) -> dict:
    form = page.context["form"]
    return {name: form[name].value() for name in ("title", "summary", "description", "seen")}


def test_of_two_windows_none_puts_old_words_back(cast):
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    first = {"title": "Old", "summary": "One.", "description": "Story."}
    do(cast.maker, draft.pk, "words", **first)
    older = words_of(cast.maker.client.get(url(cast.maker, "piece-step", pk=draft.pk, step="words")))
    do(cast.maker, draft.pk, "words", **older | {"title": "New"})
    # She touched the story only: the new title stays.
    assert do(cast.maker, draft.pk, "words", **older | {"description": "Longer story."}).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.description) == ("New", "Longer story.")
    # She touched the title, too: she is asked, and nothing is written.
    asked = do(cast.maker, draft.pk, "words", **older | {"title": "Mine", "summary": "Two."})
    assert (asked.status_code, list(asked.context["form"].errors)) == (409, ["which_title"])
    assert asked.context["form"]["title"].value() == "Mine" and "“What do you call it?”: which words" in asked.text
    assert [label for _value, label in asked.context["form"].fields["which_title"].choices] == ["What I typed now", "New"]
    draft.refresh_from_db()
    assert (draft.title, draft.texts.get().summary) == ("New", "One.")
    again = words_of(asked)
    assert do(cast.maker, draft.pk, "words", **again, which_title="stored").status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.texts.get().summary) == ("New", "Two.")
    asked = do(cast.maker, draft.pk, "words", **older | {"title": "Mine"})
    do(cast.maker, draft.pk, "words", **words_of(asked), which_title="mine")
    draft.refresh_from_db()
    assert draft.title == "Mine"


def test_an_empty_field_is_asked_for_in_plain_words(cast):
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    for step, names in (("words", ["title"]), ("thing", ["craft", "materials", "net_weight_g"]), ("price", ["price"])):
        errors = do(cast.maker, draft.pk, step).context["form"].errors
        assert {name: errors[name][0] for name in names} == dict.fromkeys(names, "Please fill this in.")
    page = cast.stranger.client.post("/en/account/login/", {})
    assert "Please fill this in." in page.text and "This field is required" not in page.text


def test_nobody_else_opens_a_draft(cast):
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    for name, more in (("piece-step", {"step": "words"}), ("piece-variants", {}), ("piece-preview", {})):
        own = url(cast.maker, name, pk=draft.pk, **more)
        foreign = url(cast.other_maker, name, pk=draft.pk, **more)
        assert cast.maker.client.get(own).status_code in (200, 409)
        assert cast.other_maker.client.get(own).status_code == 404
        assert cast.other_maker.client.get(foreign).status_code == 404
        assert cast.other_maker.client.post(foreign, {"title": "Mine"}).status_code in (404, 405)
    draft.refresh_from_db()
    assert draft.title == ""


def test_a_draft_is_nowhere_in_the_shop(cast, kinds):
    piece = make_piece(cast.maker.workshop, craft=kinds["craft"], stage="draft", is_public=False, pictures=1)
    assert not ProductCard.objects.filter(visible=True).exists()
    stranger = cast.stranger.client
    assert stranger.get(f"/en/products/{piece.slug}-{piece.pk}/").status_code == 404
    assert piece.title not in stranger.get("/en/products/").content.decode()


def test_the_preview_is_the_shops_page_for_the_workshop_only(cast, kinds):
    piece = make_piece(cast.maker.workshop, craft=kinds["craft"], stage="draft", is_public=False, pictures=1)
    page = cast.maker.client.get(url(cast.maker, "piece-preview", pk=piece.pk))
    body = page.content.decode()
    assert (page.status_code, 'class="product"' in body, 'name="robots" content="noindex"' in body) == (200, True, True)
    assert page.context["buyable"] is False
    assert not ProductCard.objects.filter(visible=True).exists()
    assert "no-store" in page["Cache-Control"]


def acts(person, pk: int, action: str, **data):
    return person.client.post(url(person, "pieces"), {"piece": pk, "action": action, **data})


def test_pause_put_away_take_out_and_show_again(cast):
    piece = make_piece(cast.maker.workshop)
    states = []
    for action in ("hide", "archive", "hide", "show"):
        acts(cast.maker, piece.pk, action)
        piece.refresh_from_db()
        states.append((piece.stage, piece.is_public))
    assert states == [("paused", False), ("archived", False), ("paused", False), ("live", True)]
    acts(cast.maker, piece.pk, "archive")
    assert cast.maker.client.get(url(cast.maker, "pieces")).context["total"] == 0
    assert cast.maker.client.get(url(cast.maker, "pieces") + "?state=archived").context["total"] == 1
    assert cast.stranger.client.get(f"/en/products/{piece.slug}-{piece.pk}/").status_code == 404


def test_a_copy_says_the_same_and_has_no_photo_and_no_number(cast, kinds):
    piece = make_piece(
        cast.maker.workshop, title="Red bowl", craft=kinds["craft"], materials=kinds["materials"], pictures=1, stock=4,
        hs_code="441990", net_weight_g=300,
    )  # fmt: skip
    key = str(uuid.uuid4())
    first, second = (acts(cast.maker, piece.pk, "copy", key=key) for _time in range(2))
    copy = Product.objects.get(stage=Stage.DRAFT)
    assert first["Location"] == second["Location"] == url(cast.maker, "piece-step", pk=copy.pk, step="photos")
    same = ("title", "craft", "hs_code", "net_weight_g", "supply", "source_language", "origin")
    assert [getattr(copy, name) for name in same] == [getattr(piece, name) for name in same]
    assert list(copy.materials.all()) == kinds["materials"]
    record = copy.stockrecords.get()
    assert (copy.images.count(), record.price, record.num_in_stock) == (0, Decimal("48.00"), 0)
    assert copy.upc != piece.upc
    assert "The photos show the other piece and were not copied." in cast.maker.client.get(first["Location"]).text
    assert acts(cast.other_maker, piece.pk, "copy", key=str(uuid.uuid4())).status_code == 404


@pytest.mark.parametrize(
    ("more", "stock"),
    [
        ({"supply": "one_of_a_kind", "stock": 0}, 1),
        ({"supply": "made_to_order", "stock": None, "lead_days": 21, "month_capacity": 9}, None),
    ],
)
def test_a_copy_is_sold_as_the_first_is(cast, more, stock):
    piece = make_piece(cast.maker.workshop, **more)
    acts(cast.maker, piece.pk, "copy", key=str(uuid.uuid4()))
    copy = Product.objects.get(stage=Stage.DRAFT)
    assert (copy.supply, copy.lead_days, copy.month_capacity) == (piece.supply, piece.lead_days, piece.month_capacity)
    assert (copy.stockrecords.get().num_in_stock, copy.stockrecords.get().price) == (stock, Decimal("48.00"))
    page = cast.maker.client.get(url(cast.maker, "piece-step", pk=copy.pk, step="sale"))
    assert page.context["form"]["supply"].value() == piece.supply


def test_a_copy_comes_in_the_same_sizes(cast):
    piece = make_piece(cast.maker.workshop, variants={"Small": ("10.00", 2), "Large": ("20.00", 3)})
    piece.children.filter(title="Large").update(net_weight_g=90)
    acts(cast.maker, piece.pk, "copy", key=str(uuid.uuid4()))
    copy = Product.objects.get(stage=Stage.DRAFT)
    rows = copy.children.order_by("pk").values_list(
        "title", "net_weight_g", "stockrecords__price", "stockrecords__num_in_stock"
    )
    assert list(rows) == [("Small", None, Decimal("10.00"), 0), ("Large", 90, Decimal("20.00"), 0)]
    assert not set(copy.children.values_list("upc", flat=True)) & set(piece.children.values_list("upc", flat=True))
    assert piece.children.count() == 2


def test_what_a_button_does_is_not_said_with_the_word_for_what_is_so(cast):
    """The state is in the catalogues without a context; in some languages the two cannot be the same word."""
    make_piece(cast.maker.workshop, stage="paused", is_public=False)
    with override("vi"):
        assert str(Stage.ARCHIVED.label) == gettext("Put away")
    source = Path("storefront/templates/storefront/desk/parts/piece_acts.html").read_text()
    assert '{% translate "Put away" context "button" %}' in source
    assert ">Put away</button>" in cast.maker.client.get(url(cast.maker, "pieces")).text


def test_the_last_step_leads_to_what_is_missing(cast, kinds):
    piece = make_piece(cast.maker.workshop, craft=kinds["craft"], hs_code="", stage="draft", is_public=False, pictures=1)
    here = url(cast.maker, "piece-step", pk=piece.pk, step="ready")
    page = cast.maker.client.get(here)
    readiness = url(cast.maker, "piece-readiness", pk=piece.pk)
    helper = cast.maker.client.get(readiness)
    rows = [*helper.context["gaps"], *helper.context["notes"]]
    links = [link["url"] for gap in rows for link in gap["links"] if gap["finding"].field == "hs_code"]
    assert set(links) == {f"{readiness}#hs"} and 'id="hs"' in helper.text
    assert "Your piece is ready" in page.text
    officer = make_officer(cast.maker.workshop.village)
    Assistance.objects.create(workshop=cast.maker.workshop, officer=officer, maker_name="Bà Tư")
    for answer, status in ((cast.maker.client.get(here), 200), (do(cast.maker, piece.pk, "ready"), 400)):
        assert (answer.status_code, "Your piece is ready" in answer.text, "Bà Tư agrees" in answer.text) == (status, False, True)
        assert [row["url"] for row in answer.context["missing"]] == [url(cast.maker, "helping")]
        assert f'href="{url(cast.maker, "helping")}"' in answer.text
    piece.refresh_from_db()
    assert piece.stage == "draft"


def test_a_draft_can_be_thrown_away_a_piece_cannot(cast):
    draft = drafting.begin(workshop=cast.maker.workshop, user=cast.maker.user, key=uuid.uuid4())
    piece = make_piece(cast.maker.workshop)
    acts(cast.maker, draft.pk, "discard")
    acts(cast.maker, piece.pk, "discard")
    assert list(Product.objects.values_list("pk", flat=True)) == [piece.pk]


def test_pieces_of_a_workshop_that_waits_become_public_when_it_opens(cast):
    workshop = cast.maker.workshop
    Workshop.objects.filter(pk=workshop.pk).update(stage="applied")
    piece = make_piece(workshop, stage="paused", is_public=False)
    acts(cast.maker, piece.pk, "show")
    piece.refresh_from_db()
    assert (piece.stage, piece.is_public) == ("live", False)
    Workshop.objects.filter(pk=workshop.pk).update(stage="open")
    assert stages.show_all(workshop=workshop) == 1
    piece.refresh_from_db()
    assert piece.is_public
    assert stages.hide_all(workshop=workshop) == 1
    piece.refresh_from_db()
    assert (piece.stage, piece.is_public) == ("live", False)


def test_without_consent_nothing_of_an_assisted_maker_is_published(cast):
    workshop = cast.maker.workshop
    officer = make_officer(workshop.village)
    Assistance.objects.create(workshop=workshop, officer=officer, maker_name="Bà Tư")
    piece = make_piece(workshop, stage="paused", is_public=False)
    with pytest.raises(Refused, match="Bà Tư agrees"):
        stages.publish(workshop=workshop, product=piece, user=officer.user)
    piece.refresh_from_db()
    assert (piece.stage, piece.is_public) == ("paused", False)


def test_the_log_shows_both_hands(cast):
    workshop = cast.other_maker.workshop
    officer = make_officer(workshop.village, title="Officer of Ban Fai")
    workshop.members.all().delete()
    Assistance.objects.create(workshop=workshop, officer=officer, maker_name="Yai Noi")
    drafting.begin(workshop=workshop, user=officer.user, key=uuid.uuid4())
    entry = ModelLogEntry.objects.get(action="wagtail.create", user=officer.user)
    assert entry.data == {"for": "Yai Noi", "by": "Officer of Ban Fai", "consent": None}
