"""Pictures that editors upload in the admin: kept as they are, without place, camera and owner."""

import io

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps
from wagtail.images.forms import BaseImageForm

# Formats that can carry where a picture was taken, and how each is written again.
REWRITTEN = {
    "JPEG": {"quality": 92},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92},
    "AVIF": {"quality": 80},
}


class EditorImageForm(BaseImageForm):
    """WAGTAILIMAGES_IMAGE_FORM_BASE."""

    def clean_file(self):
        """After Wagtail found it to be a picture of an allowed kind; untouched when it was there before."""
        uploaded = self.cleaned_data["file"]
        return without_notes(uploaded) if isinstance(uploaded, UploadedFile) else uploaded


def without_notes(uploaded: UploadedFile) -> ContentFile | UploadedFile:
    """The same picture, upright, with its colours and its transparency and nothing else; moving ones stay as they are."""
    uploaded.seek(0)
    image = Image.open(uploaded)
    kind = image.format
    if kind not in REWRITTEN or getattr(image, "is_animated", False):
        uploaded.seek(0)
        return uploaded
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    if upright.palette is not None:
        bare.putpalette(upright.palette)
    written, more = io.BytesIO(), {"icc_profile": profile} if profile else {}
    if "transparency" in image.info:
        more["transparency"] = image.info["transparency"]
    bare.save(written, kind, **REWRITTEN[kind], **more)
    clean = ContentFile(written.getvalue(), name=uploaded.name)
    # Wagtail asks the file itself how large its picture is.
    clean.image, clean.content_type = Image.open(io.BytesIO(written.getvalue())), uploaded.content_type
    return clean
