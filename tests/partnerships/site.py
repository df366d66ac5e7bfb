"""A little web server on loopback in the place of an agency's site: what it sends is written by the test."""

import socket
import threading
from collections.abc import Iterable


class Site:
    """``sends``: pieces of the raw answer, each sent by itself, ``pause`` seconds apart. ``asked``: what came in."""

    def __init__(self) -> None:
        self.sends: Iterable[bytes] = ()
        self.pause = 0.0
        self.asked: list[str] = []
        self._over = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def says(self, body: bytes, status: str = "200 OK", headers: str = "") -> None:
        self.sends = [f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body]

    def __enter__(self) -> "Site":
        self._thread.start()
        return self

    def __exit__(self, *problem) -> None:
        self._over.set()
        socket.create_connection(self._server.getsockname()).close()
        self._thread.join(10)
        self._server.close()

    def _serve(self) -> None:
        while True:
            connection, _address = self._server.accept()
            with connection:
                if self._over.is_set():
                    return
                try:
                    self.asked.append(connection.recv(4096).decode())
                    for piece in self.sends:
                        connection.sendall(piece)
                        if self._over.wait(self.pause):
                            return
                except OSError:
                    continue  # the other side has heard enough
