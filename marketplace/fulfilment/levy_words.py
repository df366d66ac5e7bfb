"""What a tax, duty or fee is called, for buyers and on papers. Works on the engine's levies and on those that orders keep."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace import formats
from marketplace.trade.landed.words import KINDS, label_text


def levy_label(levy, language: str | None = None) -> str:
    """Its name in a language (default: the active one): what its rule calls it, else what kind it is."""
    if language:
        with override(language):
            return levy_label(levy)
    return label_text(levy.label) or str(KINDS.get(levy.kind, _("Levy on imports")))


def collector_name(code: str) -> str:
    """Who asks for the money, in the active language; a name that an operator wrote stays as it is."""
    names = {
        "carrier": _("the carrier"),
        "post": _("the post"),
        "customs": _("customs"),
        "consignee": _("the tax office"),
        "marketplace": _("this shop"),
    }
    return names.get(code, code)


def levy_note(levy) -> str:
    """Rate, who collects it and of which day the rule is, in the active language. Its source is in English (``source``)."""
    parts = [levy.rate_text]
    if levy.collected != "checkout" and levy.collector:
        parts.append(_("collected by %(collector)s, not by us") % {"collector": collector_name(levy.collector)})
    if levy.source_date:
        parts.append(_("as of %(day)s") % {"day": formats.day(levy.source_date)})
    return " · ".join(part for part in parts if part)
