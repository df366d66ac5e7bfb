"""Days on which villages receive visitors."""

from datetime import UTC, datetime, timedelta

from marketplace.workshops.models import Village, VisitDay
from tests.factories.places import make_village
from tests.factories.texts import Words, write_texts


def make_visit_day(
    village: Village | None = None,
    *,
    starts_at: datetime = datetime(2027, 2, 6, 2, 0, tzinfo=UTC),
    hours: float = 4,
    name: Words = "Indigo morning",
    summary: Words = "",
    source: str = "en",
    **fields,
) -> VisitDay:
    """A visit day from 9 to 13 o'clock in Bangkok on 2027-02-06, free of charge."""
    day = VisitDay.objects.create(
        village=village or make_village(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        source_language=source,
        **{"time_zone": "Asia/Bangkok"} | fields,
    )
    write_texts(day, name=name, summary=summary)
    return day
