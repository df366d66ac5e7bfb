"""Add a piece, change a piece: what is saved, what is refused, what a form gives back."""

import io
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry, ReferenceIndex

from catalogue.models import Product, ProductImage
from marketplace.workshops import services
from marketplace.workshops.details import PieceDetails
from marketplace.workshops.models import WaitingPhoto, Workshop
from storefront.listing.models import ProductCard
from tests.factories import make_craft, make_material, make_order, make_piece, make_story, pay_order

StockRecord = get_model("partner", "StockRecord")
pytestmark = pytest.mark.django_db


def photo(
    colour: str = "firebrick", name: str = "IMG_0001.jpg", size: tuple[int, int] = (60, 75)
) -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x013B] = "Chi Hoa"
    exif.get_ifd(0x8825)[2] = (21.0, 6.0, 0.0)
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", exif=exif)
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def make_kinds() -> dict:
    return {
        "craft": make_craft(name="Lacquer"),
        "materials": [make_material(name="Bamboo"), make_material(name="Lacquer")],
    }


@pytest.fixture
def kinds(db, recorded) -> dict:
    return recorded(make_kinds)


@pytest.fixture
def filled(kinds) -> dict:
    """The form as a maker fills it in; photos are added by each test."""
    return {
        "key": str(uuid.uuid4()),
        "title": "Bát tre sơn son",
        "summary": "Twelve coats of red.",
        "description": "First paragraph.\r\n\r\nSecond paragraph.",
        "craft": kinds["craft"].pk,
        "materials": [row.pk for row in kinds["materials"]],
        "length": "18",
        "width": "18.5",
        "height": "",
        "net_weight_g": "260",
        "supply": "stock",
        "stock": "4",
        "lead_days": "",
        "price": "48.50",
        "hs_code": "4419.19",
    }


def add_path(person) -> str:
    return reverse("desk:piece-add", kwargs={"workshop": person.workshop.slug})


def piece_path(person, product: Product) -> str:
    return reverse("desk:piece", kwargs={"workshop": person.workshop.slug, "pk": product.pk})


def add(person, data: dict, *photos):
    return person.client.post(add_path(person), data | ({"photos": list(photos)} if photos else {}))


def fields_of(page) -> dict:
    """What a browser would send back from the form of ``page`` without touching it."""
    form = page.context["form"]
    data = {"key": str(form.key)}
    if form.shown is not None:
        data["shown"] = str(form.shown)
    for bound in form:
        value = bound.value()
        if bound.name != "photos" and value not in (None, ""):
            data[bound.name] = value
    return data


def test_a_new_piece_with_everything(cast, filled, kinds):
    answer = add(cast.maker, filled, photo("firebrick"), photo("navy", "IMG_0002.jpg"))
    piece = Product.objects.get(title="Bát tre sơn son")
    assert answer["Location"] == piece_path(cast.maker, piece)
    record = piece.stockrecords.get()
    assert (piece.upc, piece.slug, piece.structure) == ("SML-01", "bat-tre-son-son", Product.STANDALONE)
    assert (piece.partner, piece.source_language, piece.origin) == (cast.maker.workshop.partner, "en", "VN")
    assert (piece.supply, piece.product_class.slug, piece.lead_days) == ("stock", "piece", None)
    assert (piece.net_weight_g, piece.length_mm, piece.width_mm, piece.height_mm) == (260, 180, 185, None)
    assert (piece.hs_code, piece.craft, set(piece.materials.all())) == (
        "441919",
        kinds["craft"],
        set(kinds["materials"]),
    )
    assert (record.price, record.price_currency, record.num_in_stock) == (Decimal("48.50"), "USD", 4)
    assert (record.partner, record.partner_sku) == (cast.maker.workshop.partner, "SML-01")
    text = piece.texts.get()
    assert (text.language, text.title, text.summary) == ("en", "Bát tre sơn son", "Twelve coats of red.")
    assert text.paragraphs == ["First paragraph.", "Second paragraph."]
    pictures = list(piece.images.order_by("display_order"))
    assert [row.display_order for row in pictures] == [0, 1]
    assert all(row.picture.file.name == row.original.name for row in pictures)
    assert pictures[0].picture.uploaded_by_user == cast.maker.user
    page = cast.stranger.client.get(f"/en/products/bát-tre-sơn-son-{piece.pk}/")
    assert page.status_code == 200 and "Second paragraph." in page.text


