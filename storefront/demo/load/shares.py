"""The demo's rule for shares, marked as a sample. Where somebody has written down a rule already, there is none."""

from decimal import Decimal

from marketplace.economies import versions
from marketplace.payments.models import ShareRule
from marketplace.payments.share_views import SHARES
from storefront.demo import content


def load_shares() -> int:
    """Insert the rule if there is none. Answers how many there are."""
    if not ShareRule.objects.exists():
        row = content.shares()
        percents = {name: Decimal(str(row[name])) for name in ("commission", "village_fund")}
        ShareRule.objects.create(**percents, valid_from=row["valid_from"], source=row["source"])
        versions.touch(SHARES)
    return ShareRule.objects.count()
