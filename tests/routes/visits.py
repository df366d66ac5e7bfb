"""Somebody asks for an address, and what came of it; whatever it did is undone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import quote, quote_plus

from django.core import mail
from django.db import transaction
from django.utils import translation

from tests.people import Person
from tests.routes.matrix import PEOPLE
from tests.routes.watch import Writes
from tests.routes.world import World

# Tokens that differ from one answer to the next.
CHANGING = re.compile(
    r'(name="csrfmiddlewaretoken" value|name="csrf-token" content|data-csrf-token|nonce|name="key" value)="[^"]*"'
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}"
)


@dataclass
class Answer:
    """``wrote``: kinds of statements, see Writes; ``mails``: how many letters went out."""

    status: int
    location: str
    body: bytes
    kind: str
    wrote: list[str]
    mails: int

    def without(self, path: str) -> tuple[int, str, str]:
        """What may be compared: the address that was asked for and all tokens taken out."""
        text = self.body.decode(errors="replace")
        language, rest = path.split("?")[0][:4], path.split("?")[0].removeprefix("/en")
        location = self.location
        for written in {rest, quote(rest), quote(rest, safe=""), quote_plus(rest), quote(quote(rest), safe="")}:
            text, location = text.replace(written, "/"), location.replace(written, "/")
        return self.status, location.replace(language, "/"), CHANGING.sub("", text)

    def reads(self, word: str) -> bool:
        return word.encode() in self.body or word in self.location


class Visits:
    """Lets the people of the world ask. Each request is undone: rows, session, cookies and letters."""

    def __init__(self, world: World, writes: Writes) -> None:
        cast, things = world.cast, world.things
        self.writes = writes
        self.people: dict[str, Person] = {name: getattr(cast, name, None) or things[name] for name in PEOPLE}
        self.people |= {"staff": cast.staff, "other_maker": cast.other_maker, "officer_here": things["officer_here"]}
        self.people["agency_owner"] = things["agency_owner"]
        self.people["order_owner"] = things["order_owner_person"]
        self._cookies = {name: one.client.cookies.output(header="") for name, one in self.people.items()}
        for one in self.people.values():
            one.client.raise_request_exception = False

    def ask(self, who: str, method: str, path: str, data: dict | None = None, **more) -> Answer:
        """``data``: a form; a file in it makes it multipart."""
        client = self.people[who].client
        client.cookies = SimpleCookie(self._cookies[who])
        mails = len(mail.outbox)
        self.writes.take()
        verb: Callable = getattr(client, method.lower())
        with transaction.atomic():
            response = verb(path, data, **more) if data is not None else verb(path, **more)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        wrote = self.writes.take()
        sent = len(mail.outbox) - mails
        del mail.outbox[mails:]
        translation.activate("en")
        return Answer(response.status_code, response.get("Location", ""), body, response.get("Content-Type", ""), wrote, sent)
