"""Approving a batch, and what becomes of its payouts: one person prepares, another approves, each step posts once."""

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from marketplace.money import Money
from marketplace.payments import audit
from marketplace.payments.models import Account, Payee, Payout, PayoutBatch, Posting
from marketplace.payments.payouts import member_shares, posting
from marketplace.payments.payouts.balances import Position, Standing
from marketplace.payments.payouts.errors import (
    BatchChanged,
    FileDiffers,
    NotOnTheWay,
    PayoutRefused,
    SamePerson,
)
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.payees import account_of
from marketplace.payments.payouts.preparing import (
    cut,
    due_lines,
    locked_positions,
    offers_of,
    paused_payees,
    total_of,
    withdrawn_words,
    write_lines,
)
from marketplace.payments.payouts.routes import BatchFile, File, FileRow
from marketplace.signals import payout_left

Batch, State = PayoutBatch.State, Payout.State


def approve(*, batch: PayoutBatch, by, expected: Money) -> PayoutBatch:
    """The second person lets the money go; ``expected`` is the total that she saw. Approved twice is approved once.

    What was disputed or given back since the batch was prepared is taken out under the lock. If that changes the total
    she is asked again: raises BatchChanged, with the money taken out. Raises SamePerson and NotOnTheWay.
    """
    with transaction.atomic():
        row = _lock(batch)
        if row.state in (Batch.APPROVED, Batch.SETTLED):
            return row
        _refuse_approver(row, by)
        payouts = _take_out(row)
        total = total_of(row)
        if total == expected and payouts:
            return _let_go(row, payouts, by)
        if not payouts:
            _change(row, state=Batch.CANCELLED)
        audit.record(action="marketplace.payout_refused", instance=row, by=by, details={"total": total.amount})
    text = _("Since this page was shown, money was taken out of the batch. Please look at it again.")
    raise BatchChanged(text, total)


def _lock(batch: PayoutBatch) -> PayoutBatch:
    return PayoutBatch.objects.select_for_update().get(pk=batch.pk)


def _change(row: PayoutBatch, **values) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _refuse_approver(row: PayoutBatch, by) -> None:
    if row.state != Batch.PREPARED:
        raise NotOnTheWay(_("This batch was called off."))
    if row.prepared_by_id == by.pk:
        raise SamePerson(_("Whoever prepared a batch cannot approve it. A second person must look at it."))


def _let_go(row: PayoutBatch, payouts: Iterable[Payout], by) -> PayoutBatch:
    _change(row, state=Batch.APPROVED, approved_by=by, approved_at=timezone.now())
    start = routes[row.route].start
    for payout in payouts:
        payout.state = State.TRANSIT
        payout.save(update_fields=["state"])
        posting.approved(payout)
        member_shares.freeze(payout)
        if start:
            start(payout)
        payout_left.send(sender=Payout, payout=payout)
    audit.record(action="marketplace.payout_approved", instance=row, by=by, after={"total": total_of(row).amount})
    return row


def _take_out(row: PayoutBatch) -> list[Payout]:
    """Bring the batch to what may be paid now, never to more; answers the payouts that are left. Payments are locked."""
    payouts = list(
        row.payouts.filter(state=State.PREPARED)
        .select_related("workshop__village", "agency", "payee__workshop__village", "payee__agency")
        .prefetch_related("lines")
    )
    offers = offers_of(payouts, timezone.localdate(row.as_of))
    positions = locked_positions([payout.holder for payout in payouts], row.currency, offers, row.as_of)
    usable = _usable_payees(payouts)
    left = []
    for payout in payouts:
        offer = offers.get(payout.holder)
        lines = _lines_left(payout, positions[payout.holder]) if offer and payout.payee_id in usable else []
        if lines == [(line.consignment_id, line.amount) for line in payout.lines.all()]:
            left.append(payout)
            continue
        part = cut(lines, offer, row.currency) if lines else None
        if part is None:
            _withdraw(payout)
            continue
        payout.lines.all().delete()
        payout.amount, payout.fee, payout.shop_fee = part.amount.amount, part.fee.amount, part.shop_fee.amount
        payout.save(update_fields=["amount", "fee", "shop_fee"])
        write_lines(payout, part)
        left.append(payout)
    return left


def _usable_payees(payouts: Iterable[Payout]) -> set[int]:
    """Payees that are still in use, with no change waiting for approval and no pause."""
    ids = [payout.payee_id for payout in payouts]
    paused = paused_payees([payout.payee for payout in payouts])
    active = set(Payee.objects.filter(pk__in=ids, state=Payee.State.ACTIVE).values_list("pk", flat=True))
    changing = set(Payee.objects.filter(state=Payee.State.WAITING).values_list("workshop", "agency", "currency"))
    return {
        row.payee_id
        for row in payouts
        if row.payee_id in active - paused and (row.workshop_id, row.agency_id, row.currency) not in changing
    }


