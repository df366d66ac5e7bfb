"""Ogg with Opus or Vorbis: mutagen reads the pages and writes empty notes."""

import io

from mutagen import MutagenError
from mutagen.ogg import OggPage
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from storefront.sounds.refused import NotSound

HEADS = {b"OpusHead": OggOpus, b"\x01vorbis": OggVorbis}
VENDOR = "-"
MOST_PAGES = 40_000


def knows(data: bytes) -> bool:
    return data[:4] == b"OggS"


def clean(data: bytes) -> tuple[bytes, float]:
    """The sound alone, and its length in seconds. Raises NotSound."""
    kind = _check_pages(data)
    file = io.BytesIO(data)
    try:
        sound = kind(file)
        sound.tags.clear()
        # The name of the program that wrote it, and what some programs leave behind the notes.
        sound.tags.vendor = VENDOR
        if hasattr(sound.tags, "_pad_data"):
            sound.tags._pad_data = b""
        file.seek(0)
        sound.save(file, padding=lambda info: 0)
        file.seek(0)
        seconds = kind(file).info.length
    except MutagenError as problem:
        raise NotSound from problem
    return file.getvalue(), seconds


def _check_pages(data: bytes) -> type[OggOpus] | type[OggVorbis]:
    """One stream of pages from the first byte to the last, and what it holds."""
    file, serials, kind = io.BytesIO(data), set(), None
    try:
        for _number in range(MOST_PAGES):
            if file.tell() >= len(data):
                break
            page = OggPage(file)
            serials.add(page.serial)
            if kind is None:
                start = page.packets[0] if page.packets else b""
                kind = next((sound for head, sound in HEADS.items() if start.startswith(head)), None)
                if kind is None:
                    raise NotSound("another codec", has_pictures=start[1:7] == b"theora")
    except (MutagenError, EOFError) as problem:
        raise NotSound from problem
    if kind is None or len(serials) != 1 or file.tell() < len(data):
        raise NotSound("not one stream")
    return kind
