"""The desk's consignments: only one's own lines, and what may happen to them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from catalogue.models import Product
from marketplace.fulfilment.deadlines import today_at
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.senders import change_sender
from tests.factories import make_buyer, make_member, make_order, make_piece
from tests.fulfilment.making import make_consignment
from tests.people import Visitor

State = Consignment.State
pytestmark = pytest.mark.django_db


def make_shared(cast):
    """A paid order with two workshops' pieces."""
    cup = make_piece(
        cast.maker.workshop, title={"en": "Tea cup", "ja": "湯呑"}, price="31.00", stock=9, code="SML-07"
    )
    scarf = make_piece(cast.other_maker.workshop, title="Blue scarf", price="77.00", stock=9, code="BFI-03")
    buyer = make_buyer(notes="Please wrap it.\n<b>Thank you</b>", line2="Flat 5")
    return make_order([(cup, 3), (scarf, 2)], buyer=buyer, paid=True)


@pytest.fixture
def shared(cast, recorded):
    return recorded(make_shared, cast)


def own(payment, person) -> Consignment:
    return payment.order.consignments.get(workshop=person.workshop)


def path(person, consignment: Consignment | None = None) -> str:
    kwargs = {"workshop": person.workshop.slug}
    if consignment is None:
        return reverse("desk:consignments", kwargs=kwargs)
    return reverse("desk:consignment", kwargs=kwargs | {"pk": consignment.pk})


def test_a_consignment_shows_what_to_pack_and_where_it_goes(shared, cast):
    page = cast.maker.client.get(path(cast.maker, own(shared, cast.maker))).text
    for part in (
        "3 ×",
        "Tea cup",
        "SML-07",
        "$93.00",
        "Mori Kenji",
        "1-2-3 Minato",
        "Flat 5",
        "220-0012",
        "Japan",
        "+81451234567",
    ):
        assert part in page
    assert "&lt;b&gt;Thank you&lt;/b&gt;" in page and "<b>Thank you" not in page


@pytest.mark.parametrize(
    "origin, destination, lines",
    [
        ("VN", "JP", ["Mori Kenji", "1-2-3 Minato", "Yokohama, Kanagawa", "220-0012", "Japan"]),
        ("JP", "AU", ["Mori Kenji", "1-2-3 Minato", "Yokohama Kanagawa 220-0012", "Australia"]),
        ("JP", "JP", ["Mori Kenji", "1-2-3 Minato", "Yokohama, Kanagawa", "220-0012", "日本"]),
    ],
)
def test_the_address_reads_as_the_parcel_needs_it(cast, origin, destination, lines):
    workshop = cast.maker.workshop
    workshop.village.economy_id = origin
    workshop.village.save()
    payment = make_order([make_piece(workshop)], buyer=make_buyer(economy=destination), paid=True)
    here = path(cast.maker, own(payment, cast.maker)).replace("/en/", "/ja/", 1)
    assert cast.maker.client.get(here).context["consignment"]["address_lines"] == lines


def test_nothing_of_the_other_maker_of_the_same_order_is_shown(shared, cast):
    mine = own(shared, cast.maker)
    for address in (
        path(cast.maker, mine),
        path(cast.maker),
        reverse("desk:workshop", kwargs={"workshop": cast.maker.workshop.slug}),
    ):
        page = cast.maker.client.get(address).text
        for secret in (
            "Blue scarf",
            "BFI-03",
            "77.00",
            "154.00",
            "Ban Fai Indigo",
            f"{shared.amount}",
            shared.order.number,
        ):
            assert secret not in page, (address, secret)
    other = own(shared, cast.other_maker)
    assert str(other.goods) not in page and str(shared.order.shipping_incl_tax) not in page


def test_the_number_of_a_consignment_does_not_lead_to_the_whole_order(shared, cast):
    number = own(shared, cast.maker).number
    assert shared.order.number not in number
    assert not any(group in number for group in shared.order.number.split("-"))


def test_the_mail_to_a_workshop_names_no_other_and_not_the_order(db, cast, mailoutbox, commit):
    cup, scarf = (
        make_piece(cast.maker.workshop, title="Tea cup"),
        make_piece(cast.other_maker.workshop, title="Blue scarf"),
    )
    payment = make_order([cup, scarf], paid=True)
    commit()
    mails = [mail for mail in mailoutbox if cast.maker.user.email in mail.to]
    assert len(mails) == 1 and "Tea cup" in mails[0].body
    assert "Blue scarf" not in mails[0].body and payment.order.number not in mails[0].subject + mails[0].body


