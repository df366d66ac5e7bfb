"""What happens to the boxes of a consignment: planned, weighed, given a tracking number. services.py calls these."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace import formats
from marketplace.fulfilment.carriers.contract import BadNumber, TrackingNumber, get_carriers
from marketplace.fulfilment.carriers.numbers import S10, read_number
from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.fulfilment.offers import ShippingOffer
from marketplace.fulfilment.packing import measure
from marketplace.fulfilment.s10 import SHAPE, normalise

TAKEN = gettext_lazy("This tracking number is on another parcel already. Each parcel has a number of its own.")


@dataclass(frozen=True)
class Weighed:
    """What scales and ruler said of one box: grams with packing; length, width, height in millimetres or nothing.

    ``contents``: order line id → how many lie in it; empty: all, where there is one box. ``tracking``: the number on its
    label, where it is stuck on already (empty: not yet).
    """

    gross_weight_g: int
    sides_mm: tuple[int, ...] = ()
    contents: Mapping[int, int] = field(default_factory=dict)
    tracking: str = ""


@dataclass(frozen=True)
class Piece:
    """An order line of the consignment as packing needs it: how many, grams of one without packing (None: unknown)."""

    line: int
    quantity: int
    net_weight_g: int | None


class BadParcel(ValueError):
    """A weight or size that cannot be. ``number``: of the parcel, from 1; 0: all together. ``field``: weight or size."""

    def __init__(self, number: int, field: str, message: str) -> None:
        super().__init__(message)
        self.number, self.field = number, field


def planned_parcels(consignment: Consignment, offer: ShippingOffer) -> list[Parcel]:
    """The boxes that ``offer`` counts on, with the rows they were priced by; not stored yet."""
    contents = _planned_contents(consignment, offer) if len(offer.parcels) > 1 else {}
    return [
        Parcel(
            consignment=consignment,
            number=number,
            planned_weight_g=planned.weight_g,
            contents=contents.get(number, {}),
            carrier=offer.carrier,
            service=offer.service,
            rate=planned.rate,
        )
        for number, planned in enumerate(offer.parcels, start=1)
    ]


def _planned_contents(consignment: Consignment, offer: ShippingOffer) -> dict[int, dict[str, int]]:
    """Which order lines lie in which planned box: the offer knows products, an order may have a product twice."""
    left = [[line.pk, line.product_id, line.quantity] for line in consignment.lines]
    planned: dict[int, dict[str, int]] = {}
    for number, parcel in enumerate(offer.parcels, start=1):
        wanted = dict(parcel.contents)
        for row in left:
            line, product, rest = row
            count = min(rest, wanted.get(product, 0))
            if count:
                planned.setdefault(number, {})[str(line)] = count
                row[2] -= count
                wanted[product] -= count
    return planned


def pieces_of(consignment: Consignment) -> list[Piece]:
    """The consignment's lines with net weights as the pieces have them today."""
    return [
        Piece(line.pk, line.quantity, measure(line.product, "net_weight_g") if line.product else None)
        for line in consignment.lines.select_related("product__parent")
    ]


def check_parcels(parcels: Sequence[Weighed], pieces: Sequence[Piece]) -> None:
    """Raises BadParcel for what cannot be: nothing, more than hands can carry, less than its pieces alone weigh."""
    if not parcels:
        raise BadParcel(1, "weight", _("Please weigh the packed parcel."))
    for number, parcel in enumerate(parcels, start=1):
        check_measures(number, parcel)
    contents = _contents(parcels, pieces)
    for number, parcel in enumerate(parcels, start=1):
        net, _complete = _net_in(contents[number - 1], pieces)
        if parcel.gross_weight_g < net:
            words = {"net": formats.weight(net), "gross": formats.weight(parcel.gross_weight_g)}
            text = _("The pieces alone weigh %(net)s, so the packed parcel cannot weigh %(gross)s.") % words
            raise BadParcel(number, "weight", text)


