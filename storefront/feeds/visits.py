"""Visit days as a calendar that others subscribe to: iCalendar (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from marketplace.economies.names import economy_name
from storefront.feeds.addresses import feed as feed_path
from storefront.feeds.answers import CACHE_CONTROL, feed
from storefront.feeds.xml import clean
from storefront.linked_data.nodes import absolute
from storefront.listing.directory import Directory, get_directory
from storefront.listing.visits import Visit, all_visits, describe_visit

# From when changes of a day are counted; see _sequence.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@feed
def all_villages(request: HttpRequest) -> HttpResponse:
    directory = get_directory(get_language())
    return _answer(_("Visit days"), "visits.ics", all_visits(directory), directory)


@feed
def of_village(request: HttpRequest, slug: str) -> HttpResponse:
    directory = get_directory(get_language())
    village = next((place for place in directory.villages.values() if place.slug == slug and place.is_public), None)
    if village is None:
        raise Http404
    visits = [visit for visit in all_visits(directory) if visit.village.id == village.id]
    name = _("Visit days in %(village)s") % {"village": village.as_on_page.name}
    return _answer(name, f"villages/{slug}.ics", visits, directory)


def _answer(name: str, path: str, visits: list[Visit], directory: Directory) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.MARKETPLACE_SHOP_NAME}//visit days//{directory.language.upper()}")
    calendar.add("version", "2.0")
    # RFC 7986, and the name that most programs know it by.
    title = f"{name} · {settings.MARKETPLACE_SHOP_NAME}"
    calendar.add("name", _plain(title))
    calendar.add("x-wr-calname", _plain(title))
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("url", absolute(feed_path(directory.language, path)))
    for visit in visits:
        calendar.add_component(_event(visit, directory))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="visits.ics"'
    response["Cache-Control"] = CACHE_CONTROL
    return response


def _event(visit: Visit, directory: Directory) -> Event:
    """Moments in UTC: a calendar shows them by its owner's clock, and the words say the village's own."""
    shown, language = describe_visit(visit, directory.language), {"LANGUAGE": visit.lang}
    event = Event()
    event.add("uid", visit.uuid)
    event.add("dtstamp", visit.changed_at)
    event.add("last-modified", visit.changed_at)
    event.add("sequence", _sequence(visit))
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.ends_at.astimezone(UTC))
    event.add("status", "CANCELLED" if visit.called_off else "CONFIRMED")
    event.add("summary", _plain(visit.name), parameters=language)
    event.add("description", _plain(_words(shown)), parameters=language)
    village = visit.village.as_on_page
    where = [visit.meeting_point, village.name, village.region, economy_name(village.economy)]
    event.add("location", _plain(", ".join(filter(None, where))))
    if visit.village.lat is not None and visit.village.lon is not None:
        event.add("geo", (visit.village.lat, visit.village.lon))
    event.add("url", f"{absolute(visit.village.url)}#visit-{visit.pk}")
    return event


def _words(shown: dict) -> str:
    first = f"{shown['first']} – {shown['last']}" if shown["last"] else shown["first"]
    when = f"{first}, {shown['begins']} – {shown['ends']}"
    called_off = _("Called off") + (f": {shown['why']}" if shown["why"] else "") if shown["called_off"] else ""
    workshop = shown["workshop"]["name"] if shown["workshop"] else ""
    lines = [called_off, shown["summary"], when, workshop, shown["price_text"], shown["seats_text"], shown["lang_label"]]
    return "\n".join(filter(None, lines))


def _sequence(visit: Visit) -> int:
    """Rises with every change of the day, as calendars want it; seconds since the project knows visit days."""
    return max(0, int((visit.changed_at - EPOCH).total_seconds()))


def _plain(text: str) -> str:
    """Signs that a line of a calendar can hold; the library escapes the rest and folds by bytes."""
    return clean(text).replace("\r\n", "\n").replace("\r", "\n")