def test_the_stored_original_knows_no_place_and_no_owner(cast, filled):
    add(cast.maker, filled, photo())
    with ProductImage.objects.get().picture.file.open() as file:
        content = file.read()
    image = Image.open(io.BytesIO(content))
    assert b"Chi Hoa" not in content and not image.getexif() and not image.getexif().get_ifd(0x8825)
    assert re.fullmatch(r"original_images/[0-9a-f]{32}\.jpg", ProductImage.objects.get().original.name)


def test_words_are_in_the_makers_own_language(cast, filled):
    Workshop.objects.filter(pk=cast.maker.workshop.pk).update(source_language="vi")
    add(cast.maker, filled, photo())
    piece = Product.objects.get(title="Bát tre sơn son")
    assert piece.source_language == "vi" and piece.texts.get().language == "vi"
    assert "Vietnamese" in cast.maker.client.get(add_path(cast.maker)).text
    card = ProductCard.objects.get(pk=piece.pk)
    assert card.texts == {"vi": {"title": "Bát tre sơn son", "summary": "Twelve coats of red."}}


def test_a_title_without_latin_letters_gets_the_code_for_an_address(cast, filled):
    add(cast.maker, filled | {"title": "竹の椀 🍵"}, photo())
    piece = Product.objects.get(title="竹の椀 🍵")
    assert piece.slug == "sml-01"
    assert cast.stranger.client.get(f"/en/products/竹の椀-{piece.pk}/").status_code == 200


def test_made_to_order(cast, filled):
    add(cast.maker, filled | {"supply": "made_to_order", "lead_days": "30", "stock": "rubbish"}, photo())
    piece = Product.objects.get()
    assert (piece.lead_days, piece.product_class.track_stock, piece.stockrecords.get().num_in_stock) == (
        30,
        False,
        None,
    )


def test_one_of_a_kind(cast, filled):
    add(cast.maker, filled | {"supply": "one_of_a_kind", "stock": "", "lead_days": "rubbish"}, photo())
    piece = Product.objects.get()
    assert (piece.stockrecords.get().num_in_stock, piece.product_class.track_stock) == (1, True)
    assert ProductCard.objects.get().state == "one_of_a_kind"


@pytest.mark.parametrize(
    "present, wanted",
    [
        ([], "SML-01"),
        (["SML-07", "SML-02"], "SML-08"),
        (["SML-09-L"], "SML-10"),
        (["SML-99"], "SML-100"),
        (["SML-x", "XSML-5", "SMLX-9"], "SML-01"),
    ],
)
def test_codes_go_on_from_the_highest(cast, filled, present, wanted):
    for code in present:
        make_piece(cast.other_maker.workshop, code=code)
    add(cast.maker, filled, photo())
    assert Product.objects.filter(upc=wanted, title="Bát tre sơn son").exists()


def test_a_code_taken_at_the_same_moment_is_passed_over(cast, filled, monkeypatch):
    make_piece(cast.other_maker.workshop, code="SML-01")
    answers = iter(["SML-01", "SML-02"])
    monkeypatch.setattr(services, "next_code", lambda workshop: next(answers))
    assert add(cast.maker, filled, photo()).status_code == 302
    assert Product.objects.get(title="Bát tre sơn son").upc == "SML-02"


def test_the_form_sent_twice_makes_one_piece(cast, filled):
    first = add(cast.maker, filled, photo())
    second = add(cast.maker, filled, photo())
    assert first["Location"] == second["Location"]
    assert Product.objects.count() == 1 and get_image_model().objects.count() == 1
    other_form = add(cast.maker, filled | {"key": str(uuid.uuid4())}, photo())
    assert other_form["Location"] != first["Location"]


