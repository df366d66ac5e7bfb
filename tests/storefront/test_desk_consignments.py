"""The desk's consignments: only one's own lines, and what may happen to them."""

import pytest
from django.urls import reverse

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment
from tests.factories import make_buyer, make_order, make_piece

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
        ({"action": "deliver"}, State.DELIVERED),
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


def test_the_desk_says_what_is_to_do(shared, cast):
    home = reverse("desk:workshop", kwargs={"workshop": cast.maker.workshop.slug})
    make_piece(cast.maker.workshop, title="Gone bowl", stock=0)
    page = cast.maker.client.get(home)
    assert page.context["counts"] == {"to_pack": 1, "packed": 0}
    assert page.context["pieces"] == {"shown": 2, "hidden": 0, "sold_out": 1}
    assert own(shared, cast.maker).number in page.text
