"""Two members of one workshop whose language is Vietnamese: one with a mailbox, one with a telephone only."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.notices.models import ContactPoint, Preference
from marketplace.payments import outbox
from tests.factories import make_member, make_village, make_workshop

HOA, LAN = "hoa@example.com", "+84912345678"
# Noon in Viet Nam: nobody's quiet hours. Not before now, since columns are filled in with the real time.
NOON = (datetime.now(UTC) + timedelta(days=1)).replace(hour=5, minute=0, second=0, microsecond=0)


@pytest.fixture
def at(monkeypatch):
    """``at(moment)``: it is then; code that reads the clock through django.utils.timezone."""

    def at_(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at_(NOON)
    return at_


@pytest.fixture
def workshop(db):
    return make_workshop("sao-mai", village=make_village(economy="VN"), name="Sao Mai", source="vi", code_prefix="SML")


@pytest.fixture
def hoa(workshop):
    return make_member(workshop, email=HOA)


@pytest.fixture
def lan(workshop):
    user = make_member(workshop, rights=("packs",), email="lan@nowhere.example")
    user.email = ""
    user.save()
    add_contact(user, "phone", LAN)
    return user


def add_contact(user, kind: str, value: str) -> ContactPoint:
    return ContactPoint.objects.create(user=user, kind=kind, value=value, verified_at=timezone.now())


def prefer(user, **wishes) -> Preference:
    return Preference.objects.update_or_create(user=user, defaults=wishes)[0]


def deliver_later(**ago) -> dict[str, int]:
    """What the outbox does so much later."""
    connection.run_on_commit.clear()
    return outbox.deliver(now=timezone.now() + timedelta(**ago))


class Asked(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Outside:
    """A small server of somebody else: keeps what arrives, answers ``status`` with ``headers``."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.status, self.headers = 201, {}
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.asked.append(Asked(self.path, dict(self.headers), body))
                self.send_response(outside.status)
                for name, value in ({"Content-Length": "0"} | outside.headers).items():
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Outside":
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def outside():
    with Outside() as server:
        yield server
