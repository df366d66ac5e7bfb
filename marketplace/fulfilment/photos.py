"""How a parcel looked when it left: kept for the day on which somebody says that it arrived broken."""

from hashlib import sha256

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.fulfilment.models import Consignment, DispatchPhoto, Parcel
from marketplace.fulfilment.services import NotAllowed

State = Consignment.State
# Afterwards a photo would prove nothing.
TAKEN_WHILE = (State.PLACED, State.PACKED, State.SENT)


@transaction.atomic
def add_dispatch_photo(
    *, consignment: Consignment, photo: ContentFile, by, parcel: Parcel | None = None
) -> DispatchPhoto:
    """Keep a photo (cleaned already) of the packed parcel; the same one again answers the first.

    Raises NotAllowed for a consignment that has arrived or was cancelled, or has as many as may be.
    """
    locked = Consignment.objects.select_for_update(of=("self",), no_key=True).get(pk=consignment.pk)
    photo.seek(0)
    digest = sha256(photo.read()).hexdigest()
    known = locked.photos.filter(digest=digest).first()
    if known is not None:
        return known
    if locked.state not in TAKEN_WHILE:
        raise NotAllowed(_("A photo is added before the parcel arrives."))
    most = settings.MARKETPLACE_DISPATCH_PHOTOS
    if locked.photos.count() >= most:
        raise NotAllowed(_("There are %(most)s photos of this parcel already.") % {"most": most})
    photo.seek(0)
    return DispatchPhoto.objects.create(consignment=locked, parcel=parcel, file=photo, digest=digest, taken_by=by)
