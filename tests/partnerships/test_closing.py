"""An owner closes her agency; names that papers cannot carry; who decides about what somebody else decided."""

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from marketplace.partnerships import services
from marketplace.partnerships.models import Agency, Part
from marketplace.partnerships.services import Refused
from tests.factories import make_agency, make_seat
from tests.partnerships.test_services import apply

pytestmark = pytest.mark.django_db


def test_an_owner_closes_it_once_and_the_shop_opens_it_again(mailoutbox, commit):
    agency = make_agency("chang-thong")
    owner = make_seat(agency, email="ploy@chang-thong.example")
    assert services.agency_of_code("chang-thong") is not None
    for _press in range(2):
        services.close(agency=agency, by=owner)
    agency.refresh_from_db()
    assert (agency.stage, agency.reason, agency.decided_by) == ("closed", "asked", owner)
    rows = ModelLogEntry.objects.for_instance(agency).filter(action=services.DECIDED)
    assert [(row.user, row.data) for row in rows] == [(owner, {"before": "open", "stage": "closed", "reason": "asked"})]
    commit()
    assert services.agency_of_code("chang-thong") is None
    assert len({mail.subject for mail in mailoutbox}) == 1 and mailoutbox
    services.decide(agency=agency, stage=Agency.Stage.OPEN, by=owner, seen="closed")
    agency.refresh_from_db()
    assert agency.is_open and agency.reason == ""


@pytest.mark.parametrize("stage", ["applied", "declined"])
def test_one_may_stop_before_the_shop_has_opened_it(stage):
    agency = make_agency("waits", stage=stage, reason="site" if stage == "declined" else "")
    services.close(agency=agency, by=make_seat(agency))
    agency.refresh_from_db()
    assert (agency.stage, agency.reason) == ("closed", "asked")


def test_only_an_owner_of_it_closes_it():
    agency = make_agency("chang-thong")
    for person in (make_seat(agency, parts=[Part.EDIT]), make_seat(make_agency("other"))):
        with pytest.raises(Refused):
            services.close(agency=agency, by=person)
    agency.refresh_from_db()
    assert agency.is_open


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("!!!", "at least two letters or digits"),
        ("<b></b>", "at least two letters or digits"),
        ("A", "at least two letters or digits"),
        ("Lanna \U0001f418 Roads", "Papers cannot print \U0001f418."),
    ],
)
def test_names_that_no_paper_can_carry_are_refused(name, says):
    with pytest.raises(Refused, match=says) as refused:
        apply(name=name)
    assert refused.value.field == "name" and not Agency.objects.exists()
    agency = make_agency("lanna", name="Lanna")
    with pytest.raises(Refused, match=says):
        services.change_name(agency=agency, name=name, by=make_seat(agency))


def test_names_in_any_letters_are_taken():
    for name in ("旅行", "ช้างทอง", "Đà Lạt 2", "Trips® & Co.", "\U00020bb7野家"):
        assert apply(name=name).name == name


def test_whoever_was_slower_reads_what_was_decided_and_may_go_on_from_there(cast):
    agency = make_agency("waits-for-us", name="Waits for us", stage="applied", decided_at=None)
    decide, staff = reverse("agencies:decide", args=[agency.pk]), cast.staff.client
    declined = {"stage": "declined", "reason": "site", "seen": "applied"}
    assert staff.post(decide, declined).status_code == 302
    for late in (declined, {"stage": "open", "seen": "applied"}):
        answer = staff.post(decide, late)
        text = answer.content.decode()
        assert answer.status_code == 400 and "available choices" not in text
        assert (
            "Somebody has decided about this agency meanwhile: Declined – We could not see your site. Please look at it again."
        ) in text
        assert 'name="seen" value="declined"' in text
    services.ask_again(agency=agency, about="A new site.", by=make_seat(agency))
    text = staff.post(decide, {"stage": "open", "seen": "declined"}).content.decode()
    assert "The agency has asked again meanwhile. Please look at it again." in text
    agency.refresh_from_db()
    assert agency.stage == "applied"
