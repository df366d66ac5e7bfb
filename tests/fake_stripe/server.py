"""The HTTP server: sockets only, on the loopback address."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from .wire import Answer, Call, json_answer

HOST = "127.0.0.1"
LARGEST_BODY = 1_000_000  # bytes
IDLE_SECONDS = 60
Responder = Callable[[Call], Answer]


class Server(ThreadingHTTPServer):
    """Serves ``responder``; ``tick`` is called several times a second."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, responder: Responder, tick: Callable[[], None]) -> None:
        self.responder, self._tick = responder, tick
        super().__init__((HOST, port), Handler)

    def service_actions(self) -> None:
        self._tick()


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "fake_stripe"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body leave together: no wait for the other end's delayed acknowledgement

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self._refuse(411, "a Content-Length is needed")
        elif int(length) > LARGEST_BODY:
            self._refuse(413, "the body is too large")
        else:
            self._answer(self.rfile.read(int(length)))

    def do_DELETE(self) -> None:
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        target = urlsplit(self.path)
        form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        source = body.decode("utf-8", "replace") if form else target.query
        pairs = parse_qsl(source, keep_blank_values=True) if source else []
        call = Call(self.command, target.path, pairs, self.headers, body)
        self._send(self.server.responder(call))

    def _send(self, answer: Answer) -> None:
        if answer.lost:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _refuse(self, status: int, text: str) -> None:
        self.close_connection = True
        self._send(json_answer(status, {"error": {"type": "invalid_request_error", "message": text}}))

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # the client gave up waiting

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: ``/_state`` lists the requests."""
