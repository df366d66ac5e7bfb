"""storefront/sounds: what is taken for a voice, and what is left of it. The three recordings are a browser's own."""

import io
import struct
import time
import wave
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from mutagen.id3 import ID3, TIT2, TPE1
from mutagen.ogg import OggPage
from mutagen.oggopus import OggOpus

from storefront.sounds import BadSound, clean_voice

RECORDINGS = Path(__file__).parent / "recordings"
OWNER = b"Chi Hoa was here"


def recording(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


def clean(content: bytes, name: str = "voice"):
    return clean_voice(SimpleUploadedFile(name, content, "text/html"))


def content_of(voice) -> bytes:
    voice.content.seek(0)
    return voice.content.read()


def wav(seconds: float = 1.5, rate: int = 8_000, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\x01\x02" * int(seconds * rate) * channels)
    return file.getvalue()


def wav_with_notes() -> bytes:
    plain, note = wav(), b"LIST" + struct.pack("<I", 4 + 8 + len(OWNER)) + b"INFOIART" + struct.pack("<I", len(OWNER)) + OWNER
    return b"RIFF" + struct.pack("<I", len(plain) - 8 + len(note)) + plain[8:] + note


def ogg(packets: int = 75, owner: bytes = OWNER, head: bytes = b"OpusHead\x01\x01\x00\x0f\x80\x3e\x00\x00\x00\x00\x00") -> bytes:
    """Opus packets of 20 ms, as a telephone's recorder writes them."""
    vendor = b"recorder " + owner
    comment = b"LOCATION=21.0,6.0 " + owner
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<II", 1, len(comment)) + comment
    pages = []
    for number, packet in enumerate([head, tags, *([b"\x08" + bytes(30)] * packets)]):
        page = OggPage()
        page.serial, page.sequence, page.packets = 7, number, [packet]
        page.position = max(0, number - 1) * 960 + 3840 * (number > 1)
        page.first, page.last = number == 0, number == packets + 1
        pages.append(page.write())
    return b"".join(pages)


def mp3(frames: int = 60) -> bytes:
    """Frames of 1152 samples, 64 kbit/s, 44.1 kHz, mono."""
    return (b"\xff\xfb\x50\xc0" + bytes(204)) * frames


def mp3_with_notes() -> bytes:
    notes = io.BytesIO()
    tag = ID3()
    tag.add(TPE1(encoding=3, text=OWNER.decode()))
    tag.add(TIT2(encoding=3, text="At home"))
    tag.save(notes)
    return notes.getvalue() + mp3() + (b"TAG" + OWNER).ljust(128, b"\0")


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def m4a(
    *more: bytes,
    handler: bytes = b"soun",
    codec: bytes = b"mp4a",
    dref: bytes = b"",
    seconds: int = 2,
    brand: bytes = b"M4A ",
) -> bytes:
    """A whole M4A as a telephone's recorder writes it; ``more`` boxes stand beside the track."""
    times = bytes(4) + struct.pack(">IIII", 3_800_000_000, 3_800_000_000, 1000, seconds * 1000)
    entry = box(codec, bytes(6), b"\0\1", bytes(8), struct.pack(">HHIHH", 1, 16, 0, 8000, 0))
    dref = dref or box(b"url ", b"\0\0\0\1")
    stbl = box(
        b"stbl",
        box(b"stsd", bytes(4), b"\0\0\0\1", entry),
        box(b"stts", bytes(4), struct.pack(">III", 1, seconds * 10, 100)),
        box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, 10, 1)),
        box(b"stsz", bytes(4), struct.pack(">II", 10, 10)),
        box(b"stco", bytes(4), struct.pack(">II", 1, 40)),
    )
    minf = box(b"minf", box(b"smhd", bytes(8)), box(b"dinf", box(b"dref", bytes(4), b"\0\0\0\1", dref)), stbl)
    named = box(b"hdlr", bytes(8), handler, bytes(12), OWNER, b"\0")
    trak = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", times, bytes(4)), named, minf))
    place = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+21.0+006.0/" + OWNER))
    moov = box(b"moov", box(b"mvhd", times, bytes(80)), trak, place, *more)
    return box(b"ftyp", brand, bytes(4), b"M4A ", b"isom") + box(b"mdat", b"\x21" * 100) + moov + box(b"uuid", OWNER)


