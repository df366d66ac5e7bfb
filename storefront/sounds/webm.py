"""WebM (Matroska) with Opus or Vorbis: written anew with its length, which browsers that record leave out.

No library that we may use knows the format; of its elements nine are copied, and the rest stays behind.
"""

import struct

from storefront.sounds.refused import NotSound

EBML, DOCTYPE = 0x1A45DFA3, 0x4282
SEGMENT, INFO, TRACKS, CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
TIMECODE, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
TIMECODE_SCALE, DURATION, MUXER, WRITER = 0x2AD7B1, 0x4489, 0x4D80, 0x5741
TRACK, TRACK_NUMBER, TRACK_KIND, CODEC, ENCODINGS = 0xAE, 0xD7, 0x83, 0x86, 0x6D80
SOUND, CODECS = 2, (b"A_OPUS", b"A_VORBIS")
# Of a track: number, id, kind, codec with its data, delays, rate and channels. Of a group: block, length, cut-off.
OF_TRACK = (TRACK_NUMBER, 0x73C5, TRACK_KIND, CODEC, 0x63A2, 0x56AA, 0x56BB, 0xE1)
OF_GROUP = (BLOCK, 0x9B, 0x75A2)
USUAL_SCALE = 1_000_000  # nanoseconds of a tick
MOST_BLOCKS, MOST_ELEMENTS = 60_000, 100_000
LAST_BLOCK = 0.02  # seconds that the last block lasts at least: only where it begins is written


def knows(data: bytes) -> bool:
    return data[:4] == EBML.to_bytes(4, "big")


def clean(data: bytes) -> tuple[bytes, float]:
    """The sound alone, and its length in seconds. Raises NotSound."""
    sound = _Sound()
    identity, body, end = _element(data, 0, len(data))
    kinds = [data[row[1] : row[2]] for row in _children(data, body, end) if row[0] == DOCTYPE]
    if [kind.rstrip(b"\0") for kind in kinds] != [b"webm"]:
        raise NotSound("another kind of Matroska")
    position = end
    for _number in range(MOST_ELEMENTS):
        if position >= len(data):
            return sound.written()
        # The recording and its clusters may be of unknown size: their parts are read one after the other.
        identity, body, end = _element(data, position, len(data))
        if identity in (SEGMENT, CLUSTER):
            position = body
            continue
        sound.take(identity, data, body, end)
        position = end
    raise NotSound("too many elements")


class _Sound:
    """What is gathered of a recording, in the order of the file."""

    def __init__(self) -> None:
        self.scale, self.tracks, self.number = USUAL_SCALE, b"", 0
        self.clusters: list[tuple[int, list[bytes]]] = []
        self.last, self.blocks = 0, 0

    def take(self, identity: int, data: bytes, body: int, end: int) -> None:
        if identity == EBML:
            raise NotSound("two files in one")
        if identity == INFO:
            known = {row[0]: data[row[1] : row[2]] for row in _children(data, body, end)}
            self.scale = int.from_bytes(known.get(TIMECODE_SCALE, b""), "big") or USUAL_SCALE
        elif identity == TRACKS:
            self.tracks = self._only_track(data, body, end)
        elif identity == TIMECODE:
            self.clusters.append((int.from_bytes(data[body:end], "big"), []))
        elif identity == SIMPLE_BLOCK:
            self._add(data[body:end], _write(SIMPLE_BLOCK, data[body:end]))
        elif identity == BLOCK_GROUP:
            parts = [(row[0], data[row[1] : row[2]]) for row in _children(data, body, end) if row[0] in OF_GROUP]
            block = dict(parts)[BLOCK]
            self._add(block, _write(BLOCK_GROUP, b"".join(_write(*part) for part in parts)))

    def _only_track(self, data: bytes, body: int, end: int) -> bytes:
        tracks = [row for row in _children(data, body, end) if row[0] == TRACK]
        if len(tracks) != 1 or self.tracks:
            raise NotSound("not one track", has_pictures=len(tracks) > 1)
        parts = [(row[0], data[row[1] : row[2]]) for row in _children(data, tracks[0][1], tracks[0][2])]
        known = dict(parts)
        if int.from_bytes(known[TRACK_KIND], "big") != SOUND:
            raise NotSound("no sound", has_pictures=True)
        if known[CODEC].rstrip(b"\0") not in CODECS or ENCODINGS in known:
            raise NotSound("another codec")
        self.number = int.from_bytes(known[TRACK_NUMBER], "big")
        return _write(TRACKS, _write(TRACK, b"".join(_write(*part) for part in parts if part[0] in OF_TRACK)))

    def _add(self, block: bytes, element: bytes) -> None:
        self.blocks += 1
        if not self.clusters or self.blocks > MOST_BLOCKS:
            raise NotSound("blocks without a clock")
        number, length = _number(block, 0)
        (ticks,) = struct.unpack_from(">h", block, length)
        if number != self.number:
            raise NotSound("a block of no track")
        start, elements = self.clusters[-1]
        elements.append(element)
        self.last = max(self.last, start + ticks)

    def written(self) -> tuple[bytes, float]:
        if not self.tracks or not self.blocks:
            raise NotSound("empty")
        seconds = self.last * self.scale / 1e9 + LAST_BLOCK
        head = b"".join(
            _write(identity, value)
            for identity, value in (
                (0x4286, b"\1"),
                (0x42F7, b"\1"),
                (0x42F2, b"\4"),
                (0x42F3, b"\x08"),
                (DOCTYPE, b"webm"),
                (0x4287, b"\4"),
                (0x4285, b"\2"),
            )
        )
        info = (
            _write(TIMECODE_SCALE, self.scale.to_bytes(8, "big"))
            + _write(MUXER, b"-")
            + _write(WRITER, b"-")
            + _write(DURATION, struct.pack(">d", seconds * 1e9 / self.scale))
        )
        clusters = b"".join(
            _write(CLUSTER, _write(TIMECODE, start.to_bytes(8, "big")) + b"".join(elements))
            for start, elements in self.clusters
        )
        return _write(EBML, head) + _write(SEGMENT, _write(INFO, info) + self.tracks + clusters), seconds


def _number(data: bytes, position: int, *, marked: bool = False) -> tuple[int | None, int]:
    """A number of variable length and where it ends; None: "unknown". ``marked`` keeps the bit that tells the length."""
    first = data[position]
    length = 9 - first.bit_length()
    if length > 8 or position + length > len(data):
        raise NotSound("no number")
    value = int.from_bytes(data[position : position + length], "big")
    if marked:
        return value, position + length
    value &= (1 << 7 * length) - 1
    return (None if value == (1 << 7 * length) - 1 else value), position + length


def _element(data: bytes, position: int, end: int) -> tuple[int, int, int]:
    """Id, start of the body, end. Only the recording itself and a cluster may leave their size open."""
    identity, position = _number(data, position, marked=True)
    size, body = _number(data, position)
    if size is None:
        if identity not in (SEGMENT, CLUSTER):
            raise NotSound("no size")
        return identity, body, end
    if body + size > end:
        raise NotSound("cut short")
    return identity, body, body + size


def _children(data: bytes, position: int, end: int) -> list[tuple[int, int, int]]:
    found = []
    while position < end and len(found) < MOST_ELEMENTS:
        found.append(_element(data, position, end))
        position = found[-1][2]
    return found


def _write(identity: int, body: bytes) -> bytes:
    return identity.to_bytes((identity.bit_length() + 7) // 8, "big") + (len(body) | 1 << 56).to_bytes(8, "big") + body
