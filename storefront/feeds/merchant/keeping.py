"""The ETag of a long feed is made of its bytes, so that what did not change is not sent again.

Versions of content rise far more often than a feed's bytes change: a sale elsewhere, a story, a new day. So a new version
is written into a file first and its bytes counted. A shop with very many pieces would leave its reader waiting meanwhile
(and proxies give up): after PATIENCE what is there is sent, under an ETag of the version, and the bytes' own counts from
the next request on.
"""

import time
from collections.abc import Generator, Iterator
from hashlib import blake2b
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

from django.core.cache import cache

PATIENCE = 10.0  # seconds
IN_MEMORY = 1_048_576  # bytes; what is longer waits on the disk
PART = 65_536  # bytes
KEPT = 2 * 86_400  # seconds for which the cache knows the bytes of a version


class Made(NamedTuple):
    """``parts`` are the bytes; to be closed where they are not sent."""

    etag: str
    parts: Generator[bytes]


def made(version: str, feed: Iterator[str]) -> Made:
    """``feed`` as it is written at ``version`` (a fingerprint of all that it depends on); only begun where it has to be."""
    known = cache.get(_name(version))
    if known:
        return Made(f'"{known}"', (text.encode() for text in feed))
    digest, until = blake2b(digest_size=12), time.monotonic() + PATIENCE
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
    for text in feed:
        part = text.encode()
        digest.update(part)
        file.write(part)
        if time.monotonic() >= until:
            return Made(f'"{version}"', _going_on(version, file, feed, digest))
    cache.set(_name(version), digest.hexdigest(), KEPT)
    return Made(f'"{digest.hexdigest()}"', _read(file))


def _going_on(version: str, file: IO[bytes], feed: Iterator[str], digest: blake2b) -> Generator[bytes]:
    yield from _read(file)
    for text in feed:
        part = text.encode()
        digest.update(part)
        yield part
    cache.set(_name(version), digest.hexdigest(), KEPT)


def _read(file: IO[bytes]) -> Generator[bytes]:
    with file:
        file.seek(0)
        while part := file.read(PART):
            yield part


def _name(version: str) -> str:
    return f"merchant:{version}"
