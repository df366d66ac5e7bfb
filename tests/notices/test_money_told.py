"""Makers hear when money leaves for them or comes back, and when a piece is sold out. Agencies: test_attribution_money.py."""

import pytest

from marketplace.notices.models import Notice
from marketplace.payments.payouts import batches, settling
from marketplace.payments.payouts.errors import SamePerson
from marketplace.workshops.models import Right
from tests.factories import make_member, make_order, make_piece, pay_order
from tests.marketplace.payouts import approve, clerks, earn, make_payee, make_terms, prepared
from tests.notices.conftest import HOA

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def people(workshop, hoa):
    """Hoa owns the workshop; a book-keeper, a lister and a packer help her."""
    for name, right in (("books", Right.BOOKS), ("lists", Right.LIST), ("packs", Right.PACK)):
        make_member(workshop, email=f"{name}@example.com", rights=[right])
    return workshop


@pytest.fixture
def batch(people):
    make_terms("VN")
    one, two = clerks()
    make_payee(people, by=two)
    earn(people, "380000")
    return prepared("VND", by=one), one, two


def told(kind: str) -> list[tuple]:
    rows = Notice.objects.filter(kind=kind).order_by("user__email")
    return [(row.user.email, row.values) for row in rows.select_related("user")]


def test_money_that_leaves_is_told_to_owners_and_book_keepers(batch, commit, mailoutbox):
    row, one, two = batch
    with pytest.raises(SamePerson):
        approve(row, one)
    assert not Notice.objects.filter(kind__startswith="payout_").exists()
    approve(row, two)
    payout = row.payouts.get()
    values = {"payout": payout.number, "amount": str(payout.net), "currency": "VND"}
    assert told("payout_sent") == [("books@example.com", values), (HOA, values)]
    commit()
    mail = next(mail for mail in mailoutbox if mail.to == [HOA])
    assert mail.subject == "380.000 ₫ đang được chuyển đến bạn"
    assert payout.number in mail.body and "http://testserver/vi/desk/sao-mai/earnings/" in mail.body
    # Approved again, arrived: nobody hears it twice.
    batches.approve(batch=row, by=two, expected=None)
    settling.mark_paid(payout=payout, by=one, reference="BANK-1")
    assert len(told("payout_sent")) == 2 and told("payout_returned") == []


def test_money_that_came_back_is_told(batch, commit, mailoutbox):
    row, one, two = batch
    approve(row, two)
    for _twice in range(2):
        settling.mark_failed(payout=row.payouts.get(), by=one, failure="closed")
    assert [email for email, _values in told("payout_returned")] == ["books@example.com", HOA]
    commit()
    assert len([mail for mail in mailoutbox if mail.to == [HOA]]) == 2


def test_who_lists_hears_that_a_piece_is_sold_out(people, commit):
    piece = make_piece(people, title="Red bowl", stock=2)
    other = make_piece(people, title="Blue bowl", stock=5)
    pay_order(make_order([(piece, 1), (other, 1)]))
    commit()
    assert told("piece_sold_out") == []
    payment = make_order([piece, other])
    commit()
    assert told("piece_sold_out") == []  # nobody has paid yet
    pay_order(payment)
    commit()
    assert told("piece_sold_out") == [(HOA, {"piece": "Red bowl"}), ("lists@example.com", {"piece": "Red bowl"})]
    commit()
    pay_order(make_order([make_piece(people, title="Made for you", supply="made_to_order")]))
    commit()
    assert len(told("piece_sold_out")) == 2
