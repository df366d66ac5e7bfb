"""What happens to consignments. Each verb is one transaction and refuses what the state does not allow."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from marketplace.fulfilment.capacity import piece_of, write_slots
from marketplace.fulfilment.carriers.contract import get_carriers
from marketplace.fulfilment.dates import delivery_times
from marketplace.fulfilment.dispatch import why_not_dispatched
from marketplace.fulfilment.kept_price import levied
from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.fulfilment.models.consignment import CANCELLED_LINE
from marketplace.fulfilment.parcels import (
    Weighed,
    assign_number,
    planned_parcels,
    read_tracking,
    write_numbers,
    write_weights,
)
from marketplace.fulfilment.quotes import BasketQuote, ConsignmentQuote
from marketplace.signals import consignment_sent

State = Consignment.State
# From → to; nothing else is allowed.
ALLOWED = {
    State.PLACED: {State.PACKED, State.SENT, State.CANCELLED},
    # Back: a mistaken "packed", while nothing has left (unpack).
    State.PACKED: {State.SENT, State.PLACED, State.CANCELLED},
    # Cancelled on its way: by staff alone (payments.cancelling).
    State.SENT: {State.DELIVERED, State.CANCELLED},
    State.DELIVERED: set(),
    State.CANCELLED: set(),
}


# Without letters that look like digits.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class NotAllowed(Exception):
    """The consignment's state does not allow this; the message is for the person who tried."""


@transaction.atomic
def create_consignments(*, order, quote: BasketQuote) -> list[Consignment]:
    """One consignment per workshop of a new order, in the quote's order, with its planned parcels.

    Raises IntegrityError for an order that has some: there is one per order and workshop.
    """
    made = Consignment.objects.bulk_create(
        Consignment(
            order=order,
            workshop=part.workshop,
            number=new_number(part.workshop.code_prefix),
            currency=quote.currency,
            goods=part.goods.amount,
            shipping=part.postage.amount,
            shipping_rate=part.shipping.rate,
            weight_g=part.shipping.weight_g,
            **levied(part),
            **_promised(part, quote),
        )
        for part in quote.consignments
    )
    if any(piece_of(line).month_capacity for part in quote.consignments for line in part.lines):
        write_slots(order=order, on=quote.rates.on)
    boxes = zip(made, quote.consignments, strict=True)
    Parcel.objects.bulk_create(box for row, part in boxes for box in planned_parcels(row, part.shipping))
    return made


def _promised(part: ConsignmentQuote, quote: BasketQuote) -> dict[str, date]:
    """When it leaves and arrives, as the buyer was told before paying."""
    times = delivery_times(part.lines, part.shipping, quote.rates.on)
    return {"send_by": times.sent_by, "arrives_from": times.arrives_from, "arrives_by": times.arrives_by}


def new_number(prefix: str) -> str:
    """A number such as "SML-7K2MQ9XD". It says nothing of the order's: who knows that one may see the whole order."""
    return f"{prefix}-{get_random_string(8, SIGNS)}"


@transaction.atomic
def pack(*, consignment: Consignment, parcels: Sequence[Weighed] = ()) -> Consignment:
    """The consignment is packed, in boxes of these weights. Without any (staff record it for a maker) the estimate stays.

    Raises NotAllowed unless it was to pack, BadParcel for a weight that cannot be.
    """
    moved = _move(consignment, State.PACKED, packed_at=timezone.now())
    if parcels:
        write_weights(moved, parcels, on=timezone.localdate())
    return moved


def unpack(*, consignment: Consignment) -> Consignment:
    """ "Packed" was a mistake. What was weighed stays. Raises NotAllowed unless it is packed and has not left."""
    return _move(consignment, State.PLACED, packed_at=None)


@transaction.atomic
def weigh(*, consignment: Consignment, parcels: Sequence[Weighed]) -> Consignment:
    """The boxes weigh this after all. Raises NotAllowed unless it waits to be packed or sent, BadParcel."""
    locked = _locked(consignment)
    if locked.state not in (State.PLACED, State.PACKED):
        raise NotAllowed(_("Weights are entered before the parcel is sent."))
    write_weights(locked, parcels, on=timezone.localdate())
    return locked


