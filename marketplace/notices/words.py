"""What a notice says: a registry of kinds, each a function that writes it in the language that is active.

    @notice("piece_sold_out")
    def piece_sold_out(values: Values) -> Words: ...
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.registry import Registry

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """``subject``: one line; ``text``: the mail, without a greeting and without the link; ``short``: for a locked screen
    that others see, so it holds no name, no number of an order and no amount; ``sms``: before the link, if not ``subject``.
    """

    subject: str
    text: str
    short: str
    sms: str = ""


@dataclass(frozen=True)
class Kind:
    name: str
    function: Callable[[Values], Words | None]
    # Told at once whatever the reader chose, at any hour.
    urgent: bool = False
    # Never by SMS alone or on a screen: to every address that is known.
    everywhere: bool = False


kinds: Registry[Kind] = Registry("kind of notice", Kind)


def notice(name: str, *, urgent: bool = False, everywhere: bool = False) -> Callable:
    """Decorator: ``function(values)`` writes such a notice in the active language; None: it has become needless.

    Raises AlreadyRegistered.
    """
    return kinds.register(name, urgent=urgent, everywhere=everywhere)
