"""For the demo: an SMS stands in the server's own window and nowhere else."""

import sys
from typing import TextIO


class ConsoleSms:
    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream

    def send(self, *, to: str, text: str, key: str) -> None:
        stream = self.stream or sys.stdout
        stream.write(f"\n---- SMS to {to} ----\n{text}\n----\n")
        stream.flush()
