"""What each event of an order means in the books."""

from collections.abc import Iterable

from marketplace.money import Money
from marketplace.payments.ledger import Line, bridge, post
from marketplace.payments.models import (
    Account,
    ConsignmentShare,
    Dispute,
    JournalEntry,
    Payment,
    Refund,
    RefundPart,
)

Kind = JournalEntry.Kind
Party = ConsignmentShare.Party
ACCOUNTS = {
    Party.WORKSHOP: Account.WORKSHOP_PAYABLE,
    Party.AGENCY: Account.AGENCY_PAYABLE,
    Party.COMMISSION: Account.COMMISSION,
    Party.VILLAGE_FUND: Account.VILLAGE_FUND,
    Party.CARRIER: Account.CARRIER_PAYABLE,
    Party.TAX: Account.TAX_PAYABLE,
    Party.DUTY: Account.DUTY_PAYABLE,
    Party.FEE: Account.FEE_PAYABLE,
}


def order_paid(payment: Payment) -> JournalEntry:
    """The buyer's money is with the payment service, and everybody is owed the share that was frozen."""
    shares = ConsignmentShare.objects.filter(consignment__order=payment.order).select_related("consignment")
    lines = [Line(Account.BUYER_CLEARING, Money(payment.amount, payment.currency))]
    for share in shares:
        lines += _owed(share, Money(share.amount, share.currency), Money(share.own_amount, share.own_currency))
    return post(key=f"paid:{payment.order.number}", kind=Kind.PAID, payment=payment, lines=lines)


def reverse(*, refund: Refund) -> JournalEntry:
    """Nobody is owed any more what ``refund`` gives back; the buyer is."""
    lines = _taken_back(refund.parts.select_related("share__consignment"))
    lines.append(Line(_counterpart(refund), -Money(refund.amount, refund.currency)))
    return post(key=f"refund:{refund.number}", kind=Kind.REFUND, payment=refund.payment, lines=lines)


def refund_sent(refund: Refund) -> JournalEntry:
    """The payment service gave the money back out of what it holds for us."""
    money = Money(refund.amount, refund.currency)
    lines = [Line(_counterpart(refund), money), Line(Account.BUYER_CLEARING, -money)]
    return post(key=f"refund-sent:{refund.number}", kind=Kind.REFUND_SENT, payment=refund.payment, lines=lines)


def refund_failed(refund: Refund) -> JournalEntry:
    """The buyer could not be given the money: everybody is owed again what they were before."""
    lines = [
        Line(line.account, -line.money, line.holder, line.consignment)
        for line in _taken_back(refund.parts.select_related("share__consignment"))
    ]
    lines.append(Line(_counterpart(refund), Money(refund.amount, refund.currency)))
    return post(key=f"refund-failed:{refund.number}", kind=Kind.REFUND_FAILED, payment=refund.payment, lines=lines)


def dispute_opened(dispute: Dispute) -> JournalEntry:
    """The buyer's bank drew the money back until it has decided."""
    return _disputed(dispute, "dispute", Money(dispute.amount, dispute.currency))


def dispute_won(dispute: Dispute) -> JournalEntry:
    """The bank gave it back. (Of a lost one, a refund with the reason "dispute" takes the shares back.)"""
    return _disputed(dispute, "dispute-won", -Money(dispute.amount, dispute.currency))


def _disputed(dispute: Dispute, event: str, money: Money) -> JournalEntry:
    lines = [Line(Account.DISPUTES, money), Line(Account.BUYER_CLEARING, -money)]
    return post(key=f"{event}:{dispute.gateway_dispute}", kind=Kind.DISPUTE, payment=dispute.payment, lines=lines)


def settled(*, key: str, payment: Payment, amount: Money, net: Money, fee: Money) -> JournalEntry:
    """What the payment service really put on the balance: ``net`` and ``fee`` for ``amount`` (minus: for a refund).

    ``net`` and ``fee`` are in the balance's currency, where ``net + fee`` is ``amount`` at the service's own rate.
    """
    gross = net + fee
    lines = [Line(Account.PAYMENT_FEES, fee), Line(Account.BUYER_CLEARING, -fee)]
    if gross.currency != amount.currency:
        lines += [Line(Account.BUYER_CLEARING, -amount), *bridge(-amount, -gross), Line(Account.BUYER_CLEARING, gross)]
    return post(key=f"settled:{key}", kind=Kind.SETTLED, payment=payment, lines=lines)


def _counterpart(refund: Refund) -> Account:
    """A lost dispute is paid by the bank that drew the money back; every other refund goes to the buyer."""
    return Account.DISPUTES if refund.reason == Refund.Reason.DISPUTE else Account.REFUNDS


def _owed(share: ConsignmentShare, given: Money, own: Money) -> list[Line]:
    """A party is owed ``own``, for which ``given`` came in."""
    consignment = share.consignment
    return [*bridge(given, own), Line(ACCOUNTS[share.party], -own, share.holder, consignment)]


def _taken_back(parts: Iterable[RefundPart]) -> list[Line]:
    lines = []
    for part in parts:
        share = part.share
        given, own = Money(part.amount, share.currency), Money(part.own_amount, share.own_currency)
        lines += _owed(share, -given, -own)
    return lines
