"""Pictures that people send: nothing is kept but the pixels."""

import io
import secrets

import pillow_heif
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()

# What Pillow may try to read. A JPEG with a second picture inside (MPO, as some phones write it) is a JPEG here.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
ANIMATED = ("PNG", "WEBP")
QUALITY = 88
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
    try:
        pixels = _redraw(image)
    except UNREADABLE as problem:
        raise BadPicture(_("This photo is incomplete or broken. Please send it again.")) from problem
    written = io.BytesIO()
    pixels.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return ContentFile(written.getvalue(), name=f"{secrets.token_hex(16)}.jpg")


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
    if image.format in ANIMATED and getattr(image, "is_animated", False):
        raise BadPicture(_("This picture moves. Please send a still photo."))


def _too_many_pixels() -> str:
    most = settings.MARKETPLACE_UPLOAD_MAX_PIXELS // 1_000_000
    return _("This picture has more than %(most)s million pixels. Please send a smaller one.") % {
        "most": most
    }


def _redraw(image: Image.Image) -> Image.Image:
    """The first picture of the file on a fresh canvas, so that nothing but its pixels comes along."""
    edge = settings.MARKETPLACE_UPLOAD_EDGE
    # A JPEG is decoded at a fraction of its size where that is enough; other formats ignore this.
    image.draft("RGB", (2 * edge, 2 * edge))
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    flat = _on_white(_in_srgb(upright, profile))
    canvas = Image.new("RGB", flat.size)
    canvas.paste(flat)
    return canvas


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
