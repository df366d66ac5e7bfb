"""Money that leaves for a workshop or an agency, and money that came back: told to who keeps the books there."""

from django.dispatch import receiver

from marketplace import signals
from marketplace.notices.agency_receivers import tell_agency
from marketplace.notices.services import tell_workshop
from marketplace.partnerships.models import Part
from marketplace.payments.models import Payout
from marketplace.workshops.models import Right


@receiver(signals.payout_left, dispatch_uid="marketplace.notices.payout_left")
def left(sender, payout: Payout, **kwargs) -> None:
    _tell(payout, "payout_sent")


@receiver(signals.payout_came_back, dispatch_uid="marketplace.notices.payout_came_back")
def came_back(sender, payout: Payout, **kwargs) -> None:
    _tell(payout, "payout_returned")


def _tell(payout: Payout, kind: str) -> None:
    values = {"payout": payout.number, "amount": str(payout.net), "currency": payout.currency}
    how = {"kind": kind, "key": payout.number, "values": values}
    if payout.agency_id:
        url = f"/agency/{payout.agency.code}/money/"
        tell_agency(agency=payout.agency, parts=[Part.BOOKS], url=url, **how)
    else:
        url = f"/desk/{payout.workshop.slug}/earnings/"
        tell_workshop(workshop=payout.workshop, rights=[Right.BOOKS], url=url, **how)
