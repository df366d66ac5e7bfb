"""The desk's forms for parcels: what the scales say, and the number on the label."""

import pytest
from django.urls import reverse

from marketplace.fulfilment.models import Consignment, Parcel
from tests.fulfilment.making import make_consignment, saved_rate

pytestmark = pytest.mark.django_db
GOOD = "RR123456785VN"


def make_paid_consignment(cast) -> Consignment:
    """Two bowls of 300 g and a cup of 150 g; the buyer paid for up to 1 kg."""
    row = saved_rate("9.00", up_to_g=1000, source="Paid")
    return make_consignment(("Bowl", 300, 2), ("Cup", 150, 1), workshop=cast.maker.workshop, rate_row=row)


@pytest.fixture
def consignment(cast, recorded) -> Consignment:
    return recorded(make_paid_consignment, cast)


@pytest.fixture
def desk(cast, consignment):
    """Post to the consignment's page, or look at it."""

    class Desk:
        path = reverse("desk:consignment", kwargs={"workshop": cast.maker.workshop.slug, "pk": consignment.pk})

        def look(self, language: str = "en"):
            return cast.maker.client.get(self.path.replace("/en/", f"/{language}/", 1))

        def post(self, language: str = "en", **data):
            return cast.maker.client.post(self.path.replace("/en/", f"/{language}/", 1), data)

    return Desk()


def standing(consignment: Consignment) -> tuple:
    row = Consignment.objects.get(pk=consignment.pk)
    parcels = row.parcels.values_list("gross_weight_g", "length_mm", "width_mm", "height_mm", "tracking")
    return row.state, row.carrier, row.tracking, list(parcels)


NOTHING = ("placed", "", "", [(None, None, None, None, "")])


WRITTEN = [
    ("en", "905", 905),
    ("en", "1.25 kg", 1250),
    ("vi", "1,25 kg", 1250),
    ("ja", "９０５ｇ", 905),
    ("th", "1.25 กก.", 1250),
]


def test_the_maker_weighs_in_her_own_way_of_writing(desk, consignment):
    desk.post(action="pack", weight="999")
    for language, typed, grams in WRITTEN:
        assert desk.post(language, action="weigh", weight=typed).status_code == 302, typed
        assert standing(consignment)[3] == [(grams, None, None, None, "")]


def test_packed_weighed_labelled_and_sent(desk, consignment):
    data = {"weight": "905 g", "length": "30", "width": "20", "height": "12.5"}
    assert desk.post(action="pack", **data)["Location"] == desk.path
    assert standing(consignment) == ("packed", "", "", [(905, 300, 200, 125, "")])
    page = desk.look().text
    assert "905 g · 30 × 20 × 12.5 cm" in page and 'value="905 g"' in page and 'value="12.5"' in page
    desk.post(action="send", carrier="post", carrier_name="Viet Nam Post", tracking=" rr 123 456 785 vn ")
    assert standing(consignment) == ("sent", "Viet Nam Post", GOOD, [(905, 300, 200, 125, GOOD)])
    page = desk.look()
    assert f"reqCodeNo1={GOOD}&amp;locale=en" in page.text
    assert page.context["pack_form"] is None and page.context["send_form"] is None


def test_the_label_may_be_stuck_on_already(desk, consignment):
    desk.post(action="pack", weight="905", tracking=GOOD.lower())
    assert standing(consignment)[3] == [(905, None, None, None, GOOD)]
    page = desk.look()
    assert page.context["send_form"]["tracking"].initial == GOOD
    ids = [line for line in page.text.split() if line.startswith('id="')]
    assert len(ids) == len(set(ids))


WRONG_WEIGHTS = {
    "": "Please weigh the packed parcel.",
    "0": "above zero",
    "-5": "above zero",
    "1.25": "no fraction",
    "90 kg": "90 kg is more than a person can carry",
    "749": "The pieces alone weigh 750 g, so the packed parcel cannot weigh 749 g.",
    "<b>": "above zero",
    "9" * 400: "40",
}


def test_a_weight_that_cannot_be_is_refused_and_what_was_typed_stays(desk, consignment):
    for typed, told in WRONG_WEIGHTS.items():
        page = desk.post(action="pack", weight=typed, tracking="typed before")
        assert page.status_code == 400
        assert told in " ".join(page.context["pack_form"].errors["weight"])
        assert 'value="typed before"' in page.text and "<b>" not in page.text
    assert standing(consignment) == NOTHING


def test_sides_are_three_or_none(desk, consignment):
    for sides in ({"length": "30"}, {"length": "30", "width": "20", "height": "301"}, {"length": "x"}):
        page = desk.post(action="pack", weight="905", **sides)
        assert page.status_code == 400 and page.context["pack_form"].errors["length"]
    assert standing(consignment) == NOTHING


def test_nothing_leaves_unweighed(desk, consignment):
    page = desk.post(action="send", carrier="post", tracking=GOOD)
    assert page.status_code == 400 and "Please weigh the packed parcel first." in page.text
    assert standing(consignment) == NOTHING


