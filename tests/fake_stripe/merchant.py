"""The Stripe account that the shop is: where it is, in which currency its money arrives, what it pays for that."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass
class Merchant:
    """Settings of the shop's own account, changed by ``control`` like the faults.

    ``economy`` ISO 3166 code · ``settles_in`` the balance's currency, "" for that of each payment ·
    ``exchange_rate`` from a payment's smallest units to the balance's, where the two differ ·
    ``fee_percent`` and ``fee_fixed`` (smallest units of the balance) of each payment · ``dispute_fee`` (the same
    units) · ``available_after`` seconds until a payment's money may be transferred without naming the payment.
    """

    economy: str = "SG"
    settles_in: str = ""
    exchange_rate: float = 1.0
    fee_percent: float = 3.4
    fee_fixed: int = 50
    dispute_fee: int = 1500
    available_after: int = 0

    def update(self, values: dict[str, Any]) -> None:
        """Set by name; the caller has looked at the names (see ``names``)."""
        for name, value in values.items():
            setattr(self, name, value)

    @classmethod
    def names(cls) -> set[str]:
        return {spot.name for spot in dataclasses.fields(cls)}
