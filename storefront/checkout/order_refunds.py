"""What went back of an order, by consignment, as its buyer reads it."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.money import Money
from marketplace.payments.models import Payment, Refund, RefundPart

State, Reason = Refund.State, Refund.Reason
ZERO = Decimal("0.00")


class RefundsOf:
    """The refunds of one payment. One statement beside those that ``payment.refunds`` was read with."""

    def __init__(self, payment: Payment) -> None:
        self.currency = payment.currency
        refunds = list(payment.refunds.all())
        again = {row.key.removeprefix("again:") for row in refunds if row.key.startswith("again:")}
        # Of one that failed and was tried again, the second speaks.
        self.refunds = [row for row in sorted(refunds, key=lambda row: row.pk) if row.number not in again]
        self._parts: dict[int, dict[int, Decimal]] = defaultdict(dict)
        if self.refunds:
            rows = RefundPart.objects.filter(refund__payment=payment).order_by()
            for refund, consignment, amount in rows.values_list("refund", "share__consignment").annotate(Sum("amount")):
                self._parts[refund][consignment] = amount

    def of(self, consignment_id: int) -> list[dict]:
        """Of one consignment: [{"number", "why", "when", "state", "text", "amount"}], the amount below zero."""
        found = ((row, self._parts[row.pk].get(consignment_id)) for row in self.refunds)
        return [self._row(row, amount) for row, amount in found if amount]

    @property
    def of_no_consignment(self) -> list[dict]:
        """What went back before anybody was owed a share of it: a payment that came too late."""
        return [self._row(row, row.amount) for row in self.refunds if not self._parts[row.pk]]

    def _row(self, refund: Refund, amount: Decimal) -> dict:
        return {
            "number": refund.number,
            "why": _why(refund),
            "when": formats.day(refund.ended_at if refund.state == State.DONE else refund.created_at),
            "state": refund.state,
            "text": _how_far(refund),
            "amount": -Money(amount, self.currency),
            "counts": refund.state != State.FAILED,
        }


def _why(refund: Refund) -> str:
    if refund.reason == Reason.DISPUTE:
        return _("Given back by your bank")
    if refund.reason == Reason.CANCELLED and refund.asked_as == Refund.As.BUYER:
        return _("Cancelled by you")
    if refund.reason == Reason.CANCELLED and refund.asked_as == Refund.As.MAKER:
        return _("Cancelled by the maker")
    return refund.get_reason_display()


def _how_far(refund: Refund) -> str:
    if refund.state == State.DONE:
        return _("Paid back")
    if refund.state in (State.REQUESTED, State.SENDING):
        return _("On its way to you")
    return _("We are looking at it and will write to you")
