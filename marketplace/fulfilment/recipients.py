"""Orders' addresses: Oscar's row with what the buyer wrote, ours with the Latin side of it."""

from dataclasses import fields

from django.db import transaction
from oscar.core.loading import get_model

from marketplace.economies.addresses import AddressParts
from marketplace.fulfilment.models import Recipient

ShippingAddress = get_model("order", "ShippingAddress")
LATIN = [field.name for field in fields(AddressParts) if field.name.startswith("latin_")]


@transaction.atomic
def write_recipient(
    *, parts: AddressParts, phone: str = "", notes: str = "", gift: bool = False, place=None
) -> Recipient:
    """Store an order's address; ``phone`` in E.164. ``place``: Oscar's row of ``parts.economy``, where it was read before.

    Raises DoesNotExist for a place that Oscar does not know.
    """
    address = ShippingAddress.objects.create(
        last_name=parts.name,
        line1=parts.line1,
        line2=parts.line2,
        line3=parts.district,
        line4=parts.city,
        state=parts.state,
        postcode=parts.postcode,
        country=place or get_model("address", "Country").objects.get(pk=parts.economy),
        phone_number=phone,
        notes=notes,
    )
    return Recipient.objects.create(address=address, gift=gift, **{name: getattr(parts, name) for name in LATIN})


def parts_of(address) -> AddressParts:
    """The parts of an order's ShippingAddress in both scripts. ``select_related("recipient")`` saves a statement."""
    recipient = getattr(address, "recipient", None)
    return AddressParts(
        economy=address.country_id,
        name=address.last_name,
        line1=address.line1,
        line2=address.line2,
        district=address.line3,
        city=address.line4,
        state=address.state,
        postcode=address.postcode or "",
        **({name: getattr(recipient, name) for name in LATIN} if recipient else {}),
    )
