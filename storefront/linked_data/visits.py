"""Visit days as events."""

from collections.abc import Mapping

from storefront.linked_data import nodes


def event(shown: Mapping, place: Mapping) -> dict:
    """A day as the page shows it (listing.visits.describe_visit) at ``place``, the village's own thing."""
    visit = shown["visit"]
    status = "EventCancelled" if visit.called_off else "EventScheduled"
    price = visit.price
    return nodes.node(
        "Event",
        name=shown["name"],
        description=shown["summary"],
        inLanguage=shown["lang"],
        startDate=shown["starts_at"],
        endDate=shown["ends_at"],
        eventStatus=f"https://schema.org/{status}",
        eventAttendanceMode="https://schema.org/OfflineEventAttendanceMode",
        location=place,
        organizer=nodes.organization(visit.workshop),
        maximumAttendeeCapacity=visit.seats,
        isAccessibleForFree=price is None,
        offers=nodes.node("Offer", price=nodes.amount(price), priceCurrency=price.currency) if price else None,
    )
