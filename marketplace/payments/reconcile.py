"""Reconcile: what a lost message, a crash or a closed laptop left behind is asked about and finished, once.

The payment service is asked about everything open: unpaid orders, refunds on their way, disputes; and which payments it
knows that no order knows. Once it does not answer, it is not asked again in this run: what needs no answer goes on.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from marketplace.payments import states, strays
from marketplace.payments.confirming import apply_facts, expire
from marketplace.payments.disputes import take_dispute
from marketplace.payments.gateway import GatewayDown, get_gateway
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.refund_news import take_refund

log = logging.getLogger(__name__)
State = Payment.State
OUTCOMES = ("paid", "expired", "waiting", "mismatch", "unreachable", "failed", "refunds", "disputes", "strays")
DAY = timedelta(days=1)


def reconcile(*, now: datetime | None = None) -> dict[str, int]:
    """Finish what was lost; give back what nobody paid in time. Answers counts by OUTCOMES: unpaid orders by what became
    of them; "refunds" and "disputes" that changed; "strays", payments that no order knew; "unreachable", those of which
    the payment service could not be asked; "failed".

    Safe to run at any time and twice at once. What fails is logged and does not keep the others waiting.
    """
    run = _Run(now or timezone.now())
    for payment in _from_another(list(_unpaid(run.now)), run.now):
        run.do(f"order {payment.order.number}", lambda asking, p=payment: _reconcile_one(p, run.now, asking))
    for refund in Refund.objects.filter(state=Refund.State.SENDING).exclude(gateway_refund="").order_by("pk"):
        run.do(f"refund {refund.number}", lambda asking, r=refund: _ask_refund(r, asking))
    for dispute in Dispute.objects.filter(state=Dispute.State.OPEN).order_by("pk"):
        run.do(f"dispute {dispute.gateway_dispute}", lambda asking, d=dispute: _ask_dispute(d, asking))
    run.look(strays.find(since=run.now - timedelta(hours=settings.MARKETPLACE_RECONCILE_HOURS)))
    return run.counts()


class _Run:
    """One pass: counts what happened, and knows whether asking still makes sense."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.asking = True
        self._found: Counter = Counter()
        self._until = time.monotonic() + settings.MARKETPLACE_RECONCILE_SECONDS

    def do(self, what: str, deed: Callable[[bool], str]) -> None:
        """``deed`` is told whether it may ask, and answers an outcome, or "" for nothing new."""
        self.asking = self.asking and time.monotonic() < self._until
        try:
            outcome = deed(self.asking)
        except GatewayDown as problem:
            log.warning("%s: %s", what, problem)
            self.asking, outcome = False, "unreachable"
        except Exception:
            log.exception("%s could not be reconciled", what)
            outcome = "failed"
        if outcome:
            self._found[outcome] += 1

    def look(self, found: Iterable) -> None:
        """``found`` asks page by page, and yields what each payment at the service turned out to be."""
        rows = iter(found)
        while self.asking:
            self.do("payments at the payment service", lambda asking: next(rows, "over"))
            if self._found.pop("over", 0):
                return

    def counts(self) -> dict[str, int]:
        return {name: self._found[name] for name in OUTCOMES}


def _from_another(rows: list, now: datetime) -> list:
    """Each minute's run begins with another one: an order that the service cannot tell about keeps the rest waiting once."""
    first = int(now.timestamp() // 60) % len(rows) if rows else 0
    return rows[first:] + rows[:first]


def _unpaid(now: datetime) -> Iterable[Payment]:
    """Those that wait, and those whose slow method may have brought money after all."""
    slow = now - timedelta(days=settings.MARKETPLACE_SLOW_METHOD_DAYS)
    after_all = Q(state=State.EXPIRED, expires_at__gt=slow) & Q(expires_at__gt=F("created_at") + DAY)
    rows = Payment.objects.filter(Q(state__in=states.UNPAID) | after_all)
    return rows.select_related("order").order_by("pk")


def _reconcile_one(payment: Payment, now: datetime, asking: bool) -> str:
    overdue = payment.expires_at <= now
    if not payment.gateway_session:
        return _reconcile_unopened(payment, overdue)
    if not asking:
        return "unreachable"
    gateway, was = get_gateway(), payment.state
    close = overdue and was == State.PENDING
    facts = (gateway.close_checkout if close else gateway.look_up)(payment.gateway_session)
    if problem := apply_facts(payment=payment, facts=facts):
        log.warning("order %s: %s", payment.order.number, problem)
        return "mismatch"
    if overdue and was == State.PROCESSING:
        _stop_waiting(payment, now)
    return _outcome(payment, was)


def _stop_waiting(payment: Payment, now: datetime) -> None:
    """Even the news of its voucher had time to come. If money comes after all, it is late money."""
    with transaction.atomic():
        locked = states.locked(payment)
        if locked.state == State.PROCESSING and locked.expires_at <= now:
            expire(locked)


def _reconcile_unopened(payment: Payment, overdue: bool) -> str:
    """No hosted page is known, so it can only have been opened by a call whose answer was lost; it closes by itself."""
    if not overdue or payment.state == State.EXPIRED:
        return "waiting" if payment.state != State.EXPIRED else ""
    with transaction.atomic():
        locked = states.locked(payment)
        if locked.state == State.PENDING and not locked.gateway_session:
            expire(locked)
    return _outcome(payment, State.PENDING)


def _outcome(payment: Payment, was: str) -> str:
    payment.refresh_from_db()
    if payment.state == was == State.EXPIRED:
        return ""
    names = {State.PAID: "paid", State.EXPIRED: "expired", State.ATTENTION: "mismatch", State.REFUNDED: "mismatch"}
    return names.get(payment.state, "waiting")


def _ask_refund(refund: Refund, asking: bool) -> str:
    if not asking:
        return "unreachable"
    if problem := take_refund(facts=get_gateway().look_up_refund(refund.gateway_refund), refund=refund):
        log.warning("refund %s: %s", refund.number, problem)
        return "mismatch"
    before = refund.state
    refund.refresh_from_db()
    return "refunds" if refund.state != before else ""


def _ask_dispute(dispute: Dispute, asking: bool) -> str:
    if not asking:
        return "unreachable"
    if problem := take_dispute(facts=get_gateway().look_up_dispute(dispute.gateway_dispute)):
        log.warning("dispute %s: %s", dispute.gateway_dispute, problem)
        return "mismatch"
    dispute.refresh_from_db()
    return "disputes" if dispute.state != Dispute.State.OPEN else ""