def test_the_same_key_in_other_hands_means_nothing(cast, filled, kinds):
    add(cast.maker, filled, photo())
    answer = add(cast.other_maker, filled, photo())
    assert (
        answer.status_code == 302
        and Product.objects.filter(partner=cast.other_maker.workshop.partner).count() == 1
    )
    assert add(cast.maker, filled | {"key": "not a key"}, photo()).status_code == 302


REFUSED = {
    "title": ["", "x" * 256, " \x00\u202e "],
    "summary": ["x" * 301],
    "description": ["x" * 10_001],
    "craft": ["", "99999999", "x"],
    "materials": [[], ["99999999"], ["1 OR 1=1"]],
    "net_weight_g": ["", "0", "-5", "1e5", "100001"],
    "length": ["-1", "1e2"],
    "width": ["1,2,3", "10,55"],
    "height": ["501", "NaN"],
    "supply": ["", "gift"],
    "stock": ["", "-1", "1.5", "10000", "\x00"],
    "price": ["", "0", "0.00", "-5", "1e9", "NaN", "Infinity", "12.345", "100000", "€5", "\x00", "9" * 5000],
    "hs_code": ["12345", "44191９", "abcdef"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_and_all_that_was_typed_stays(cast, filled, name):
    for value in REFUSED[name]:
        page = add(cast.maker, filled | {name: value}, photo())
        assert page.status_code == 400 and list(page.context["form"].errors) == [name], value
        again = fields_of(page)
        others = set(filled) - {name, "materials"}
        assert {key: str(again.get(key, "")) for key in others} == {key: str(filled[key]) for key in others}
    assert not Product.objects.exists() and not get_image_model().objects.exists()


@pytest.mark.parametrize("price", ["1.250", "1,25,0", "1 25", "$1.250"])
def test_what_may_be_two_amounts_is_never_guessed_at(cast, filled, price):
    """Commas and points that can mean one thing only are read (tests/bulk/test_reading.py); nothing else is."""
    page = add(cast.maker, filled | {"price": price}, photo())
    assert list(page.context["form"].errors) == ["price"] and "12.50" in page.text
    assert not Product.objects.exists()


def test_days_are_needed_when_made_to_order(cast, filled):
    for days in ("", "0", "366", "two"):
        page = add(cast.maker, filled | {"supply": "made_to_order", "lead_days": days}, photo())
        assert list(page.context["form"].errors) == ["lead_days"]


@pytest.mark.parametrize(
    "price, saved",
    [("48", "48.00"), ("12,50", "12.50"), ("1,250.00", "1250.00"), ("1 250", "1250.00"), ("１２，５", "12.50"), ("$5", "5.00"),
     ("0.01", "0.01"), ("４８．５", "48.50"), ("99999", "99999.00"), (" 7.5 ", "7.50")],
)
def test_prices_as_phones_write_them(cast, filled, price, saved):
    add(cast.maker, filled | {"price": price}, photo())
    assert StockRecord.objects.get().price == Decimal(saved)


def test_a_currency_without_cents_takes_no_cents(cast, filled, settings):
    settings.MARKETPLACE_CURRENCY = "JPY"
    page = add(cast.maker, filled | {"price": "4800.50"}, photo())
    assert list(page.context["form"].errors) == ["price"]
    add(cast.maker, filled | {"price": "4800"}, photo())
    assert (StockRecord.objects.get().price, StockRecord.objects.get().price_currency) == (
        Decimal(4800),
        "JPY",
    )


@pytest.mark.parametrize(
    "title",
    [
        '=HYPERLINK("http://evil.example","x")',
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7|add:7 }}",
    ],
)
def test_hostile_titles_are_only_words(cast, filled, title):
    add(cast.maker, filled | {"title": title}, photo())
    piece = Product.objects.get()
    assert piece.title == title
    for client, path in (
        (cast.maker.client, piece_path(cast.maker, piece)),
        (cast.maker.client, reverse("desk:pieces", kwargs={"workshop": cast.maker.workshop.slug})),
        (cast.stranger.client, f"/en/products/{piece.slug}-{piece.pk}/"),
    ):
        page = client.get(path).text
        assert "<script>alert" not in page and "<img src=x" not in page and ">14<" not in page


