"""Photos of a form that came back with a mistake: kept for two days, so that nobody uploads them twice."""

import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

FOLDER = "desk-drafts"
KEPT = timedelta(days=2)
SALT = "storefront.desk.drafts"


SMALL = (240, 240)


@dataclass(frozen=True)
class KeptPhoto:
    """A photo that waits. ``ticket`` goes into the form; it is worth nothing to another user."""

    ticket: str
    name: str

    @property
    def small_name(self) -> str:
        return self.name.removesuffix(".jpg") + ".small.jpg"

    @property
    def small_url(self) -> str:
        """A few kilobytes to show in the form: over a slow line nobody fetches whole photos back."""
        return default_storage.url(self.small_name)


def keep(photo: ContentFile, user) -> KeptPhoto:
    """Put a cleaned photo aside for ``user``. What nobody came back for is cleared away on the same walk."""
    _sweep()
    name = default_storage.save(f"{FOLDER}/{timezone.localdate():%Y-%m-%d}/{photo.name}", photo)
    kept = KeptPhoto(signing.dumps(name, salt=_salt(user), compress=True), name)
    default_storage.save(kept.small_name, _small(photo))
    return kept


def find(ticket: str, user) -> KeptPhoto | None:
    """The photo behind ``ticket``; None when that is forged, somebody else's, too old or already used."""
    try:
        name = signing.loads(ticket, salt=_salt(user), max_age=KEPT)
    except signing.BadSignature:
        return None
    return KeptPhoto(ticket, name) if default_storage.exists(name) else None


def read(kept: KeptPhoto) -> ContentFile | None:
    """The photo itself; None when the same form, sent twice, has just used it."""
    try:
        with default_storage.open(kept.name) as file:
            return ContentFile(file.read(), name=PurePosixPath(kept.name).name)
    except FileNotFoundError:
        return None


def drop(kept: KeptPhoto) -> None:
    default_storage.delete(kept.name)
    default_storage.delete(kept.small_name)


def _small(photo: ContentFile) -> ContentFile:
    photo.seek(0)
    image, written = Image.open(photo), io.BytesIO()
    image.draft("RGB", SMALL)
    image.thumbnail(SMALL)
    image.save(written, "JPEG", quality=70)
    return ContentFile(written.getvalue())


def _salt(user) -> str:
    return f"{SALT}.{user.pk}"


def _sweep() -> None:
    """Delete the folders of days that are over."""
    oldest = f"{timezone.localdate() - KEPT:%Y-%m-%d}"
    with suppress(FileNotFoundError):
        for day in default_storage.listdir(FOLDER)[0]:
            if day < oldest:
                for name in default_storage.listdir(f"{FOLDER}/{day}")[1]:
                    default_storage.delete(f"{FOLDER}/{day}/{name}")
                default_storage.delete(f"{FOLDER}/{day}")
