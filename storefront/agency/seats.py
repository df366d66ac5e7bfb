"""Where a person works for an agency."""

from marketplace.partnerships.models import Seat


def seats_of(user) -> list[Seat]:
    """Where this person works, by the agency's name. One statement."""
    if not user.is_authenticated or not user.is_active:
        return []
    rows = Seat.objects.filter(user=user).select_related("agency__economy")
    return list(rows.order_by("agency__name", "agency_id"))


def has_agency(user) -> bool:
    """Whether this person works for any agency, whatever its stage."""
    return user.is_active and Seat.objects.filter(user=user).exists()
