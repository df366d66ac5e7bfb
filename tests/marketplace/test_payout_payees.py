"""Where the money goes: only the owner says so, a second person approves it, nobody sees it whole (case 46)."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from marketplace.payments import attention, outbox
from marketplace.payments.models import Attention, Payee
from marketplace.payments.payouts import accounts, payees
from marketplace.payments.payouts.errors import BadPayee, NotOnTheWay, SamePerson
from tests.factories import make_member, make_user, make_village, make_workshop
from tests.factories.places import PASSWORD
from tests.marketplace.payouts import IBAN, books, clerks, make_terms

pytestmark = pytest.mark.django_db


def make_house():
    make_terms("VN", "CA")
    workshop = make_workshop(village=make_village(), code_prefix="SML")
    owner = make_member(workshop, email="hoa@example.com")
    helper = make_member(workshop, email="lan@example.com", role="helper")
    return workshop, owner, helper, *clerks()


@pytest.fixture
def house(settings, recorded, db):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "CA"
    return recorded(make_house)


def change(workshop, by, **changes):
    values = {"password": PASSWORD, "route": "bank_file", "currency": "VND", "holder_name": "Hoa", "account": IBAN}
    return payees.change_payee(workshop=workshop, by=by, **values | changes)


def test_the_account_is_sealed_and_masked(house):
    workshop, owner, _helper, _one, two = house
    row = payees.approve_payee(payee=change(workshop, owner), by=two)
    assert (row.masked, payees.account_of(row)) == ("•••• 3000", IBAN)
    assert IBAN not in row.sealed
    assert IBAN not in str(list(ModelLogEntry.objects.values_list("data", flat=True)))
    sealed = row.sealed
    assert payees.reseal_accounts() == 1
    row.refresh_from_db()
    assert row.sealed != sealed and payees.account_of(row) == IBAN


@pytest.mark.parametrize(
    ("who", "changes", "field"),
    [
        ("owner", {"password": "wrong"}, "password"),
        ("owner", {"password": ""}, "password"),
        ("helper", {}, ""),
        ("stranger", {}, ""),
        ("owner", {"account": "DE89370400440532013001"}, "account"),
        ("owner", {"account": "=1+1"}, "account"),
        ("owner", {"account": "12345٦٧"}, "account"),
        ("owner", {"account": " "}, "account"),
        ("owner", {"account": "9" * 35}, "account"),
        ("owner", {"holder_name": "  "}, "holder_name"),
        ("owner", {"route": "stripe_transfer", "account": "acct_1abcdef"}, "route"),
        ("owner", {"route": "carrier_pigeon"}, "route"),
        ("owner", {"currency": "USD"}, "route"),
        ("owner", {"route": "mobile_money", "account": "0912345678"}, "account"),
        ("owner", {"route": "cooperative_bulk"}, "through"),
    ],
)
def test_who_or_what_is_wrong_is_refused_and_nothing_written(house, who, changes, field):
    workshop, owner, helper, *_clerks = house
    by = {"owner": owner, "helper": helper, "stranger": make_user()}[who]
    before = books()
    with pytest.raises(BadPayee) as refused:
        change(workshop, by, **changes)
    assert (refused.value.field, books(), Payee.objects.count()) == (field, before, 0)
    assert str(refused.value)


def test_a_cooperative_of_another_economy_cannot_be_paid_for_us(house):
    workshop, owner, *_rest = house
    abroad = make_workshop(village=make_village(economy="TH"), kind="cooperative")
    with pytest.raises(BadPayee):
        change(workshop, owner, route="cooperative_bulk", account="", through=abroad)


def test_every_member_is_told_at_the_address_of_before(house):
    workshop, owner, *_rest = house
    change(workshop, owner)
    assert outbox.deliver()["done"] == 1
    (letter,) = mail.outbox
    assert sorted(letter.to) == ["hoa@example.com", "lan@example.com"]
    assert "•••• 3000" in letter.body and IBAN not in letter.body


@pytest.mark.parametrize("who", ["owner", "helper"])
def test_nobody_of_the_workshop_can_approve_it(house, who):
    workshop, owner, helper, *_clerks = house
    row = change(workshop, owner)
    by = {"owner": owner, "helper": helper}[who]
    before = books()
    for verb in (payees.approve_payee, lambda **given: payees.refuse_payee(why="no", **given)):
        with pytest.raises(SamePerson):
            verb(payee=row, by=by)
    assert books() == before
    with pytest.raises(IntegrityError, match="payee_four_eyes"), transaction.atomic():
        Payee.objects.filter(pk=row.pk).update(decided_by=owner)


def test_a_new_one_replaces_the_old_only_when_it_is_approved(house):
    workshop, owner, _helper, one, two = house
    first = payees.approve_payee(payee=change(workshop, owner), by=one)
    second = change(workshop, owner, account="11112222")
    assert payees.payee_of(workshop, "VND") == first
    third = change(workshop, owner, account="33334444")
    with pytest.raises(NotOnTheWay):
        payees.approve_payee(payee=second, by=two)
    payees.approve_payee(payee=third, by=two)
    payees.approve_payee(payee=third, by=two)
    states = dict(Payee.objects.values_list("pk", "state"))
    assert states == {first.pk: "replaced", second.pk: "replaced", third.pk: "active"}


def test_refused_the_old_one_goes_on(house):
    workshop, owner, _helper, one, two = house
    first = payees.approve_payee(payee=change(workshop, owner), by=one)
    second = payees.refuse_payee(payee=change(workshop, owner, account="11112222"), by=two, why="not hers")
    assert (payees.payee_of(workshop, "VND"), second.state, second.note) == (first, "refused", "not hers")


def matters() -> list[tuple]:
    return list(Attention.objects.order_by("pk").values_list("kind", "answer", "reason", "closed_by"))


def test_each_change_is_one_matter_which_closes_with_it(house):
    workshop, owner, _helper, one, two = house
    first = change(workshop, owner)
    assert matters() == [("payee_waits", "", "", None)]
    second = change(workshop, owner, account="11112222")
    for _twice in range(2):
        payees.refuse_payee(payee=second, by=one, why="not hers")
    third = change(workshop, owner, account="33334444")
    for _twice in range(2):
        payees.approve_payee(payee=third, by=two)
    assert matters() == [
        ("payee_waits", "replaced", "", owner.pk),
        ("payee_waits", "refuse", "not hers", one.pk),
        ("payee_waits", "approve", "", two.pk),
    ]
    assert [row.details["payee"] for row in Attention.objects.order_by("pk")] == [first.pk, second.pk, third.pk]


@pytest.mark.parametrize(("code", "state"), [("approve", "active"), ("refuse", "refused")])
def test_the_answer_to_the_matter_decides(house, code, state):
    workshop, owner, _helper, _one, two = house
    row, matter = change(workshop, owner), Attention.objects.get()
    attention.give_answer(row=matter, code=code, by=two, reason="called her")
    row.refresh_from_db()
    assert (row.state, row.decided_by, matters()) == (state, two, [("payee_waits", code, "called her", two.pk)])
    written = ModelLogEntry.objects.filter(action="marketplace.attention_answered")
    assert written.count() == 1


@pytest.mark.parametrize("code", ["approve", "refuse", "settled"])
def test_nobody_of_the_workshop_answers_it_even_with_every_right(house, code):
    workshop, owner, helper, *_clerks = house
    change(workshop, owner)
    helper.is_staff = helper.is_superuser = True
    helper.save()
    before = (books(), matters())
    with pytest.raises(attention.CannotAnswer):
        attention.give_answer(row=Attention.objects.get(), code=code, by=helper, reason="mine")
    assert (books(), matters()) == before


@pytest.mark.parametrize(("text", "masked"), [("1234", "•••• 34"), ("1", "••••"), ("", ""), ("123456789", "•••• 6789")])
def test_a_mask_never_shows_more_than_half(text, masked):
    assert accounts.mask(text) == masked
