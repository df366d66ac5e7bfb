"""What the apps below announce, told to the members whose task it is."""

from django.dispatch import receiver
from django.utils import timezone

from marketplace.fulfilment.models import Consignment
from marketplace.notices.services import tell, tell_workshop
from marketplace.signals import consent_withdrawn, consignment_not_to_pack, consignment_to_pack
from marketplace.workshops.assisting import helpers_of
from marketplace.workshops.models import Consent, Right


@receiver(consignment_to_pack, dispatch_uid="marketplace.notices.to_pack")
def to_pack(sender, consignment: Consignment, **kwargs) -> None:
    tell_workshop(
        workshop=consignment.workshop,
        rights=(Right.PACK,),
        kind="order_to_pack",
        key=consignment.number,
        values={"consignment": consignment.pk},
        url=consignment_url(consignment),
    )
    _tell_of_the_last(consignment)


@receiver(consignment_not_to_pack, dispatch_uid="marketplace.notices.not_to_pack")
def not_to_pack(sender, consignment: Consignment, lines: list[int], whole: bool, **kwargs) -> None:
    tell_workshop(
        workshop=consignment.workshop,
        rights=(Right.PACK,),
        kind="order_not_to_pack",
        key=f"{consignment.number}:{'-'.join(map(str, lines))}",
        values={"consignment": consignment.pk, "lines": lines, "whole": whole},
        url=consignment_url(consignment),
    )


@receiver(consent_withdrawn, dispatch_uid="marketplace.notices.consent_withdrawn")
def no_longer_agrees(sender, consent: Consent, **kwargs) -> None:
    """Who listed, and the owners where there are any."""
    helped = consent.assistance
    how = {"kind": "consent_withdrawn", "key": f"consent-{consent.pk}"}
    how["values"] = {"workshop": str(helped.workshop), "maker": helped.maker_name}
    for user in helpers_of(helped):
        tell(user=user, **how)
    tell_workshop(workshop=helped.workshop, rights=(Right.OWN,), **how)


def _tell_of_the_last(consignment: Consignment) -> None:
    """Pieces of which this order, or another one since, took the last: told once a day at most."""
    rows = consignment.lines.select_related("stockrecord", "product__product_class", "product__parent__product_class")
    for line in rows:
        record = line.stockrecord
        if record is None or line.product is None or not line.product.get_product_class().track_stock:
            continue
        if record.net_stock_level > 0:
            continue
        tell_workshop(
            workshop=consignment.workshop,
            rights=(Right.LIST,),
            kind="piece_sold_out",
            key=f"{line.product_id}:{timezone.localdate().isoformat()}",
            values={"piece": line.product.get_title()},
            url=f"/desk/{consignment.workshop.slug}/pieces/{line.product.parent_id or line.product_id}/",
        )


def consignment_url(consignment: Consignment) -> str:
    """Its page on the desk, without host and language."""
    return f"/desk/{consignment.workshop.slug}/consignments/{consignment.pk}/"
