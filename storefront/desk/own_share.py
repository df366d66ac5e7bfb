"""What a workshop receives for one consignment: its frozen shares in its own currency, less what went back."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.fulfilment.models import Consignment, OrderConversion
from marketplace.money import Money
from marketplace.payments.models import ConsignmentShare, Refund, RefundPart

Part = ConsignmentShare.Part
WORKSHOP = ConsignmentShare.Party.WORKSHOP
SIGNIFICANT = 6


def describe_own_share(consignment: Consignment) -> dict:
    """{"rows": [{"label", "amount", "note"}], "total", "rate"}; the rows add up to ``total``. Empty for orders from before
    there were shares. Three statements.
    """
    shares = list(consignment.shares.filter(party=WORKSHOP))
    if not shares:
        return {}
    currency = shares[0].own_currency
    rows = [
        {"label": label, "amount": Money(amount, currency), "note": ""}
        for part, label in ((Part.GOODS, _("Your share of the pieces")), (Part.SHIPPING, _("Postage, for you to pay")))
        if (amount := sum((row.own_amount for row in shares if row.part == part), Decimal(0)))
    ]
    rows += _given_back(consignment, currency)
    return {
        "rows": rows,
        "total": sum((row["amount"] for row in rows), Money(Decimal("0.00"), currency)),
        "rate": _rate(consignment, shares),
    }


def _given_back(consignment: Consignment, currency: str) -> list[dict]:
    counted = RefundPart.objects.filter(share__consignment=consignment, share__party=WORKSHOP)
    counted = counted.exclude(refund__state=Refund.State.FAILED).order_by("refund")
    found = counted.values_list("refund__number", "refund__reason", "refund__created_at").annotate(Sum("own_amount"))
    return [
        {
            "label": _("Given back to the buyer"),
            "note": f"{Refund.Reason(reason).label} · {formats.day(at)} · {number}",
            "amount": -Money(amount, currency),
        }
        for number, reason, at, amount in found
        if amount
    ]


def _rate(consignment: Consignment, shares: list[ConsignmentShare]) -> str:
    """At which rate and of which day; empty where nothing was converted."""
    given, own = shares[0].currency, shares[0].own_currency
    if given == own:
        return ""
    kept = OrderConversion.objects.filter(consignment=consignment, purpose=OrderConversion.Purpose.PAYOUT).first()
    on = formats.day(kept.rate_date if kept else consignment.created_at)
    exact = kept is not None and kept.given_currency == given
    amounts = [sum((getattr(row, name) for row in shares), Decimal(0)) for name in ("own_amount", "amount")]
    value = _rounded(kept.rate if exact else amounts[0] / amounts[1])
    words = {"one": f"1 {given}", "value": formats.exact(value), "currency": own, "day": on}
    if exact:
        return _("Fixed with the order at its day's rate: %(one)s = %(value)s %(currency)s (%(day)s).") % words
    return _("Fixed with the order at its day's rate: %(one)s = about %(value)s %(currency)s (%(day)s).") % words


def _rounded(value: Decimal) -> Decimal:
    """Six significant digits tell a reader enough; the order keeps them all."""
    return round(value, SIGNIFICANT - 1 - value.adjusted()).normalize()
