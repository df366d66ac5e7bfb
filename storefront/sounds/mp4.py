"""M4A (MPEG-4 with AAC or Opus), whole or in fragments as browsers record it.

Samples are found by their place in the file, so nothing may move: what is not sound becomes an empty box of its size.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import unpack_from

from storefront.sounds.refused import NotSound

HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf", b"edts", b"dinf"})
KEPT = frozenset(
    b"ftyp styp mdat sidx mvhd tkhd mdhd hdlr smhd dref stsd stts stsc stsz stz2 stco co64 elst trex mehd mfhd tfhd tfdt trun"
    b" sgpd sbgp".split()
)
CODECS = frozenset({b"mp4a", b"Opus"})
BRAND = re.compile(rb"[A-Za-z0-9 ]{4}")
DEEPEST = 8
MOST_BOXES = 20_000
MOST_OF_BRANDS = 160  # bytes


@dataclass
class _Found:
    """What was learned on the way: ticks of the sound so far, and how many make a second."""

    tracks: int = 0
    boxes: int = 0
    hertz: int = 0
    ticks: int = 0
    usual: int = 0  # ticks of a sample of a fragment that does not say
    sample_kinds: list[bytes] = field(default_factory=list)


def knows(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def clean(data: bytes) -> tuple[bytes, float]:
    """The sound alone, and its length in seconds. Raises NotSound."""
    written, found = bytearray(data), _Found()
    _check_brands(data)
    _walk(written, 0, len(written), found, 0)
    if found.tracks != 1 or len(found.sample_kinds) != 1 or found.sample_kinds[0] not in CODECS:
        raise NotSound("not one sound")
    if not found.hertz:
        raise NotSound("no clock")
    return bytes(written), found.ticks / found.hertz


def _check_brands(data: bytes) -> None:
    (size,) = unpack_from(">I", data)
    if not 16 <= size <= MOST_OF_BRANDS:
        raise NotSound("no brands")
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, size, 4))]
    if not all(BRAND.fullmatch(brand) for brand in brands):
        raise NotSound("no brands")


def _boxes(data: bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Type, start, start of the body, end."""
    for _number in range(MOST_BOXES):
        if start >= end:
            return
        size, kind = unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            (size,) = unpack_from(">Q", data, body)
            body += 8
        stop = end if size == 0 else start + size
        if not body <= stop <= end:
            raise NotSound("a box beyond its end")
        yield kind, start, body, stop
        start = stop
    raise NotSound("too many boxes")


def _walk(data: bytearray, start: int, end: int, found: _Found, depth: int) -> None:
    for kind, begin, body, stop in _boxes(data, start, end):
        found.boxes += 1
        if depth > DEEPEST or found.boxes > MOST_BOXES:
            raise NotSound("too many boxes")
        if kind in HOLDERS:
            found.tracks += kind == b"trak"
            _walk(data, body, stop, found, depth + 1)
        elif kind not in KEPT:
            data[begin + 4 : begin + 8] = b"free"
            data[body:stop] = bytes(stop - body)
        else:
            _read(data, kind, body, stop, found)


def _read(data: bytearray, kind: bytes, body: int, stop: int, found: _Found) -> None:
    if kind in (b"mvhd", b"tkhd", b"mdhd"):
        wide = data[body] == 1
        # When it was made and changed.
        data[body + 4 : body + (20 if wide else 12)] = bytes(16 if wide else 8)
        if kind == b"mdhd":
            (found.hertz,) = unpack_from(">I", data, body + (20 if wide else 12))
    elif kind == b"hdlr":
        if data[body + 8 : body + 12] != b"soun":
            raise NotSound("more than sound", has_pictures=data[body + 8 : body + 12] == b"vide")
        data[body + 24 : stop] = bytes(stop - body - 24)
    elif kind == b"stsd":
        found.sample_kinds += [row[0] for row in _boxes(data, body + 8, stop)]
    elif kind == b"dref":
        for entry, _begin, first, end in _boxes(data, body + 8, stop):
            if entry != b"url ":
                raise NotSound("elsewhere")
            # The sound is in this file, and nowhere else from where a player would fetch it.
            data[first:end] = b"\0\0\0\1" + bytes(end - first - 4)
    elif kind == b"stts":
        (count,) = unpack_from(">I", data, body + 4)
        pairs = unpack_from(f">{2 * min(count, (stop - body - 8) // 8)}I", data, body + 8)
        found.ticks += sum(number * lasts for number, lasts in zip(pairs[::2], pairs[1::2], strict=True))
    elif kind == b"trex":
        (found.usual,) = unpack_from(">I", data, body + 12)
    elif kind == b"tfhd":
        _read_fragment(data, body, found)
    elif kind == b"trun":
        found.ticks += _ticks_of_run(data, body, stop, found.usual)


def _read_fragment(data: bytearray, body: int, found: _Found) -> None:
    flags = int.from_bytes(data[body + 1 : body + 4], "big")
    if flags & 0x8:
        (found.usual,) = unpack_from(">I", data, body + 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0))


def _ticks_of_run(data: bytearray, body: int, stop: int, usual: int) -> int:
    flags = int.from_bytes(data[body + 1 : body + 4], "big")
    (count,) = unpack_from(">I", data, body + 4)
    if not flags & 0x100:
        return count * usual
    first = body + 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    width = 4 * (flags >> 8 & 0xF).bit_count()
    if first + count * width > stop:
        raise NotSound("a run beyond its end")
    return sum(unpack_from(">I", data, first + number * width)[0] for number in range(count))
