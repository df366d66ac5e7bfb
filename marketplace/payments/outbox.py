"""Mails and calls that are done at least once, whatever crashes: written with what makes them necessary, done after.

    @outbox.handler("refund.send")
    def send_refund(message: OutboxMessage) -> None: ...

    outbox.add(kind="refund.send", key=f"refund:{refund.number}", payload={"refund": refund.pk}, payment=payment)

A handler may run again after a crash or a lost answer: it gives ``message.key`` to the other side, or looks first.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from marketplace.masking import mask
from marketplace.payments import attention, audit
from marketplace.payments.models import Attention, OutboxMessage, Payment
from marketplace.registry import Registry

log = logging.getLogger(__name__)
State = OutboxMessage.State
Handler = Callable[[OutboxMessage], None]
LONGEST_ERROR = 300
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
# Stands beside a message while it is done, and stays when nobody lived to tell what became of it.
DIED = "the process ended in the middle"
DONE, LATER, FAILED, BUSY = OUTCOMES = ("done", "later", "failed", "busy")


class Later(Exception):
    """A handler's way to say: not now, and that is nobody's fault. Tried again; logged without a traceback."""


class GiveUp(Exception):
    """A handler's way to say: this will never work. A person is called at once. Its text must be fit for staff."""


@dataclass(frozen=True)
class Entry:
    name: str
    function: Handler


