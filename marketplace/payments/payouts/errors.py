"""Why something about payouts was refused. Each carries a sentence for the person; nothing was written."""

from marketplace.money import Money


class PayoutRefused(Exception):
    """Base. ``str`` of it is for the person who asked."""


class SamePerson(PayoutRefused):
    """Who prepared or entered something may not approve it."""


class BadPayee(PayoutRefused):
    """``field`` names what is wrong with where the money should go."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class NotOnTheWay(PayoutRefused):
    """The batch or payout is not in the state that this step starts from."""


class BatchChanged(PayoutRefused):
    """Money was taken out of the batch since it was shown; ``total`` is what is left. The batch is still unapproved."""

    def __init__(self, text: str, total: Money) -> None:
        super().__init__(text)
        self.total = total


class FileDiffers(PayoutRefused):
    """The file's total is not the ledger's. Nothing leaves the house."""