def check_measures(number: int, parcel: Weighed) -> None:
    """Raises BadParcel for a weight or a side that no parcel has."""
    rule = settings.MARKETPLACE_PACKING
    if parcel.gross_weight_g <= 0:
        raise BadParcel(number, "weight", _("A parcel weighs more than nothing."))
    if parcel.gross_weight_g > rule["MOST_G"]:
        text = _("%(weight)s is more than a person can carry. Please look at the unit again.")
        raise BadParcel(number, "weight", text % {"weight": formats.weight(parcel.gross_weight_g)})
    sides = parcel.sides_mm
    if sides and not (len(sides) == 3 and all(0 < side <= rule["MOST_MM"] for side in sides)):
        text = _("Please give all three sides, each up to %(most)s.")
        raise BadParcel(number, "size", text % {"most": formats.size([rule["MOST_MM"]])})


def _contents(parcels: Sequence[Weighed], pieces: Sequence[Piece]) -> list[dict[int, int]]:
    """Line id → how many, per parcel. Raises BadParcel where pieces are left over, missing or in none."""
    if len(parcels) == 1 and not parcels[0].contents:
        return [{piece.line: piece.quantity for piece in pieces}]
    placed = [{line: count for line, count in parcel.contents.items() if count} for parcel in parcels]
    for number, inside in enumerate(placed, start=1):
        if not inside:
            raise BadParcel(number, "contents", _("Please say what lies in parcel %(number)s.") % {"number": number})
    wanted = Counter({piece.line: piece.quantity for piece in pieces})
    found: Counter[int] = Counter()
    for inside in placed:
        found.update(inside)
    if found != wanted or any(count < 0 for inside in placed for count in inside.values()):
        raise BadParcel(len(parcels), "contents", _("The pieces in the parcels are not those of the consignment."))
    return placed


def _net_in(contents: Mapping[int, int], pieces: Sequence[Piece]) -> tuple[int, bool]:
    """Grams of the pieces without packing as far as known, and whether each one's weight is known."""
    weights = {piece.line: piece.net_weight_g for piece in pieces}
    known = {line: weights[line] for line in contents if weights[line]}
    return sum(known[line] * contents[line] for line in known), len(known) == len(contents)


def net_weight_of(parcel: Parcel) -> tuple[int, bool]:
    """Grams of the pieces in a parcel without packing as far as known, and whether each one's weight is known."""
    pieces = pieces_of(parcel.consignment)
    inside = {int(line): count for line, count in parcel.contents.items()}
    here = [piece for piece in pieces if piece.line in inside] if inside else pieces
    return _net_in(inside or {piece.line: piece.quantity for piece in here}, here)


def write_weights(consignment: Consignment, parcels: Sequence[Weighed], *, on: date) -> None:
    """What was weighed becomes the consignment's parcels; planned ones beyond are dropped. Raises BadParcel, BadNumber.

    Inside a transaction that holds the consignment's lock.
    """
    pieces = pieces_of(consignment)
    check_parcels(parcels, pieces)
    known = {row.number: row for row in consignment.parcels.all()}
    consignment.parcels.filter(number__gt=len(parcels)).delete()
    # Two boxes may change their labels: none holds a number while they are given anew.
    consignment.parcels.update(tracking_current=False)
    first = known.get(1)
    for number, (weighed, inside) in enumerate(zip(parcels, _contents(parcels, pieces), strict=True), start=1):
        row = known.get(number) or Parcel(
            consignment=consignment,
            number=number,
            carrier=first.carrier if first else "",
            service=first.service if first else "",
        )
        net, complete = _net_in(inside, pieces)
        row.gross_weight_g = weighed.gross_weight_g
        row.packing_weight_g = weighed.gross_weight_g - net if complete else None
        row.length_mm, row.width_mm, row.height_mm = weighed.sides_mm or (None, None, None)
        row.contents = {str(line): count for line, count in inside.items()}
        assign_number(row, read_tracking(row.carrier, weighed.tracking), on=on)


