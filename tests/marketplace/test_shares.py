"""Shares: who gets what of each amount, frozen with the order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import FieldError
from django.utils import timezone

from marketplace.fulfilment.services import cancel
from marketplace.money import Money
from marketplace.payments import ledger_events
from marketplace.payments.ledger import Line, Unbalanced, balance, post
from marketplace.payments.models import Account, ConsignmentShare, JournalEntry, Posting, ShareRule
from marketplace.payments.shares import Party, Terms, price_for, terms_for
from tests.factories import make_buyer, make_order, make_piece, make_workshop

TODAY = timezone.localdate()


def rule(commission="10", fund="2.5", **fields) -> ShareRule:
    fields = {"valid_from": TODAY, "source": "Assembly of 3 May"} | fields
    return ShareRule.objects.create(commission=Decimal(commission), village_fund=Decimal(fund), **fields)


def rows(**wanted) -> list[tuple]:
    found = ConsignmentShare.objects.filter(**wanted).order_by("pk")
    return [(row.part, row.party, row.holder, str(row.amount), f"{row.own_amount} {row.own_currency}") for row in found]


@pytest.mark.parametrize(
    ("price", "commission", "fund", "parts"),
    [
        ("10.01", "12.5", "2.5", ("8.51", "1.25", "0.25")),
        ("0.01", "50", "0", ("0.01", "0.00", "0.00")),
        ("99.99", "33.33", "33.33", ("33.33", "33.33", "33.33")),
        ("19.90", "0", "0", ("19.90", "0.00", "0.00")),
        ("5.00", "100", "0", ("0.00", "5.00", "0.00")),
    ],
)
def test_parts_of_a_price_add_up(price, commission, fund, parts):
    split = Terms(Decimal(commission), Decimal(fund)).split(Money(Decimal(price), "USD"))
    assert tuple(str(split[party].amount) for party in (Party.WORKSHOP, Party.COMMISSION, Party.VILLAGE_FUND)) == parts


def test_a_currency_without_cents_is_split_in_whole_units():
    split = Terms(Decimal(10), Decimal("2.5")).split(Money(Decimal(1003), "JPY"))
    assert [str(part.amount) for part in split.values()] == ["878", "100", "25"]


@pytest.mark.parametrize(
    ("net", "commission", "price"),
    [("90.00", "10", "100.00"), ("0.01", "99", "1.00"), ("33.33", "12.5", "38.09"), ("40.00", "0", "40.00")],
)
def test_the_price_leaves_the_maker_what_she_asks_for(net, commission, price):
    terms = Terms(Decimal(commission), Decimal(0))
    found = price_for(Money(Decimal(net), "USD"), terms, Decimal("0.01"))
    assert str(found.amount) == price
    assert Decimal(net) <= terms.split(found)[Party.WORKSHOP].amount < Decimal(net) + Decimal("0.01")


def test_terms_that_leave_nothing_have_no_price():
    with pytest.raises(ValueError, match="nothing"):
        price_for(Money(Decimal(1), "USD"), Terms(Decimal(100), Decimal(0)), Decimal("0.01"))


def test_the_narrowest_rule_in_force_counts(db, django_assert_num_queries):
    one, other = make_workshop(), make_workshop()
    rule("20", "0")
    rule("15", "0", economy=one.village.economy)
    rule("12", "0", village=one.village)
    own = rule("9", "1", workshop=one, valid_from=TODAY - timedelta(days=9), valid_to=TODAY)
    rule("1", "0", workshop=one, valid_from=TODAY + timedelta(days=1))
    with django_assert_num_queries(1):
        found = terms_for([one, other], on=TODAY)
    assert (found[one.pk].rule, found[one.pk].workshop) == (own, Decimal(90))
    tomorrow = terms_for([one, other], on=TODAY + timedelta(days=1))
    assert tomorrow[one.pk].commission == 1
    assert terms_for([one], on=date(2020, 1, 1))[one.pk].workshop == 100


def test_shares_are_frozen_and_add_up(db):
    workshop = make_workshop()
    terms = rule("12.5", "2.5")
    one, two = make_piece(workshop=workshop, price="10.01"), make_piece(workshop=workshop, price="33.33")
    payment = make_order([one, (two, 3)], buyer=make_buyer(economy="AU", state="VIC", city="Melbourne", postcode="3000"))
    (consignment,) = payment.order.consignments.all()
    total = sum(share.amount for share in consignment.shares.all())
    assert total == consignment.total == payment.amount
    goods = rows(part="goods", line__product=one)
    assert [row[1:4] for row in goods] == [
        ("workshop", workshop.code_prefix, "8.51"),
        ("commission", "", "1.25"),
        ("village_fund", workshop.village.slug, "0.25"),
    ]
    before = rows()
    ShareRule.objects.filter(pk=terms.pk).update(commission=50)
    cancel(consignment=consignment)
    assert rows() == before, "a changed rule changes no order"


def test_a_maker_is_owed_her_own_currency_at_the_rate_of_the_order(db):
    workshop = make_workshop()
    rule("10", "0")
    payment = make_order([make_piece(workshop=workshop, price="10.00")], paid=True)
    currency = workshop.village.economy.currency
    shares = ConsignmentShare.objects.filter(party=Party.WORKSHOP)
    assert {share.own_currency for share in shares} == {currency} != {payment.currency}
    owed = balance(Account.WORKSHOP_PAYABLE, holder=workshop.code_prefix, currency=currency)
    assert owed == Money(-sum(share.own_amount for share in shares), currency)
    assert balance(Account.COMMISSION, currency="USD") == Money(Decimal("-1.00"), "USD")
    assert balance(Account.BUYER_CLEARING, currency="USD") == Money(payment.amount, "USD")
    for code in ("USD", currency):
        assert sum(Posting.objects.filter(currency=code).values_list("amount", flat=True)) == 0


def test_an_event_is_written_once(db):
    payment = make_order(paid=True)
    before = list(Posting.objects.values_list("pk", flat=True))
    assert ledger_events.order_paid(payment).key == f"paid:{payment.order.number}"
    assert list(Posting.objects.values_list("pk", flat=True)) == before != []


def test_an_entry_that_does_not_balance_is_refused(db):
    lines = [Line(Account.BANK, Money(Decimal(5), "USD")), Line(Account.COMMISSION, Money(Decimal(-5), "EUR"))]
    with pytest.raises(Unbalanced, match="USD"):
        post(key="x", kind=JournalEntry.Kind.CORRECTION, lines=lines)
    assert not JournalEntry.objects.exists()


def test_the_books_are_only_added_to(db):
    entry = ledger_events.order_paid(make_order(paid=True))
    for act in (entry.save, entry.delete, entry.postings.all().delete, lambda: entry.postings.update(amount=1)):
        with pytest.raises(FieldError):
            act()


def test_what_the_service_settles_shows_the_exchange_difference(db):
    """100.00 EUR came as 104.20 USD after a fee of 3.30; the rate of the order had said 108.00."""
    payment = make_order(paid=True)
    amount, net, fee = Money(Decimal(100), "EUR"), Money(Decimal("104.20"), "USD"), Money(Decimal("3.30"), "USD")
    entry = ledger_events.settled(key="txn_1", payment=payment, amount=amount, net=net, fee=fee)
    assert sorted((row.account, str(row.amount), row.currency) for row in entry.postings.all()) == [
        ("buyer_clearing", "-100.00", "EUR"),
        ("buyer_clearing", "-3.30", "USD"),
        ("buyer_clearing", "107.50", "USD"),
        ("exchange", "-107.50", "USD"),
        ("exchange", "100.00", "EUR"),
        ("payment_fees", "3.30", "USD"),
    ]
