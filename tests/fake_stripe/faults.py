"""Switches that make this imitation as unreliable as the real world."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

KINDS = ("429", "500", "500_kept", "timeout", "lost_response")


@dataclass
class ApiFault:
    """What the next ``count`` matching API calls meet.

    * ``429``: refused at the door, nothing done.
    * ``500``: refused at the door, nothing done, forgotten: the same idempotency key may try again.
    * ``500_kept``: the work is done but the answer is a 500, and the idempotency key repeats that 500.
    * ``timeout``: nothing for ``seconds``, then the work is done and answered; meanwhile the key is in use.
    * ``lost_response``: the work is done, then the connection is closed without an answer.

    Empty ``method`` or ``path`` match all; ``path`` is compared from its beginning.
    """

    kind: str
    count: int = 1
    method: str = ""
    path: str = ""
    seconds: float = 5.0

    def __post_init__(self) -> None:
        self.kind = str(self.kind)
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}, not {self.kind!r}")

    def matches(self, method: str, path: str) -> bool:
        return self.count > 0 and self.method in ("", method) and path.startswith(self.path)


@dataclass
class Faults:
    """All switches. A fresh ``Faults()`` is a well-behaved Stripe.

    ``delay`` seconds before a webhook is sent · ``duplicate`` how often each is sent · ``parallel`` send
    what is due at the same time · ``hold`` events kept back until so many wait, then sent in an order
    shuffled with ``seed`` · ``drop`` True, or a list of event types, never sent · ``corrupt_signature`` ·
    ``wrong_amount`` smallest units added in the payload only · ``wrong_currency`` put into the payload only ·
    ``refund_status`` what new refunds start with ("succeeded", "pending", "requires_action", "failed") ·
    ``cut_body`` the second half of each webhook's body is lost on the way · ``latency`` seconds that every API
    call takes · ``api`` faults of API calls.
    """

    delay: float = 0.0
    duplicate: int = 1
    parallel: bool = False
    hold: int = 0
    seed: int = 0
    drop: bool | list[str] = False
    corrupt_signature: bool = False
    wrong_amount: int = 0
    wrong_currency: str = ""
    refund_status: str = "succeeded"
    cut_body: bool = False
    latency: float = 0.0
    api: list[ApiFault] = field(default_factory=list)

    def drops(self, kind: str) -> bool:
        return self.drop is True or (isinstance(self.drop, list) and kind in self.drop)

    def take(self, method: str, path: str) -> ApiFault | None:
        """Use up one matching API fault. The caller holds the state's lock."""
        for fault in self.api:
            if fault.matches(method, path):
                fault.count -= 1
                return fault
        return None

    def update(self, values: dict[str, Any]) -> None:
        """Set switches by name; raises ``ValueError`` for a name or a fault that does not exist."""
        known = {spot.name for spot in dataclasses.fields(self)}
        if unknown := sorted(set(values) - known):
            raise ValueError(f"unknown switches: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        try:
            faults = [ApiFault(**item) for item in values.get("api", [])]
        except TypeError as error:
            raise ValueError(str(error)) from error
        for name, value in values.items():
            setattr(self, name, faults if name == "api" else value)
