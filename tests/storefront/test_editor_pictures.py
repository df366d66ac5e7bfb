"""Case 51: what an editor uploads in the admin tells nobody where and by whom it was taken, its original neither."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model

pytestmark = pytest.mark.django_db


def taken(kind: str, mode: str = "RGB", orientation: int = 1) -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = "Chi Hoa", orientation
    exif.get_ifd(0x8825)[2] = (21.0, 6.0, 0.0)
    image = Image.new(mode, (60, 40), "firebrick")
    if mode == "RGBA":
        image.putpixel((0, 0), (0, 0, 0, 0))
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return SimpleUploadedFile(f"IMG_1.{kind.lower()}", file.getvalue(), f"image/{kind.lower()}")


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")])
def test_the_original_carries_no_notes(cast, kind, mode):
    uploaded = taken(kind, mode, orientation=6)
    assert b"Chi Hoa" in uploaded.read()
    uploaded.seek(0)
    answer = cast.staff.client.post(reverse("wagtailimages:add"), {"title": "Bowl", "file": uploaded})
    assert answer.status_code == 302
    image = get_image_model().objects.get(title="Bowl")
    with image.file.open() as file:
        data = file.read()
    kept = Image.open(io.BytesIO(data))
    assert (kept.format, dict(kept.getexif()), b"Chi Hoa" in data) == (kind, {}, False)
    assert (image.width, image.height) == kept.size == (40, 60)
    assert kept.mode == mode
    if mode == "RGBA":
        assert kept.getpixel((39, 0))[3] == 0


def test_what_is_no_picture_is_refused_and_a_title_changes_alone(cast):
    add = reverse("wagtailimages:add")
    bad = SimpleUploadedFile("a.jpg", b"<html>", "image/jpeg")
    assert cast.staff.client.post(add, {"title": "Bad", "file": bad}).status_code == 200
    assert not get_image_model().objects.exists()
    cast.staff.client.post(add, {"title": "Bowl", "file": taken("JPEG")})
    image = get_image_model().objects.get()
    path = reverse("wagtailimages:edit", args=[image.pk])
    cast.staff.client.post(path, {"title": "Red bowl", "file": "", "tags": ""})
    again = get_image_model().objects.get()
    assert (again.title, again.file.name) == ("Red bowl", image.file.name)
