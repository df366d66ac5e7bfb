"""What a consignment's page asks before it is too late, refuses in plain words, and by which clock it tells days."""

from datetime import UTC, datetime

import pytest

from marketplace.fulfilment.models import Consignment
from marketplace.payments.models import Payment
from tests.storefront.test_desk_consignments import make_shared, own, path

State = Consignment.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(cast, recorded):
    return recorded(make_shared, cast)


def test_that_it_has_arrived_is_asked_first(shared, cast):
    mine, here, client = own(shared, cast.maker), path(cast.maker, own(shared, cast.maker)), cast.maker.client
    client.post(here, {"action": "pack", "weight": "2 kg"})
    client.post(here, {"action": "send", "carrier": "post"})
    for known in ({}, {"known": ""}, {"known": "false"}):
        page = client.post(here, {"action": "deliver"} | known)
        assert page.status_code == 400 and "Please tick this first, if you know it." in page.text
    mine.refresh_from_db()
    assert (mine.state, mine.delivered_at) == (State.SENT, None)
    page = client.get(here).text
    assert "I know that it has arrived" in page and "This cannot be undone." in page
    for _click in range(2):
        assert client.post(here, {"action": "deliver", "known": "on"}).status_code == 302
    mine.refresh_from_db()
    assert mine.state == State.DELIVERED


def test_a_number_of_five_thousand_signs_is_refused_in_plain_words(shared, cast):
    mine, here = own(shared, cast.maker), path(cast.maker, own(shared, cast.maker))
    for data in (
        {"action": "pack", "weight": "2 kg", "tracking": "R" * 5000},
        {"action": "pack", "weight": "2" * 5000},
    ):
        page = cast.maker.client.post(here, data)
        assert page.status_code == 400 and "(it has" not in page.text
        assert f"A number has at most {80 if 'tracking' in data else 40} signs." in page.text
    cast.maker.client.post(here, {"action": "pack", "weight": "2 kg"})
    page = cast.maker.client.post(here, {"action": "send", "carrier": "other", "carrier_name": "V" * 81, "tracking": "R" * 81})
    assert page.status_code == 400 and "A number has at most 80 signs." in page.text
    assert "A name has at most 80 signs." in page.text
    mine.refresh_from_db()
    assert mine.state == State.PACKED


def test_all_days_on_the_page_are_those_of_the_village(shared, cast):
    """Half past eight in the evening of the 20th in London is the 21st at the maker's: as the deadline counts."""
    mine, evening = own(shared, cast.maker), datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    Consignment.objects.filter(pk=mine.pk).update(packed_at=evening, state=State.PACKED)
    Payment.objects.filter(pk=shared.pk).update(paid_at=evening)
    page = cast.maker.client.get(path(cast.maker, mine)).context["consignment"]
    (row,) = cast.maker.client.get(path(cast.maker)).context["consignments"]
    assert (page["paid_on"], page["history"][0]["date"], row["paid_on"]) == ("November 21, 2026",) * 3
