"""The sentences behind the engine's named results, in the reader's language."""

from django.utils.translation import get_language, gettext_lazy, gettext_noop, ngettext
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.money import Money, format_money
from marketplace.trade.landed.facts import Unknown, Warn

# Labels of levies in the seeds, marked for translation; an operator's own labels show as she wrote them.
LABELS = [
    gettext_noop("Customs duty"),
    gettext_noop("Flat customs duty"),
    gettext_noop("Flat duty on postal parcels"),
    gettext_noop("Section 122 surcharge"),
    gettext_noop("Global rate (duty and VAT)"),
    gettext_noop("VAT"),
    gettext_noop("GST"),
    gettext_noop("HST"),
    gettext_noop("PST"),
    gettext_noop("QST"),
    gettext_noop("IGV"),
    gettext_noop("Sales tax"),
    gettext_noop("Consumption tax"),
    gettext_noop("Business tax"),
    gettext_noop("Personal articles tax"),
    gettext_noop("VAT (cross-border e-commerce)"),
    gettext_noop("Parcel fee"),
    gettext_noop("Entry fee"),
    gettext_noop("Income tax"),
    gettext_noop("Union handling fee"),
    gettext_noop("Trade promotion fee"),
]
KINDS = {
    "duty": gettext_lazy("Customs duty"),
    "vat": gettext_lazy("Tax"),
    "sales_tax": gettext_lazy("Sales tax"),
    "fee": gettext_lazy("Fees"),
}
WHYS = {
    "no_rule": gettext_lazy("We cannot estimate this: we know no rule for this destination on this day."),
    "review_expired": gettext_lazy("We cannot estimate this: the rule is due for review."),
    "no_duty_line": gettext_lazy("We cannot estimate this: we know no rate for these goods there."),
    "no_rate": gettext_lazy("We cannot estimate this: an exchange rate is missing."),
    "no_weight": gettext_lazy("We cannot estimate this: it depends on the net weight, which is not known."),
    "needs_duty": gettext_lazy("We cannot estimate this: it depends on the customs duty, which is not known."),
    "own_rules": gettext_lazy("We cannot estimate this: these goods have rules of their own there."),
    "further_fees": gettext_lazy("Further fees are charged there; we do not know how much."),
    "over_limit": gettext_lazy("We cannot estimate this: the parcel is worth more than such parcels may be."),
}
REFUSALS = {
    "unknown_agreement": gettext_lazy("we do not know this agreement"),
    "review_expired": gettext_lazy("our row about it is due for review"),
    "not_covered": gettext_lazy("it does not cover the place of dispatch, the origin and the destination"),
    "no_evidence": gettext_lazy("there is no valid proof of origin, and the value is too high to do without"),
    "channel": gettext_lazy("the simplified procedure takes no claims of origin"),
    "no_rate": gettext_lazy("we know no rate of it for these goods"),
}


def label_text(label: str) -> str:
    """A levy's label in the active language."""
    return _(label) if label else ""


def why_text(unknown: Unknown) -> str:
    """Such as "Customs duty: We cannot estimate this: …"; with the part that is known, where there is one."""
    words = {"kind": KINDS.get(unknown.kind, unknown.kind), "why": WHYS.get(unknown.why, WHYS["own_rules"])}
    if unknown.at_least:
        return _("%(kind)s, at least %(amount)s. %(why)s") % {**words, "amount": _money(unknown.at_least)}
    return _("%(kind)s: %(why)s") % words


def warn_text(warn: Warn) -> str:
    """The sentence of a warning with its facts."""
    return TEXTS[warn.code](warn)


def _money(money: Money) -> str:
    return format_money(money, get_language() or "en")


def _exceeds(warn: Warn) -> str:
    words = {"duty": _money(warn.facts["duty"])}
    return _("The duty of %(duty)s is more than the goods are worth.") % words


def _near(warn: Warn) -> str:
    facts = warn.facts
    words = {"limit": _money(Money(facts["limit"], facts["currency"] or facts["now"].currency)), "now": _money(facts["now"])}
    if facts["other"] is None:
        return _(
            "The value is close to the limit of %(limit)s. We expect %(now)s; beyond the limit we cannot estimate it."
        ) % words
    words["other"] = _money(facts["other"])
    return _(
        "The value is close to the limit of %(limit)s. We expect %(now)s; if customs see it on the other side, "
        "it is about %(other)s."
    ) % words


def _changes(warn: Warn) -> str:
    words = {"rule": warn.rule_id, "on": formats.day(warn.facts["on"])}
    if warn.code == "rule_ends":
        return _("The rule %(rule)s ends on %(on)s, before the parcel arrives. The border goes by the day of arrival.") % words
    return _("The rule %(rule)s starts on %(on)s, before the parcel arrives. The border goes by the day of arrival.") % words


def _adds_up(warn: Warn) -> str:
    return _("Customs may add up parcels of one day to one person, so that several small ones save nothing.")


def _times(warn: Warn) -> str:
    count = int(warn.facts["count"])
    words = {"count": count}
    if warn.facts["limit"] is None:
        return ngettext(
            "The relief counts for %(count)s parcel of a person in half a year.",
            "The relief counts for %(count)s parcels of a person in half a year.",
            count,
        ) % words
    words["limit"] = _money(Money(warn.facts["limit"], warn.facts["currency"]))
    return ngettext(
        "The simplified rate counts for %(count)s purchase of a person in a year, up to %(limit)s together.",
        "The simplified rate counts for %(count)s purchases of a person in a year, up to %(limit)s together.",
        count,
    ) % words


def _person_value(warn: Warn) -> str:
    words = {"limit": _money(Money(warn.facts["limit"], warn.facts["currency"]))}
    return _("A person may buy up to %(limit)s a year in this way.") % words


def _plain(text) -> object:
    return lambda warn: str(text)


def _refused(warn: Warn) -> str:
    words = {"agreement": warn.facts["agreement"], "why": REFUSALS[warn.facts["why"]]}
    return _("The lower duty of %(agreement)s is not counted: %(why)s.") % words


def _not_registered(warn: Warn) -> str:
    words = {"scheme": warn.facts["scheme"]}
    return _("The shop is not registered under %(scheme)s, so it collects no tax with the order.") % words


def _sub_region(warn: Warn) -> str:
    words = {"destination": economy_name(warn.facts["destination"])}
    return _("In %(destination)s a part of the tax depends on the province, which is not known yet.") % words


TEXTS = {
    "duty_exceeds_value": _exceeds,
    "threshold_near": _near,
    "rule_changes": _changes,
    "rule_ends": _changes,
    "adds_up": _adds_up,
    "person_times": _times,
    "person_value": _person_value,
    "further_duties": _plain(
        gettext_lazy("Further duties may be charged that are not counted here. Please ask us before you order.")
    ),
    "further_fees": _plain(gettext_lazy("Further fees are charged there; we do not know how much.")),
    "seller_must": _plain(
        gettext_lazy(
            "There every seller owes this tax from the first sale on. It may be asked for when the parcel arrives; we "
            "cannot say how much."
        )
    ),
    "duty_disputed": _plain(
        gettext_lazy("Sources disagree on whether duty is due there. None is counted here, but some may be asked for.")
    ),
    "formal_clearance": _plain(gettext_lazy("These goods need a formal customs clearance.")),
    "preference_refused": _refused,
    "not_registered": _not_registered,
    "sub_region_unknown": _sub_region,
    "double_tax_risk": _plain(
        gettext_lazy(
            "The tax is paid with the order. If customs ask for it again, show them the invoice with our number."
        )
    ),
}
