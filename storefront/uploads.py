"""Pictures that people send: nothing is kept but the pixels."""

import io
import secrets
import threading

import pillow_heif
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()

# What Pillow may try to read. A JPEG with a second picture inside (MPO, as some phones write it) is a JPEG here.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
JPEGS = ("JPEG", "MPO")
ANIMATED = ("PNG", "WEBP")
QUALITY = 88
# A photo that comes in stages has about ten; thousands of them cost minutes to decode.
MOST_SCANS, START_OF_SCAN = 100, b"\xff\xda"
# A decoded photo takes up to 200 MB of memory: so many are decoded in a process at the same time.
_decoding = threading.BoundedSemaphore(2)
# Pillow raises the first four for broken files; the bombs are its own limit, in case ours is set higher.
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class BadPicture(ValueError):
    """The file is not a picture that can be used; the message is for the person who sent it."""


def clean_picture(uploaded: UploadedFile) -> ContentFile:
    """``uploaded`` as a new JPEG: upright, sRGB, at most MARKETPLACE_UPLOAD_EDGE pixels long, randomly named.

    Place, camera, owner and every other note inside the file are gone. What the file is, its content says and
    not its name. Raises BadPicture.
    """
    if uploaded.size > settings.MARKETPLACE_UPLOAD_MAX_BYTES:
        most = settings.MARKETPLACE_UPLOAD_MAX_BYTES // (1024 * 1024)
        raise BadPicture(_("This photo is larger than %(most)s MB.") % {"most": most})
    image = _open(uploaded)
    _check_header(image)
    if image.format in JPEGS:
        _check_scans(uploaded)
    written = io.BytesIO()
    try:
        with _decoding:
            pixels = _redraw(image)
            pixels.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    except UNREADABLE as problem:
        raise BadPicture(_("This photo is incomplete or broken. Please send it again.")) from problem
    return ContentFile(written.getvalue(), name=f"{secrets.token_hex(16)}.jpg")


def clean_document_photo(uploaded: UploadedFile) -> ContentFile:
    """A photo of a paper: a signature, a form, a parcel. As clean_picture; raises BadPicture."""
    return clean_picture(uploaded)


def _open(uploaded: UploadedFile) -> Image.Image:
    """Reads the header only."""
    uploaded.seek(0)
    try:
        return Image.open(uploaded, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise BadPicture(_too_many_pixels()) from problem
    except UNREADABLE as problem:
        raise BadPicture(
            _("This is not a photo. Please send a JPEG, PNG, WebP or HEIC picture.")
        ) from problem


def _check_header(image: Image.Image) -> None:
    width, height = image.size
    if width * height > settings.MARKETPLACE_UPLOAD_MAX_PIXELS:
        raise BadPicture(_too_many_pixels())
    if image.format in JPEGS:
        # It is decoded at a half, a quarter or an eighth of its size where that is enough.
        edge, longest = settings.MARKETPLACE_UPLOAD_EDGE, max(width, height)
        image.draft("RGB", (max(1, width * edge // longest), max(1, height * edge // longest)))
    if image.width * image.height > settings.MARKETPLACE_UPLOAD_MAX_WHOLE_PIXELS:
        raise BadPicture(_too_many_pixels(settings.MARKETPLACE_UPLOAD_MAX_WHOLE_PIXELS))
    if image.format in ANIMATED and getattr(image, "is_animated", False):
        raise BadPicture(_("This picture moves. Please send a still photo."))


def _check_scans(uploaded: UploadedFile) -> None:
    """Within the pixels of a JPEG the two bytes stand for nothing else."""
    uploaded.seek(0)
    found, last = 0, b""
    while part := uploaded.read(1024 * 1024):
        found += (last + part).count(START_OF_SCAN)
        last = part[-1:]
    if found > MOST_SCANS:
        raise BadPicture(_("This photo is incomplete or broken. Please send it again."))


def _too_many_pixels(most: int | None = None) -> str:
    millions = (most or settings.MARKETPLACE_UPLOAD_MAX_PIXELS) // 1_000_000
    return _("This picture has more than %(most)s million pixels. Please send a smaller one.") % {"most": millions}


def _redraw(image: Image.Image) -> Image.Image:
    """The first picture of the file on a fresh canvas, so that nothing but its pixels comes along.

    It is made small before it is turned and coloured: each of these keeps a second copy in memory.
    """
    edge = settings.MARKETPLACE_UPLOAD_EDGE
    profile = image.info.get("icc_profile")
    image = _smooth(image)
    image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    flat = _on_white(_in_srgb(ImageOps.exif_transpose(image), profile))
    canvas = Image.new("RGB", flat.size)
    canvas.paste(flat)
    return canvas


def _smooth(image: Image.Image) -> Image.Image:
    """In a mode that can be made smaller without jagged edges; 16 bits of grey become 8, not white."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the camera meant them; a profile that cannot be read is left aside."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    mode = "RGB" if image.mode == "CMYK" else image.mode
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return image.convert("RGB")
