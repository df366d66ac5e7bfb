"""What a cancellation would give back, to the minor unit: for the pages that ask "are you sure?". Only reads."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.crypto import salted_hmac

from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from marketplace.payments.models import ConsignmentShare, Refund
from marketplace.payments.refund_amounts import Taken, Wish, take, what_is_left

Part, Party = ConsignmentShare.Part, ConsignmentShare.Party
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class GoingBack:
    """``goods``, ``shipping`` and ``levies`` add up to ``total``, all in the order's currency.

    ``lost``: what the workshop is not owed any more, in the currency in which it is paid.
    """

    goods: Money
    shipping: Money
    levies: Money
    lost: Money | None

    @property
    def total(self) -> Money:
        return self.goods + self.shipping + self.levies

    @property
    def token(self) -> str:
        """What a form sends back so that nobody agrees to one amount and gets another. It tells nobody the amount."""
        return salted_hmac("storefront.going_back", f"{self.total.amount} {self.total.currency}", algorithm="sha256").hexdigest()


def whole(consignments: Sequence[Consignment], currency: str) -> GoingBack:
    """Of these consignments, all that is left."""
    return _sum(take([Wish(row) for row in consignments], reason=Refund.Reason.CANCELLED), currency)


def of_lines(consignment: Consignment, lines: Collection) -> GoingBack:
    """Of these order lines; the postage with them when no other line of the consignment is left to send."""
    live = {line.pk for line in consignment.lines}
    if {line.pk for line in lines} == live:
        return whole([consignment], consignment.currency)
    left = what_is_left(consignment).lines
    wishes = [Wish(consignment, line=line) for line in lines if left.get(line.pk)]
    return _sum(take(wishes, reason=Refund.Reason.CANCELLED), consignment.currency)


def _sum(parts: Iterable[Taken], currency: str) -> GoingBack:
    parts, sums = list(parts), Counter()
    for row in parts:
        sums[row.share.part] += row.amount
    own = [row for row in parts if row.share.party == Party.WORKSHOP]
    currencies = {row.share.own_currency for row in own}
    lost = sum((row.own_amount for row in own), ZERO)
    return GoingBack(
        goods=Money(sums[Part.GOODS] or ZERO, currency),
        shipping=Money(sums[Part.SHIPPING] or ZERO, currency),
        levies=Money(sums[Part.LEVY] or ZERO, currency),
        lost=Money(lost, currencies.pop()) if len(currencies) == 1 else None,
    )
