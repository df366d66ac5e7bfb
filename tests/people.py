"""The people every test knows, and how they visit the shop."""

from dataclasses import dataclass, fields

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test import Client

from marketplace.partnerships.models import Agency
from marketplace.payments.order_links import order_key
from marketplace.workshops.models import Workshop


def run_commit_hooks() -> None:
    """Do now what waits for the commit of the test's transaction, in its order."""
    while connection.run_on_commit:
        _savepoints, hook, _robust = connection.run_on_commit.pop(0)
        hook()


class Visitor(Client):
    """A browser without scripts. What a request leaves for after its commit is done when it ends, as it is in life."""

    def request(self, **request):
        run_commit_hooks()
        response = super().request(**request)
        run_commit_hooks()
        return response

    def with_link_of(self, payment) -> "Visitor":
        """The same browser after it followed the link in the mail about an order."""
        number = payment.order.number
        answer = self.get(f"/en/orders/{number}/", {"key": order_key(number)})
        assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{number}/")
        return self

    def post_from_page(self, path: str, data: dict | None = None, **kwargs):
        """A POST by a form on one of our own pages: with the Origin that browsers send."""
        return self.post(path, data or {}, headers={"Origin": "http://testserver"}, **kwargs)


@dataclass
class Person:
    """Somebody with a browser. ``user`` is None for a stranger; ``workshop`` or ``seat_at`` is where somebody works."""

    name: str
    client: Visitor
    user: AbstractBaseUser | None = None
    workshop: Workshop | None = None
    seat_at: Agency | None = None

    def __str__(self) -> str:
        return self.name


@dataclass
class Cast:
    """maker and helper share a workshop; other_maker has her own; agency owns an open one; the others are nobody's members."""

    maker: Person
    helper: Person
    other_maker: Person
    buyer: Person
    agency: Person
    staff: Person
    stranger: Person

    def all_but(self, *names: str) -> list[Person]:
        """Everybody except these: those who must find a door shut."""
        return [getattr(self, field.name) for field in fields(self) if field.name not in names]