@transaction.atomic
def send(
    *, consignment: Consignment, carrier: str, tracking: str | Sequence[str] = (), carrier_name: str = ""
) -> Consignment:
    """The parcels left, each with its tracking number (may be empty), in order.

    ``carrier`` is a name of MARKETPLACE_CARRIERS, whose numbers are checked, or the name of anybody else;
    ``carrier_name`` is what the buyer reads ("Viet Nam Post"). Raises NotAllowed, and BadNumber.
    """
    carrier, numbers = carrier.strip(), [tracking] if isinstance(tracking, str) else list(tracking)
    name = carrier_name.strip() or ("" if carrier in get_carriers() else carrier)
    moved = _move(consignment, State.SENT, sent_at=timezone.now(), carrier=name)
    stored = write_numbers(moved, carrier=carrier, numbers=numbers, on=timezone.localdate())
    _remember_number(moved, stored)
    transaction.on_commit(lambda: consignment_sent.send_robust(sender=Consignment, consignment=moved))
    return moved


@transaction.atomic
def correct_number(*, parcel: Parcel, carrier: str, tracking: str) -> Parcel:
    """Another tracking number for a parcel, after a slip. Raises BadNumber."""
    consignment = _locked(parcel.consignment)
    parcel.carrier = carrier if carrier in get_carriers() else ""
    assign_number(
        parcel, read_tracking(carrier or consignment.carrier, tracking), on=parcel.tracked_on or timezone.localdate()
    )
    numbers = consignment.parcels.exclude(tracking="").order_by("number").values_list("tracking", flat=True)
    _remember_number(consignment, list(numbers))
    return parcel


def _remember_number(consignment: Consignment, numbers: Sequence[str]) -> None:
    """The first parcel's number stands on the consignment, too: lists and searches read it there."""
    consignment.tracking = numbers[0] if numbers else ""
    consignment.save(update_fields=["tracking"])


def deliver(*, consignment: Consignment) -> Consignment:
    """The parcel arrived. Raises NotAllowed unless it was sent."""
    return _move(consignment, State.DELIVERED, delivered_at=timezone.now())


@transaction.atomic
def cancel(*, consignment: Consignment) -> Consignment:
    """Nothing will be sent. Raises NotAllowed once it was delivered.

    Moves no money and returns no stock: for a paid order, payments.cancelling does all of it, and says who may.
    """
    moved = _move(consignment, State.CANCELLED, cancelled_at=timezone.now())
    moved.all_lines.update(status=CANCELLED_LINE)
    return moved


@transaction.atomic
def cancel_lines(*, consignment: Consignment, lines: Collection[int]) -> list:
    """These order lines (ids) will not be sent; without any left, nothing of the consignment will.

    Answers those that this call cancelled. What was weighed is weighed again. Raises NotAllowed for lines that are not
    the consignment's, were cancelled before, or have been sent.
    """
    locked = _locked(consignment)
    live = {line.pk: line for line in locked.lines} if locked.state != State.CANCELLED else {}
    if not lines or not set(lines) <= set(live):
        raise NotAllowed(_("This has been cancelled already, or was never part of the consignment."))
    cancelled = [live[pk] for pk in sorted(lines)]
    if len(cancelled) == len(live):
        cancel(consignment=locked)
        return cancelled
    if locked.state not in (State.PLACED, State.PACKED):
        raise NotAllowed(_("A parcel that has been sent is cancelled as a whole."))
    locked.all_lines.filter(pk__in=lines).update(status=CANCELLED_LINE)
    _take_out_of_boxes(locked, lines)
    return cancelled


def _take_out_of_boxes(consignment: Consignment, lines: Collection[int]) -> None:
    """These order lines (ids) are not sent: out of the boxes, of which empty ones go; the rest is weighed again."""
    gone = {str(pk) for pk in lines}
    for row in consignment.parcels.all():
        kept = {line: count for line, count in row.contents.items() if line not in gone}
        if row.contents and not kept:
            row.delete()
            continue
        row.contents, row.gross_weight_g, row.packing_weight_g = kept, None, None
        row.save(update_fields=["contents", "gross_weight_g", "packing_weight_g"])


def _locked(consignment: Consignment) -> Consignment:
    """The row as it is now, for this transaction alone."""
    # "self": PostgreSQL cannot lock the far side of an outer join.
    rows = Consignment.objects.select_for_update(of=("self",)).select_related("order__payment")
    return rows.get(pk=consignment.pk)


@transaction.atomic
def _move(consignment: Consignment, to: str, **changes) -> Consignment:
    locked = _locked(consignment)
    if locked.order.payment.state != "paid" and to != State.CANCELLED:
        raise NotAllowed(_("This order is not paid yet."))
    if to not in ALLOWED[locked.state]:
        raise NotAllowed(
            _("A consignment that is “%(now)s” cannot become “%(to)s”.")
            % {"now": locked.get_state_display(), "to": State(to).label}
        )
    if to in (State.PACKED, State.SENT) and (why := why_not_dispatched(locked, on=timezone.localdate())):
        raise NotAllowed(why)
    locked.state = to
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=["state", *changes])
    return locked
