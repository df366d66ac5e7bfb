"""The loader's releases: which file answers at which address, and what its integrity value is.

``/embed/v1/loader.js`` is always the newest of v1. ``/embed/v1/loader.<hash>.js`` never changes and stays for ever, since
agencies' pages name it together with its integrity value: what was released lies in ``released/`` when it is replaced.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256, sha384
from pathlib import Path
from typing import NamedTuple

from storefront.embeds.addresses import absolute

SCRIPT = Path(__file__).with_name("loader.js")
RELEASED = Path(__file__).with_name("released")


class Loader(NamedTuple):
    """``url``: its address that never changes; ``integrity``: for the script element's attribute of that name."""

    url: str
    integrity: str


def pinned() -> Loader:
    """The newest loader, for a snippet that is to load these bytes and no others."""
    return Loader(absolute(f"/embed/v1/loader.{digest_of(newest())}.js"), integrity_of(newest()))


def floating() -> str:
    """The address that always answers with the newest loader of v1."""
    return absolute("/embed/v1/loader.js")


@lru_cache(maxsize=1)
def newest() -> bytes:
    return SCRIPT.read_bytes()


@lru_cache(maxsize=1)
def releases() -> dict[str, bytes]:
    """Digest → bytes of every loader that was ever released, the newest among them."""
    files = [path.read_bytes() for path in sorted(RELEASED.glob("*.js"))] if RELEASED.exists() else []
    return {digest_of(content): content for content in [*files, newest()]}


def digest_of(content: bytes) -> str:
    """16 hex digits for its address."""
    return sha256(content).hexdigest()[:16]


def integrity_of(content: bytes) -> str:
    """As Subresource Integrity wants it."""
    return "sha384-" + b64encode(sha384(content).digest()).decode()
