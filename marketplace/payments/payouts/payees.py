"""Where money goes that is owed: entered by the owner, approved by somebody of the shop, sealed, never shown whole."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from marketplace.fulfilment.sealing import reseal, seal, unseal
from marketplace.payments import attention, audit
from marketplace.payments.models import Attention, Holder, Owner, Payee, holder_of
from marketplace.payments.payouts import matters
from marketplace.payments.payouts.accounts import mask
from marketplace.payments.payouts.errors import BadPayee, NotOnTheWay, PayoutRefused, SamePerson
from marketplace.payments.payouts.routes import Route
from marketplace.payments.payouts.terms import Offer, TermsBook
from marketplace.workshops.models import Workshop

State = Payee.State
WHO_MAY = {
    "workshop": gettext_lazy("Only the owner of the workshop can change where its money goes."),
    "agency": gettext_lazy("Only the owner of the agency can change where its money goes."),
}
NOT_THEMSELVES = {
    "workshop": gettext_lazy("A second person must decide, one who does not belong to the workshop."),
    "agency": gettext_lazy("A second person must decide, one who does not belong to the agency."),
}


def payee_of(owner: Owner, currency: str) -> Payee | None:
    """The one in use."""
    return Payee.objects.filter(**holder_of(owner).where, currency=currency, state=State.ACTIVE).first()


def waiting_payee_of(owner: Owner, currency: str) -> Payee | None:
    """The one that somebody of the shop must approve before anything more is paid out."""
    return Payee.objects.filter(**holder_of(owner).where, currency=currency, state=State.WAITING).first()


def offer_of(owner: Owner, currency: str) -> Offer | None:
    """The terms of today by which it is paid in this currency; None where nobody knows where to send it."""
    payee, holder = payee_of(owner, currency), holder_of(owner)
    if payee is None:
        return None
    return TermsBook([holder.economy]).offer(holder.economy, payee.route, currency, timezone.localdate())


@sensitive_variables()
@transaction.atomic
def change_payee(
    *,
    owner: Owner,
    by,
    route: str,
    currency: str,
    holder_name: str,
    account: str = "",
    bank: str = "",
    through: Workshop | None = None,
) -> Payee:
    """A new payee, which waits for approval; what waited before is refused.

    Only who owns the workshop or agency may; the desk asks for the password first, and tells owners and book-keepers.
    Raises BadPayee; then nothing was written.
    """
    holder = holder_of(owner)
    _refuse_strangers(holder, by)
    chosen = _offered(holder, route, currency)
    kept = _account(chosen, account)
    _check_words(chosen, holder_name, through, holder)
    # One change at a time: the second of two waits here and replaces the first.
    holder.lock()
    old = payee_of(owner, currency)
    _replace_waiting(owner, currency, by)
    row = Payee.objects.create(
        **holder.where,
        route=route,
        currency=currency,
        holder_name=holder_name.strip(),
        bank=bank.strip(),
        sealed=seal(kept) if kept else "",
        masked=mask(kept),
        through=through if chosen.through else None,
        entered_by=by,
    )
    audit.record(
        action="marketplace.payee_entered", instance=row, by=by, before=_shown(old), after=_shown(row),
    )  # fmt: skip
    matters.open_for(row)
    return row


@transaction.atomic
def withdraw_change(*, owner: Owner, currency: str, by) -> bool:
    """The owner takes back a change that waits for approval: what counted before goes on to count. False: none waits.

    Raises BadPayee for whoever is not the owner; then nothing was written.
    """
    holder = holder_of(owner)
    _refuse_strangers(holder, by)
    holder.lock()
    waiting = waiting_payee_of(owner, currency)
    if waiting is None:
        return False
    _replace_waiting(owner, currency, by)
    audit.record(action="marketplace.payee_withdrawn", instance=waiting, by=by, before=_shown(waiting), after={})
    return True


def _replace_waiting(owner: Owner, currency: str, by) -> None:
    waiting = waiting_payee_of(owner, currency)
    if waiting:
        matters.close(matters.lock_open(waiting), by=by, answer="replaced")
        Payee.objects.filter(pk=waiting.pk, state=State.WAITING).update(state=State.REPLACED)


def _refuse_strangers(holder: Holder, by) -> None:
    if not holder.people.filter(user=by, is_owner=True, user__is_active=True).exists():
        raise BadPayee("", str(WHO_MAY[holder.kind]))


def _offered(holder: Holder, route: str, currency: str) -> Route:
    offer = TermsBook([holder.economy]).offer(holder.economy, route, currency, timezone.localdate())
    if offer is None or not can_use(offer.route, holder):
        raise BadPayee("route", _("This way of being paid does not exist here."))
    if not offer.exists:
        raise BadPayee("route", offer.why_not)
    return offer.route


def can_use(route: Route, holder: Holder) -> bool:
    """A co-operative hands money on to its workshops, and to nobody else."""
    return holder.kind == "workshop" or not route.through


@sensitive_variables()
def _account(route: Route, account: str) -> str:
    if not route.asks:
        return ""
    if not account.strip():
        raise BadPayee("account", _("Please say where the money should go."))
    return route.check(account)


def _check_words(route: Route, holder_name: str, through: Workshop | None, holder: Holder) -> None:
    if not holder_name.strip():
        raise BadPayee("holder_name", _("Please write the name of who receives the money."))
    if not route.through:
        return
    fits = through is not None and through.kind == Workshop.Kind.COOPERATIVE and through != holder.owner
    if not fits or through.village.economy_id != holder.economy:
        raise BadPayee("through", _("Please choose the co-operative that receives the money for you."))


def _shown(row: Payee | None) -> dict:
    return {"route": row.route, "currency": row.currency, "account": row.masked, "state": row.state} if row else {}


@transaction.atomic
def withdraw_waiting(*, entered_by, since: datetime) -> int:
    """What this person entered since then and nobody approved yet counts no more. Answers how many."""
    rows = Payee.objects.filter(entered_by=entered_by, entered_at__gte=since, state=State.WAITING)
    found = list(rows.select_related("workshop", "agency").order_by("pk"))
    for row in found:
        _replace_waiting(row.owner, row.currency, None)
        audit.record(action="marketplace.payee_refused", instance=row, before={"state": State.WAITING})
    return len(found)


@transaction.atomic
def approve_payee(*, payee: Payee, by) -> Payee:
    """The second pair of eyes: from now on the money goes there. Approved twice, it is approved once.

    Raises SamePerson and NotOnTheWay.
    """
    matter = matters.lock_open(payee)
    row = _approve(payee, by)
    matters.close(matter, by=by, answer="approve")
    return row


def _approve(payee: Payee, by) -> Payee:
    row = _waiting(payee, by, State.ACTIVE)
    if row.state == State.ACTIVE:
        return row
    same = Payee.objects.filter(**row.holder.where, currency=row.currency, state=State.ACTIVE)
    same.update(state=State.REPLACED)
    return _decide(row, State.ACTIVE, by, "marketplace.payee_approved")


@transaction.atomic
def refuse_payee(*, payee: Payee, by, why: str) -> Payee:
    """It never counted; the one in use goes on. Raises SamePerson and NotOnTheWay."""
    matter = matters.lock_open(payee)
    row = _refuse(payee, by, why)
    matters.close(matter, by=by, answer="refuse", reason=row.note)
    return row


def _refuse(payee: Payee, by, why: str) -> Payee:
    row = _waiting(payee, by, State.REFUSED)
    if row.state == State.REFUSED:
        return row
    row.note = why.strip()[:300]
    return _decide(row, State.REFUSED, by, "marketplace.payee_refused")


def _waiting(payee: Payee, by, wanted: str) -> Payee:
    row = Payee.objects.select_for_update().get(pk=payee.pk)
    if row.state not in (State.WAITING, wanted):
        raise NotOnTheWay(_("This has been decided or replaced already."))
    if row.entered_by_id == by.pk or row.holder.people.filter(user=by).exists():
        raise SamePerson(str(NOT_THEMSELVES[row.holder.kind]))
    return row


def _decide(row: Payee, state: str, by, action: str) -> Payee:
    before = _shown(row)
    row.state, row.decided_by, row.decided_at = state, by, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at", "note"])
    audit.record(action=action, instance=row, by=by, before=before, after=_shown(row))
    return row


@sensitive_variables()
def account_of(payee: Payee) -> str:
    """The whole number, for the file or call that pays and nothing else. Raises CannotOpen."""
    return unseal(payee.sealed) if payee.sealed else ""


@transaction.atomic
def reseal_accounts() -> int:
    """Seal every account anew with the first key of MARKETPLACE_PII_KEYS; answers how many. Raises CannotOpen."""
    rows = list(Payee.objects.select_for_update().exclude(sealed="").order_by("pk"))
    for row in rows:
        row.sealed = reseal(row.sealed)
    Payee.objects.bulk_update(rows, ["sealed"], batch_size=500)
    return len(rows)


audit.add_action("marketplace.payee_refused", gettext_lazy("Refused where money goes"))


@attention.answer(matters.KIND, "approve", title=gettext_lazy("Approve"), permission=matters.MAY_DECIDE)
def approve_in_answer(*, row: Attention, by, reason: str) -> None:
    """Raises CannotAnswer where approve_payee refuses."""
    try:
        _approve(matters.payee_in(row), by)
    except PayoutRefused as problem:
        raise attention.CannotAnswer(str(problem)) from problem


@attention.answer(matters.KIND, "refuse", title=gettext_lazy("Refuse"), permission=matters.MAY_DECIDE)
def refuse_in_answer(*, row: Attention, by, reason: str) -> None:
    """Raises CannotAnswer where refuse_payee refuses."""
    try:
        _refuse(matters.payee_in(row), by, reason)
    except PayoutRefused as problem:
        raise attention.CannotAnswer(str(problem)) from problem
