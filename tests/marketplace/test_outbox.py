"""Mails and calls: at least once, with a key each, and never lost without a person hearing of it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from marketplace import defaults
from marketplace.payments import attention, outbox
from marketplace.payments.models import Attention, OutboxMessage
from marketplace.registry import AlreadyRegistered, Unknown
from tests.people import run_commit_hooks

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(("done", "later", "failed", "busy"), 0)


def counts(**expected: int) -> dict[str, int]:
    return NOTHING | expected


class Outside:
    """What the messages of kind "test.call" do to the world."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.problem: Exception | None = None

    def __call__(self, message: OutboxMessage) -> None:
        self.calls.append(message.key)
        if self.problem:
            raise self.problem


@pytest.fixture
def outside():
    called = Outside()
    outbox.handler("test.call")(called)
    yield called
    outbox.handlers.unregister("test.call")


@pytest.fixture(autouse=True)
def three_attempts(settings):
    settings.MARKETPLACE_OUTBOX_ATTEMPTS = 3


def add(key: str = "call:1", kind: str = "test.call") -> None:
    with transaction.atomic():
        outbox.add(kind=kind, key=key, payload={"refund": 7})


def message(key: str = "call:1") -> OutboxMessage:
    return OutboxMessage.objects.get(key=key)


def late(**ago):
    return timezone.now() + timedelta(**ago)


def test_it_is_done_right_after_the_commit_and_once(outside, commit):
    add()
    assert (outside.calls, message().state, message().attempts) == ([], "waiting", 0)
    commit()
    assert outside.calls == ["call:1"]
    done = message()
    assert (done.state, done.attempts, done.last_error, done.payload) == ("done", 1, "", {"refund": 7})
    assert done.done_at is not None
    assert outbox.deliver(now=late(days=1)) == NOTHING
    assert outside.calls == ["call:1"]


def test_the_same_key_again_writes_and_does_nothing(outside, commit):
    add()
    add()
    commit()
    add()
    commit()
    assert outside.calls == ["call:1"]
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_there_is_no_message(outside):
    with pytest.raises(transaction.TransactionManagementError):
        outbox.add(kind="test.call", key="call:1", payload={})
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.add(kind="test.call", key="call:1", payload={})
        raise ZeroDivisionError
    assert (outside.calls, OutboxMessage.objects.count()) == ([], 0)


def test_a_kind_that_nobody_does_is_refused_at_once(outside):
    with pytest.raises(Unknown):
        add(kind="test.nobody")
    with pytest.raises(AlreadyRegistered):
        outbox.handler("test.call")(lambda message: None)
    assert not OutboxMessage.objects.exists()


def test_a_failure_waits_longer_each_time_and_ends_with_a_person(outside, commit, caplog):
    outside.problem = OSError("mailbox of hoa@example.com is full, call +84 24 3825 1234")
    add()
    commit()
    waiting = message()
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    assert waiting.last_error == "OSError: mailbox of [e-mail] is full, call [phone]"
    assert outbox.deliver(now=late(seconds=29)) == NOTHING
    assert outbox.deliver(now=late(seconds=31)) == counts(later=1)
    assert outbox.deliver(now=late(seconds=31 + 59)) == NOTHING
    assert outbox.deliver(now=late(seconds=31 + 61)) == counts(failed=1)
    assert (message().state, message().attempts, len(outside.calls)) == ("failed", 3, 3)
    assert "is given up after 3 attempts" in caplog.text
    row = Attention.objects.get()
    assert (row.kind, row.details["message"], row.closed_at) == ("outbox", message().pk, None)
    happened, advice = attention.tell(row)
    assert happened == (
        "The message “test.call” could not be sent: OSError: mailbox of [e-mail] is full, call [phone]"
    )
    assert "sent again" in advice
    assert outbox.deliver(now=late(days=9)) == NOTHING


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 30), (2, 60), (7, 1920), (8, 3600), (20, 3600), (10_000, 3600)]
)
def test_pauses_double_up_to_an_hour(attempts, seconds):
    assert outbox.pause_after(attempts) == timedelta(seconds=seconds)


def test_all_attempts_end_before_stripe_forgets_a_key():
    """Stripe keeps idempotency keys for 24 hours at least."""
    pauses = map(outbox.pause_after, range(1, defaults.MARKETPLACE_OUTBOX_ATTEMPTS))
    assert sum(pauses, timedelta()) < timedelta(hours=20)


@pytest.mark.parametrize("problem", [outbox.Later("not yet"), outbox.GiveUp("no such account")])
def test_a_handler_may_say_what_its_failure_means(outside, commit, problem, caplog):
    outside.problem = problem
    add()
    commit()
    for_ever = isinstance(problem, outbox.GiveUp)
    assert message().state == ("failed" if for_ever else "waiting")
    assert Attention.objects.count() == for_ever
    assert "Traceback" not in caplog.text


def test_what_a_failed_handler_wrote_is_undone(outside, commit):
    """Also after an error of the database, which leaves nothing else to write in its transaction."""
    outbox.handlers.unregister("test.call")

    @outbox.handler("test.call")
    def writes(message):
        OutboxMessage.objects.create(kind="x", key="left over")
        OutboxMessage.objects.create(kind="x", key="left over")

    add()
    commit()
    assert (message().state, message().last_error[:14]) == ("waiting", "IntegrityError")
    assert not OutboxMessage.objects.filter(key="left over").exists()


