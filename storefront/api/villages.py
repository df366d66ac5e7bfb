"""Villages of the programme that have a public page, with the days on which they receive visitors."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest
from django.utils import translation

from storefront.api import drawing
from storefront.api.answers import resource
from storefront.api.asking import Resource, read
from storefront.api.listing import one, part
from storefront.api.places_asked import FILTERS
from storefront.api.schemas import LANG, maybe, ref, rows, shaped, text, url, yes_or_no
from storefront.feeds.addresses import feed
from storefront.linked_data.nodes import absolute
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.visits import coming
from storefront.pictures import WIDE, describe

NUMBER = {"type": "number"}
VILLAGES = Resource(
    name="villages",
    fields={
        "slug": text("Its name in addresses and filters."),
        "name": text("Its name."),
        "lang": LANG,
        "region": text("Where it lies within its economy."),
        "summary": text("One or two sentences."),
        "economy": ref("Economy"),
        "geo": maybe(shaped("WGS 84 degrees.", latitude=NUMBER, longitude=NUMBER)),
        "url": url("Its page."),
        "picture": maybe(ref("Picture")),
        "calendar_url": url("Its visit days as iCalendar."),
        "is_sample": yes_or_no("Invented for a demo."),
    },
    more={"visits": rows(ref("Visit"))},
    filters={"economy": FILTERS["economy"]},
)


@resource
def listing(request: HttpRequest) -> dict:
    asked = read(request, VILLAGES)
    with translation.override(asked.lang):
        directory = get_directory(asked.lang)
        wanted = asked.filters.get("economy")
        found = [place for place in _public(directory) if wanted in (None, place.economy)]
        shown = found[asked.offset : asked.offset + asked.limit]
        return part(request, asked, len(found), _drawn(shown, directory))


@resource
def detail(request: HttpRequest, slug: str) -> dict:
    asked = read(request, VILLAGES, one=True)
    with translation.override(asked.lang):
        directory = get_directory(asked.lang)
        place = next((place for place in _public(directory) if place.slug == slug), None)
        if place is None:
            raise Http404
        [drawn] = _drawn([place], directory)
        visits = coming(directory, place.id) if "visits" in asked.fields else []
        return one(asked, drawn | {"visits": [drawing.visit(visit) for visit in visits]})


def _public(directory: Directory) -> list[Place]:
    return sorted((place for place in directory.villages.values() if place.is_public), key=lambda place: place.slug)


def _drawn(places: Iterable[Place], directory: Directory) -> list[dict]:
    """At most two statements for the pictures of all."""
    places = [place.as_on_page for place in places]
    pictures = directory.load_pictures({place.hero_id for place in places if place.hero_id})
    return [
        {
            "slug": place.slug,
            "name": place.name,
            "lang": place.lang,
            "region": place.region,
            "summary": place.summary,
            "economy": drawing.economy(place.economy),
            "geo": {"latitude": place.lat, "longitude": place.lon}
            if place.lat is not None and place.lon is not None
            else None,
            "url": absolute(place.url),
            "picture": drawing.picture(describe(pictures.get(place.hero_id), WIDE, alt=place.hero_alt)),
            "calendar_url": absolute(feed(directory.language, f"villages/{place.slug}.ics")),
            "is_sample": place.sample,
        }
        for place in places
    ]
