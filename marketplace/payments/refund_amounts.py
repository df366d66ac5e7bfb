"""What of a consignment can still be given back, and from whose share each part of it is taken. Only reads.

Goods, and likewise postage, are taken from the parties in proportion to what each still has of them, by largest
remainder: no party gives more than it has, and whoever gives all back gives back every unit. A tax or duty follows its
line: of a line of which 30 per cent were given back so far, 30 per cent of its taxes were, rounded once, half up. What
a party is owed in its own currency follows its share in the same way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.fulfilment.models import Consignment
from marketplace.money import Money, MoneyError, format_money, payable_step, round_payable, to_minor
from marketplace.payments.models import ConsignmentShare, Refund, RefundPart

Part, Party, Reason = ConsignmentShare.Part, ConsignmentShare.Party, Refund.Reason
ZERO = Decimal("0.00")
# Paid to the customs of the destination: once it took them, they do not come back.
OF_THE_BORDER = frozenset({Party.DUTY, Party.FEE})
# The parcel never got through customs; or the buyer's bank takes all, whatever the customs do.
NOT_IMPORTED = frozenset({Reason.CANCELLED, Reason.LOST, Reason.LATE, Reason.DISPUTE})
TRAVELLED = frozenset({Consignment.State.SENT, Consignment.State.DELIVERED})


class CannotRefund(Exception):
    """This cannot be given back; nothing was changed. Carries a sentence for the person."""


@dataclass(frozen=True)
class Wish:
    """What of a consignment to give back. ``amount`` None: all that is left of it.

    With a ``line``: of its goods; with ``shipping``: of the postage; taxes and duties of it come on top. With neither:
    of everything together, taxes and duties included.
    """

    consignment: Consignment
    line: object | None = None
    shipping: bool = False
    amount: Money | None = None


@dataclass(frozen=True)
class Left:
    """What can still be given back of a consignment, in its currency. ``lines``: order line id → its goods.

    ``levies``: taxes and duties that may go back; ``kept``: prepaid duties that do not, because the parcel was imported.
    """

    lines: Mapping[int, Money]
    shipping: Money
    levies: Money
    kept: Money

    @property
    def total(self) -> Money:
        return sum(self.lines.values(), self.shipping + self.levies)


@dataclass(frozen=True)
class Taken:
    """Of one share: ``amount`` in the order's currency, ``own_amount`` in the one in which its holder is owed."""

    share: ConsignmentShare
    amount: Decimal
    own_amount: Decimal


def what_is_left(consignment: Consignment, *, reason: str = Reason.CANCELLED) -> Left:
    """What a refund for this reason could give back now."""
    return _Shares(consignment, reason).left()


def take(wishes: Iterable[Wish], *, reason: str) -> list[Taken]:
    """The parts of a refund, in the order of the shares. Raises CannotRefund when a wish exceeds what is left.

    Inside the transaction that holds the payment's row lock.
    """
    wishes = list(wishes)
    books: dict[int, _Shares] = {}
    for wish in wishes:
        pk = wish.consignment.pk
        if pk not in books:
            books[pk] = _Shares(wish.consignment, reason)
        books[pk].grant(wish)
    return [part for book in books.values() for part in book.taken()]


def take_from_order(order, amount: Money, *, reason: str) -> list[Taken]:
    """``amount`` from all consignments of an order, each in proportion to what is left of it. Raises CannotRefund."""
    rows = list(order.consignments.order_by("pk"))
    left = [what_is_left(row, reason=reason).total.amount for row in rows]
    if amount.amount > sum(left):
        text = _("Of this, at most %(left)s can still be paid back.")
        raise CannotRefund(text % {"left": _shown(Money(sum(left, ZERO), amount.currency))})
    parts = _by_what_is_left(amount.amount, left, amount.currency)
    wishes = [Wish(row, amount=Money(part, amount.currency)) for row, part in zip(rows, parts, strict=True) if part]
    return take(wishes, reason=reason)


