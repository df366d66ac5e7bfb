"""Money to a telephone, as a file that the operator of mobile money reads."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.payouts.accounts import phone
from marketplace.payments.payouts.routes import BatchFile, File, routes
from marketplace.payments.payouts.safe_csv import write_csv

HEAD = ("payout", "msisdn", "name", "amount", "currency")


@routes.register(
    "mobile_money",
    title=_("Mobile money"),
    says=_("The shop sends the money to your telephone number."),
    asks=_("Telephone number"),
    check=phone,
)
def mobile_money(batch: BatchFile) -> File:
    """A row per payout. The number has no plus, as operators write it: so it stays a number in a spreadsheet."""
    rows = [(row.number, row.account.lstrip("+"), row.holder, row.net, row.net.currency) for row in batch.rows]
    return File(write_csv(HEAD, rows))
