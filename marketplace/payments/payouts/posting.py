"""What each step of a payout means in the books. Every key is the payout's number and the step: posted once."""

from marketplace.money import Money
from marketplace.payments.ledger import Line, post
from marketplace.payments.models import Account, JournalEntry, Payout, PayoutTransfer
from marketplace.payments.payouts.known import routes

Kind = JournalEntry.Kind


def key_of(number: str, step: str) -> str:
    return f"payout:{number}:{step}"


def approved(payout: Payout) -> JournalEntry:
    """Its holder is no longer owed it: it is on its way. A fee that the holder bears pays for what the bank takes."""
    return post(key=key_of(payout.number, "approved"), kind=Kind.PAYOUT, lines=_leaves(payout), details=_details(payout))


def arrived(payout: Payout) -> JournalEntry:
    """The shop's account has it no more, nor what the bank took for sending it."""
    return post(
        key=key_of(payout.number, "paid"), kind=Kind.PAYOUT_PAID, lines=_arrives(payout), details=_details(payout)
    )


def failed(payout: Payout, *, had_arrived: bool) -> JournalEntry:
    """Everything back: the holder is owed it again. What the bank took stays with the bank, and is the shop's."""
    lines = [_turned(line) for line in _leaves(payout)]
    if had_arrived:
        lines += [_turned(line) for line in _sent(payout)]
    return post(
        key=key_of(payout.number, "failed"), kind=Kind.PAYOUT_FAILED, lines=lines, details=_details(payout)
    )


def transferred(transfer: PayoutTransfer) -> JournalEntry:
    """One consignment's part of a payout left the balance at the payment service."""
    money = Money(transfer.amount, transfer.payout.currency)
    holder = transfer.payout.holder
    lines = [
        Line(Account.PAYOUTS_IN_TRANSIT, money, holder.code, transfer.consignment),
        Line(Account.BUYER_CLEARING, -money),
    ]
    key = f"{transfer.key}:paid"
    return post(
        key=key, kind=Kind.PAYOUT_PAID, lines=lines, consignment=transfer.consignment, details=_details(transfer.payout)
    )


def transfer_failed(transfer: PayoutTransfer) -> JournalEntry:
    """The payment service refused it: owed again."""
    money = Money(transfer.amount, transfer.payout.currency)
    holder = transfer.payout.holder
    lines = [
        Line(Account.PAYOUTS_IN_TRANSIT, money, holder.code, transfer.consignment),
        Line(holder.account, -money, holder.code, transfer.consignment),
    ]
    return post(
        key=f"{transfer.key}:failed",
        kind=Kind.PAYOUT_FAILED,
        lines=lines,
        consignment=transfer.consignment,
        details=_details(transfer.payout),
    )


def taken_back(transfer: PayoutTransfer, money: Money, key: str) -> JournalEntry:
    """A reversal brought money of a transfer back; it makes up for what a refund took from the holder's account."""
    holder = transfer.payout.holder
    lines = [
        Line(Account.BUYER_CLEARING, money),
        Line(holder.account, -money, holder.code, transfer.consignment),
    ]
    return post(
        key=key,
        kind=Kind.CORRECTION,
        lines=lines,
        consignment=transfer.consignment,
        details=_details(transfer.payout) | {"what": "taken_back"},
    )


def _leaves(payout: Payout) -> list[Line]:
    holder, currency = payout.holder, payout.currency
    lines = [
        Line(holder.account, Money(line.amount, currency), holder.code, line.consignment)
        for line in payout.lines.select_related("consignment")
    ]
    lines.append(Line(Account.PAYOUTS_IN_TRANSIT, -Money(payout.net, currency), holder.code))
    return [*lines, Line(Account.PAYMENT_FEES, -Money(payout.fee, currency))]


def _sent(payout: Payout) -> list[Line]:
    money = Money(payout.net, payout.currency)
    return [
        Line(Account.PAYOUTS_IN_TRANSIT, money, payout.holder.code),
        Line(routes[payout.batch.route].pays_from, -money),
    ]


def _arrives(payout: Payout) -> list[Line]:
    taken = Money(payout.fee + payout.shop_fee, payout.currency)
    pays_from = routes[payout.batch.route].pays_from
    return [*_sent(payout), Line(Account.PAYMENT_FEES, taken), Line(pays_from, -taken)]


def _turned(line: Line) -> Line:
    return Line(line.account, -line.money, line.holder, line.consignment)


def _details(payout: Payout) -> dict:
    return {"payout": payout.number, "route": payout.batch.route, "fee": str(payout.fee)}
