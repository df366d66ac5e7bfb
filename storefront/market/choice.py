"""The market of the running request, and the addresses that keep it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.urls import get_script_prefix

from marketplace.economies.markets import MarketChoice

# Two letters of the destination, three of the currency: no language code looks like that.
ADDRESS = re.compile(r"/([a-z]{2})-([a-z]{3})(?=/|$)")

_current: ContextVar[MarketChoice | None] = ContextVar("market", default=None)


def nowhere() -> MarketChoice:
    """No destination chosen: the shop's own prices."""
    return MarketChoice(destination="", currency=settings.MARKETPLACE_CURRENCY)


def current() -> MarketChoice:
    """The market of the running request; elsewhere none in particular."""
    return _current.get() or nowhere()


@contextmanager
def shopping_in(market: MarketChoice | None) -> Iterator[None]:
    """Within the block ``market`` is the current one; None: none in particular."""
    token = _current.set(market)
    try:
        yield
    finally:
        _current.reset(token)


def split_path(path: str) -> tuple[MarketChoice | None, str]:
    """The market that stands at the start of a path, known or not, and the rest: "/ca-cad/ja/" is (CA in CAD, "/ja/")."""
    found = ADDRESS.match(path)
    if not found:
        return None, path
    choice = MarketChoice(destination=found[1].upper(), currency=found[2].upper())
    return choice, path[found.end() :] or "/"


def prefix(market: MarketChoice | None) -> str:
    """The first part of addresses in ``market``: "/ca-cad", or empty."""
    return f"/{market.destination}-{market.currency}".lower() if market and market.destination else ""


def start() -> str:
    """What every address of the running request begins with: "/", or "/ca-cad/". Django's script prefix."""
    return get_script_prefix()


def market_of(path: str) -> str:
    """What an address begins with that names its market: "/ca-cad", or empty."""
    return path.removesuffix(without_market(path))


def without_market(path: str) -> str:
    """The same address for readers of no market in particular: what counts for search engines."""
    return split_path(path)[1]
