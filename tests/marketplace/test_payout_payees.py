"""Where the money goes: only the owner says so, a second person approves it, nobody sees it whole (case 46)."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from marketplace.payments import attention
from marketplace.payments.models import Attention, ContactChange, Payee
from marketplace.payments.payouts import accounts, batches, payees
from marketplace.payments.payouts.errors import BadPayee, BatchChanged, NotOnTheWay, SamePerson
from marketplace.payments.payouts.preparing import prepare
from tests.factories import make_member, make_user, make_village, make_workshop
from tests.marketplace.payouts import IBAN, approve, books, clerks, earn, make_terms

pytestmark = pytest.mark.django_db


def make_house():
    make_terms("VN", "CA")
    workshop = make_workshop(village=make_village(), code_prefix="SML")
    owner = make_member(workshop, email="hoa@example.com")
    helper = make_member(workshop, email="lan@example.com", rights=("keeps_books", "lists", "packs"))
    return workshop, owner, helper, *clerks()


@pytest.fixture
def house(settings, recorded, db):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "CA"
    return recorded(make_house)


def change(workshop, by, **changes):
    values = {"route": "bank_file", "currency": "VND", "holder_name": "Hoa", "account": IBAN}
    return payees.change_payee(owner=workshop, by=by, **values | changes)


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


def test_a_change_that_waits_is_taken_back_and_the_old_one_counts(house):
    workshop, owner, helper, _one, two = house
    old = payees.approve_payee(payee=change(workshop, owner), by=two)
    new = change(workshop, owner, account="12345678")
    before = books()
    with pytest.raises(BadPayee, match="Only the owner"):
        payees.withdraw_change(owner=workshop, currency="VND", by=helper)
    assert books() == before and payees.waiting_payee_of(workshop, "VND") == new
    assert payees.withdraw_change(owner=workshop, currency="VND", by=owner)
    assert payees.waiting_payee_of(workshop, "VND") is None and payees.payee_of(workshop, "VND") == old
    assert not Attention.objects.filter(closed_at=None).exists()
    assert not payees.withdraw_change(owner=workshop, currency="VND", by=owner)
    with pytest.raises(NotOnTheWay):
        payees.approve_payee(payee=new, by=two)


@pytest.mark.parametrize(
    ("who", "changes", "field"),
    [
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


def contact_changed(user, hours_ago: float) -> ContactChange:
    made = timezone.now() - timedelta(hours=hours_ago)
    return ContactChange.objects.create(
        user=user, kind="email", old="a@x.test", new="b@x.test", made_at=made, until=made + timedelta(hours=72),
        stop_hash=f"{user.pk}-{hours_ago}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "payee_days_ago", "change_hours_ago", "paid"),
    [
        ("owner", 0, 1, False),  # her address changed, then the payee
        ("owner", 2, 1, False),  # the payee first
        ("owner", 4, 1, True),  # entered long before
        ("owner", 0, 73, True),  # the old address had its time
        ("helper", 0, 1, True),  # neither owner nor who entered it
        ("stranger", 0, 1, True),
    ],
)
def test_a_payee_entered_around_a_change_of_the_owners_address_waits(house, who, payee_days_ago, change_hours_ago, paid):
    workshop, owner, helper, one, two = house
    row = payees.approve_payee(payee=change(workshop, owner), by=two)
    Payee.objects.filter(pk=row.pk).update(entered_at=timezone.now() - timedelta(days=payee_days_ago))
    earn(workshop, "500000")
    contact_changed({"owner": owner, "helper": helper, "stranger": make_user()}[who], change_hours_ago)
    before = books()
    batch = prepare(route="bank_file", currency="VND", by=one)
    assert (batch is not None) == paid
    assert paid or books() == before


def test_what_was_prepared_before_her_address_changed_is_not_approved(house):
    workshop, owner, _helper, one, two = house
    payees.approve_payee(payee=change(workshop, owner), by=two)
    earn(workshop, "500000")
    batch = prepare(route="bank_file", currency="VND", by=one)
    contact_changed(owner, 0.1)
    postings = books()["postings"]
    with pytest.raises(BatchChanged):
        approve(batch, two)
    assert books()["postings"] == postings


def test_paid_through_a_cooperative_whose_own_payee_waits_nobody_is_paid(house):
    workshop, owner, _helper, one, two = house
    hall = make_workshop(village=workshop.village, kind="cooperative", code_prefix="COOP")
    chief = make_member(hall)
    payees.approve_payee(payee=change(hall, chief), by=two)
    payees.approve_payee(payee=change(workshop, owner, route="cooperative_bulk", account="", through=hall), by=two)
    earn(workshop, "500000")
    moved = contact_changed(chief, 1)
    assert prepare(route="cooperative_bulk", currency="VND", by=one) is None
    moved.delete()
    assert prepare(route="cooperative_bulk", currency="VND", by=one) is not None


def test_a_file_on_its_way_pays_the_cooperatives_account_of_when_it_was_approved(house):
    workshop, owner, _helper, one, two = house
    hall = make_workshop(village=workshop.village, kind="cooperative", code_prefix="COOP")
    chief = make_member(hall)
    payees.approve_payee(payee=change(hall, chief, account="11112222"), by=two)
    payees.approve_payee(payee=change(workshop, owner, route="cooperative_bulk", account="", through=hall), by=two)
    earn(workshop, "500000")
    approve(batch := prepare(route="cooperative_bulk", currency="VND", by=one), two)
    payees.approve_payee(payee=change(hall, chief, account="99998888"), by=two)
    with zipfile.ZipFile(io.BytesIO(batches.export(batch=batch, by=two).data)) as archive:
        transfers = archive.read("transfers.csv").decode()
    assert "11112222" in transfers and "99998888" not in transfers


def test_taken_back_what_waits_counts_no_more(house):
    workshop, owner, _helper, _one, two = house
    first = payees.approve_payee(payee=change(workshop, owner), by=two)
    second = change(workshop, owner, account="11112222")
    assert payees.withdraw_waiting(entered_by=make_user(), since=timezone.now() - timedelta(days=1)) == 0
    assert payees.withdraw_waiting(entered_by=owner, since=timezone.now() - timedelta(days=1)) == 1
    assert dict(Payee.objects.values_list("pk", "state")) == {first.pk: "active", second.pk: "replaced"}
    with pytest.raises(NotOnTheWay):
        payees.approve_payee(payee=second, by=two)


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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("12", "This account number is too short."),
        ("1-2 3", "This account number is too short."),
        ("1" * 35, "This account number is too long."),
        ("12#4567", "Please write the account number with its digits and letters only."),
        ("", "Please write the account number with its digits and letters only."),
    ],
)
def test_an_account_number_that_is_none_is_told_why(text, says):
    with pytest.raises(BadPayee) as refused:
        accounts.bank_account(text)
    assert str(refused.value) == says
    assert (accounts.bank_account("12-34"), accounts.bank_account("1" * 34)) == ("1234", "1" * 34)


@pytest.mark.parametrize(("text", "masked"), [("1234", "•••• 34"), ("1", "••••"), ("", ""), ("123456789", "•••• 6789")])
def test_a_mask_never_shows_more_than_half(text, masked):
    assert accounts.mask(text) == masked
