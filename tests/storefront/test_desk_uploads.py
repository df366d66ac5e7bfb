"""storefront/uploads.py: what may come in, and what is left of it."""

import io
import struct
import zlib

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin

from storefront.uploads import BadPicture, clean_picture

GPS, ORIENTATION, ARTIST, GPS_LATITUDE = 0x8825, 0x0112, 0x013B, 2


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def written(image: Image.Image, format: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def two_halves(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Left red, right blue: shows which way up it is."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image


def read_back(content) -> Image.Image:
    content.seek(0)
    image = Image.open(io.BytesIO(content.read()))
    image.load()
    return image


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises many pixels and holds none."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + body
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(body)) + chunk + struct.pack(">I", zlib.crc32(chunk))


def looks_like(pixel: tuple, wanted: tuple) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_usual_formats_become_jpeg_whatever_their_name(format):
    cleaned = clean_picture(upload(written(two_halves(), format), "../../etc/pass wd.php"))
    image = read_back(cleaned)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (80, 40))
    assert len(cleaned.name) == 36 and cleaned.name.endswith(".jpg")


def test_heic_from_a_phone():
    file = io.BytesIO()
    pillow_heif.from_pillow(two_halves((200, 100))).save(file, quality=90)
    image = read_back(clean_picture(upload(file.getvalue(), "IMG_0001.HEIC")))
    assert image.format == "JPEG" and image.size == (200, 100)
    assert looks_like(image.getpixel((20, 50)), (255, 0, 0))


def test_two_cleaned_pictures_never_share_a_name():
    content = written(two_halves(), "JPEG")
    assert clean_picture(upload(content)).name != clean_picture(upload(content)).name


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "PNG"])
def test_place_owner_and_notes_are_gone(format):
    exif = Image.Exif()
    exif[ARTIST] = "Chi Hoa"
    exif.get_ifd(GPS)[GPS_LATITUDE] = (21.0, 6.0, 0.0)
    options = {"exif": exif}
    if format == "JPEG":
        options["comment"] = b"Chi Hoa was here"
        options["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Chi Hoa</x:xmpmeta>"
    if format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", "Chi Hoa")
    sent = written(two_halves(), format, **options)
    assert b"Chi Hoa" in sent
    cleaned = clean_picture(upload(sent))
    image = read_back(cleaned)
    assert not image.getexif() and not image.getexif().get_ifd(GPS)
    assert not {"exif", "comment", "xmp", "icc_profile"} & set(image.info)
    cleaned.seek(0)
    assert b"Chi Hoa" not in cleaned.read()


def test_heic_loses_its_place_too():
    exif = Image.Exif()
    exif[ARTIST] = "Chi Hoa"
    file = io.BytesIO()
    pillow_heif.from_pillow(two_halves((64, 64))).save(file, exif=exif.tobytes())
    assert b"Chi Hoa" in file.getvalue()
    cleaned = clean_picture(upload(file.getvalue()))
    assert b"Chi Hoa" not in cleaned.read()


@pytest.mark.parametrize(
    "orientation, size, top_left",
    [(1, (80, 40), "red"), (3, (80, 40), "blue"), (6, (40, 80), "red"), (8, (40, 80), "blue")],
)
def test_the_photo_stands_upright(orientation, size, top_left):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = read_back(clean_picture(upload(written(two_halves(), "JPEG", exif=exif, quality=95))))
    assert image.size == size and ORIENTATION not in image.getexif()
    assert looks_like(image.getpixel((3, 3)), (255, 0, 0) if top_left == "red" else (0, 0, 255))


def test_a_large_photo_is_made_smaller(settings):
    settings.MARKETPLACE_UPLOAD_EDGE = 100
    image = read_back(clean_picture(upload(written(two_halves((1000, 400)), "JPEG"))))
    assert image.size == (100, 40)


def test_what_was_transparent_is_white():
    image = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    assert looks_like(
        read_back(clean_picture(upload(written(image, "PNG")))).getpixel((5, 5)), (255, 255, 255)
    )


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "CMYK"])
def test_every_kind_of_pixel_can_be_read(mode):
    image = Image.new(mode if mode != "I;16" else "I;16", (12, 8))
    sent = written(image, "JPEG" if mode == "CMYK" else "PNG")
    assert read_back(clean_picture(upload(sent))).mode == "RGB"


def test_colours_of_another_profile_are_converted():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = written(two_halves(), "JPEG", icc_profile=profile, quality=95)
    assert looks_like(read_back(clean_picture(upload(sent))).getpixel((3, 3)), (255, 0, 0))
    assert read_back(
        clean_picture(upload(written(two_halves(), "JPEG", icc_profile=b"no profile")))
    ).size == (80, 40)


@pytest.mark.parametrize(
    "content",
    [
        b"just some text",
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n1 0 obj",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
        b"\xff\xd8\xff\xe0 not much of a JPEG",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ],
)
def test_what_is_not_a_photo_is_refused_whatever_its_name(content):
    with pytest.raises(BadPicture):
        clean_picture(upload(content, "photo.jpg"))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_short_is_refused(format):
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    content = written(noise, format)
    with pytest.raises(BadPicture, match="incomplete|not a photo"):
        clean_picture(upload(content[: len(content) // 2]))


def test_a_heic_cut_short_is_refused():
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.effect_noise((400, 300), 90).convert("RGB")).save(file)
    with pytest.raises(BadPicture):
        clean_picture(upload(file.getvalue()[: len(file.getvalue()) // 2]))


@pytest.mark.parametrize("size", [(50_000, 50_000), (10_000, 8_001), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(BadPicture, match="million pixels|not a photo"):
        clean_picture(upload(png_header(*size)))


def test_the_limit_counts_pixels_not_pillows_own(settings):
    settings.MARKETPLACE_UPLOAD_MAX_PIXELS = 3_000
    with pytest.raises(BadPicture, match="million pixels"):
        clean_picture(upload(written(two_halves(), "JPEG")))


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(format):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    content = written(frames[0], format, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(BadPicture, match="moves"):
        clean_picture(upload(content))


def test_a_second_picture_inside_a_jpeg_is_left_out():
    frames = [two_halves(), Image.new("RGB", (80, 40), "green")]
    content = written(frames[0], "MPO", save_all=True, append_images=frames[1:])
    assert looks_like(read_back(clean_picture(upload(content))).getpixel((3, 3)), (255, 0, 0))


def test_a_heavy_file_is_refused_unread(settings):
    settings.MARKETPLACE_UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(BadPicture, match="larger than 1 MB"):
        clean_picture(upload(b"x" * (1024 * 1024 + 1)))
