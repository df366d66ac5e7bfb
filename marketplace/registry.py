"""One more of something: a registry that code outside of the kit adds to with a decorator.

    documents: Registry[Document] = Registry("document", Document)

    @documents.register("receipt", title=_("Receipt"))
    def receipt(order): ...

``documents["receipt"]`` is then ``Document(name="receipt", function=receipt, title=…)``.
"""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")
Function = TypeVar("Function", bound=Callable)


class AlreadyRegistered(ValueError):
    """Two things want the same name."""


class Unknown(LookupError):
    """Nothing of this name is registered."""


class Registry(Generic[Entry]):
    """Entries by name, in the order in which they were registered. ``make(name, function, **details)`` builds one."""

    def __init__(self, kind: str, make: Callable[..., Entry]) -> None:
        self.kind = kind
        self._make = make
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, **details) -> Callable[[Function], Function]:
        """Decorator; the function stays as it is. Raises AlreadyRegistered for a name that is taken."""

        def decorate(function: Function) -> Function:
            if name in self._entries:
                raise AlreadyRegistered(f"There is already a {self.kind} named {name!r}.")
            self._entries[name] = self._make(name=name, function=function, **details)
            return function

        return decorate

    def unregister(self, name: str) -> Entry:
        """Takes an entry out, so that another may have its name. Raises Unknown."""
        entry = self[name]
        del self._entries[name]
        return entry

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise Unknown(f"There is no {self.kind} named {name!r}.") from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)
