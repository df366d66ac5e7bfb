"""Photos that came before their form was right: they wait, so that nobody uploads them twice over a slow line.

They are private: only who sent them can see or use them (storefront.desk.uploading shows the small pictures).
"""

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from marketplace.workshops.models import WaitingPhoto, Workshop
from marketplace.workshops.own_files import delete_files

SMALL = (240, 240)
# So many rows are cleared away on one walk: a request does not pay for a month.
SWEPT_AT_ONCE = 50


class TooManyPhotos(Exception):
    """This member has too many photos waiting, or sent too many today; the message is for her."""


@dataclass(frozen=True)
class KeptPhoto:
    """A photo that waits. ``ticket`` goes into the form; it is worth nothing to another user."""

    ticket: str
    name: str
    small_name: str

    @property
    def small_url(self) -> str:
        """A few kilobytes to show in the form: over a slow line nobody fetches whole photos back."""
        return reverse("desk:waiting-photo", kwargs={"ticket": self.ticket})


def keep(photo: ContentFile, user, *, workshop: Workshop | None = None, key: uuid.UUID | None = None) -> KeptPhoto:
    """Put a cleaned photo aside for ``user``. The same ``key`` once more answers with the same photo.

    What nobody came back for is cleared away on the same walk, and so are her oldest when there are too many.
    """
    sweep(most=SWEPT_AT_ONCE)
    row = WaitingPhoto(user=user, workshop=workshop, size=photo.size, **({"key": key} if key else {}))
    small = _small(photo)
    photo.seek(0)
    stem = PurePosixPath(photo.name).stem
    try:
        with transaction.atomic():
            row.file.save(f"{stem}.jpg", photo, save=False)
            row.small.save(f"{stem}.small.jpg", small, save=False)
            row.save()
    except IntegrityError:
        # The same photo arrived twice at the same moment.
        delete_files(row)
        row = WaitingPhoto.objects.get(user=user, key=row.key)
    _make_room(user)
    return _kept(row)


def sent_before(key: uuid.UUID, user) -> WaitingPhoto | None:
    """What arrived under this ``key``; it may have ended since."""
    return WaitingPhoto.objects.filter(user=user, key=key).first()


def check_room(user) -> None:
    """Raises TooManyPhotos. One photo that is let in may go over the limit of bytes: it has at most a few millions."""
    limits = settings.MARKETPLACE_PHOTOS_WAITING
    waiting = _waiting(user)
    size = waiting.aggregate(total=Sum("size"))["total"] or 0
    if waiting.count() >= limits["MOST"] or size >= limits["MOST_BYTES"]:
        raise TooManyPhotos(
            _("Many of your photos wait for their piece. Please finish a piece, or remove photos, before you send more.")
        )
    today = Q(user=user, made_at__gte=timezone.now() - timedelta(days=1))
    if WaitingPhoto.objects.filter(today).count() >= limits["A_DAY"]:
        raise TooManyPhotos(_("You have sent very many photos today. Please go on tomorrow."))


def find(ticket: str, user) -> KeptPhoto | None:
    """The photo behind ``ticket``; None when that is forged, somebody else's, too old or already used."""
    row = _row(ticket, user)
    return _kept(row) if row else None


def read(kept: KeptPhoto) -> ContentFile | None:
    """The photo itself; None when the same form, sent twice, has just used it."""
    try:
        with storages["private"].open(kept.name) as file:
            return ContentFile(file.read(), name=PurePosixPath(kept.name).name)
    except FileNotFoundError:
        return None


def drop(kept: KeptPhoto) -> None:
    """It was used, or is not wanted any more: its files go with the commit."""
    for row in WaitingPhoto.objects.filter(ticket=kept.ticket, ended_at=None):
        _end(row)


def sweep(most: int | None = None) -> int:
    """Delete what is older than MARKETPLACE_PHOTOS_WAITING["DAYS"], at most ``most`` photos. Answers how many."""
    old = WaitingPhoto.objects.filter(made_at__lt=_oldest()).order_by("made_at")
    rows = list(old.values_list("pk", flat=True)[:most])
    if rows:
        WaitingPhoto.objects.filter(pk__in=rows).delete()
    return len(rows)


def _row(ticket: str, user) -> WaitingPhoto | None:
    if "\x00" in ticket:
        return None
    return WaitingPhoto.objects.filter(ticket=ticket, user=user, ended_at=None, made_at__gte=_oldest()).first()


def _oldest():
    return timezone.now() - timedelta(days=settings.MARKETPLACE_PHOTOS_WAITING["DAYS"])


def _waiting(user) -> QuerySet[WaitingPhoto]:
    return WaitingPhoto.objects.filter(user=user, ended_at=None)


def _make_room(user) -> None:
    """Forms without scripts are not refused: there the oldest photos go."""
    limits = settings.MARKETPLACE_PHOTOS_WAITING
    size = 0
    for number, row in enumerate(_waiting(user).order_by("-made_at", "-pk"), start=1):
        size += row.size
        if number > limits["MOST"] or (number > 1 and size > limits["MOST_BYTES"]):
            _end(row)


def _end(row: WaitingPhoto) -> None:
    delete_files(row)
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])


def _kept(row: WaitingPhoto) -> KeptPhoto:
    return KeptPhoto(row.ticket, row.file.name, row.small.name)


def _small(photo: ContentFile) -> ContentFile:
    photo.seek(0)
    image, written = Image.open(photo), io.BytesIO()
    image.draft("RGB", SMALL)
    image.thumbnail(SMALL)
    image.save(written, "JPEG", quality=70)
    return ContentFile(written.getvalue())
