"""Villages as points on a map: GeoJSON (RFC 7946)."""

import json

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from marketplace.economies.names import economy_name
from storefront.feeds.addresses import feed as feed_path
from storefront.feeds.answers import CACHE_CONTROL, feed
from storefront.linked_data.nodes import absolute, largest
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.visits import all_visits
from storefront.pictures import WIDE, describe


@feed
def villages(request: HttpRequest) -> HttpResponse:
    """Every village that has a public page and a known place. Two statements beyond the directory's."""
    directory = get_directory(get_language())
    known = (place for place in directory.villages.values() if place.lat is not None and place.lon is not None)
    places = sorted((place.as_on_page for place in known if place.is_public), key=lambda place: place.id)
    pictures = directory.load_pictures({place.hero_id for place in places if place.hero_id})
    next_days: dict[int, str] = {}
    for visit in all_visits(directory):
        if not visit.called_off:
            next_days.setdefault(visit.village.id, visit.starts_at.isoformat())
    features = [
        _feature(place, directory, describe(pictures.get(place.hero_id), WIDE, alt=place.hero_alt), next_days.get(place.id))
        for place in places
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    # Nobody has to trust the media type: without "<" it is no HTML.
    response = HttpResponse(body.replace("<", "\\u003c"), content_type="application/geo+json")
    response["Cache-Control"] = CACHE_CONTROL
    return response


def _feature(place: Place, directory: Directory, picture: dict, next_visit: str | None) -> dict:
    return {
        "type": "Feature",
        "id": place.slug,
        "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        "properties": {
            "name": place.name,
            "lang": place.lang,
            "summary": place.summary,
            "region": place.region,
            "economy": economy_name(place.economy),
            "economy_code": place.economy,
            "url": absolute(place.url),
            "picture": largest(picture) or None,
            "picture_alt": place.hero_alt if picture else "",
            "next_visit": next_visit,
            "visits_url": absolute(feed_path(directory.language, f"villages/{place.slug}.ics")),
            "sample": place.sample,
        },
    }
