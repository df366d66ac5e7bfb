"""What no program may decide: called once, told in a sentence, answered once by a person, with a reason.

    attention.describe("late_payment", happened=_("… %(number)s …"), advice=_("…"))
    attention.call(kind="late_payment", key=f"late:{payment.pk}", payment=payment, details={"number": …})

    @attention.answer("late_payment", "honour", title=_("Send the goods"), permission="marketplace_payments.add_refund")
    def honour(*, row: Attention, by, reason: str) -> None: ...
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.payments import audit
from marketplace.payments.models import Attention, InboxEvent, Payment
from marketplace.registry import Registry

log = logging.getLogger(__name__)
ANSWER = "marketplace_payments.change_attention"
LONGEST_REASON = 500
SETTLED = "settled"


class CannotAnswer(Exception):
    """The answer is not possible; nothing was changed. Carries a sentence for the person."""


class AlreadyAnswered(CannotAnswer):
    """Somebody, or a click before this one, has answered."""


@dataclass(frozen=True)
class Words:
    """Sentences with %(named)s places for ``details``: what happened, and what a person should do."""

    happened: str
    advice: str
    # Whether a person may say "I have settled it elsewhere"; not where the program must know how it ended.
    may_be_settled: bool = True


@dataclass(frozen=True)
class Answer:
    """One button. ``function(row=, by=, reason=)`` does it, in the transaction that closes the row; raises CannotAnswer."""

    name: str
    function: Callable
    kind: str
    code: str
    title: str
    permission: str = ANSWER
    # Drawn as a button for acts that cannot be taken back.
    serious: bool = False


class _Details(defaultdict):
    """What a sentence asks for and nobody gave is shown as "?"."""

    def __missing__(self, name: str) -> str:
        return "?"


_words: dict[str, Words] = {}
answers: Registry[Answer] = Registry("answer", Answer)
UNKNOWN = Words(
    _("Something happened that needs a person: %(kind)s."),
    _("Look at the order and the log, settle the matter, and say here how."),
)


def describe(kind: str, *, happened: str, advice: str, may_be_settled: bool = True) -> None:
    """Say in lazy translations what matters of ``kind`` are. ``kind`` and ``order`` (its number) may always be used."""
    _words[kind] = Words(happened, advice, may_be_settled)


def answer(
    kind: str, code: str, *, title: str, permission: str = ANSWER, serious: bool = False
) -> Callable[[Callable], Callable]:
    """Decorator: adds a button to matters of ``kind``. Raises AlreadyRegistered for a second of the same code."""
    return answers.register(
        f"{kind}:{code}", kind=kind, code=code, title=title, permission=permission, serious=serious
    )


def answers_for(row: Attention, user) -> list[Answer]:
    """The buttons that ``user`` has on an open row; none on a closed one."""
    if row.closed_at:
        return []
    offered = [one for one in answers if one.kind == row.kind]
    if words_for(row.kind).may_be_settled:
        offered.append(answers[f"*:{SETTLED}"])
    return [one for one in offered if user.has_perm(one.permission)]


def words_for(kind: str) -> Words:
    return _words.get(kind, UNKNOWN)


def tell(row: Attention) -> tuple[str, str]:
    """(what happened, what to do) in the active language."""
    words, details = words_for(row.kind), _Details(None, row.details)
    details["kind"] = row.kind
    details.setdefault("order", row.payment.order.number if row.payment else "–")
    return str(words.happened) % details, str(words.advice) % details


@transaction.atomic
def call(
    *,
    kind: str,
    key: str,
    details: Mapping[str, Any] | None = None,
    payment: Payment | None = None,
    event: InboxEvent | None = None,
    refund=None,
    payout=None,
) -> Attention:
    """Open a matter, once per ``key``: called again, also after it was answered, it answers the first row.

    ``details``: what the sentences are filled with, as JSON; no names or addresses.
    """
    links = {"payment": payment, "event": event, "refund": refund, "payout": payout}
    row, created = Attention.objects.get_or_create(
        key=key, defaults={"kind": kind, "details": dict(details or {}), **links}
    )
    if created:
        log.error("needs attention: %s", row, extra={"order": payment.order.number if payment else ""})
        audit.record(action="marketplace.attention_called", instance=row, details={"kind": kind})
    return row


@transaction.atomic
def give_answer(*, row: Attention, code: str, by, reason: str) -> Attention:
    """Do what the button ``code`` promises and close the row. The second of two clicks changes nothing.

    Raises AlreadyAnswered, or CannotAnswer: without a reason, for somebody who may not, or as the answer itself says.
    """
    row = _locked(row)
    offered = {one.code: one for one in answers_for(row, by)}
    if code not in offered:
        raise CannotAnswer(_("This answer is not open to you here."))
    _check_reason(reason)
    offered[code].function(row=row, by=by, reason=reason.strip())
    return _close(row, by, code, reason.strip())


@transaction.atomic
def close(*, row: Attention, by, answer: str, reason: str = "") -> Attention:
    """Close a matter that was settled by other means, such as a payment service that thought better of it.

    ``by``: None for the system itself. Raises AlreadyAnswered.
    """
    return _close(_locked(row), by, answer, reason)


def _locked(row: Attention) -> Attention:
    locked = Attention.objects.select_for_update().get(pk=row.pk)
    if locked.closed_at:
        raise AlreadyAnswered(_("This has been answered already."))
    return locked


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise CannotAnswer(_("Please say why. Whoever looks at this later will want to know."))
    if len(reason.strip()) > LONGEST_REASON:
        raise CannotAnswer(_("Please say it in at most %(most)s characters.") % {"most": LONGEST_REASON})


def _close(row: Attention, by, code: str, reason: str) -> Attention:
    row.closed_at, row.closed_by, row.answer, row.reason = timezone.now(), by, code, reason
    row.save(update_fields=["closed_at", "closed_by", "answer", "reason"])
    audit.record(
        action="marketplace.attention_answered", instance=row, by=by, details={"answer": code, "reason": reason}
    )
    return row


@answer("*", SETTLED, title=_("I have settled it"))
def _settled(*, row: Attention, by, reason: str) -> None:
    """Nothing to do: the person did it elsewhere, and says how."""
