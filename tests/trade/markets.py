"""Which markets are open, for tests that look at all of them."""

from marketplace.economies import versions
from marketplace.economies.models import Market


def open_only(*codes: str) -> None:
    """Open these markets of the packaged ones and close the others."""
    Market.objects.update(enabled=False)
    found = Market.objects.filter(destination__in=codes).update(enabled=True)
    assert found == len(codes), "one of them is not packaged"
    versions.touch(versions.MARKETS)
