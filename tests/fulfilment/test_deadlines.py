"""By when a parcel must leave, on the maker's own day. Pure but for translations. 2026-11-22 is a Sunday."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from marketplace.fulfilment.deadlines import Deadline, Due, deadline_of, due_range, today_at, zone_of

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "day, due, text",
    [
        (date(2026, 11, 19), Due.LATE, "Late: promised for Thursday, November 19, 2026 (3 days ago)"),
        (date(2026, 11, 21), Due.LATE, "Late: promised for Saturday, November 21, 2026 (1 day ago)"),
        (TODAY, Due.TODAY, "Send it today, Sunday, November 22, 2026"),
        (date(2026, 11, 23), Due.WEEK, "Send by Monday, November 23, 2026 (tomorrow)"),
        (date(2026, 11, 24), Due.WEEK, "Send by Tuesday, November 24, 2026 (in 2 days)"),
        (date(2026, 11, 28), Due.WEEK, "Send by Saturday, November 28, 2026 (in 6 days)"),
        (date(2026, 11, 29), Due.LATER, "Send by Sunday, November 29, 2026 (in 7 days)"),
    ],
)
def test_a_deadline_says_the_day_and_how_far_it_is(day, due, text):
    deadline = Deadline(day, (day - TODAY).days)
    assert (deadline.due, deadline.text) == (due, text)
    # The list's filter takes the same for the same.
    tests = {"send_by": lambda on: day == on, "send_by__lt": lambda on: day < on}
    tests |= {"send_by__gt": lambda on: day > on, "send_by__gte": lambda on: day >= on}
    found = [one for one in Due if all(tests[name](on) for name, on in due_range(one, TODAY).items())]
    assert found == [due]


def test_the_day_is_written_as_the_reader_writes_it():
    with override("th"):
        assert "วันอังคารที่ 24 พฤศจิกายน" in Deadline(date(2026, 11, 24), 2).text


@pytest.mark.parametrize("state, has", [("placed", 1), ("packed", 1), ("sent", 0), ("delivered", 0), ("cancelled", 0)])
def test_only_what_has_not_left_has_a_deadline(state, has):
    assert bool(deadline_of(SimpleNamespace(send_by=TODAY, state=state), TODAY)) == bool(has)
    assert deadline_of(SimpleNamespace(send_by=None, state=state), TODAY) is None


@pytest.mark.parametrize(
    "economy, longitude, name",
    [
        ("VN", None, "Asia/Ho_Chi_Minh"),
        ("TH", 98.98, "Asia/Bangkok"),
        ("ID", 106.8, "Asia/Jakarta"),
        ("ID", 140.7, "Asia/Jayapura"),
        ("CL", None, "Pacific/Easter"),
        ("XX", 10.0, "UTC"),
    ],
)
def test_a_village_has_its_own_clock(economy, longitude, name):
    assert zone_of(economy, longitude).key == name


def test_tomorrow_begins_earlier_in_the_east():
    now = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    village = SimpleNamespace(economy_id="VN", longitude=105.9)
    assert today_at(village, now) == date(2026, 11, 23)
    assert today_at(SimpleNamespace(economy_id="CL", longitude=None), now) == date(2026, 11, 22)