def read_tracking(carrier: str, text: str) -> TrackingNumber | None:
    """A number as the carrier (a name of MARKETPLACE_CARRIERS, or anybody's name) writes it; None for an empty one.

    Raises BadNumber.
    """
    if not text.strip():
        return None
    known = get_carriers().get(carrier)
    if known:
        return known.read_number(text)
    # Whoever it is called: what has the shape of a post's number is one.
    numbers = S10 if SHAPE.fullmatch(normalise(text)) else ""
    return read_number(text, numbers=numbers, issuer=f"name:{carrier.casefold()}"[:80])


def write_numbers(
    consignment: Consignment, *, carrier: str, numbers: Sequence[str], on: date
) -> list[str]:
    """Each parcel gets its number, in order; answers them as stored. Without any, those given at packing stay.

    Raises BadNumber. Inside a transaction that holds the consignment's lock. A consignment from before parcels gets one
    per number.
    """
    rows = list(consignment.parcels.all())
    if not any(text.strip() for text in numbers):
        numbers = [row.tracking for row in rows]
    read = [read_tracking(carrier, text) for text in numbers]
    rows += [
        Parcel(consignment=consignment, number=number)
        for number in range(len(rows) + 1, max(len(read), 1) + 1)
    ]
    consignment.parcels.update(tracking_current=False)
    for row, number in zip(rows, [*read, *[None] * (len(rows) - len(read))], strict=True):
        row.carrier = carrier if carrier in get_carriers() else ""
        assign_number(row, number, on=on)
    return [number.text for number in read if number]


def is_taken(number: TrackingNumber, parcel: Parcel, *, on: date) -> bool:
    """Whether another parcel got this number within the twelve months before ``on``."""
    return _same_number(number, parcel).filter(tracked_on__gt=year_before(on)).exists()


def _same_number(number: TrackingNumber, parcel: Parcel) -> QuerySet[Parcel]:
    rows = Parcel.objects.filter(tracking_issuer=number.issuer, tracking=number.text, tracking_current=True)
    return rows.exclude(pk=parcel.pk)


def assign_number(parcel: Parcel, number: TrackingNumber | None, *, on: date) -> None:
    """Saves ``parcel`` with a number that no other parcel got from its issuer within a year. Raises BadNumber.

    Two at the same moment meet in the database's constraint: one of them is told.
    """
    parcel.tracking, parcel.tracking_issuer = (number.text, number.issuer) if number else ("", "")
    parcel.tracking_current, parcel.tracked_on = number is not None, on if number else None
    try:
        with transaction.atomic():
            if number:
                old = _same_number(number, parcel).filter(tracked_on__lte=year_before(on))
                old.update(tracking_current=False)
            parcel.save()
    except IntegrityError as problem:
        if "parcel_tracking_once_a_year" in str(problem) or "tracking_issuer" in str(problem):
            raise BadNumber(str(TAKEN)) from problem
        raise


def year_before(day: date) -> date:
    """The same day twelve months earlier; of 29 February, the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year - 1)


@dataclass(frozen=True)
class Tracking:
    """Where one parcel is told of: its number as stored, who has it, and an address (empty where none is known)."""

    number: str
    carrier: str
    url: str


def tracking_of(consignment: Consignment, parcels: Iterable[Parcel] | None = None) -> list[Tracking]:
    """The numbers of a consignment's parcels with their links. ``parcels`` where the caller has them."""
    destination = consignment.order.shipping_address.country_id if consignment.order.shipping_address else ""
    rows = consignment.parcels.all() if parcels is None else parcels
    carriers = get_carriers()
    found = []
    for row in rows:
        known = carriers.get(row.carrier)
        url = known.tracking_url(row.tracking, destination) if known and row.tracking else ""
        if row.tracking:
            found.append(Tracking(row.tracking, consignment.carrier or (str(known.name) if known else ""), url))
    return found