def test_titles_are_the_makers_own_words(cast):
    piece = make_piece(cast.maker.workshop, title={"vi": "Bát tre", "en": "Bamboo bowl"}, source="vi")
    payment = make_order([piece], language="en", paid=True)
    page = cast.maker.client.get(path(cast.maker, own(payment, cast.maker))).text
    assert "Bát tre" in page and "Bamboo bowl" not in page


def test_unpaid_orders_are_nobodys_business_yet(cast):
    payment = make_order([make_piece(cast.maker.workshop)])
    assert own(payment, cast.maker).number not in cast.maker.client.get(path(cast.maker)).text
    assert cast.maker.client.get(path(cast.maker, own(payment, cast.maker))).status_code == 404
    assert (
        cast.maker.client.post(path(cast.maker, own(payment, cast.maker)), {"action": "pack"}).status_code
        == 404
    )


def test_packed_sent_delivered(shared, cast):
    mine, client = own(shared, cast.maker), cast.maker.client
    here = path(cast.maker, mine)
    for data, state in (
        ({"action": "pack", "weight": "2 kg"}, State.PACKED),
        (
            {"action": "send", "carrier": "post", "carrier_name": " Viet Post ", "tracking": "RR123456785VN"},
            State.SENT,
        ),
        ({"action": "deliver", "known": "on"}, State.DELIVERED),
    ):
        assert client.post(here, data)["Location"] == here
        mine.refresh_from_db()
        assert mine.state == state
    assert (mine.carrier, mine.tracking) == ("Viet Post", "RR123456785VN")
    page = client.get(here).text
    assert "RR123456785VN" in page and 'name="action"' not in page
    assert own(shared, cast.other_maker).state == State.PLACED


def test_a_helper_may_pack_and_send(shared, cast):
    mine = own(shared, cast.maker)
    cast.helper.client.post(path(cast.helper, mine), {"action": "pack", "weight": "2 kg"})
    cast.helper.client.post(path(cast.helper, mine), {"action": "send", "carrier": "post"})
    mine.refresh_from_db()
    assert mine.state == State.SENT


def test_a_parcel_needs_a_carrier_and_what_was_typed_stays(shared, cast):
    mine = own(shared, cast.maker)
    cast.maker.client.post(path(cast.maker, mine), {"action": "pack", "weight": "2 kg"})
    page = cast.maker.client.post(
        path(cast.maker, mine),
        {"action": "send", "carrier": "other", "carrier_name": " \x00 ", "tracking": "AB 12"},
    )
    assert page.status_code == 400 and "AB 12" in page.text
    assert "Please say who takes the parcel." in page.text
    mine.refresh_from_db()
    assert mine.state == State.PACKED


@pytest.mark.parametrize("carrier", ["x" * 81, "y" * 100_000])
def test_a_carrier_too_long_is_refused(shared, cast, carrier):
    mine = own(shared, cast.maker)
    cast.maker.client.post(path(cast.maker, mine), {"action": "pack", "weight": "2 kg"})
    assert (
        cast.maker.client.post(
            path(cast.maker, mine), {"action": "send", "carrier": "other", "carrier_name": carrier}
        ).status_code
        == 400
    )
    mine.refresh_from_db()
    assert mine.state == State.PACKED


def test_the_same_button_twice_is_no_mistake(shared, cast):
    here = path(cast.maker, own(shared, cast.maker))
    cast.maker.client.post(here, {"action": "pack", "weight": "2 kg"})
    page = cast.maker.client.post(here, {"action": "pack", "weight": "2 kg"}, follow=True)
    assert page.status_code == 200 and "note error" not in page.text


def test_what_the_state_does_not_allow_is_said_and_not_done(shared, cast):
    mine = own(shared, cast.maker)
    page = cast.maker.client.post(path(cast.maker, mine), {"action": "deliver"}, follow=True)
    assert "cannot become" in page.text
    mine.refresh_from_db()
    assert mine.state == State.PLACED and mine.delivered_at is None


