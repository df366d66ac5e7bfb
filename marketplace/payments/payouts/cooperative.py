"""One transfer to a co-operative for all of its workshops, with a list of who gets what of it."""

import io
import zipfile
from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from marketplace.money import Money
from marketplace.payments.payouts.routes import BatchFile, File, FileRow, routes
from marketplace.payments.payouts.safe_csv import write_csv

TRANSFERS = ("transfer", "date", "holder", "bank", "account", "amount", "currency", "reference")
SHARES = ("payout", "workshop", "name", "amount", "currency", "consignments")
# Archives have dates inside; one for all, so that the same batch gives the same bytes.
SOME_DAY = (1980, 1, 1, 0, 0, 0)


@routes.register(
    "cooperative_bulk",
    title=_("Through your co-operative"),
    says=_("The shop pays your co-operative, with a list that says what is yours. It hands the money to you."),
    through=True,
)
def cooperative_bulk(batch: BatchFile) -> File:
    """An archive: transfers.csv with a row per co-operative, and for each a file of the shares. They add up to its row."""
    groups: dict[str, list[FileRow]] = defaultdict(list)
    for row in batch.rows:
        groups[row.through].append(row)
    transfers, files = [], {}
    for name, rows in sorted(groups.items()):
        number = f"{batch.number}-{name}"
        total = sum((row.net for row in rows), Money(Decimal(0), batch.currency))
        first = rows[0]
        transfers.append(
            (number, batch.on, first.holder, first.bank, first.account, total, batch.currency, f"{batch.shop} {number}")
        )
        shares = [
            (row.number, row.code, row.name, row.net, row.net.currency, " ".join(row.consignments))
            for row in rows
        ]
        files[f"{number}.csv"] = write_csv(SHARES, shares)
    return File(_archive({"transfers.csv": write_csv(TRANSFERS, transfers)} | files), "zip", "application/zip")


def _archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, SOME_DAY), data)
    return buffer.getvalue()