class _Shares:
    """The shares of one consignment, what was given back of each, and what the wishes granted so far take."""

    def __init__(self, consignment: Consignment, reason: str) -> None:
        self.consignment, self.currency = consignment, consignment.currency
        rows = ConsignmentShare.objects.filter(consignment=consignment).select_related("consignment")
        self.shares = list(rows.order_by("pk"))
        counted = RefundPart.objects.filter(share__consignment=consignment).exclude(refund__state=Refund.State.FAILED)
        given = counted.order_by().values("share").annotate(amount=Sum("amount"), own=Sum("own_amount"))
        # SQLite adds up in floating point and answers 8.280000000000000.
        self.given = {row["share"]: row["amount"].quantize(ZERO) for row in given}
        self.own_given = {row["share"]: row["own"].quantize(ZERO) for row in given}
        self.now: Counter = Counter()
        self.imported = _was_imported(consignment, reason)

    def left(self) -> Left:
        lines: Counter = Counter()
        for share in self._of(Part.GOODS):
            lines[share.line_id] += self._rest(share)
        levies = self._of(Part.LEVY)
        kept = self._sum(share for share in levies if self._stays(share))
        return Left(
            lines={pk: self._money(amount) for pk, amount in lines.items()},
            shipping=self._money(self._sum(self._of(Part.SHIPPING))),
            levies=self._money(self._sum(levies) - kept),
            kept=self._money(kept),
        )

    def grant(self, wish: Wish) -> None:
        _check_amount(wish, self.currency)
        if wish.line is None and not wish.shipping:
            self._spread([share for share in self.shares if not self._stays(share)], wish)
            return
        if wish.shipping:
            self._spread(self._of(Part.SHIPPING), wish)
            self._let_levies_follow(None)
            return
        goods = self._of(Part.GOODS, wish.line.pk)
        if not goods:
            raise CannotRefund(_("This piece was not part of the consignment, or cost nothing."))
        self._spread(goods, wish)
        self._let_levies_follow(wish.line.pk)

    def taken(self) -> list[Taken]:
        return [
            Taken(share, self.now[share.pk], self._own(share)) for share in self.shares if self.now[share.pk]
        ]

    def _spread(self, shares: Sequence[ConsignmentShare], wish: Wish) -> None:
        left = self._sum(shares)
        amount = left if wish.amount is None else wish.amount.amount
        if amount > left:
            text = _("Of this, at most %(left)s can still be paid back.")
            raise CannotRefund(text % {"left": _shown(self._money(left))})
        if amount:
            parts = _by_what_is_left(amount, [self._rest(share) for share in shares], self.currency)
            for share, part in zip(shares, parts, strict=True):
                self.now[share.pk] += part

    def _let_levies_follow(self, line_id: int | None) -> None:
        """As much of a line's taxes as of its goods. What belongs to no line follows the postage."""
        bases = self._of(Part.GOODS, line_id) if line_id else self._of(Part.SHIPPING)
        whole = sum((share.amount for share in bases), ZERO)
        gone = whole - self._sum(bases)
        for share in self._of(Part.LEVY, line_id):
            if self._stays(share):
                continue
            target = round_payable(self._money(share.amount * gone / whole)).amount if whole else share.amount
            done = share.amount - self._rest(share)
            self.now[share.pk] += max(target - done, ZERO)

    def _own(self, share: ConsignmentShare) -> Decimal:
        gone = share.amount - self._rest(share)
        target = round_payable(Money(share.own_amount * gone / share.amount, share.own_currency)).amount
        if gone == share.amount:
            target = share.own_amount
        return max(target - self.own_given.get(share.pk, ZERO), ZERO)

    def _of(self, part: str, *line_ids: int | None) -> list[ConsignmentShare]:
        """Shares of this kind; with ``line_ids`` (None: of no line) only those."""
        return [s for s in self.shares if s.part == part and (not line_ids or s.line_id in line_ids)]

    def _rest(self, share: ConsignmentShare) -> Decimal:
        return share.amount - self.given.get(share.pk, ZERO) - self.now[share.pk]

    def _sum(self, shares: Iterable[ConsignmentShare]) -> Decimal:
        return sum((self._rest(share) for share in shares), ZERO)

    def _stays(self, share: ConsignmentShare) -> bool:
        return self.imported and share.party in OF_THE_BORDER

    def _money(self, amount: Decimal) -> Money:
        return Money(amount, self.currency)


def _shown(money: Money) -> str:
    return format_money(money, get_language() or settings.LANGUAGE_CODE)


def _was_imported(consignment: Consignment, reason: str) -> bool:
    if settings.MARKETPLACE_REFUND_DUTY_AFTER_IMPORT or reason in NOT_IMPORTED:
        return False
    return consignment.state in TRAVELLED


def _check_amount(wish: Wish, currency: str) -> None:
    if wish.amount is None:
        return
    if wish.amount.currency != currency:
        raise CannotRefund(_("What was paid in %(currency)s is paid back in it.") % {"currency": currency})
    if not wish.amount.amount.is_finite() or wish.amount.amount <= 0:
        raise CannotRefund(_("A refund is more than nothing."))
    try:
        to_minor(wish.amount)
    except MoneyError as problem:
        raise CannotRefund(_("This amount cannot be paid back exactly.")) from problem


def _by_what_is_left(amount: Decimal, left: Sequence[Decimal], currency: str) -> list[Decimal]:
    """``amount`` in parts, each at most what is left of it, by largest remainder in steps that can be paid."""
    step, whole = payable_step(currency), sum(left)
    if amount == whole:
        return list(left)
    exact = [amount * one / whole for one in left]
    parts = [(one / step).to_integral_value(ROUND_FLOOR) * step for one in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: int((amount - sum(parts)) / step)]:
        parts[i] += step
    return parts
