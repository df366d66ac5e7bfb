"""Whether what lies in a consignment may go where it is going: looked at once more before it is packed and sent."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from marketplace.economies.names import economy_name
from marketplace.fulfilment.models import Consignment
from marketplace.trade.readiness import DISPATCH, Finding, readiness_of


@dataclass(frozen=True)
class LineFinding:
    """What is wrong with one line. ``product_id`` is the piece or variant that was bought."""

    title: str
    product_id: int
    finding: Finding

    @property
    def text(self) -> str:
        """A sentence for whoever packs, with what to do next."""
        values = {"title": self.title, "text": self.finding.text, "next_step": self.finding.next_step}
        return _("“%(title)s”: %(text)s %(next_step)s") % values


def dispatch_findings(consignment: Consignment, *, on: date) -> list[LineFinding]:
    """Everything that is found on a day for the consignment's lines, line by line. Four statements at most.

    A line whose piece is gone from the catalogue is not looked at: its papers still are.
    """
    address = consignment.order.shipping_address
    lines = [line for line in consignment.lines if line.product_id]
    if address is None or not lines:
        return []
    place = address.country_id
    found = readiness_of({line.product_id for line in lines}, [place], on=on, stage=DISPATCH)
    return [
        LineFinding(line.title, line.product_id, finding)
        for line in lines
        for finding in found.get(line.product_id, {}).get(place, [])
    ]


def why_not_dispatched(consignment: Consignment, *, on: date) -> str:
    """The sentences of all that stops the consignment; empty when nothing does."""
    stopping = [row.text for row in dispatch_findings(consignment, on=on) if row.finding.stops]
    if not stopping:
        return ""
    head = _("This cannot go to %(destination)s yet.") % {
        "destination": economy_name(consignment.order.shipping_address.country_id)
    }
    return " ".join([head, *dict.fromkeys(stopping)])