@pytest.mark.parametrize("action", ["", "cancel", "refund", "PACK"])
def test_other_actions_do_nothing(shared, cast, action):
    mine = own(shared, cast.maker)
    assert cast.maker.client.post(path(cast.maker, mine), {"action": action}).status_code == 400
    mine.refresh_from_db()
    assert mine.state == State.PLACED


def test_the_list_by_state(shared, cast):
    mine, here = own(shared, cast.maker), path(cast.maker)
    assert mine.number in cast.maker.client.get(here).text
    assert mine.number in cast.maker.client.get(here + "?state=placed").text
    assert mine.number not in cast.maker.client.get(here + "?state=sent").text
    for odd in ("nonsense", "", "placed' OR 1=1", "\x00"):
        assert cast.maker.client.get(here, {"state": odd}).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", "1.5", ""])
def test_any_page_number_shows_some_page(shared, cast, page):
    assert cast.maker.client.get(path(cast.maker), {"page": page}).status_code == 200


def test_a_line_whose_piece_is_gone_is_still_packed(shared, cast):
    Product.objects.filter(upc="SML-07").delete()
    page = cast.maker.client.get(path(cast.maker, own(shared, cast.maker)))
    assert page.status_code == 200 and "Tea cup" in page.text


def test_a_mistaken_packed_is_taken_back_until_it_leaves(shared, cast):
    mine, here, client = own(shared, cast.maker), path(cast.maker, own(shared, cast.maker)), cast.maker.client
    client.post(here, {"action": "pack", "weight": "2 kg"})
    for _click in range(2):
        assert client.post(here, {"action": "unpack"})["Location"] == here
    mine.refresh_from_db()
    assert (mine.state, mine.packed_at) == (State.PLACED, None)
    assert mine.parcels.get().gross_weight_g == 2000, "what was weighed stays"
    client.post(here, {"action": "pack", "weight": "2 kg"})
    client.post(here, {"action": "send", "carrier": "post"})
    page = client.post(here, {"action": "unpack"}, follow=True)
    mine.refresh_from_db()
    assert mine.state == State.SENT and "cannot become" in page.text


def photo(colour: str = "navy") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "JPEG")
    return SimpleUploadedFile("IMG_0001.jpg", file.getvalue(), "image/jpeg")


def test_a_photo_of_the_parcel_stays_when_something_else_must_be_mended(shared, cast):
    mine, here, client = own(shared, cast.maker), path(cast.maker, own(shared, cast.maker)), cast.maker.client
    client.post(here, {"action": "pack", "weight": "2 kg"})
    page = client.post(here, {"action": "send", "carrier": "post", "tracking": "RR1", "photo": photo()})
    assert page.status_code == 400 and mine.photos.count() == 1
    # The same one once more is the same one.
    client.post(here, {"action": "send", "carrier": "post", "tracking": "", "photo": photo()})
    mine.refresh_from_db()
    assert mine.state == State.SENT
    assert mine.photos.get().taken_by == cast.maker.user
    client.post(here, {"action": "photo", "photo": photo("green")})
    assert mine.photos.count() == 2
    client.post(here, {"action": "deliver", "known": "on"})
    assert client.post(here, {"action": "photo", "photo": photo("gold")}).status_code == 400
    assert mine.photos.count() == 2


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"%PDF-1.7", b"\xff\xd8\xff\xe0 torn"])
def test_what_is_no_photo_is_refused_and_the_parcel_stays(shared, cast, content):
    mine, here = own(shared, cast.maker), path(cast.maker, own(shared, cast.maker))
    cast.maker.client.post(here, {"action": "pack", "weight": "2 kg"})
    file = SimpleUploadedFile("../../x.jpg", content, "image/jpeg")
    page = cast.maker.client.post(here, {"action": "send", "carrier": "post", "photo": file})
    mine.refresh_from_db()
    assert (page.status_code, mine.state, mine.photos.count()) == (400, State.PACKED, 0)


