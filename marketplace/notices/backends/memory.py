"""For tests: an SMS is put into a list. A repeat with the same key is put in once."""

from typing import NamedTuple


class Sent(NamedTuple):
    to: str
    text: str
    key: str


class MemorySms:
    outbox: list[Sent] = []

    def send(self, *, to: str, text: str, key: str) -> None:
        if all(sent.key != key for sent in self.outbox):
            self.outbox.append(Sent(to, text, key))
