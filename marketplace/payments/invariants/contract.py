"""What an invariant is, and how one more is added."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from marketplace.registry import Registry

Rule = Callable[[], str | Iterable[str]]


@dataclass(frozen=True)
class Invariant:
    """``group``: I1 to I8 of the guarantees, "ledger" or what a stranger calls theirs."""

    name: str
    function: Rule
    group: str
    title: str
    asks_gateway: bool = False


invariants: Registry[Invariant] = Registry("invariant", Invariant)


def invariant(group: str, title: str, *, asks_gateway: bool = False) -> Callable[[Rule], Rule]:
    """Decorator; the function's name is the invariant's. Raises AlreadyRegistered."""

    def decorate(function: Rule) -> Rule:
        add = invariants.register(function.__name__, group=group, title=title, asks_gateway=asks_gateway)
        return add(function)

    return decorate