def test_all_papers_are_one_file_on_a4(shared, cast):
    here, workshop = path(cast.maker, own(shared, cast.maker)), cast.maker.workshop
    change_sender(workshop=workshop, name="Hoa", line1="5 New Lane", city="Ha Noi", state="", postcode="100000")
    assert cast.maker.client.get(f"{here}papers/all/").status_code == 409, "nothing is weighed: no paper is made"
    assert cast.maker.client.get(here).context["papers"]["all_url"] == ""
    cast.maker.client.post(here, {"action": "pack", "weight": "1.9 kg", "tracking": "RR123456785VN"})
    assert cast.maker.client.get(here).context["papers"]["all_url"] == f"{here}papers/all/"
    answer = cast.maker.client.get(f"{here}papers/all/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(BytesIO(answer.content)).pages
    # Letter-shaped forms lie on sheets of A4; none is larger than that.
    assert {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages} <= {(595, 842)}
    text = "\n".join(page.extract_text() for page in pages)
    number = own(shared, cast.maker).number
    assert text.count(number) >= 3 and "CN22" in text.replace(" ", "") and "Mori Kenji" in text
    for secret in ("Blue scarf", "BFI-03", "77.00", "Ban Fai Indigo", shared.order.number):
        assert secret not in text
    theirs = path(cast.other_maker, own(shared, cast.other_maker))
    assert cast.maker.client.get(f"{theirs}papers/all/").status_code == 404


def test_a_packer_reads_no_money(shared, cast):
    packer = Visitor()
    packer.force_login(make_member(cast.maker.workshop, rights=("packs",)))
    page = packer.get(path(cast.maker, own(shared, cast.maker)))
    assert "Tea cup" in page.text and "Mori Kenji" in page.text
    for amount in ("93.00", "$", "What you receive"):
        assert amount not in page.text, amount
    assert "$93.00" in cast.maker.client.get(path(cast.maker, own(shared, cast.maker))).text


def test_the_list_by_what_is_due(shared, cast):
    today, mine, here = today_at(cast.maker.workshop.village), own(shared, cast.maker), path(cast.maker)
    for days, due, words in (
        (-2, "late", "(2 days ago)"), (0, "today", "Send it today"), (3, "week", "(in 3 days)"), (9, "", "(in 9 days)"),
    ):  # fmt: skip
        Consignment.objects.filter(pk=mine.pk).update(send_by=today + timedelta(days=days))
        for name in ("late", "today", "week"):
            found = cast.maker.client.get(here, {"due": name}).context["consignments"]
            assert [row["number"] for row in found] == ([mine.number] if name == due else []), (days, name)
        assert words in cast.maker.client.get(here, {"state": "placed"}).text
    assert cast.maker.client.get(here, {"due": "asked"}).context["consignments"] == []
    for odd in ("later", "x", "\x00", "late' OR 1=1"):
        assert len(cast.maker.client.get(here, {"due": odd, "sort": odd}).context["consignments"]) == 1


def test_what_is_due_comes_first_and_the_newest_if_wished(cast):
    piece, here = make_piece(cast.maker.workshop, stock=9), path(cast.maker)
    rows = [own(make_order([piece], paid=True), cast.maker) for _order in range(3)]
    days = [timedelta(days=4), timedelta(days=1), None]
    for row, later in zip(rows, days, strict=True):
        send_by = today_at(cast.maker.workshop.village) + later if later else None
        Consignment.objects.filter(pk=row.pk).update(send_by=send_by)
    first, second, third = (row.number for row in rows)

    def numbers(**query) -> list[str]:
        return [row["number"] for row in cast.maker.client.get(here, {"state": "placed"} | query).context["consignments"]]

    assert numbers() == [second, first, third], "what was promised for no day comes last"
    assert numbers(sort="newest") == [third, second, first]


@pytest.mark.parametrize("q, found", [("SML-", 1), ("sml-", 1), ("BFI-", 0), ("%", 0), ("\x00", 1), ("x" * 500, 0)])
def test_an_old_one_is_found_by_its_number(shared, cast, q, found):
    page = cast.maker.client.get(path(cast.maker), {"q": q})
    assert page.status_code == 200 and len(page.context["consignments"]) == found
    assert own(shared, cast.other_maker).number not in page.text


def test_the_page_of_one_asks_the_same_for_three_lines_and_for_thirty(cast, steady):
    # Whether the content's version is looked up hangs on the second of the clock.
    three, thirty = (
        make_consignment(*((f"Piece {number}", 40, 1) for number in range(count)), workshop=cast.maker.workshop)
        for count in (3, 30)
    )
    assert _statements(cast, three) == _statements(cast, thirty)


def _statements(cast, row) -> int:
    cast.maker.client.get(path(cast.maker, row))
    with CaptureQueriesContext(connection) as queries:
        cast.maker.client.get(path(cast.maker, row))
    return len(queries)
