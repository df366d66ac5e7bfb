"""A bounded memory in which what is asked for again outlives what was asked for once."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")
# Share of the room that is kept free for what was asked for again.
AGAIN = 0.75


class Shelf(Generic[Value]):
    """At most ``room`` in all; ``weigh`` says how much of it a value takes (default: one).

    New values stand in front and push each other out; whatever is asked for a second time moves to the back, where only
    its like competes. So somebody who asks for a million different things, each once, drives out nothing that is in use.
    """

    def __init__(self, room: float, weigh=lambda value: 1) -> None:
        self.room, self._weigh = room, weigh
        self._front: OrderedDict[Hashable, Value] = OrderedDict()
        self._back: OrderedDict[Hashable, Value] = OrderedDict()
        self._weight = {"front": 0, "back": 0}
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        found = self._back.get(key)
        if found is not None:
            return found
        found = self._front.get(key)
        if found is not None:
            with self._lock:
                self._promote(key)
        return found

    def put(self, key: Hashable, value: Value) -> None:
        """A value for the same key takes the place of the one before."""
        weight = self._weigh(value)
        with self._lock:
            segment = "back" if key in self._back else "front"
            self._take(segment, key)
            if weight > self.room:
                return
            self._rows(segment)[key] = value
            self._weight[segment] += weight
            self._fit()

    def drop(self, key: Hashable) -> None:
        with self._lock:
            for segment in ("front", "back"):
                self._take(segment, key)

    def clear(self) -> None:
        with self._lock:
            self._front.clear()
            self._back.clear()
            self._weight = {"front": 0, "back": 0}

    def __iter__(self) -> Iterator[Hashable]:
        return iter([*self._front, *self._back])

    def __len__(self) -> int:
        return len(self._front) + len(self._back)

    @property
    def weight(self) -> float:
        return sum(self._weight.values())

    def _rows(self, segment: str) -> OrderedDict:
        return self._front if segment == "front" else self._back

    def _take(self, segment: str, key: Hashable) -> Value | None:
        value = self._rows(segment).pop(key, None)
        if value is not None:
            self._weight[segment] -= self._weigh(value)
        return value

    def _promote(self, key: Hashable) -> None:
        value = self._take("front", key)
        if value is not None:
            self._back[key] = value
            self._weight["back"] += self._weigh(value)
            self._fit()

    def _fit(self) -> None:
        while self._weight["back"] > self.room * AGAIN:
            self._take("back", next(iter(self._back)))
        while self._front and self.weight > self.room:
            self._take("front", next(iter(self._front)))