def _lines_left(payout: Payout, positions: Iterable[Position]) -> list:
    """Of the payout's lines what is still due, at most what it took; and all that is to be netted now."""
    now = {row.consignment.pk if row.consignment else None: row for row in positions}
    due = dict(due_lines(now.values()))
    lines = []
    for line in payout.lines.all():
        amount = min(line.amount, due.get(line.consignment_id, 0)) if line.amount > 0 else due.get(line.consignment_id, 0)
        if amount:
            lines.append((line.consignment_id, amount))
    known = {line.consignment_id for line in payout.lines.all()}
    back = [(pk, row.owed.amount) for pk, row in now.items() if row.standing == Standing.BACK and pk not in known]
    return [*lines, *back]


def _withdraw(payout: Payout) -> None:
    payout.state, payout.note = State.WITHDRAWN, withdrawn_words()
    payout.save(update_fields=["state", "note"])


@transaction.atomic
def cancel(*, batch: PayoutBatch, by) -> PayoutBatch:
    """Call a batch off before anybody approved it; everything in it is due again. Raises NotOnTheWay."""
    row = _lock(batch)
    if row.state == Batch.CANCELLED:
        return row
    if row.state != Batch.PREPARED:
        raise NotOnTheWay(_("This batch was approved: its payouts can only arrive or fail."))
    for payout in row.payouts.filter(state=State.PREPARED):
        payout.state, payout.note = State.WITHDRAWN, _("The batch was called off.")
        payout.save(update_fields=["state", "note"])
    _change(row, state=Batch.CANCELLED)
    audit.record(action="marketplace.payout_refused", instance=row, by=by)
    return row


@sensitive_variables()
@transaction.atomic
def export(*, batch: PayoutBatch, by) -> File:
    """The file of an approved batch; asked for again, the same bytes, so that no bank takes it for a second one.

    Its total is that of the books. Raises NotOnTheWay, FileDiffers, PayoutRefused and CannotOpen.
    """
    row = _lock(batch)
    if row.state not in (Batch.APPROVED, Batch.SETTLED):
        raise NotOnTheWay(_("There is a file as soon as a second person has approved the batch."))
    content = _content(row)
    _refuse_other_total(row, content)
    file = routes[row.route].function(content)
    if file is None:
        raise PayoutRefused(_("This way of paying needs no file."))
    digest = hashlib.sha256(file.data).hexdigest()
    if row.file_digest and row.file_digest != digest:
        raise FileDiffers(_("The file is not the one that was exported before. Nothing was exported."))
    if not row.exported_at:
        _change(row, exported_at=timezone.now(), file_digest=digest)
    audit.record(action="marketplace.payout_exported", instance=row, by=by, details={"sha256": digest})
    return file


@sensitive_variables()
def _content(row: PayoutBatch) -> BatchFile:
    payouts = row.payouts.exclude(state=State.WITHDRAWN).select_related("workshop", "agency", "payee__through").order_by("pk")
    rows = tuple(_file_row(payout) for payout in payouts.prefetch_related("lines__consignment", "workshop__texts__locale"))
    on = timezone.localdate(row.approved_at)
    return BatchFile(row.number, row.route, row.currency, on, settings.MARKETPLACE_SHOP_NAME, rows)


@sensitive_variables()
def _file_row(payout: Payout) -> FileRow:
    payee, through, holder = payout.payee, payout.payee.through, payout.holder
    if through is not None:
        payee = _payee_through(payout)
    return FileRow(
        number=payout.number,
        name=str(holder.owner),
        code=holder.code,
        language=holder.language,
        holder=payee.holder_name,
        bank=payee.bank,
        account=account_of(payee),
        net=Money(payout.net, payout.currency),
        consignments=tuple(line.consignment.number for line in payout.lines.all() if line.consignment),
        through=through.code_prefix if through else "",
    )


@sensitive_variables()
def _payee_through(payout: Payout) -> Payee:
    """The co-operative's payee of when the batch was approved: what is on its way is not turned elsewhere by a change."""
    through, on = payout.payee.through, payout.batch.approved_at
    values = {"name": str(through)}
    payees = Payee.objects.filter(workshop=through, currency=payout.currency, decided_at__isnull=False)
    before = payees.filter(decided_at__lte=on).exclude(state=Payee.State.REFUSED).order_by("-decided_at").first()
    if before is None:
        if not payees.filter(state=Payee.State.ACTIVE).exists():
            raise PayoutRefused(_("Nobody has approved yet where the co-operative %(name)s is paid.") % values)
        before = payees.get(state=Payee.State.ACTIVE)
    return before


def _refuse_other_total(row: PayoutBatch, content: BatchFile) -> None:
    keys = [posting.key_of(number, "approved") for number in (line.number for line in content.rows)]
    postings = Posting.objects.filter(account=Account.PAYOUTS_IN_TRANSIT, entry__key__in=keys, currency=row.currency)
    booked = -sum(postings.values_list("amount", flat=True))
    if booked != content.total.amount:
        raise FileDiffers(_("The file's total is not that of the books. Nothing was exported."))


audit.add_action("marketplace.payout_exported", _("Exported the file of a payout"))
