"""Why an order cannot be placed. Each error carries words for the buyer in the active language."""

from marketplace.money import Money


class CannotPlace(Exception):
    """Base: nothing was written, the basket is as it was. ``reasons`` are sentences for the buyer."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


class BasketIsEmpty(CannotPlace):
    pass


class SoldOut(CannotPlace):
    pass


class CannotShip(CannotPlace):
    pass


class CannotPay(CannotPlace):
    """The payment service takes no such amount."""


class TotalChanged(CannotPlace):
    """The amount is not what the buyer saw. ``total`` is what it is now."""

    def __init__(self, total: Money, *reasons: str) -> None:
        super().__init__(*reasons)
        self.total = total
