"""What is sent, to whom, and what that costs. One file per subject; import from here."""

from marketplace.fulfilment.models.consignment import Consignment, ConsignmentQuerySet
from marketplace.fulfilment.models.conversation import DispatchPhoto, Message, MessageTranslation
from marketplace.fulfilment.models.customs_id import CustomsId
from marketplace.fulfilment.models.making import MakingSlot
from marketplace.fulfilment.models.parcel import Parcel
from marketplace.fulfilment.models.quote import ConsignmentLevy, OrderConversion, PriceQuote
from marketplace.fulfilment.models.recipient import Recipient
from marketplace.fulfilment.models.shipping import Incoterm, ShippingRate, Zone

__all__ = [
    "Consignment",
    "ConsignmentLevy",
    "ConsignmentQuerySet",
    "CustomsId",
    "DispatchPhoto",
    "Incoterm",
    "MakingSlot",
    "Message",
    "MessageTranslation",
    "OrderConversion",
    "Parcel",
    "PriceQuote",
    "Recipient",
    "ShippingRate",
    "Zone",
]