def test_unseen_signs_are_left_out_and_emoji_stay(cast, filled):
    add(
        cast.maker,
        filled
        | {"title": "Red\x00 \u202ebowl\r\n👩‍🎨 \ufeff", "description": "One\x00\r\n\r\n\r\n\r\nTwo\x0b"},
        photo(),
    )
    piece = Product.objects.get()
    assert piece.title == "Red bowl 👩‍🎨"
    assert piece.texts.get().paragraphs == ["One", "Two"]


# Photos


def test_a_piece_needs_a_photo(cast, filled):
    page = add(cast.maker, filled)
    assert list(page.context["form"].errors) == ["photos"] and not Product.objects.exists()


def test_photos_wait_while_a_mistake_is_put_right(cast, filled):
    page = add(cast.maker, filled | {"price": "-1"}, photo("firebrick"), photo("navy"))
    kept = page.context["form"].kept
    assert len(kept) == 2 and "You need not send them again" in page.text
    assert all(row.small_url in page.text and storages["private"].exists(row.name) for row in kept)
    data = filled | {"kept": [row.ticket for row in kept]}
    answer = add(cast.maker, data, photo("green"))
    assert answer.status_code == 302
    assert Product.objects.get().images.count() == 3
    assert not any(storages["private"].exists(row.name) for row in kept)
    assert add(cast.maker, data)["Location"] == answer["Location"], "sent twice, its photos used up"


def test_a_photo_that_waits_can_be_left_out(cast, filled):
    page = add(cast.maker, filled | {"price": "-1"}, photo("firebrick"), photo("navy"))
    add(cast.maker, filled | {"kept": [page.context["form"].kept[1].ticket]})
    assert Product.objects.get().images.count() == 1


def test_photos_nobody_came_back_for_are_cleared_away(cast, filled):
    add(cast.maker, filled | {"price": "-1"}, photo())
    old = WaitingPhoto.objects.get()
    WaitingPhoto.objects.update(made_at=timezone.now() - timedelta(days=31))
    page = add(cast.maker, filled | {"price": "-1"}, photo())
    assert not storages["private"].exists(old.file.name)
    assert storages["private"].exists(page.context["form"].kept[0].name)


def test_tickets_of_others_and_forged_ones_mean_nothing(cast, filled):
    page = add(cast.maker, filled | {"price": "-1"}, photo())
    ticket = page.context["form"].kept[0].ticket
    for stolen in (ticket, ticket[:-2] + "xx", "../../db.sqlite3", "", "\x00"):
        person = cast.other_maker if stolen == ticket else cast.maker
        page = add(person, filled | {"kept": [stolen]})
        assert page.status_code == 400 and not page.context["form"].kept
    assert not Product.objects.exists()


def test_one_bad_photo_does_not_cost_the_good_ones(cast, filled):
    text = SimpleUploadedFile("holiday <b>.jpg", b"only text", "image/jpeg")
    page = add(cast.maker, filled, photo(), text)
    assert page.status_code == 400 and len(page.context["form"].kept) == 1
    assert "This is not a photo" in page.text and "<b>.jpg" not in page.text
    assert not Product.objects.exists()


def test_too_many_photos(cast, filled):
    page = add(cast.maker, filled, *(photo() for _number in range(9)))
    assert "at most 8 photos" in page.text and not Product.objects.exists()
    assert len(page.context["form"].kept) == 8


# Change


def make_finished_piece(cast, kinds):
    return make_piece(
        cast.maker.workshop,
        title={"en": "Red bowl", "ja": "赤い椀"},
        stock=5,
        pictures=2,
        code="SML-01",
        slug="red-bowl",
        **kinds,
    )


@pytest.fixture
def piece(cast, kinds, recorded):
    return recorded(make_finished_piece, cast, kinds)


def change(person, product: Product, **values):
    here = piece_path(person, product)
    return person.client.post(here, fields_of(person.client.get(here)) | values)


