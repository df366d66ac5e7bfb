"""Agencies are paid as makers are, and each reads in its statement what it earned and nothing about anybody else."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pypdf import PdfReader

from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from marketplace.notices.models import Notice
from marketplace.partnerships.models import Agency, Part, Seat
from marketplace.payments.invariants import check
from marketplace.payments.models import (
    ContactChange,
    OrderVia,
    Owed,
    Payee,
    Payment,
    Payout,
    PayoutLine,
    ShareRule,
    holder_of,
)
from marketplace.payments.payouts import payees, settling
from marketplace.payments.payouts.agency_files import agency_statement_csv, agency_statement_pdf
from marketplace.payments.payouts.agency_statements import (
    LineKind,
    LineState,
    agency_statement,
    months_of_agency,
    orders_of,
)
from marketplace.payments.payouts.balances import Standing, balance_of, currencies_of
from marketplace.payments.payouts.batches import export
from marketplace.payments.payouts.errors import BadPayee, SamePerson
from marketplace.payments.payouts.preparing import prepare
from marketplace.payments.payouts.scheduled import prepare_scheduled
from tests.factories import make_agency, make_agency_terms, make_buyer, make_seat, make_user
from tests.marketplace.brought import ask, holds, order, owed, pieces
from tests.marketplace.payouts import approve, books, clerks, make_terms, prepared, zero_sum

IBAN = "DE89370400440532013000"  # the registry's own example
TODAY = timezone.localdate


def make_world():
    make_agency_terms("5", days=30)
    ShareRule.objects.create(commission="12.5", village_fund="2.5", valid_from="2026-01-01", source="Assembly")
    make_terms("TH", "VN")
    agency = make_agency("siam-walks")
    return agency, make_seat(agency, email="nok@example.com"), *clerks()


@pytest.fixture
def world(db, recorded):
    return recorded(make_world)


def entered(agency: Agency, by, **changes) -> Payee:
    values = {"route": "bank_file", "currency": "THB", "holder_name": "Chang Thong Co.", "account": IBAN, "bank": "Siam"}
    return payees.change_payee(owner=agency, by=by, **values | changes)


@pytest.fixture
def agency(world) -> Agency:
    agency, owner, one, _two = world
    payees.approve_payee(payee=entered(agency, owner), by=one)
    return agency


def deliver(payment: Payment, days_ago: int = 40) -> Payment:
    day = timezone.now() - timedelta(days=days_ago)
    Consignment.objects.filter(order=payment.order).update(state="delivered", delivered_at=day)
    return payment


def statement(agency: Agency, currency: str = "THB", month=None):
    found = agency_statement(agency, currency, month or TODAY())
    total = sum((line.amount.amount for line in found.lines), found.opening.amount)
    assert total == found.closing.amount
    return found


def states(agency: Agency) -> list[str]:
    return [line.state for line in statement(agency).lines if line.kind == LineKind.ORDER]


# Payouts


def test_two_people_pay_an_agency(world, agency, mailoutbox, commit):
    _agency, _owner, one, two = world
    make_seat(agency, email="books@example.com", parts=[Part.BOOKS])
    make_seat(agency, email="editor@example.com", parts=[Part.EDIT])
    payment = deliver(order(*pieces("400.00"), agency=agency))
    due = owed(agency)
    assert due > 350 and states(agency) == [LineState.DUE]
    batch = prepared("THB", by=one)
    payout = batch.payouts.get()
    assert (payout.holder, payout.owner, payout.workshop, payout.net) == (holder_of(agency), agency, None, due)
    with pytest.raises(SamePerson):
        approve(batch, one)
    approve(batch, two)
    assert (owed(agency), states(agency)) == (0, [LineState.SENT])
    rows = Notice.objects.filter(kind="payout_sent", user__isnull=False).order_by("user__email")
    values = {"payout": payout.number, "amount": str(due), "currency": "THB"}
    assert [(row.user.email, row.values) for row in rows] == [("books@example.com", values), ("nok@example.com", values)]
    commit()
    assert "/agency/siam-walks/money/" in next(mail for mail in mailoutbox if mail.to == ["nok@example.com"]).body
    rows = export(batch=batch, by=two).data.decode().splitlines()
    assert len(rows) == 2 and "Chang Thong Co." in rows[1] and IBAN in rows[1]
    settling.mark_paid(payout=payout, by=one, reference="BANK-7")
    balance = balance_of(agency, "THB", payees.offer_of(agency, "THB"))
    assert (balance.owed.amount, balance.in_transit.amount, balance.paid.amount) == (0, 0, due)
    assert states(agency) == [LineState.PAID]
    assert payment.order.consignments.get().payout_lines.get().payout == payout
    zero_sum()
    holds()


def test_workshops_and_agencies_of_one_currency_share_a_batch(world, agency):
    _agency, owner, one, two = world
    Payee.objects.filter(agency=agency).update(currency="VND")
    Agency.objects.update(currency="VND", economy="VN")
    agency.refresh_from_db()
    piece = pieces("400.00")[0]
    workshop = piece.partner.workshop
    maker = workshop.members.create(user=make_user(), is_owner=True).user
    values = {"route": "bank_file", "currency": "VND", "holder_name": "Hoa", "account": IBAN, "bank": "Sao Mai"}
    payees.approve_payee(payee=payees.change_payee(owner=workshop, by=maker, **values), by=one)
    deliver(order(piece, agency=agency))
    batch = prepared("VND", by=one)
    assert {row.owner for row in batch.payouts.all()} == {agency, workshop}
    approve(batch, two)
    for row in batch.payouts.all():
        settling.mark_paid(payout=row, by=one, reference="BANK-8")
    assert states(agency) == []  # its month is told in VND
    assert [line.state for line in statement(agency, "VND").lines if line.state] == [LineState.PAID]
    holds()


@pytest.mark.parametrize("days_ago, standing", [(None, Standing.PENDING), (1, Standing.HELD), (40, Standing.DUE)])
def test_nothing_is_paid_before_the_waiting_time_is_over(world, agency, days_ago, standing):
    payment = order(*pieces("400.00"), agency=agency)
    if days_ago:
        deliver(payment, days_ago)
    found = balance_of(agency, "THB", payees.offer_of(agency, "THB"))
    assert [row.standing for row in found.positions] == [standing]
    assert bool(prepare(route="bank_file", currency="THB", by=world[2])) == (standing == Standing.DUE)


def test_what_is_given_back_before_the_payout_is_not_paid(world, agency):
    payment = deliver(order(*pieces("400.00"), agency=agency))
    batch = prepared("THB", by=world[2])
    ask(payment, reason="returned")
    assert (states(agency), owed(agency)) == ([LineState.REVERSED], 0)
    with pytest.raises(Exception, match="look at it again"):
        approve(batch, world[3])
    assert (batch.payouts.get().state, prepare(route="bank_file", currency="THB", by=world[2])) == ("withdrawn", None)
    holds()


def test_what_is_given_back_after_the_payout_is_taken_off_the_next(world, agency):
    _agency, _owner, one, two = world
    first = deliver(order(*pieces("400.00"), agency=agency))
    approve(batch := prepared("THB", by=one), two)
    settling.mark_paid(payout=batch.payouts.get(), by=one, reference="BANK-9")
    paid = batch.payouts.get().net
    ask(first, reason="returned")
    assert owed(agency) == -paid and prepare(route="bank_file", currency="THB", by=one) is None
    deliver(order(*pieces("900.00"), agency=agency))
    payout = prepared("THB", by=one).payouts.get()
    assert payout.net == owed(agency) and payout.lines.filter(amount=-paid).exists()
    assert states(agency) == [LineState.REVERSED, LineState.DUE]
    holds()


def test_the_schedule_prepares_agencies_too(world, agency):
    deliver(order(*pieces("400.00"), agency=agency))
    assert [batch.payouts.get().agency for batch in prepare_scheduled(on=None)] == [agency]
    assert prepare_scheduled(on=None) == []


def test_a_closed_agency_is_still_paid_what_it_earned(world, agency):
    deliver(order(*pieces("400.00"), agency=agency))
    Agency.objects.filter(pk=agency.pk).update(stage="closed", reason="asked")
    assert prepared("THB", by=world[2]).payouts.get().agency == agency


# Where the money goes


def test_only_the_owner_says_where_and_nobody_of_the_agency_approves(world, cast):
    agency, owner, one, _two = world
    editor = make_seat(agency, parts=[Part.EDIT, Part.BOOKS])
    before = books()
    for user in (editor, cast.agency.user, cast.maker.user, cast.buyer.user, cast.staff.user):
        with pytest.raises(BadPayee, match="Only the owner of the agency"):
            entered(agency, user)
    assert books() == before
    row = entered(agency, owner)
    for user in (owner, editor):
        with pytest.raises(SamePerson):
            payees.approve_payee(payee=row, by=user)
    assert payees.payee_of(agency, "THB") is None
    payees.approve_payee(payee=row, by=one)
    assert payees.payee_of(agency, "THB") == row


def test_a_cooperative_hands_on_nothing_to_agencies(world):
    agency, owner = world[:2]
    before = books()
    with pytest.raises(BadPayee) as refused:
        entered(agency, owner, route="cooperative_bulk")
    assert (refused.value.field, books()) == ("route", before)


def test_a_change_of_the_owners_address_keeps_a_new_account_waiting(world, agency):
    owner, now = world[1], timezone.now()
    deliver(order(*pieces("400.00"), agency=agency))
    change = ContactChange.objects.create(
        user=owner, kind="email", old="a@example.com", new="b@example.com", until=now + timedelta(days=2), stop_hash="x"
    )
    assert prepare(route="bank_file", currency="THB", by=world[2]) is None
    change.delete()
    assert prepare(route="bank_file", currency="THB", by=world[2]) is not None


def test_the_database_keeps_one_holder_and_one_account(world, agency):
    _agency, owner, one, two = world
    row, workshop = Payee.objects.get(), pieces("1.00")[0].partner.workshop
    deliver(order(*pieces("400.00"), agency=agency))
    payout = prepared("THB", by=one).payouts.get()
    for rows, change in (
        (Payee.objects.filter(pk=row.pk), {"agency": None}),
        (Payee.objects.filter(pk=row.pk), {"workshop": workshop}),
        (Payee.objects.filter(pk=row.pk), {"through": workshop}),
        (Payout.objects.filter(pk=payout.pk), {"agency": None}),
        (Payout.objects.filter(pk=payout.pk), {"workshop": workshop}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    more = {"agency": agency, "route": "bank_file", "currency": "THB", "entered_by": owner}
    for state in ({"state": "active", "decided_by": two}, {"state": "waiting"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            for _twice in range(2):
                Payee.objects.create(**more, **state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.create(batch=payout.batch, number="P-2", agency=agency, payee=row, currency="THB", amount=1)


def test_a_payout_for_an_order_of_another_agency_is_found(world, agency):
    deliver(order(*pieces("400.00"), agency=agency))
    prepared("THB", by=world[2])
    holds()
    OrderVia.objects.update(agency=make_agency("other-trips"))
    name = "agency_is_paid_for_its_orders"
    assert (check(names=[name])[0].count, PayoutLine.objects.count()) == (1, 1)


def test_staff_see_agencies_payouts_and_payees(world, agency, cast):
    payment = deliver(order(*pieces("400.00"), agency=agency))
    batch, client = prepared("THB", by=world[2]), cast.staff.client
    assert "Chang Thong Travel (siam-walks) · 5 %" in client.get(reverse("orders:inspect", args=[payment.order.pk])).text
    assert "Chang Thong Travel" in client.get(reverse("payouts:inspect", args=[batch.pk])).text
    assert "Chang Thong Travel" in client.get(reverse("payees:index")).text
    page = client.get(reverse("payees:inspect", args=[Payee.objects.get().pk])).text
    assert "Chang Thong Travel" in page and IBAN not in page
    for query in ("chang", "Chang Thong Travel"):
        assert "•••• 3000" in client.get(reverse("payees:index"), {"q": query}).text
    waiting = entered(agency, world[1], account="1234567890")
    assert f"Chang Thong Travel ({agency.code}) entered a new way" in client.get(reverse("attention:index")).text
    client.post(reverse("payees:decide", args=[waiting.pk]), {"decision": "approve"})
    assert payees.payee_of(agency, "THB") == waiting


# Statements


def test_an_order_stands_once_in_its_agencys_statement_and_in_nobody_elses(world, agency):
    other = make_agency("other-trips", contact_email="other@example.com")
    two_workshops = [*pieces("400.00"), *pieces("50.00", "7.00")]
    payment = order(*two_workshops, agency=agency)
    line = statement(agency).lines[0]
    assert (len(statement(agency).lines), statement(other).lines, statement(agency, "USD").lines) == (1, (), ())
    assert (line.kind, line.number, line.subject) == (LineKind.ORDER, payment.order.number.split("-")[0], "story-7")
    assert (line.goods, line.percent, line.state) == (Money(Decimal("457.00"), "USD"), 5, LineState.WAITING)
    assert (line.amount.amount, line.why) == (owed(agency), "")
    assert line.pieces == ("Red bowl",)
    assert months_of_agency(agency, "THB") == [TODAY().replace(day=1)] and months_of_agency(other, "THB") == []
    assert currencies_of(agency) == ["THB"]


def test_an_order_is_as_far_as_its_slowest_consignment(world, agency):
    payment = order(*pieces("400.00"), *pieces("50.00"), agency=agency)
    first, second = payment.order.consignments.order_by("pk")
    Consignment.objects.filter(pk=first.pk).update(state="delivered", delivered_at=timezone.now() - timedelta(days=40))
    assert states(agency) == [LineState.WAITING]
    Consignment.objects.filter(pk=second.pk).update(state="delivered", delivered_at=timezone.now())
    assert states(agency) == [LineState.HELD]


def test_a_refund_has_a_line_of_its_own_and_the_order_says_so(world, agency):
    payment = order(*pieces("400.00"), agency=agency)
    earned = owed(agency)
    ask(payment, reason="cancelled")
    first, second = statement(agency).lines
    assert (first.state, first.amount.amount) == (LineState.REVERSED, earned)
    assert (second.kind, second.number, second.amount.amount) == (LineKind.GIVEN_BACK, first.number, -earned)
    assert statement(agency).closing.amount == 0


@pytest.mark.parametrize("who, why", [("seat", "Bought by somebody of the agency"), ("late", "More days between")])
def test_what_earns_nothing_stands_there_with_the_reason(world, agency, who, why):
    buyer = make_buyer(email="ploy@chang-thong.example") if who == "seat" else None
    payment = order(*pieces("400.00"), agency=agency, buyer=buyer, days_ago=31 if who == "late" else 0)
    (line,) = statement(agency).lines
    assert (line.amount.amount, line.state, line.number) == (0, LineState.NOTHING, payment.order.number.split("-")[0])
    assert line.why.startswith(why) and orders_of(agency, TODAY(), TODAY()) == []


def test_an_unpaid_order_is_no_order(world, agency):
    order(*pieces("400.00"), agency=agency, paid=False)
    order(*pieces("400.00"), agency=agency, paid=False, days_ago=31)
    assert (statement(agency).lines, months_of_agency(agency, "THB"), orders_of(agency, TODAY(), TODAY())) == ((), [], [])


def test_payouts_and_months_carry_on(world, agency):
    _agency, _owner, one, two = world
    deliver(order(*pieces("400.00"), agency=agency))
    earned = owed(agency)
    approve(batch := prepared("THB", by=one), two)
    payout = batch.payouts.get()
    first, second = statement(agency).lines
    assert (second.kind, second.number, second.amount.amount) == (LineKind.PAYOUT, payout.number, -payout.amount)
    assert (second.text, second.subject, second.pieces) == ("Paid out to you, Bank transfer", "", ())
    settling.mark_failed(payout=payout, by=one, why="Closed")
    assert [line.kind for line in statement(agency).lines][2:] == [LineKind.PAYOUT_FAILED]
    later = statement(agency, month=TODAY().replace(day=28) + timedelta(days=7))
    earlier = statement(agency, month=TODAY().replace(day=1) - timedelta(days=1))
    assert (later.opening.amount, later.lines, later.closing.amount) == (earned, (), earned)
    assert (earlier.opening.amount, earlier.lines, earlier.closing.amount) == (0, (), 0)
    assert first.amount.amount == earned


def test_the_charts_count_orders_and_those_given_back_whole(world, agency):
    bought = pieces("400.00")
    rows = [order(*bought, agency=agency) for _number in range(3)]
    ask(rows[0], reason="cancelled")
    ask(rows[1], "10.00")
    Payment.objects.filter(pk=rows[2].pk).update(paid_at=timezone.now() - timedelta(days=3))
    Payment.objects.filter(pk=rows[0].pk).update(state="refunded")
    found = [(row.day, row.orders, row.refunded) for row in orders_of(agency, TODAY() - timedelta(days=3), TODAY())]
    assert found == [(TODAY() - timedelta(days=3), 1, 0), (TODAY(), 2, 1)]
    assert [row.orders for row in orders_of(agency, TODAY(), TODAY())] == [2]


def test_many_orders_take_no_more_statements_than_one(world, agency, django_assert_max_num_queries):
    bought = pieces("400.00")
    for _number in range(3):
        order(*bought, agency=agency)
    with django_assert_max_num_queries(22):
        assert len(statement(agency).lines) == 3


BUYER = {"full_name": "Mori Kenji", "email": "kenji@example.com", "city": "Yokohama", "phone": "+81 45 123 4567"}


def test_the_files_say_the_same_and_name_no_buyer(world, agency):
    payment = order(*pieces("400.00"), agency=agency, subject="story-7")
    order(*pieces("30.00"), agency=agency, buyer=make_buyer(email="ploy@chang-thong.example"))
    found, titles = statement(agency), {"story-7": "=Indigo village"}
    with override("en"):
        table = agency_statement_csv(found, titles).decode("utf-8-sig")
    # The agency's own language, in a script that most fonts do not have.
    with override("th"):
        pages = PdfReader(io.BytesIO(agency_statement_pdf(statement(agency), {"story-7": "หมู่บ้านคราม"}))).pages
        text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    rows = table.splitlines()
    assert len(rows) == 5 and rows[0].startswith("Day,Number,What,Link on,Pieces,Goods,")
    assert "'=Indigo village" in rows[2] and "Bought by somebody of the agency" in rows[3]
    number = payment.order.number
    for content in (table, text, repr(found)):
        assert number.split("-")[0] in content and number not in content
        assert not [value for value in BUYER.values() if value in content]
    assert "Chang Thong Travel" in text and "THB" in text and "\u25a0" not in text


# Erasure


def test_nothing_of_a_buyer_stays_with_an_agency(world, agency):
    buyer = make_user("mai@example.com")
    payment = order(*pieces("400.00"), agency=agency, buyer=make_buyer(email="mai@example.com", user=buyer))
    payment.order.user = None
    payment.order.save()
    buyer.delete()
    line = statement(agency).lines[0]
    assert (line.amount.amount, Seat.objects.count(), Owed.objects.filter(holder=agency.code).count()) == (owed(agency), 1, 1)
