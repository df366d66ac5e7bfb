"""Where a workshop's parcels come from: the address of its Oscar partner, in Latin letters."""

from django.db import transaction
from oscar.core.loading import get_model

from marketplace.economies.addresses import AddressParts
from marketplace.trade.papers.declaration import Party
from marketplace.workshops.models import Workshop

PartnerAddress = get_model("partner", "PartnerAddress")


def sender_of(workshop: Workshop) -> Party:
    """The workshop at its own address; only its English name and its village's economy where it has none yet."""
    row = _address(workshop)
    if row is None:
        return Party(AddressParts(workshop.village.economy_id, name=_name(workshop)), workshop.source_language)
    parts = AddressParts(
        economy=row.country_id,
        name=" ".join(part for part in (row.first_name, row.last_name) if part) or _name(workshop),
        line1=row.line1,
        line2=row.line2,
        district=row.line3,
        city=row.line4,
        state=row.state,
        postcode=row.postcode or "",
    )
    return Party(parts, workshop.source_language)


@transaction.atomic
def change_sender(
    *, workshop: Workshop, name: str, line1: str, city: str, line2: str = "", state: str = "", postcode: str = ""
) -> Party:
    """Write the address on the workshop's papers. Its economy is its village's. Papers made before stay as they were."""
    row = _address(workshop) or PartnerAddress(partner_id=workshop.partner_id)
    row.country_id = workshop.village.economy_id
    row.first_name, row.last_name = "", name
    row.line1, row.line2, row.line3, row.line4 = line1, line2, "", city
    row.state, row.postcode = state, postcode
    row.save()
    return sender_of(workshop)


def _address(workshop: Workshop):
    return PartnerAddress.objects.filter(partner=workshop.partner_id).order_by("pk").first()


def _name(workshop: Workshop) -> str:
    row = workshop.texts.filter(locale__language_code="en").first()
    return row.name if row else ""
