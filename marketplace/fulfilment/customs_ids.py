"""Customs ids: asked for when a destination needs one, sealed at once, shown masked, deleted after use."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from marketplace.fulfilment.customs_id_kinds import IdKind, kinds_for
from marketplace.fulfilment.models import Consignment, CustomsId, Recipient
from marketplace.fulfilment.sealing import CannotOpen, reseal, seal, unseal

# Signs at the end that stay readable.
SHOWN = 2
DOT = "•"
ENDED = (Consignment.State.DELIVERED, Consignment.State.CANCELLED)
PARCELS = "recipient__address__order__consignments"


@dataclass(frozen=True, repr=False)
class OpenId:
    """A customs id in clear, for the customs data of one parcel. It never shows itself: only ``number`` does."""

    kind: str
    economy: str
    number: str

    @property
    def masked(self) -> str:
        return mask(self.number)

    def __repr__(self) -> str:
        return f"<OpenId {self.kind} {self.masked}>"

    __str__ = __repr__


@dataclass(frozen=True)
class NotACustomsId:
    """Why a text is no number that customs there accept, in the reader's language. It does not repeat the text."""

    reason: str


def needed_customs_id(
    destination: str, channel: str, on: date, *, origins: Collection[str] = ()
) -> list[IdKind]:
    """The kinds of which one is asked for; empty where none is. ``origins``: the economies that the parcels come from.

    A parcel that crosses no border needs none.
    """
    return [] if origins and set(origins) == {destination} else kinds_for(destination, channel, on)


@sensitive_variables()
def seal_customs_id(text: str, kinds: list[IdKind]) -> str | NotACustomsId:
    """The sealed form of what a buyer typed: safe to keep in a session. ``kinds`` from needed_customs_id, not empty."""
    for kind in kinds:
        if number := kind.tidy(text):
            return seal(json.dumps({"kind": kind.kind, "economy": kind.economy, "number": number}))
    return NotACustomsId(
        _("This is not a valid number. %(name)s: %(hint)s") % {"name": kinds[0].label, "hint": kinds[0].help}
    )


@sensitive_variables()
def open_customs_id(sealed: str) -> OpenId:
    """What seal_customs_id sealed. Raises CannotOpen."""
    try:
        return OpenId(**json.loads(unseal(sealed)))
    except (ValueError, TypeError):
        raise CannotOpen("What was sealed is no customs id.") from None


@sensitive_variables()
def missing_customs_id(
    destination: str, channel: str, on: date, given: str, *, origins: Collection[str] = ()
) -> str:
    """Why a parcel cannot be sent without (another) customs id, as a sentence for the buyer; empty when nothing is missing.

    ``given`` is the sealed form (Buyer.customs_id), empty for none. One of another economy or kind does not count.
    """
    kinds = needed_customs_id(destination, channel, on, origins=origins)
    if not kinds or (given and _opens_as(given, kinds)):
        return ""
    return _("Customs there ask for this number, else the parcel cannot be sent: %(name)s.") % {"name": kinds[0].label}


@sensitive_variables()
def _opens_as(sealed: str, kinds: list[IdKind]) -> bool:
    try:
        found = open_customs_id(sealed)
    except CannotOpen:
        return False
    return any(kind.kind == found.kind and kind.tidy(found.number) for kind in kinds)


def mask(number: str) -> str:
    """Dots for all but the last two signs: "•••••••••••12"."""
    return DOT * max(0, len(number) - SHOWN) + number[-SHOWN:] if len(number) > 2 * SHOWN else DOT * len(number)


@transaction.atomic
@sensitive_variables()
def keep_customs_id(*, recipient: Recipient, sealed: str) -> CustomsId | None:
    """Store the sealed number beside an order's recipient. Raises CannotOpen; None for an empty one."""
    if not sealed:
        return None
    found = open_customs_id(sealed)
    values = {"kind": found.kind, "sealed": reseal(sealed), "masked": found.masked}
    return CustomsId.objects.update_or_create(recipient=recipient, defaults=values)[0]


def customs_id_of(consignment: Consignment) -> OpenId | None:
    """The number in clear, for this consignment's customs data only; None where none is kept. Raises CannotOpen."""
    row = CustomsId.objects.filter(recipient__address__order__consignments=consignment).first()
    return open_customs_id(row.sealed) if row else None


@transaction.atomic
def forget_customs_ids(*, now=None) -> int:
    """Delete what is no longer needed. Answers how many.

    An id goes MARKETPLACE_CUSTOMS_ID_DAYS after the last of its order's parcels was delivered or called off; and
    MARKETPLACE_CUSTOMS_ID_DAYS_AT_MOST after it was given, whatever became of them.
    """
    now = now or timezone.now()
    before = now - timedelta(days=settings.MARKETPLACE_CUSTOMS_ID_DAYS)
    at_most = now - timedelta(days=settings.MARKETPLACE_CUSTOMS_ID_DAYS_AT_MOST)
    kept = "order__shipping_address__recipient__customs_id"
    under_way = Consignment.objects.exclude(state__in=ENDED).filter(**{f"{kept}__isnull": False}).values(kept)
    ended = (
        CustomsId.objects.exclude(pk__in=under_way)
        .annotate(delivered=Max(f"{PARCELS}__delivered_at"), cancelled=Max(f"{PARCELS}__cancelled_at"))
        .filter(Q(delivered__isnull=False) | Q(cancelled__isnull=False))
        .filter(Q(delivered__isnull=True) | Q(delivered__lte=before))
        .filter(Q(cancelled__isnull=True) | Q(cancelled__lte=before))
        .values_list("pk", flat=True)
    )
    count, _rows = CustomsId.objects.filter(Q(pk__in=list(ended)) | Q(created_at__lte=at_most)).delete()
    return count


@transaction.atomic
def rotate_customs_ids() -> int:
    """Seal every kept number anew with the newest key. Raises CannotOpen and changes nothing if one cannot be opened."""
    rows = list(CustomsId.objects.select_for_update())
    for row in rows:
        row.sealed = reseal(row.sealed)
    CustomsId.objects.bulk_update(rows, ["sealed"], batch_size=500)
    return len(rows)
