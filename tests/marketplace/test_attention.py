"""What no program may decide: called once, told in a sentence, answered once, by somebody who may, with a reason."""

import pytest
from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

from marketplace.payments import attention
from marketplace.payments.models import Attention
from marketplace.registry import AlreadyRegistered
from tests.factories import make_order, make_user

pytestmark = pytest.mark.django_db
KIND = "test_flood"
done: list[tuple[str, str]] = []


@pytest.fixture(autouse=True)
def kind():
    attention.describe(
        KIND, happened=_("Order %(order)s is wet: %(why)s."), advice=_("Dry it."), may_be_settled=False
    )
    attention.answer(KIND, "dry", title=_("Dry it"))(lambda *, row, by, reason: done.append((row.key, reason)))
    attention.answer(KIND, "burn", title=_("Burn it"), permission="marketplace_payments.add_refund")(_burn)
    done.clear()
    yield
    del attention._words[KIND]
    for code in ("dry", "burn"):
        attention.answers.unregister(f"{KIND}:{code}")


def _burn(*, row, by, reason) -> None:
    Attention.objects.create(kind="x", key="written before the refusal")
    raise attention.CannotAnswer("It is too wet.")


@pytest.fixture
def clerk(db):
    """May answer, but not move money."""
    user = make_user("clerk@example.com")
    user.user_permissions.set(Permission.objects.filter(codename="change_attention"))
    return user


def call(**links) -> Attention:
    return attention.call(kind=KIND, key="flood:1", details={"why": "rain"}, **links)


def state(row: Attention) -> tuple:
    row = Attention.objects.get(pk=row.pk)
    return (row.closed_at is not None, row.closed_by, row.answer, row.reason)


OPEN = (False, None, "", "")


def test_a_matter_is_opened_once_and_not_again_after_its_answer(clerk, caplog):
    payment = make_order()
    row = call(payment=payment)
    assert call().pk == row.pk
    assert attention.tell(row) == (f"Order {payment.order.number} is wet: rain.", "Dry it.")
    assert "needs attention" in caplog.text
    attention.give_answer(row=row, code="dry", by=clerk, reason="Sun.")
    assert call().pk == row.pk
    assert (Attention.objects.count(), Attention.objects.open().count()) == (1, 0)


def test_what_nobody_described_is_told_all_the_same():
    row = attention.call(kind="unheard_of", key="u", details={"x": "%(y)s %"})
    assert attention.tell(row)[0] == "Something happened that needs a person: unheard_of."
    row = attention.call(kind=KIND, key="without details")
    assert attention.tell(row)[0] == "Order – is wet: ?."


def test_the_second_of_two_clicks_changes_nothing(clerk):
    row = call()
    attention.give_answer(row=row, code="dry", by=clerk, reason=" Sun. ")
    with pytest.raises(attention.AlreadyAnswered):
        attention.give_answer(row=row, code="dry", by=clerk, reason="Wind.")
    with pytest.raises(attention.AlreadyAnswered):
        attention.close(row=row, by=None, answer="itself")
    assert done == [("flood:1", "Sun.")]
    assert state(row) == (True, clerk, "dry", "Sun.")
    assert ModelLogEntry.objects.filter(action="marketplace.attention_answered").count() == 1


@pytest.mark.parametrize(
    ("code", "reason", "why"),
    [
        ("dry", "", "say why"),
        ("dry", " \n ", "say why"),
        ("dry", "x" * 501, "500 characters"),
        ("burn", "Cold.", "not open to you"),
        ("settled", "Done.", "not open to you"),
        ("nonsense", "Done.", "not open to you"),
        ("", "Done.", "not open to you"),
    ],
)
def test_a_refused_answer_changes_nothing(clerk, code, reason, why):
    row = call()
    with pytest.raises(attention.CannotAnswer, match=why):
        attention.give_answer(row=row, code=code, by=clerk, reason=reason)
    assert (done, state(row)) == ([], OPEN)


def test_an_answer_that_turns_out_impossible_leaves_nothing_behind(cast):
    row = call()
    with pytest.raises(attention.CannotAnswer, match="too wet"):
        attention.give_answer(row=row, code="burn", by=cast.staff.user, reason="Cold.")
    assert state(row) == OPEN
    assert not Attention.objects.filter(kind="x").exists()


def test_who_may_not_sees_no_buttons(clerk, cast):
    row = call()
    codes = [one.code for one in attention.answers_for(row, cast.staff.user)]
    assert codes == ["dry", "burn"]
    assert [one.code for one in attention.answers_for(row, clerk)] == ["dry"]
    for person in cast.all_but("staff", "stranger"):
        assert attention.answers_for(row, person.user) == []
    attention.close(row=row, by=None, answer="itself", reason="The rain stopped.")
    assert state(row) == (True, None, "itself", "The rain stopped.")
    row.refresh_from_db()
    assert attention.answers_for(row, cast.staff.user) == []


def test_what_may_be_settled_elsewhere_can_be_closed_with_a_word(clerk):
    row = attention.call(kind="unheard_of", key="u")
    attention.give_answer(row=row, code="settled", by=clerk, reason="By telephone.")
    assert state(row) == (True, clerk, "settled", "By telephone.")


def test_two_answers_of_one_name_are_refused_at_once():
    with pytest.raises(AlreadyRegistered):
        attention.answer(KIND, "dry", title=_("Dry it"))(lambda **given: None)


@pytest.mark.django_db(transaction=True)
def test_two_people_answer_at_the_same_moment_and_one_counts(rival):
    """The rival answers to the end between our look at the page and our lock."""
    user = make_user("two@example.com", is_superuser=True)
    row = call()
    rival.before(
        "marketplace.payments.attention._locked",
        lambda: attention.give_answer(row=row, code="dry", by=user, reason="First."),
    )
    with pytest.raises(attention.AlreadyAnswered):
        attention.give_answer(row=row, code="dry", by=user, reason="Second.")
    assert done == [("flood:1", "First.")]
