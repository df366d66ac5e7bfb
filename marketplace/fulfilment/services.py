"""What happens to consignments. Each verb is one transaction and refuses what the state does not allow."""

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.quotes import BasketQuote
from marketplace.signals import consignment_sent

State = Consignment.State
# From → to; nothing else is allowed.
ALLOWED = {
    State.PLACED: {State.PACKED, State.SENT, State.CANCELLED},
    State.PACKED: {State.SENT, State.CANCELLED},
    State.SENT: {State.DELIVERED},
    State.DELIVERED: set(),
    State.CANCELLED: set(),
}


# Without letters that look like digits.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class NotAllowed(Exception):
    """The consignment's state does not allow this; the message is for the person who tried."""


@transaction.atomic
def create_consignments(*, order, quote: BasketQuote) -> list[Consignment]:
    """One consignment per workshop of the order. Calling it again changes nothing."""
    made = []
    for part in quote.consignments:
        consignment, _created = Consignment.objects.get_or_create(
            order=order,
            workshop=part.workshop,
            defaults={
                "number": new_number(part.workshop.code_prefix),
                "currency": quote.currency,
                "goods": part.goods.amount,
                "shipping": part.shipping.amount.amount,
                "shipping_rate": part.shipping.rate,
                "weight_g": part.shipping.weight_g,
            },
        )
        made.append(consignment)
    return made


def new_number(prefix: str) -> str:
    """A number such as "SML-7K2MQ9XD". It says nothing of the order's: who knows that one may see the whole order."""
    return f"{prefix}-{get_random_string(8, SIGNS)}"


def pack(*, consignment: Consignment) -> Consignment:
    """The parcel is packed. Raises NotAllowed unless it was to pack."""
    return _move(consignment, State.PACKED, packed_at=timezone.now())


def send(*, consignment: Consignment, carrier: str, tracking: str) -> Consignment:
    """The parcel left, with the carrier's name and tracking number (may be empty). Raises NotAllowed."""
    moved = _move(
        consignment, State.SENT, sent_at=timezone.now(), carrier=carrier.strip(), tracking=tracking.strip()
    )
    transaction.on_commit(lambda: consignment_sent.send_robust(sender=Consignment, consignment=moved))
    return moved


def deliver(*, consignment: Consignment) -> Consignment:
    """The parcel arrived. Raises NotAllowed unless it was sent."""
    return _move(consignment, State.DELIVERED, delivered_at=timezone.now())


def cancel(*, consignment: Consignment) -> Consignment:
    """Nothing will be sent. Raises NotAllowed once it was sent."""
    return _move(consignment, State.CANCELLED, cancelled_at=timezone.now())


@transaction.atomic
def _move(consignment: Consignment, to: str, **changes) -> Consignment:
    # "self": PostgreSQL cannot lock the far side of an outer join.
    locked = (
        Consignment.objects.select_for_update(of=("self",))
        .select_related("order__payment")
        .get(pk=consignment.pk)
    )
    if locked.order.payment.state != "paid" and to != State.CANCELLED:
        raise NotAllowed(_("This order is not paid yet."))
    if to not in ALLOWED[locked.state]:
        raise NotAllowed(
            _("A consignment that is “%(now)s” cannot become “%(to)s”.")
            % {"now": locked.get_state_display(), "to": State(to).label}
        )
    locked.state = to
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=["state", *changes])
    return locked