handlers: Registry[Entry] = Registry("handler of outgoing messages", Entry)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Decorator: ``function(message)`` does messages of this kind. It raises when the message is not done.

    It runs in a transaction of its own that also holds the message's lock: what it writes is committed together with
    "done", or not at all. Raises AlreadyRegistered.
    """
    return handlers.register(kind)


def mail(kind: str) -> Callable[[Callable], Callable]:
    """Decorator: ``function(message)`` writes the one mail of such a message, an EmailMessage; None: there is none.

    The mail's Message-ID is made of the message's key, so that mailboxes can tell a repeat from a second mail.
    """

    def decorate(function: Callable[[OutboxMessage], EmailMessage | None]) -> Callable:
        def send(message: OutboxMessage) -> None:
            letter = function(message)
            if letter is None:
                return
            letter.extra_headers.setdefault("Message-ID", message_id(message.key))
            letter.send(fail_silently=False)

        handlers.register(kind)(send)
        return function

    return decorate


def message_id(key: str) -> str:
    """A Message-ID (RFC 5322) that is the same whenever the same message is sent; it tells nobody what the key was."""
    host = settings.SITE_URL.split("://", 1)[-1].split("/")[0].split(":")[0]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def add(
    *,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    payment: Payment | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Write a message in the caller's transaction; it is done right after the commit, and again until it is done.

    With ``after``, not before so much time is over; then ``deliver`` takes it up.

    The same key again writes nothing. ``payload``: JSON, ids and amounts only. Raises Unknown for a kind without
    handler, and TransactionManagementError outside of a transaction: a message without its cause must not exist.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("outbox.add wants to be called inside of a transaction.")
    handlers[kind]
    row = OutboxMessage(kind=kind, key=key, payload=dict(payload), payment=payment)
    if after:
        row.next_at = timezone.now() + after
    OutboxMessage.objects.bulk_create([row], ignore_conflicts=True)
    if not after:
        transaction.on_commit(partial(_wake, key), robust=True)


def _wake(key: str) -> None:
    deliver_one.enqueue(key)


@task()
def deliver_one(key: str) -> str:
    """The attempt right after the commit; whatever it leaves waiting, ``deliver`` takes up. Answers the outcome."""
    pk = OutboxMessage.objects.due(timezone.now()).filter(key=key).values_list("pk", flat=True).first()
    return BUSY if pk is None else _attempt(pk, timezone.now())


def deliver(*, now: datetime | None = None, limit: int = 100) -> dict[str, int]:
    """Do what is due at ``now``, at most ``limit`` messages, the longest waiting first.

    Answers counts: {"done", "later": to be tried again, "failed": given up, "busy": another worker has it}. Safe to
    run at any time and in any number of processes; a message that fails keeps no other waiting.
    """
    now = now or timezone.now()
    counts = Counter(dict.fromkeys(OUTCOMES, 0))
    for pk in list(OutboxMessage.objects.due(now).values_list("pk", flat=True)[:limit]):
        counts[_attempt(pk, now)] += 1
    return dict(counts)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 30 s, doubled each time, at most an hour."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)


def _attempt(pk: int, now: datetime) -> str:
    """Two steps, so that neither two workers nor a message that kills its worker can do harm.

    The attempt is counted and the next one put off before it is made: a killed process leaves a message that waits for
    its turn, and one that kills every process is given up like any other. The row stays locked while it is done.
    """
    if not _claim(pk, now):
        return BUSY
    with transaction.atomic():
        waiting = OutboxMessage.objects.filter(pk=pk, state=State.WAITING)
        message = waiting.select_for_update(skip_locked=True).first()
        if message is None:
            return BUSY
        if message.attempts > settings.MARKETPLACE_OUTBOX_ATTEMPTS:
            return _give_up(message, now)
        return _do(message, now)


@transaction.atomic
def _claim(pk: int, now: datetime) -> bool:
    message = OutboxMessage.objects.due(now).filter(pk=pk).select_for_update(skip_locked=True).first()
    if message is None:
        return False
    message.attempts += 1
    message.next_at = now + pause_after(message.attempts)
    # At the end of a series there is a better word than the last one's: see _attempt.
    if message.attempts <= settings.MARKETPLACE_OUTBOX_ATTEMPTS:
        message.last_error = DIED
    message.save(update_fields=["attempts", "next_at", "last_error"])
    return True


def _do(message: OutboxMessage, now: datetime) -> str:
    try:
        with transaction.atomic():
            handlers[message.kind].function(message)
    except Exception as problem:
        return _note(message, problem, now)
    message.state, message.done_at, message.last_error = State.DONE, timezone.now(), ""
    message.save(update_fields=["state", "done_at", "last_error"])
    return DONE


def _note(message: OutboxMessage, problem: Exception, now: datetime) -> str:
    """Mail servers quote addresses in what they answer; none is kept."""
    message.last_error = mask(f"{type(problem).__name__}: {problem}")[:LONGEST_ERROR]
    expected = isinstance(problem, (Later, GiveUp))
    log.warning("message %s: %s", message, message.last_error, exc_info=None if expected else problem)
    if isinstance(problem, GiveUp) or message.attempts >= settings.MARKETPLACE_OUTBOX_ATTEMPTS:
        return _give_up(message, now)
    message.save(update_fields=["last_error"])
    return LATER


def _give_up(message: OutboxMessage, now: datetime) -> str:
    message.state = State.FAILED
    message.save(update_fields=["state", "last_error"])
    log.error("message %s is given up after %s attempts: %s", message, message.attempts, message.last_error)
    attention.call(
        kind="outbox",
        key=f"outbox:{message.pk}:{now.isoformat()}",
        payment=message.payment,
        details={"message": message.pk, "what": message.kind, "error": message.last_error},
    )
    return FAILED


attention.describe(
    "outbox",
    happened=_("The message “%(what)s” could not be sent: %(error)s"),
    advice=_("See to the cause, then let it be sent again. Settle it elsewhere only if nobody waits for it any more."),
)


@attention.answer("outbox", "again", title=_("Send it again"))
def send_again(*, row: Attention, by, reason: str) -> None:
    """A message that was given up gets a new series of attempts, the first one after the commit."""
    message = OutboxMessage.objects.select_for_update().get(pk=row.details["message"])
    if message.state != State.FAILED:
        raise attention.CannotAnswer(_("This message does not wait to be sent again."))
    message.state, message.attempts, message.next_at = State.WAITING, 0, timezone.now()
    message.save(update_fields=["state", "attempts", "next_at"])
    audit.record(action="marketplace.message_again", instance=message, by=by, details={"key": message.key})
    transaction.on_commit(partial(_wake, message.key), robust=True)