WRONG_SENDINGS = [
    ({"carrier": "post", "tracking": "RR123456784VN"}, "tracking", "it is RR123456785VN"),
    ({"carrier": "post", "tracking": "RR12345678"}, "tracking", "13 letters and digits"),
    ({"carrier": "courier", "tracking": "ab"}, "tracking", "compare AB with your receipt"),
    ({"carrier": "other"}, "carrier_name", "Please say who takes the parcel."),
    ({"carrier": ""}, "carrier", "Please say who takes the parcel."),
    ({"carrier": "pigeon"}, "carrier", "pigeon"),
    ({"carrier": "other", "carrier_name": "y" * 81}, "carrier_name", "80"),
]


def test_a_wrong_number_or_carrier_is_refused_kindly(desk, consignment):
    desk.post(action="pack", weight="905")
    before = standing(consignment)
    for data, field, told in WRONG_SENDINGS:
        page = desk.post(action="send", **data)
        assert page.status_code == 400
        assert told in " ".join(page.context["send_form"].errors[field])
    assert standing(consignment) == before


def test_a_number_of_another_parcel_is_refused(desk, consignment, cast):
    other = make_consignment(workshop=cast.other_maker.workshop)
    Parcel.objects.filter(consignment=other).update(
        tracking=GOOD, tracking_issuer="S10:VN", tracking_current=True, tracked_on="2099-01-01"
    )
    page = desk.post(action="pack", weight="905", tracking=GOOD)
    assert page.status_code == 400 and "on another parcel already" in page.text
    assert standing(consignment) == NOTHING
    desk.post(action="pack", weight="905")
    page = desk.post(action="send", carrier="post", tracking=GOOD)
    assert page.status_code == 400 and "on another parcel already" in page.text
    assert other.number not in page.text
    assert standing(consignment)[:3] == ("packed", "", "")


def test_somebody_else_takes_it(desk, consignment):
    desk.post(action="pack", weight="905")
    assert desk.post(action="send", carrier="other", carrier_name="Bus 12").status_code == 302
    assert standing(consignment)[:3] == ("sent", "Bus 12", "")


def test_more_parcels_than_planned(desk, consignment):
    bowls, cup = consignment.lines
    second = {f"inside_2_{cup.pk}": "1", "weight_2": "200"}
    page = desk.post(action="pack", weight="700", **{f"inside_2_{cup.pk}": "1"})
    assert page.context["pack_form"].errors["weight_2"] == ["Please weigh the packed parcel."]
    assert not page.context["pack_form"].rows[1]["extra"]
    assert desk.post(action="pack", weight="700", weight_2="200").status_code == 400
    assert desk.post(action="pack", weight="700", **second | {f"inside_2_{cup.pk}": "2"}).status_code == 400
    assert standing(consignment) == NOTHING
    assert desk.post(action="pack", weight="700", **second).status_code == 302
    assert [row.contents for row in consignment.parcels.all()] == [{str(bowls.pk): 2}, {str(cup.pk): 1}]
    desk.post(action="send", carrier="post", tracking=GOOD, tracking_2="RA966331020JP")
    assert [row[4] for row in standing(consignment)[3]] == [GOOD, "RA966331020JP"]


def test_one_piece_goes_in_one_parcel(cast):
    alone = make_consignment(("Bowl", 300, 1), workshop=cast.maker.workshop)
    path = reverse("desk:consignment", kwargs={"workshop": cast.maker.workshop.slug, "pk": alone.pk})
    assert "More than one parcel" not in cast.maker.client.get(path).text


def test_the_weight_is_corrected_before_it_leaves(desk, consignment):
    desk.post(action="pack", weight="905")
    assert desk.post(action="weigh", weight="915").status_code == 302
    assert standing(consignment)[:1] + standing(consignment)[3][0][:1] == ("packed", 915)
    assert desk.post(action="weigh", weight="1").status_code == 400
    desk.post(action="send", carrier="post")
    desk.post(action="weigh", weight="999")
    assert standing(consignment)[3][0][0] == 915


def test_she_is_told_when_it_is_heavier_than_the_buyer_paid_for(desk):
    for action, typed, told in (("pack", "1000", False), ("weigh", "1001", True)):
        desk.post(action=action, weight=typed)
        assert ("Parcel 1 is heavier than the buyer paid for: up to 1 kg." in desk.look().text) is told


def test_the_same_button_twice_is_no_mistake(desk, consignment):
    desk.post(action="pack", weight="905")
    desk.post(action="pack", weight="905")
    assert "note error" not in desk.look().text
    assert standing(consignment)[0] == "packed"


def test_strangers_weigh_and_send_nothing(desk, consignment, cast):
    for person in cast.all_but("maker", "helper"):
        for action in ("pack", "weigh", "send"):
            person.client.post(desk.path, {"action": action, "weight": "905", "carrier": "post"})
    assert standing(consignment) == NOTHING
