"""Names of what officers read about: gaps of readiness, outcomes of decisions."""

from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models import Decision

GAPS = {
    "hs_code": _("Customs code (HS)"),
    "origin": _("Where it is made"),
    "material": _("Material"),
    "species": _("Animal or plant"),
    "net_weight": _("Net weight"),
    "description": _("Words for customs"),
    "product_id": _("Number of the product"),
    "language": _("Words in another language"),
    "certificate": _("Certificate"),
    "responsible_person": _("Responsible person"),
    "restriction": _("Not allowed there"),
    "channel": _("No way to send it"),
}
BUTTONS = {
    Decision.Outcome.OPENED: _("Open the workshop"),
    Decision.Outcome.ASKED: _("Ask for more"),
    Decision.Outcome.DECLINED: _("Decline"),
    Decision.Outcome.CLOSED: _("Close the workshop"),
}
DONE = {
    Decision.Outcome.OPENED: _("The workshop is open. Its owners will be told."),
    Decision.Outcome.ASKED: _("Your question is on its way. Its owners will be told."),
    Decision.Outcome.DECLINED: _("The workshop is declined. Its owners will be told."),
    Decision.Outcome.CLOSED: _("The workshop is closed. Orders that are paid stay, and its owners will be told."),
}


def gap_name(code: str) -> str:
    return str(GAPS.get(code, code))
