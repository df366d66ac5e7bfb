"""Visit days for readers of one language: read in one statement for all villages, kept until a day or a row changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.text import by_language, choose, shown_in
from marketplace import formats
from marketplace.money import Money, format_money
from marketplace.workshops.models import VisitDay, VisitDayText
from storefront.listing.directory import Directory, Place

# So long a day that is over stays in calendars, so that those who look seldom still learn what became of it.
STAYS = timedelta(days=31)
MOST = 2_000
ON_PAGE = 12


@dataclass(frozen=True)
class Visit:
    """A published day. Moments are in the village's own time; ``lang`` is the language of its name.

    ``langs``: that of each of the other words, which fall back one by one: "summary", "meeting_point", "why".
    ``price`` per person, None: free of charge. ``called_off``: it does not take place, ``why`` says why where somebody wrote it.
    """

    pk: int
    uuid: str
    village: Place
    workshop: Place | None
    name: str
    summary: str
    meeting_point: str
    why: str
    lang: str
    langs: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    seats: int | None
    price: Money | None
    called_off: bool
    changed_at: datetime
    sample: bool


def all_visits(directory: Directory) -> list[Visit]:
    """Those to come and those just over, first things first, at villages that have a public page. One statement a day."""
    today = timezone.localdate()
    return directory.keep(("visits", today), lambda: _read(directory))


def coming(directory: Directory, village_id: int) -> list[Visit]:
    """What is still to come in a village, the next first; what was called off is among it."""
    now = timezone.now()
    here = (visit for visit in all_visits(directory) if visit.village.id == village_id)
    return [visit for visit in here if visit.ends_at >= now][:ON_PAGE]


def _read(directory: Directory) -> list[Visit]:
    since = timezone.now() - STAYS
    days = VisitDay.objects.filter(is_published=True, ends_at__gte=since)
    texts: dict[int, list[VisitDayText]] = {}
    rows = VisitDayText.objects.filter(owner__in=days).select_related("owner", "locale")
    for row in rows.order_by("owner__starts_at", "owner_id", "pk"):
        texts.setdefault(row.owner_id, []).append(row)
    found = (_visit(rows[0].owner, rows, directory) for rows in texts.values())
    return [visit for visit in found if visit][:MOST]


def _visit(day: VisitDay, rows: list[VisitDayText], directory: Directory) -> Visit | None:
    """None for a day at a village without a public page or in a workshop that is not open: nobody meets those on the site."""
    village, workshop = directory.villages.get(day.village_id), directory.workshops.get(day.workshop_id)
    if village is None or not village.is_public or (day.workshop_id and workshop is None):
        return None
    words = by_language(rows)
    text = choose(words, directory.language, day.source_language)

    summary = _filled(words, "summary", directory.language, day.source_language)
    meeting = _filled(words, "meeting_point", directory.language, day.source_language)
    why = _filled(words, "why_called_off", directory.language, day.source_language) if day.called_off_at else ("", "")
    return Visit(
        pk=day.pk,
        uuid=str(day.uuid),
        village=village,
        workshop=workshop,
        name=text.name,
        summary=summary[0],
        meeting_point=meeting[0],
        why=why[0],
        lang=text.language,
        langs={"summary": summary[1], "meeting_point": meeting[1], "why": why[1]},
        starts_at=day.starts_at.astimezone(day.zone),
        ends_at=day.ends_at.astimezone(day.zone),
        zone=day.zone,
        seats=day.seats,
        price=Money(day.price, day.currency) if day.price is not None else None,
        called_off=day.called_off_at is not None,
        changed_at=day.changed_at,
        sample=day.is_sample,
    )


def _filled(words: dict[str, VisitDayText], name: str, language: str, source: str) -> tuple[str, str]:
    """The best text of a field, and its language; both empty where nobody wrote one."""
    row = choose({code: row for code, row in words.items() if getattr(row, name)}, language, source)
    return (getattr(row, name), row.language) if row else ("", "")


def describe_visit(visit: Visit, language: str) -> dict:
    """What components/visits.html draws, in the active language."""
    with timezone.override(visit.zone):
        first, last = formats.day(visit.starts_at), formats.day(visit.ends_at)
        begins, ends = formats.clock(visit.starts_at), formats.clock_with_zone(visit.ends_at)
    return {
        "visit": visit,
        "name": visit.name,
        "lang": visit.lang,
        "langs": visit.langs,
        "lang_label": shown_in(visit.lang, language),
        "summary": visit.summary,
        "meeting_point": visit.meeting_point,
        "first": first,
        "last": last if last != first else "",
        "begins": begins,
        "ends": ends,
        "starts_at": visit.starts_at.isoformat(),
        "ends_at": visit.ends_at.isoformat(),
        "workshop": {"name": visit.workshop.name, "lang": visit.workshop.lang, "url": visit.workshop.link}
        if visit.workshop
        else None,
        "price_text": _("%(price)s per person") % {"price": format_money(visit.price, language)}
        if visit.price
        else _("Free of charge"),
        "seats_text": ngettext("Room for %(seats)s visitor", "Room for %(seats)s visitors", visit.seats)
        % {"seats": visit.seats}
        if visit.seats
        else "",
        "called_off": visit.called_off,
        "why": visit.why,
    }