KINDS = {
    "webm": (lambda: recording("voice.webm"), "audio/webm", "weba", b"\x1a\x45\xdf\xa3", 2),
    "mp4": (lambda: recording("voice.m4a"), "audio/mp4", "m4a", b"\x00\x00\x00", 2),
    "m4a": (m4a, "audio/mp4", "m4a", b"\x00\x00\x00", 2),
    "ogg": (ogg, "audio/ogg", "ogg", b"OggS", 2),
    "mp3": (mp3_with_notes, "audio/mpeg", "mp3", b"\xff\xfb", 2),
    "wav": (wav_with_notes, "audio/wav", "wav", b"RIFF", 2),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_voice_is_known_by_its_content_and_only_sound_is_kept(name):
    make, mime, ending, start, seconds = KINDS[name]
    voice = clean(make(), "../../evil.html")
    content = content_of(voice)
    assert (voice.mime, voice.seconds) == (mime, seconds)
    assert voice.content.name[32:] == f".{ending}" and voice.content.name[:32].isalnum()
    assert content.startswith(start) and OWNER not in content and b"LOCATION" not in content and b"xyz" not in content
    again = clean(content)
    assert (content_of(again), again.seconds) == (content, seconds), "what is clean stays as it is"


def test_the_sound_itself_is_untouched():
    with wave.open(io.BytesIO(content_of(clean(wav_with_notes())))) as sound:
        assert sound.readframes(99_999) == b"\x01\x02" * 12_000
    assert content_of(clean(mp3_with_notes())) == mp3()
    kept = OggOpus(io.BytesIO(content_of(clean(ogg()))))
    assert kept.info.length == pytest.approx(1.58, abs=0.1) and not kept.tags and kept.tags.vendor == "-"
    whole, kept = m4a(), content_of(clean(m4a()))
    assert len(kept) == len(whole) and kept[32:140] == whole[32:140], "samples stay where the tables look for them"
    blocks = recording("voice.webm").count(b"\xa3")
    assert content_of(clean(recording("voice.webm"))).count(b"\xa3") >= blocks - 2


def test_a_sound_that_points_somewhere_else_points_nowhere():
    sent = m4a(dref=box(b"url ", b"\0\0\0\0http://evil.example/a\0"))
    kept = content_of(clean(sent))
    assert b"evil.example" in sent and b"evil.example" not in kept and len(kept) == len(sent)


def ebml(identity: str, body: bytes) -> bytes:
    return bytes.fromhex(identity) + (len(body) | 1 << 56).to_bytes(8, "big") + body


def test_notes_and_attachments_of_webm_stay_behind():
    attached = ebml("1941a469", ebml("61a7", ebml("466e", b"x.html") + ebml("465c", b"<script>alert(1)</script>" + OWNER)))
    tags = ebml("1254c367", ebml("7373", ebml("67c8", ebml("45a3", b"ARTIST") + ebml("4487", OWNER))))
    content = content_of(clean(recording("voice.webm") + attached + tags))
    assert content == content_of(clean(recording("voice.webm")))
    assert b"<script" not in content and OWNER not in content and b"Chrome" not in content


POLYGLOTS = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "pdf": b"%PDF-1.7 /JavaScript (app.alert(1))",
    "zip": b"PK\x03\x04" + bytes(60),
    "empty": b"",
    "nul": bytes(5000),
    "text": b"just words " * 100,
    "jpeg": b"\xff\xd8\xff\xe0" + bytes(500),
    "html-before-mp3": b"<script>alert(1)</script>" * 60 + mp3(4),
    "mp3-head-only": b"\xff\xfb\x50\xc0",
    "id3-only": b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f",
    "ogg-cut": ogg()[:300] + b"OggS",
    "ogg-theora": ogg(head=b"\x80theora" + bytes(40)),
    "ogg-two-streams": ogg() + ogg().replace(struct.pack("<I", 7), struct.pack("<I", 8)),
    "ogg-then-html": ogg() + b"<script>alert(1)</script>",
    "webm-cut": recording("voice.webm")[:-20],
    "webm-two-in-one": recording("voice.webm") * 2,
    "webm-no-sound": recording("voice.webm")[:150],
    "webm-other-doctype": recording("voice.webm").replace(b"webm", b"matr", 1),
    "film": recording("film.webm"),
    "film-mp4": m4a(handler=b"vide"),
    "m4a-cut": m4a()[:-60],
    "m4a-two-tracks": m4a(m4a()[m4a().index(b"trak") - 4 :][:500]),
    "m4a-elsewhere": m4a(dref=box(b"urn ", b"\0\0\0\0http://evil.example/a")),
    "m4a-other-codec": m4a(codec=b"evil"),
    "m4a-markup-brand": m4a(brand=b"<sc>"),
    "m4a-deep": box(b"ftyp", b"M4A ", bytes(4)) + b"".join(struct.pack(">I", 8 * (40 - n)) + b"moov" for n in range(40)),
    "m4a-silent": m4a(seconds=0),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(400),
    "wav-cut": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    "wav-empty": wav(0),
    "wav-many-channels": wav(0.2, channels=6),
    "wav-slow": wav(0.2, rate=50),
    "matroska-bomb": b"\x1a\x45\xdf\xa3" + b"\x01\xff\xff\xff\xff\xff\xff\xfe" + bytes(40),
    "amr": b"#!AMR\n" + bytes(300),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_whatever_is_no_voice_is_refused_with_a_sentence(name):
    with pytest.raises(BadSound) as refusal:
        clean(POLYGLOTS[name], "voice.mp3")
    film = name in ("film", "film-mp4", "ogg-theora", "m4a-two-tracks-film")
    silent = name in ("m4a-silent", "wav-empty")
    start = "This is a film" if film else "Nothing can be heard" if silent else "This is not a recording"
    assert str(refusal.value).startswith(start) and "<" not in str(refusal.value)


def test_every_byte_may_be_wrong_and_nothing_but_a_refusal_comes_of_it():
    for make, *_rest in KINDS.values():
        good = make()[:1500]
        for place in range(0, min(len(good), 700), 11):
            for wrong in (0x00, 0xFF):
                spoilt = good[:place] + bytes([wrong]) + good[place + 1 :]
                try:
                    clean(spoilt)
                except BadSound:
                    continue


FLOODS = {
    "webm": recording("voice.webm")[:150] + b"\xec\x80" * 1_000_000,
    "mp4": box(b"ftyp", b"M4A ", bytes(4)) + box(b"free") * 300_000,
    "mp4-brands": b"\x7f\xff\xff\xffftypM4A " + b"M4A " * 1_000_000,
    "ogg": OggPage().write() * 300_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_small_parts_is_stopped(name):
    start = time.process_time()
    with pytest.raises(BadSound):
        clean(FLOODS[name])
    assert time.process_time() - start < 2


def test_too_long_and_too_heavy(settings):
    settings.MARKETPLACE_VOICE = settings.MARKETPLACE_VOICE | {"MOST_SECONDS": 60}
    assert clean(wav(60)).seconds == 60
    with pytest.raises(BadSound, match="longer than 1 minutes"):
        clean(wav(63))
    with pytest.raises(BadSound, match="longer than"):
        clean(m4a(seconds=70))
    settings.MARKETPLACE_VOICE = settings.MARKETPLACE_VOICE | {"MOST_BYTES": 1024 * 1024}
    with pytest.raises(BadSound, match="larger than 1 MB"):
        clean(bytes(1024 * 1024 + 1))