def test_saving_without_a_change_changes_nothing(cast, piece):
    before = Product.objects.filter(pk=piece.pk).values().get() | StockRecord.objects.values(
        "price", "num_in_stock"
    ).get(product=piece)
    assert change(cast.maker, piece)["Location"] == piece_path(cast.maker, piece)
    after = Product.objects.filter(pk=piece.pk).values().get() | StockRecord.objects.values(
        "price", "num_in_stock"
    ).get(product=piece)
    assert {key for key in before if before[key] != after[key]} <= {"date_updated"}
    assert {row.language: row.title for row in piece.texts.all()} == {"en": "Red bowl", "ja": "赤い椀"}
    assert piece.images.count() == 2


def test_words_price_and_stock_change(cast, piece):
    change(cast.helper, piece, title="Deep red bowl", price="51", stock="8")
    piece.refresh_from_db()
    record = piece.stockrecords.get()
    assert (piece.title, piece.slug, piece.upc) == ("Deep red bowl", "red-bowl", "SML-01")
    assert (record.price, record.num_in_stock) == (Decimal(51), 8)
    assert {row.language: row.title for row in piece.texts.all()} == {"en": "Deep red bowl", "ja": "赤い椀"}
    assert ProductCard.objects.get(pk=piece.pk).price == Decimal(51)


def test_a_sale_while_the_form_is_open_is_not_undone(cast, piece):
    here = piece_path(cast.maker, piece)
    open_form = fields_of(cast.maker.client.get(here))
    make_order([(piece, 2)], paid=True)
    assert cast.maker.client.post(here, open_form | {"title": "Red bowl, large"}).status_code == 302
    assert piece.stockrecords.get().num_in_stock == 3
    page = cast.maker.client.post(here, open_form | {"stock": "9"})
    assert page.status_code == 400 and "from 5 to 3" in page.text
    assert piece.stockrecords.get().num_in_stock == 3


def test_stock_below_what_buyers_hold_is_refused_here_too(cast, piece):
    make_order([(piece, 3)])
    page = change(cast.maker, piece, stock="1", title="Other")
    assert page.status_code == 400 and list(page.context["form"].errors) == ["stock"]
    piece.refresh_from_db()
    assert piece.title == "Red bowl" and piece.stockrecords.get().num_in_stock == 5


def test_counted_becomes_made_to_order_and_back(cast, piece):
    assert change(cast.maker, piece, supply="made_to_order", lead_days="14").status_code == 302
    piece.refresh_from_db()
    assert (piece.lead_days, piece.product_class.slug, piece.stockrecords.get().num_in_stock) == (
        14,
        "made-to-order",
        None,
    )
    page = change(cast.maker, piece, supply="stock")
    assert list(page.context["form"].errors) == ["stock"]
    assert change(cast.maker, piece, supply="stock", stock="3").status_code == 302
    piece.refresh_from_db()
    assert (piece.lead_days, piece.product_class.slug, piece.stockrecords.get().num_in_stock) == (
        None,
        "piece",
        3,
    )


@pytest.mark.parametrize("first, then", [("stock", "made_to_order"), ("made_to_order", "stock")])
def test_supply_stays_while_somebody_pays(cast, kinds, first, then):
    piece = make_piece(cast.maker.workshop, supply=first, pictures=1, **kinds)
    payment = make_order([piece])
    page = change(cast.maker, piece, supply=then, stock="5", lead_days="9")
    assert page.status_code == 400 and "Somebody is paying" in page.text
    piece.refresh_from_db()
    assert piece.supply == first
    assert pay_order(payment).state == "paid"
    assert change(cast.maker, piece, supply=then, stock="5", lead_days="9").status_code == 302


def test_many_cannot_become_one_of_a_kind(cast, piece):
    assert list(change(cast.maker, piece, supply="one_of_a_kind").context["form"].errors) == ["stock"]
    assert change(cast.maker, piece, supply="one_of_a_kind", stock="1").status_code == 302


