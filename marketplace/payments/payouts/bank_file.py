"""Transfers by the shop's own bank: one CSV that its online banking reads.

ISO 20022 (pain.001) is left to a library: none is installed, and schemes differ by bank. A route of one's own adds it.
"""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.payouts.accounts import bank_account
from marketplace.payments.payouts.routes import BatchFile, File, routes
from marketplace.payments.payouts.safe_csv import write_csv

HEAD = ("payout", "date", "holder", "bank", "account", "amount", "currency", "reference")


@routes.register(
    "bank_file",
    title=_("Bank transfer"),
    says=_("The shop sends the money to your bank account with its own bank."),
    asks=_("Account number or IBAN"),
    check=bank_account,
)
def bank_file(batch: BatchFile) -> File:
    """A row per payout. Amounts have a dot and no separators, dates are ISO 8601: machines read this file."""
    rows = [
        (row.number, batch.on, row.holder, row.bank, row.account, row.net, row.net.currency, f"{batch.shop} {row.number}")
        for row in batch.rows
    ]
    return File(write_csv(HEAD, rows))
