"""Sentences for codes that stand in rows: papers, reasons, what a line of a statement is."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import ConsignmentShare, JournalEntry

Kind = JournalEntry.Kind

PAPERS = {
    "bank_account": _("A bank account in your workshop's name or your own"),
    "identity": _("An identity card or passport of the account holder"),
    "tax_number": _("Your tax number, if your workshop has one"),
    "registration": _("The registration of your business"),
    "membership": _("Your co-operative's confirmation that you are a member"),
    "phone_registered": _("A telephone number that is registered in your name"),
    "stripe_account": _("An account at Stripe, which asks for identity, address and a bank account"),
    "signature": _("Your signature on the receipt"),
}
WHY_NOT = {
    "stripe_not_there": _("Stripe does not pay out to %(economy)s."),
    "stripe_not_listed": _("Stripe does not list %(economy)s among the economies where it passes money on to workshops."),
    "stripe_by_invitation": _("Stripe opens accounts in %(economy)s by invitation only, and does not pass money on there."),
    "closed_here": _("This shop does not offer it in %(economy)s at present."),
}
OUT_OF_REACH = _("Stripe passes money on to %(economy)s only within its own region; this shop's account is in %(here)s.")
NO_ACCOUNT = _("This shop does not pay out through Stripe.")
ENTRIES = {
    Kind.PAID: _("Your share of a paid order"),
    Kind.REFUND: _("Taken back: the buyer got money back"),
    Kind.REFUND_FAILED: _("Owed again: the refund did not arrive"),
    Kind.PAYOUT: _("Paid out to you"),
    Kind.PAYOUT_FAILED: _("Owed again: the payout did not arrive"),
    Kind.CORRECTION: _("Correction"),
}
# The same, where it is about the postage and not the goods.
POSTAGE = {
    Kind.PAID: _("Postage of a paid order"),
    Kind.REFUND: _("Taken back: the buyer got the postage back"),
    Kind.REFUND_FAILED: _("Owed again: the refund of the postage did not arrive"),
}
# The kit's own rows of terms name no page that could be read: what stands there instead is a sentence.
SOURCES = {
    "Sample terms of this shop, to be confirmed by whoever runs it": _(
        "Sample terms of this shop, to be confirmed by whoever runs it"
    ),
}
TAKEN_BACK = _("Taken back by Stripe after a refund")
CORRECTED_DOWN = _("A correction by the shop: it had counted too much for you")


def piece_of(share: ConsignmentShare) -> str:
    """The piece that a share is of, in the maker's own words; "" for postage and levies."""
    if share.line is None:
        return ""
    return share.line.product.own_title if share.line.product else share.line.title


def paper_words(codes: list[str]) -> list[str]:
    """What a person must bring, in the active language; a code of an outside route stands for itself."""
    return [str(PAPERS.get(code, code)) for code in codes]


def source_words(source: str) -> str:
    """Where terms come from, in the active language; an operator's own source stands for itself."""
    return str(SOURCES.get(source, source))