def test_photos_are_added_removed_and_put_first(cast, piece):
    first, second = piece.images.order_by("display_order")
    gone, file = first.picture, first.picture.file.name
    answer = change(cast.maker, piece, remove=[str(first.pk)], first=str(second.pk), photos=[photo("green")])
    assert answer.status_code == 302
    rows = list(piece.images.order_by("display_order"))
    assert rows[0] == second and len(rows) == 2 and [row.display_order for row in rows] == [0, 1]
    assert not get_image_model().objects.filter(pk=gone.pk).exists() and not default_storage.exists(file)


def test_another_photo_is_shown_first(cast, piece):
    first, second = piece.images.order_by("display_order")
    change(cast.maker, piece, first=str(second.pk))
    assert list(piece.images.order_by("display_order")) == [second, first]


def test_a_photo_that_a_story_shows_stays_for_the_story(cast, piece):
    first = piece.images.order_by("display_order").first()
    picture = first.picture
    story = make_story(
        body=[
            {"type": "picture", "value": {"image": picture.pk, "alt": "A bowl", "caption": "", "credit": ""}}
        ]
    )
    ReferenceIndex.create_or_update_for_object(story["en"])
    change(cast.maker, piece, remove=[str(first.pk)])
    assert piece.images.count() == 1
    assert get_image_model().objects.filter(pk=picture.pk).exists() and default_storage.exists(
        picture.file.name
    )


def test_the_last_photo_stays_and_others_photos_are_out_of_reach(cast, piece):
    ids = [str(row.pk) for row in piece.images.all()]
    page = change(cast.maker, piece, remove=ids)
    assert page.status_code == 400 and piece.images.count() == 2
    foreign = make_piece(cast.other_maker.workshop, pictures=1).images.get()
    change(cast.maker, piece, remove=[str(foreign.pk)], first=str(foreign.pk))
    assert ProductImage.objects.filter(pk=foreign.pk).exists() and piece.images.count() == 2


def test_variants_have_their_own_price_and_weight(cast, kinds):
    piece = make_piece(
        cast.maker.workshop, variants={"Small": ("5.00", 2), "Large": ("6.00", 3)}, pictures=1, **kinds
    )
    small, large = piece.children.order_by("pk")
    values = {
        f"variant-{small.pk}-price": "7",
        f"variant-{large.pk}-price": "9.50",
        f"variant-{large.pk}-net_weight_g": "900",
    }
    assert change(cast.maker, piece, **values).status_code == 302
    assert [row.stockrecords.get().price for row in (small, large)] == [Decimal(7), Decimal("9.50")]
    large.refresh_from_db()
    assert large.net_weight_g == 900 and [row.stockrecords.get().num_in_stock for row in (small, large)] == [
        2,
        3,
    ]
    page = change(cast.maker, piece, **values | {f"variant-{small.pk}-price": "-7"})
    assert page.status_code == 400 and small.stockrecords.get().price == Decimal(7)


def test_prices_of_others_variants_are_out_of_reach(cast, piece):
    foreign = make_piece(cast.other_maker.workshop, variants={"Small": ("5.00", 2)}).children.get()
    change(cast.maker, piece, **{f"variant-{foreign.pk}-price": "1"})
    assert foreign.stockrecords.get().price == Decimal(5)


def test_who_listed_and_changed_is_written_down(cast, filled):
    add(cast.maker, filled, photo())
    piece = Product.objects.get()
    change(cast.helper, piece, title="Other words")
    entries = ModelLogEntry.objects.filter(object_id=str(piece.pk)).order_by("timestamp")
    assert [(row.action, row.user) for row in entries] == [
        ("wagtail.create", cast.maker.user),
        ("wagtail.edit", cast.helper.user),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_codes_and_one_form_makes_one_piece(cast, kinds):
    """Real transactions in two threads."""

    def list_one(key: uuid.UUID) -> str:
        try:
            details = PieceDetails(title="Bowl", price=Decimal(5), stock=1, net_weight_g=100)
            return services.list_piece(
                workshop=cast.maker.workshop, details=details, user=cast.maker.user, key=key
            ).upc
        finally:
            connection.close()

    same = uuid.uuid4()
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(list_one, [same, same, uuid.uuid4(), same]))
    assert len(set(codes)) == 2 and Product.objects.count() == 2
    assert codes[0] == codes[1] == codes[3]