def test_a_killed_process_leaves_the_message_waiting(outside, commit):
    """SystemExit stands for the kill: nothing behind it runs, as after os._exit."""
    outside.problem = SystemExit()
    add()
    connection.run_on_commit.clear()
    with pytest.raises(SystemExit):
        outbox.deliver()
    left = message()
    assert (left.state, left.attempts, left.last_error) == ("waiting", 1, outbox.DIED)
    assert outbox.deliver() == NOTHING
    outside.problem = None
    assert outbox.deliver(now=late(seconds=31)) == counts(done=1)
    assert outside.calls == ["call:1", "call:1"]


def test_a_message_that_kills_every_process_is_given_up_unread(outside, commit):
    outside.problem = SystemExit()
    add()
    connection.run_on_commit.clear()
    for hours in range(3):
        with pytest.raises(SystemExit):
            outbox.deliver(now=late(hours=hours))
    assert outbox.deliver(now=late(hours=3)) == counts(failed=1)
    assert (len(outside.calls), message().state, message().last_error) == (3, "failed", outbox.DIED)
    assert Attention.objects.get().details["error"] == outbox.DIED


def test_one_message_that_fails_keeps_no_other_waiting(commit):
    seen = []

    @outbox.handler("test.some")
    def some(message):
        seen.append(message.key)
        if message.key == "b":
            raise RuntimeError

    try:
        for key in "abc":
            add(key, kind="test.some")
        connection.run_on_commit.clear()
        assert outbox.deliver(limit=2) == counts(done=1, later=1)
        assert outbox.deliver() == counts(done=1)
    finally:
        outbox.handlers.unregister("test.some")
    assert seen == ["a", "b", "c"]


def test_a_person_lets_it_be_sent_again_once(outside, commit, cast, caplog):
    outside.problem = outbox.GiveUp("wrong key")
    add()
    commit()
    row, user = Attention.objects.get(), cast.staff.user
    outside.problem = None
    attention.give_answer(row=row, code="again", by=user, reason="The key is right now.")
    with pytest.raises(attention.AlreadyAnswered):
        attention.give_answer(row=row, code="again", by=user, reason="The key is right now.")
    commit()
    assert (outside.calls, message().state, message().attempts) == (["call:1", "call:1"], "done", 1)


def test_sent_again_and_failed_again_calls_again(outside, commit, cast):
    outside.problem = outbox.GiveUp("wrong key")
    add()
    commit()
    attention.give_answer(row=Attention.objects.get(), code="again", by=cast.staff.user, reason="Try.")
    commit()
    assert (message().state, Attention.objects.open().count(), Attention.objects.count()) == ("failed", 1, 2)


def test_a_mail_per_message_whose_repeat_can_be_told(commit, mailoutbox):
    letters = {"one": EmailMessage("Hello", "Text", to=["hoa@example.com"]), "none": None}
    outbox.mail("test.mail")(lambda message: letters[message.key])
    try:
        for key in letters:
            add(key, kind="test.mail")
        commit()
        OutboxMessage.objects.filter(key="one").update(state="waiting", done_at=None)
        assert outbox.deliver(now=late(days=1)) == counts(done=1)
    finally:
        outbox.handlers.unregister("test.mail")
    assert message("none").state == "done"
    first, second = [mail.message()["Message-ID"] for mail in mailoutbox]
    assert first == second == outbox.message_id("one") != outbox.message_id("none")
    assert first.endswith("@testserver>")


def test_the_command_prints_what_it_did(outside):
    add()
    connection.run_on_commit.clear()
    out = StringIO()
    call_command("deliver_outbox", stdout=out)
    assert out.getvalue() == "done 1, later 0, failed 0, busy 0\n"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_message_at_once(outside, rival):
    """Neither while the first has only begun, nor while it works."""
    add("call:1")
    assert outside.calls == ["call:1"]
    OutboxMessage.objects.update(state="waiting", done_at=None, next_at=timezone.now())
    rival.before("tests.marketplace.test_outbox.Outside.__call__", lambda: outbox.deliver(now=late(days=1)))
    assert outbox.deliver() == counts(done=1)
    assert (rival.acted, rival.answer) == (1, counts(busy=1))
    assert outside.calls == ["call:1", "call:1"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_workers_would(outside, rival, monkeypatch):
    """The test above bites."""
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda rows, **how: rows)
    add("call:1")
    OutboxMessage.objects.update(state="waiting", done_at=None, next_at=timezone.now())
    rival.before("tests.marketplace.test_outbox.Outside.__call__", lambda: outside("rival"))
    rival.before("tests.marketplace.test_outbox.Outside.__call__", lambda: outbox.deliver(now=late(days=1)))
    outbox.deliver()
    assert len(outside.calls) > 2


def test_a_task_that_comes_late_finds_nothing_to_do(outside):
    add()
    run_commit_hooks()
    assert outbox.deliver_one.call("call:1") == "busy"
    assert outbox.deliver_one.call("unknown") == "busy"
    assert outside.calls == ["call:1"]
