"""What it costs to send one workshop's pieces to one destination: rows of ShippingRate, by weight and date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.economies.names import economy_name
from marketplace.fulfilment.models import ShippingRate
from marketplace.money import Money


@dataclass(frozen=True)
class ShippingQuote:
    """The price of sending ``weight_g`` grams and the dated row it came from."""

    amount: Money
    rate: ShippingRate
    weight_g: int


@dataclass(frozen=True)
class NotShippable:
    """Why nothing can be sent, in words for the buyer (active language)."""

    reason: str


def quote_shipping(
    *, origin: str, destination: str, weight_g: int, currency: str, on: date
) -> ShippingQuote | NotShippable:
    """The rate valid on ``on`` for ``weight_g`` grams between two economies (two-letter codes).

    A row for the destination wins over the row for "elsewhere"; the lightest class that holds the weight is used,
    and of several starting dates the latest.
    """
    valid = Q(effective_from__lte=on) & (Q(effective_to__isnull=True) | Q(effective_to__gte=on))
    rows = ShippingRate.objects.filter(
        valid, origin=origin, currency=currency, destination__in=(destination, "")
    )
    rows = list(rows)
    own = [row for row in rows if row.destination] or rows
    fitting = sorted(
        (row for row in own if row.up_to_g >= weight_g),
        key=lambda row: (row.up_to_g, -row.effective_from.toordinal()),
    )
    if fitting:
        return ShippingQuote(Money(fitting[0].amount, currency), fitting[0], weight_g)
    names = {"origin": economy_name(origin), "destination": economy_name(destination)}
    if own:
        return NotShippable(
            _("This parcel from %(origin)s to %(destination)s is too heavy for the post.") % names
        )
    return NotShippable(_("We cannot send from %(origin)s to %(destination)s yet.") % names)


def weight_of(lines: Iterable) -> int:
    """Grams of basket lines: net weight and a fifth for packing, at least 50 g a piece where a weight is missing."""
    return sum(line.quantity * max(50, round((_net_weight(line.product) or 400) * 1.2)) for line in lines)


def _net_weight(product) -> int | None:
    return product.net_weight_g or (product.parent.net_weight_g if product.is_child else None)
