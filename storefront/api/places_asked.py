"""Filters by place: village, craft, workshop, economy."""

from storefront.api.asking import Asked
from storefront.listing.directory import Directory

# Parameter → (JSON schema, whether a value is one).
FILTERS = {
    "village": ({"type": "string", "description": "slug of a village"}, bool),
    "economy": (
        {"type": "string", "pattern": "^[A-Z]{2}$", "description": "two capitals, such as VN"},
        lambda value: len(value) == 2 and value.isascii() and value.isalpha() and value.isupper(),
    ),
}


def places_of(asked: Asked, directory: Directory, *, through_village: bool = False) -> dict:
    """Conditions on rows that name places by id. A place that nobody knows leaves nothing.

    ``through_village``: the rows have no economy of their own.
    """
    tables = {"village": directory.villages, "craft": directory.crafts, "workshop": directory.workshops}
    found: dict[str, object] = {}
    for name, places in tables.items():
        if name in asked.filters:
            found[f"{name}__in"] = [pk for pk, place in places.items() if place.slug == asked.filters[name]]
    if "economy" in asked.filters:
        found["village__economy" if through_village else "economy"] = asked.filters["economy"]
    return found
