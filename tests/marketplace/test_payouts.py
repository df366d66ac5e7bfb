"""Paying the workshops: prepared by one, approved by another, posted once, to the minor unit."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.money import Money
from marketplace.payments import ledger
from marketplace.payments.models import Account, Dispute, Payee, Payout, PayoutBatch
from marketplace.payments.payouts import batches, payees, settling
from marketplace.payments.payouts.balances import Standing, balance_of, payouts_frozen
from marketplace.payments.payouts.errors import (
    BatchChanged,
    FileDiffers,
    NotOnTheWay,
    PayoutRefused,
    SamePerson,
)
from marketplace.payments.payouts.preparing import prepare, total_of
from marketplace.payments.payouts.scheduled import prepare_scheduled
from marketplace.payments.payouts.terms import TermsBook
from tests.factories import make_member, make_village, make_workshop
from tests.marketplace.payouts import (
    IBAN,
    approve,
    books,
    clerks,
    earn,
    make_payee,
    make_terms,
    owed,
    owner_of,
    prepared,
    take_back,
    zero_sum,
)

pytestmark = pytest.mark.django_db


def workshop_in(economy: str = "VN", **fields):
    workshop = make_workshop(village=make_village(economy=economy), **fields)
    make_member(workshop)
    return workshop


def make_shop():
    make_terms("VN", "TW", "PH")
    maker, checker = clerks()
    workshop = workshop_in(code_prefix="SML")
    make_payee(workshop, by=checker)
    return workshop, maker, checker


@pytest.fixture
def shop(settings, recorded, db):
    """A workshop in Viet Nam that is paid by bank, and two people of the shop, whose own account is in Singapore."""
    settings.MARKETPLACE_PLATFORM_ECONOMY = "SG"
    return recorded(make_shop)


def offer_of(workshop, route: str = "bank_file", currency: str = ""):
    economy = workshop.village.economy
    return TermsBook([economy.pk]).offer(economy.pk, route, currency or economy.currency, timezone.localdate())


def in_transit(workshop) -> Decimal:
    currency = workshop.village.economy.currency
    return -ledger.balance(Account.PAYOUTS_IN_TRANSIT, holder=workshop.code_prefix, currency=currency).amount


def account(name: str, currency: str) -> Decimal:
    return ledger.balance(name, currency=currency).amount


def test_a_payout_from_delivery_to_the_bank(shop):
    workshop, maker, checker = shop
    earn(workshop, "1200000")
    batch = prepared("VND", maker)
    assert (total_of(batch), owed(workshop), in_transit(workshop)) == (Money(Decimal(1200000), "VND"), 1200000, 0)
    approve(batch, checker)
    assert (owed(workshop), in_transit(workshop), account(Account.BANK, "VND")) == (0, 1200000, 0)
    payout = batch.payouts.get()
    settling.mark_paid(payout=payout, by=maker, reference="FT26318")
    # The fee that the shop bears is the bank's 5,500; the workshop gets all.
    assert (in_transit(workshop), account(Account.BANK, "VND")) == (0, -1205500)
    assert account(Account.PAYMENT_FEES, "VND") == 5500
    payout.refresh_from_db()
    assert (payout.state, payout.reference, payout.batch.state) == ("paid", "FT26318", "settled")
    zero_sum()


def test_what_cannot_be_sent_is_carried(shop):
    """800.45 TWD: 800 goes out, 0.45 stays owed and comes with the next payout."""
    _workshop, maker, checker = shop
    workshop = workshop_in("TW")
    make_payee(workshop, by=checker)
    earn(workshop, "800.45")
    approve(batch := prepared("TWD", maker), checker)
    assert (batch.payouts.get().net, owed(workshop)) == (Decimal("800.00"), Decimal("0.45"))
    earn(workshop, "499.55")
    assert total_of(prepared("TWD", maker)) == Money(Decimal("500.00"), "TWD")
    zero_sum()


def test_a_fee_that_the_workshop_bears_is_taken_off_once(shop):
    _workshop, maker, checker = shop
    workshop = workshop_in("PH")
    make_payee(workshop, by=checker, route="mobile_money", account="+63 912 345 6789")
    earn(workshop, "1000.00")
    approve(batch := prepared("PHP", maker, "mobile_money"), checker)
    payout = batch.payouts.get()
    assert (payout.amount, payout.fee, payout.net) == (Decimal("1000.00"), Decimal("10.00"), Decimal("990.00"))
    settling.mark_paid(payout=payout, reference="M-1")
    # 990 to the workshop and 10 to the operator left the bank; no fee is left with the shop.
    assert (account(Account.BANK, "PHP"), account(Account.PAYMENT_FEES, "PHP"), owed(workshop)) == (-1000, 0, 0)
    zero_sum()


@pytest.mark.parametrize("amount", ["0.01", "249999"])
def test_below_the_minimum_nothing_is_paid_and_all_is_carried(shop, amount):
    workshop, maker, _checker = shop
    earn(workshop, amount)
    before = books()
    assert prepare(route="bank_file", currency="VND", by=maker) is None
    assert books() == before


def test_a_negative_balance_is_netted_with_the_next_payout_and_never_paid(shop):
    workshop, maker, checker = shop
    first = earn(workshop, "600000")
    approve(batch := prepared("VND", maker), checker)
    settling.mark_paid(payout=batch.payouts.get(), reference="1")
    take_back(first, "400000")
    assert owed(workshop) == -400000
    assert prepare(route="bank_file", currency="VND", by=maker) is None
    earn(workshop, "300000")
    # 100,000 to the minus is left: nothing is due, nothing is asked of the workshop.
    assert prepare(route="bank_file", currency="VND", by=maker) is None
    assert balance_of(workshop, "VND", offer_of(workshop)).payable.amount == 0
    earn(workshop, "500000")
    batch = prepared("VND", maker)
    assert total_of(batch).amount == 400000
    approve(batch, checker)
    assert owed(workshop) == 0
    assert sorted(batch.payouts.get().lines.values_list("amount", flat=True)) == [-400000, 300000, 500000]
    zero_sum()


def test_who_prepared_cannot_approve(shop):
    workshop, maker, _checker = shop
    earn(workshop, "600000")
    batch = prepared("VND", maker)
    before = books()
    with pytest.raises(SamePerson):
        approve(batch, maker)
    assert books() == before
    with pytest.raises(IntegrityError, match="payoutbatch_four_eyes"), transaction.atomic():
        PayoutBatch.objects.filter(pk=batch.pk).update(state="approved", approved_by=maker)


def test_approved_twice_has_one_effect(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    batch = prepared("VND", maker)
    approve(batch, checker)
    before = books()
    approve(batch, checker)
    batches.approve(batch=batch, by=maker, expected=Money(Decimal(1), "VND"))
    assert books() == before


def test_a_reference_that_is_too_long_is_refused_and_not_cut(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    approve(batch := prepared("VND", maker), checker)
    payout, before = batch.payouts.get(), books()
    with pytest.raises(PayoutRefused, match="longer than 120 characters"):
        settling.mark_paid(payout=payout, by=maker, reference="7" * 121)
    assert books() == before
    assert settling.mark_paid(payout=payout, by=maker, reference="7" * 120).reference == "7" * 120


def test_each_step_said_twice_is_posted_once(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    approve(batch := prepared("VND", maker), checker)
    payout = batch.payouts.get()
    settling.mark_paid(payout=payout, by=maker, reference="FT1")
    before = books()
    settling.mark_paid(payout=payout, by=checker, reference=" FT1 ")
    with pytest.raises(PayoutRefused, match="booked as arrived before, with the reference FT1"):
        settling.mark_paid(payout=payout, by=checker, reference="FT2")
    assert books() == before
    settling.mark_failed(payout=payout, by=maker, why="the bank sent it back")
    settling.mark_failed(payout=payout, by=maker, why="again")
    # What the bank took for sending it is the shop's loss.
    assert (owed(workshop), in_transit(workshop), account(Account.BANK, "VND")) == (600000, 0, -5500)
    zero_sum()


def test_a_failed_payout_is_owed_again_and_in_the_next_batch(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    approve(batch := prepared("VND", maker), checker)
    with pytest.raises(PayoutRefused):
        settling.mark_failed(payout=batch.payouts.get(), by=maker, why=" ")
    settling.mark_failed(payout=batch.payouts.get(), by=maker, why="account closed")
    assert (owed(workshop), in_transit(workshop), account(Account.BANK, "VND")) == (600000, 0, 0)
    assert total_of(prepared("VND", maker)).amount == 600000
    zero_sum()


def test_a_dispute_between_prepare_and_approve_takes_its_money_out(shop):
    workshop, maker, checker = shop
    disputed, other = earn(workshop, "300000"), earn(workshop, "500000")
    batch = prepared("VND", maker)
    seen = total_of(batch)
    Dispute.objects.create(payment=disputed.order.payment, gateway_dispute="dp_1", amount="1", currency="VND")
    with pytest.raises(BatchChanged) as refused:
        batches.approve(batch=batch, by=checker, expected=seen)
    assert (refused.value.total.amount, owed(workshop)) == (500000, 800000)
    assert [line.consignment for line in batch.payouts.get().lines.all()] == [other]
    approve(batch, checker)
    assert (owed(workshop), in_transit(workshop)) == (300000, 500000)
    why = {row.consignment: row.standing for row in balance_of(workshop, "VND", offer_of(workshop)).positions}
    assert why == {disputed: Standing.FROZEN}
    assert [payouts_frozen(row.order) for row in (disputed, other)] == [True, False]
    zero_sum()


def test_when_all_is_disputed_the_batch_is_called_off(shop):
    workshop, maker, checker = shop
    disputed = earn(workshop, "300000")
    batch = prepared("VND", maker)
    Dispute.objects.create(payment=disputed.order.payment, gateway_dispute="dp_1", amount="1", currency="VND")
    with pytest.raises(BatchChanged):
        approve(batch, checker)
    batch.refresh_from_db()
    assert (batch.state, batch.payouts.get().state, owed(workshop)) == ("cancelled", "withdrawn", 300000)
    with pytest.raises(NotOnTheWay):
        approve(batch, checker)


def test_a_refund_between_prepare_and_approve_is_netted(shop):
    workshop, maker, checker = shop
    first, _second = earn(workshop, "600000"), earn(workshop, "500000")
    batch = prepared("VND", maker)
    take_back(first, "200000")
    with pytest.raises(BatchChanged) as refused:
        batches.approve(batch=batch, by=checker, expected=Money(Decimal(1100000), "VND"))
    assert refused.value.total.amount == 900000
    approve(batch, checker)
    assert (owed(workshop), in_transit(workshop)) == (0, 900000)


def test_money_that_comes_after_prepare_waits_for_the_next_batch(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    batch = prepared("VND", maker)
    earn(workshop, "500000")
    approve(batch, checker)
    assert (owed(workshop), in_transit(workshop)) == (500000, 600000)
    assert prepare(route="bank_file", currency="VND", by=maker).payouts.get().amount == 500000


def test_prepared_twice_there_is_one_payout(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    batch = prepared("VND", maker)
    assert prepare(route="bank_file", currency="VND", by=checker) is None
    batches.cancel(batch=batch, by=maker)
    batches.cancel(batch=batch, by=maker)
    assert (owed(workshop), prepared("VND", checker).payouts.get().amount) == (600000, 600000)
    with pytest.raises(NotOnTheWay):
        approve(batch, checker)


def test_each_line_of_the_balance_says_where_it_is(shop):
    workshop, _maker, _checker = shop
    waiting, held, due = (
        earn(workshop, "100000", delivered=None), earn(workshop, "200000", delivered=3), earn(workshop, "400000", delivered=8),
    )  # fmt: skip
    balance = balance_of(workshop, "VND", offer_of(workshop))
    standings = {row.consignment: row.standing for row in balance.positions}
    assert standings == {waiting: Standing.PENDING, held: Standing.HELD, due: Standing.DUE}
    assert all(row.why for row in balance.positions)
    assert (balance.owed.amount, balance.payable.amount) == (700000, 400000)
    assert sum(row.owed.amount for row in balance.positions) == balance.owed.amount


def test_without_a_payee_nothing_comes_due_and_nothing_is_prepared(shop):
    _workshop, maker, _checker = shop
    poor = workshop_in()
    earn(poor, "900000")
    assert prepare(route="bank_file", currency="VND", by=maker) is None
    assert balance_of(poor, "VND", None).of(Standing.HELD).amount == 900000


def test_the_file_has_exactly_what_the_books_say(shop):
    workshop, maker, checker = shop
    other = workshop_in()
    make_payee(other, by=checker, holder_name="=HYPERLINK(1)", bank="+1", account="0071 0002 8834")
    earn(workshop, "600000")
    earn(other, "450000")
    batch = prepared("VND", maker)
    with pytest.raises(NotOnTheWay):
        batches.export(batch=batch, by=maker)
    approve(batch, checker)
    file = batches.export(batch=batch, by=maker)
    rows = list(csv.DictReader(io.StringIO(file.data.decode())))
    assert [(row["holder"], row["bank"], row["account"], row["amount"]) for row in rows] == [
        ("Hoa Nguyen", "Bank of Sao Mai", IBAN, "600000"),
        ("'=HYPERLINK(1)", "'+1", "007100028834", "450000"),
    ]
    booked = -account(Account.PAYOUTS_IN_TRANSIT, "VND")
    assert sum(Decimal(row["amount"]) for row in rows) == booked == 1050000
    before = books()
    assert batches.export(batch=batch, by=checker).data == file.data
    assert books() == before


def test_a_file_that_is_not_the_books_does_not_leave_the_house(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    approve(batch := prepared("VND", maker), checker)
    Payout.objects.filter(batch=batch).update(amount=700000)
    with pytest.raises(FileDiffers):
        batches.export(batch=batch, by=maker)
    batch.refresh_from_db()
    assert batch.exported_at is None


def test_a_file_that_was_exported_before_cannot_become_another(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    approve(batch := prepared("VND", maker), checker)
    batches.export(batch=batch, by=maker)
    Payee.objects.filter(workshop=workshop).update(holder_name="Somebody Else")
    with pytest.raises(FileDiffers):
        batches.export(batch=batch, by=maker)


def test_one_transfer_to_a_cooperative_with_the_shares_of_its_workshops(shop):
    _workshop, maker, checker = shop
    coop = workshop_in(kind="cooperative", code_prefix="COOP")
    make_payee(coop, by=checker, account="99887766", holder_name="Sao Mai Co-operative")
    members = [workshop_in(code_prefix=code) for code in ("CA", "CB")]
    for row, amount in zip(members, ("300000", "350000"), strict=True):
        make_payee(row, by=checker, route="cooperative_bulk", account="", through=coop)
        earn(row, amount)
    approve(batch := prepared("VND", maker, "cooperative_bulk"), checker)
    archive = zipfile.ZipFile(io.BytesIO(batches.export(batch=batch, by=maker).data))
    read = {name: list(csv.DictReader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()}
    (transfer,) = read["transfers.csv"]
    assert (transfer["account"], transfer["amount"]) == ("99887766", "650000")
    shares = [(row["workshop"], row["amount"]) for row in read[f"{batch.number}-COOP.csv"]]
    assert shares == [("CA", "300000"), ("CB", "350000")]


def test_cash_is_paid_only_with_the_signed_receipt(shop):
    _workshop, maker, checker = shop
    workshop = workshop_in()
    make_payee(workshop, by=checker, route="cash_receipt", account="")
    earn(workshop, "300500")
    approve(batch := prepared("VND", maker, "cash_receipt"), checker)
    payout = batch.payouts.get()
    # The smallest note is 1,000: 500 stay owed.
    assert (payout.net, owed(workshop)) == (300000, 500)
    assert batches.export(batch=batch, by=maker).data.startswith(b"%PDF-")
    before = books()
    with pytest.raises(PayoutRefused):
        settling.mark_paid(payout=payout, by=maker, reference="receipt 1")
    for spoilt in (b"<html>", b"", b"%PDF-" + b"x" * settling.MOST_BYTES):
        with pytest.raises(PayoutRefused):
            settling.add_evidence(payout=payout, by=maker, data=spoilt)
    assert (books(), payout.evidence.count()) == (before, 0)
    settling.add_evidence(payout=payout, by=maker, data=b"\xff\xd8\xff signed")
    settling.add_evidence(payout=payout, by=maker, data=b"\xff\xd8\xff signed")
    settling.mark_paid(payout=payout, by=maker, reference="receipt 1")
    assert (payout.evidence.count(), in_transit(workshop)) == (1, 0)


def test_a_payee_that_changed_after_prepare_gets_nothing_of_that_batch(shop):
    workshop, maker, checker = shop
    earn(workshop, "600000")
    batch = prepared("VND", maker)
    payees.change_payee(
        owner=workshop, by=owner_of(workshop), route="bank_file", currency="VND",
        holder_name="Thief", account="666666",
    )  # fmt: skip
    with pytest.raises(BatchChanged):
        approve(batch, checker)
    assert owed(workshop) == 600000
    assert prepare(route="bank_file", currency="VND", by=maker) is None


@pytest.mark.parametrize(("day", "count"), [("2026-12-01", 1), ("2026-12-02", 0), (None, 1)])
def test_the_schedule_prepares_on_its_day_and_only_once(shop, day, count):
    workshop, _maker, checker = shop
    earn(workshop, "600000")
    on = date.fromisoformat(day) if day else None
    found = prepare_scheduled(on=on)
    assert (len(found), len(prepare_scheduled(on=on))) == (count, 0)
    for batch in found:
        assert batch.prepared_by is None
        approve(batch, checker)
        assert in_transit(workshop) == 600000
