"""Pictures that somebody made to do harm, and pictures as telephones make them: cases 48, 49 and 51."""

import io
import struct
import subprocess
import sys
import zipfile
import zlib

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from storefront.uploads import BadPicture, clean_document_photo, clean_picture

ORIENTATION, GPS, ARTIST = 0x0112, 0x8825, 0x013B
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def written(image: Image.Image, format: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def four_corners() -> Image.Image:
    """Red, green, blue and white in the corners, as reading goes: shows turning and mirroring alike."""
    image = Image.new("RGB", (96, 64))
    for colour, corner in ((RED, (0, 0)), (GREEN, (48, 0)), (BLUE, (0, 32)), (WHITE, (48, 32))):
        image.paste(colour, (*corner, corner[0] + 48, corner[1] + 32))
    return image


def corners(content) -> list[tuple]:
    content.seek(0)
    image = Image.open(content).convert("RGB")
    width, height = image.size
    at = ((8, 8), (width - 9, 8), (8, height - 9), (width - 9, height - 9))
    return [nearest(image.getpixel(place)) for place in at]


def nearest(pixel: tuple) -> tuple:
    return min(
        (RED, GREEN, BLUE, WHITE),
        key=lambda colour: sum(abs(one - other) for one, other in zip(colour, pixel, strict=True)),
    )


# As it lies in the file: what a camera writes that was turned, and how to undo it.
TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def as_camera_wrote(orientation: int) -> tuple[Image.Image, Image.Exif]:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[ARTIST] = "Chi Hoa"
    exif.get_ifd(GPS)[2] = (21.0, 6.0, 0.0)
    turn = TURNS[orientation]
    image = four_corners()
    return image.transpose(turn) if turn is not None else image, exif


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("format", ["JPEG", "HEIF"])
def test_every_orientation_stands_upright_without_place_and_owner(format, orientation):
    image, exif = as_camera_wrote(orientation)
    if format == "HEIF":
        file = io.BytesIO()
        pillow_heif.from_pillow(image).save(file, quality=95, exif=exif.tobytes())
        sent = file.getvalue()
    else:
        sent = written(image, format, exif=exif, quality=95)
    assert b"Chi Hoa" in sent
    cleaned = clean_picture(upload(sent, "IMG_0001.HEIC"))
    assert corners(cleaned) == [RED, GREEN, BLUE, WHITE]
    cleaned.seek(0)
    content = cleaned.read()
    assert b"Chi Hoa" not in content and b"Exif" not in content
    assert Image.open(io.BytesIO(content)).size == (96, 64)


def gif(frames: int) -> bytes:
    """One pixel, ``frames`` times."""
    frame = b"!\xf9\x04\x00\x01\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" + frame * frames + b";"


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", bytes(3_000_000))
    return file.getvalue()


def png_with_note(kind: bytes, body: bytes) -> bytes:
    """A small PNG with one more chunk before its pixels."""
    plain = written(Image.new("RGB", (8, 8)), "PNG")
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return plain[:33] + chunk + plain[33:]


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><script>alert(1)</script>
<foreignObject><iframe src="https://evil.example/"/></foreignObject><image xlink:href="https://evil.example/x.png"/></svg>"""
HOSTILE = {
    "gif-10000-frames": gif(10_000),
    "svg": SVG,
    "svg-xml": b'<?xml version="1.0"?>' + SVG,
    "html": b"<!doctype html><img src=x onerror=alert(1)>",
    "pdf-javascript": b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\ntrailer<</Root 1 0 R>>",
    "zip": zip_bomb(),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run",
    "tiff": written(Image.new("RGB", (4, 4)), "TIFF"),
    "bmp": written(Image.new("RGB", (4, 4)), "BMP"),
    "ico": written(Image.new("RGB", (16, 16)), "ICO"),
    "psd": b"8BPS\x00\x01" + bytes(40),
    "avif-cut": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00" + bytes(40),
    "html-in-jpeg-clothes": b"\xff\xd8\xff\xe0<script>alert(1)</script>",
    "compressed-note": png_with_note(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)),
    "nul": bytes(64),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_photo_is_refused(name):
    with pytest.raises(BadPicture) as refusal:
        clean_picture(upload(HOSTILE[name]))
    assert "photo" in str(refusal.value) and "<" not in str(refusal.value)


def test_thousands_of_stages_are_refused_before_they_are_drawn():
    plain = written(four_corners(), "JPEG", progressive=True)
    start = plain.index(b"\xff\xda")
    with pytest.raises(BadPicture, match="incomplete or broken"):
        clean_picture(upload(plain[:start] + plain[start:-2] * 120 + b"\xff\xd9"))
    assert clean_picture(upload(plain)).size > 0


@pytest.mark.parametrize(
    "tail",
    [zip_bomb(), b"<script>alert(1)</script>", b"<?php system($_GET[0]) ?>", b"%PDF-1.4 /JavaScript", HOSTILE["svg"]],
    ids=["zip", "html", "php", "pdf", "svg"],
)
def test_what_hangs_on_a_photo_is_left_behind(tail):
    plain = written(four_corners(), "JPEG", quality=95, comment=tail[:60])
    cleaned = clean_picture(upload(plain + tail, "photo.jpg.html"))
    content = cleaned.read()
    assert content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")
    assert not any(mark in content for mark in (b"PK\x03\x04", b"PK\x01\x02", b"<script", b"<?php", b"%PDF", b"<svg"))
    assert corners(cleaned) == [RED, GREEN, BLUE, WHITE]


NAMES = ["../../etc/passwd", "a\x00.jpg", "gnp.\u202egpj.exe", "x" * 5000 + ".jpg", ".htaccess", "CON", "ảnh.HEIC"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_the_name_of_what_is_kept_is_ours(name):
    kept = clean_document_photo(upload(written(four_corners(), "JPEG"), name)).name
    assert len(kept) == 36 and kept.endswith(".jpg") and kept.isascii() and kept[:32].isalnum()


def test_sixteen_bits_of_grey_stay_grey():
    grey = Image.new("I;16", (12, 8), 128 * 256)
    (value, *_rest) = Image.open(clean_picture(upload(written(grey, "PNG")))).getpixel((5, 5))
    assert abs(value - 128) < 4


def test_a_palette_is_made_smaller_without_jagged_edges(settings):
    settings.MARKETPLACE_UPLOAD_EDGE = 20
    fine = Image.new("RGB", (200, 200), "white")
    fine.paste("black", (0, 0, 93, 200))
    small = Image.open(clean_picture(upload(written(fine.convert("P"), "PNG"))))
    assert 20 < small.getpixel((9, 10))[0] < 235, "the edge is mixed, as in the photo without a palette"


def test_inks_become_light():
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    red, green, blue = Image.open(clean_picture(upload(written(inks, "JPEG")))).getpixel((8, 8))
    assert red > 200 and green < 80 and blue < 80


def test_a_photo_of_many_pixels_is_read_at_a_fraction(settings):
    settings.MARKETPLACE_UPLOAD_EDGE = 100
    settings.MARKETPLACE_UPLOAD_MAX_WHOLE_PIXELS = 100_000
    large = four_corners().resize((960, 640))
    assert corners(clean_picture(upload(written(large, "JPEG")))) == [RED, GREEN, BLUE, WHITE]
    for format in ("PNG", "WEBP"):
        with pytest.raises(BadPicture, match="million pixels"):
            clean_picture(upload(written(large, format)))


def test_a_second_photo_of_depth_or_motion_is_left_out():
    sent = written(four_corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64), "black")], quality=95)
    cleaned = clean_picture(upload(sent))
    assert corners(cleaned) == [RED, GREEN, BLUE, WHITE]
    kept = Image.open(cleaned)
    assert kept.format == "JPEG" and getattr(kept, "n_frames", 1) == 1


MEASURED = """
import resource, struct, sys, time, zlib
import django
from django.conf import settings
settings.configure(USE_I18N=False, MARKETPLACE_UPLOAD_MAX_BYTES=25 << 20, MARKETPLACE_UPLOAD_MAX_PIXELS=80_000_000,
    MARKETPLACE_UPLOAD_MAX_WHOLE_PIXELS=50_000_000, MARKETPLACE_UPLOAD_EDGE=2400)
from django.core.files.uploadedfile import SimpleUploadedFile
from storefront.uploads import BadPicture, clean_picture
def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
def png(width, height):
    packer, rows = zlib.compressobj(9), b""
    row = b"\\0" + bytes(width * 3)
    for _number in range(40):
        rows += packer.compress(row)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(
        b"IDAT", rows + packer.flush()) + chunk(b"IEND", b"")
bombs = [png(50_000, 50_000), png(7_000, 7_200), b"GIF89a" + bytes(5_000_000), bytes(24 << 20)]
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
for bomb in bombs:
    try:
        clean_picture(SimpleUploadedFile("x.jpg", bomb))
    except BadPicture:
        continue
    sys.exit("let in")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, time.monotonic() - start)
"""


def test_bombs_cost_neither_memory_nor_time():
    run = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    megabytes, seconds = run.stdout.split()
    assert int(megabytes) < 200 and float(seconds) < 2 * 4
