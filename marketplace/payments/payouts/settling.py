"""What became of an approved payout: it arrived, with a reference, or it failed and is owed again."""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.payments import audit
from marketplace.payments.models import Payout, PayoutBatch, PayoutEvidence
from marketplace.payments.payouts import posting
from marketplace.payments.payouts.errors import NotOnTheWay, PayoutRefused
from marketplace.payments.payouts.known import routes
from marketplace.signals import payout_came_back

State = Payout.State
MOST_BYTES = 5 * 1024 * 1024
LONGEST_REFERENCE = Payout._meta.get_field("reference").max_length
# First bytes → media type. Anything else is no evidence; nothing of it is ever shown as a page.
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@transaction.atomic
def mark_paid(*, payout: Payout, by=None, reference: str) -> Payout:
    """The money is where it should be; ``reference`` is the bank's. Said twice, it is posted once.

    Raises NotOnTheWay, and PayoutRefused without a reference, with one that is too long or other than the one it was
    booked under, or without the signed receipt that the route wants.
    """
    row, reference = _lock(payout), reference.strip()
    if row.state == State.PAID:
        _refuse_other_reference(row, reference)
        return row
    if row.state != State.TRANSIT:
        raise NotOnTheWay(_("Only a payout that is on its way can arrive."))
    if not reference:
        raise PayoutRefused(_("Please write the reference under which the bank knows it."))
    if len(reference) > LONGEST_REFERENCE:
        text = _("The reference is longer than %(most)s characters. Please write the one that the bank gave it.")
        raise PayoutRefused(text % {"most": LONGEST_REFERENCE})
    if routes[row.batch.route].evidence and not row.evidence.exists():
        raise PayoutRefused(_("Please add the signed receipt first."))
    posting.arrived(row)
    return close(row, State.PAID, by, "marketplace.payout_paid", reference=reference)


def _refuse_other_reference(row: Payout, reference: str) -> None:
    if reference != row.reference:
        text = _("This was booked as arrived before, with the reference %(reference)s. Nothing was changed.")
        raise PayoutRefused(text % {"reference": row.reference})


@transaction.atomic
def mark_failed(*, payout: Payout, by=None, why: str = "", failure: str = Payout.Failure.OTHER) -> Payout:
    """It did not arrive, or the bank sent it back: it is owed again, and the next batch takes it up.

    ``failure`` is what its holder reads in their language; ``why`` are words of the shop, needed for another reason.
    Said twice, it is posted once. Raises NotOnTheWay, and PayoutRefused without a reason.
    """
    row = _lock(payout)
    if row.state == State.FAILED:
        return row
    if row.state not in (State.TRANSIT, State.PAID) or row.transfers.exists():
        raise NotOnTheWay(_("Only a payout that is on its way, or came back, can fail."))
    if failure not in Payout.Failure.values or (failure == Payout.Failure.OTHER and not why.strip()):
        raise PayoutRefused(_("Please say why it failed."))
    posting.failed(row, had_arrived=row.state == State.PAID)
    return close(row, State.FAILED, by, "marketplace.payout_failed", failure=failure, note=why.strip()[:300])


@transaction.atomic
def add_evidence(*, payout: Payout, by, data: bytes) -> PayoutEvidence:
    """Keep a confirmation or a signed receipt: PDF, PNG or JPEG, 5 MB at most. The same file again is kept once.

    Raises PayoutRefused.
    """
    if len(data) > MOST_BYTES:
        raise PayoutRefused(_("The file is larger than 5 MB."))
    media_type = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if media_type is None:
        raise PayoutRefused(_("Please add a PDF, or a picture as PNG or JPEG."))
    row = _lock(payout)
    if row.state in (State.PREPARED, State.WITHDRAWN):
        raise NotOnTheWay(_("Nothing of this payout is on its way."))
    digest = hashlib.sha256(data).hexdigest()
    evidence, created = PayoutEvidence.objects.get_or_create(
        payout=row, digest=digest, defaults={"media_type": media_type, "data": data, "added_by": by}
    )
    if created:
        audit.record(action="marketplace.payout_evidence", instance=row, by=by, details={"sha256": digest})
    return evidence


def _lock(payout: Payout) -> Payout:
    """The batch first, as everybody who changes payouts does."""
    PayoutBatch.objects.select_for_update().get(pk=payout.batch_id)
    rows = Payout.objects.select_related("batch", "workshop", "agency")
    return rows.select_for_update(of=("self",)).get(pk=payout.pk)


def close(row: Payout, state: str, by, action: str, **values) -> Payout:
    """Write how a locked payout ended; a batch without any on its way is settled."""
    before = row.state
    row.state, row.settled_at = state, timezone.now()
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "settled_at", *values])
    open_ones = Payout.objects.filter(batch=row.batch_id, state=State.TRANSIT)
    if not open_ones.exists():
        PayoutBatch.objects.filter(pk=row.batch_id).update(state=PayoutBatch.State.SETTLED)
    audit.record(
        action=action, instance=row, by=by, before={"state": before},
        after={"state": state, "amount": row.amount, "currency": row.currency, **values},
    )  # fmt: skip
    if state == State.FAILED:
        payout_came_back.send(sender=Payout, payout=row)
    return row
