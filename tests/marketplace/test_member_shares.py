"""Members' shares: the rule, dated; what each payout froze; nothing lost and nothing made in the parts."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pypdf import PdfReader
from wagtail.models import ModelLogEntry

from marketplace.payments.models import MemberShare, MemberShareRule, PayoutShare
from marketplace.payments.payouts import member_shares, settling
from marketplace.payments.payouts.member_shares import BadShares, Wish
from marketplace.payments.payouts.statement_files import statement_csv, statement_pdf
from marketplace.payments.payouts.statements import statement_of
from tests.factories import make_member, make_user, make_village, make_workshop
from tests.marketplace.payouts import approve, clerks, earn, make_payee, make_terms, prepared

pytestmark = pytest.mark.django_db


def make_house():
    make_terms("VN", "TH")
    workshop = make_workshop(village=make_village(economy="TH"), code_prefix="SML")
    owner = make_member(workshop, first_name="Hoa")
    packer = make_member(workshop, rights=("packs",), first_name="Lan")
    maker, checker = clerks()
    make_payee(workshop, by=checker)
    return workshop, owner, packer, maker, checker


@pytest.fixture
def house(settings, recorded, db):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "SG"
    return recorded(make_house)


def today():
    return timezone.localdate()


def pay(house, amount: str):
    workshop, _owner, _packer, maker, checker = house
    earn(workshop, amount)
    approve(batch := prepared("THB", maker), checker)
    return batch.payouts.get()


def frozen(payout) -> list[tuple]:
    return list(PayoutShare.objects.filter(payout=payout).values_list("name", "amount"))


def test_nothing_is_shared_until_the_owner_wants_it(house):
    payout = pay(house, "1000.00")
    assert (frozen(payout), member_shares.rule_of(house[0], today())) == ([], None)


def test_the_parts_add_up_to_what_arrives_by_largest_remainder(house):
    workshop, owner, packer, *_clerks = house
    third = [Wish("Hoa", Decimal(1), owner.pk), Wish("Lan", Decimal(1), packer.pk), Wish("=Grandma", Decimal(1))]
    member_shares.set_rule(workshop=workshop, by=owner, starts_on=today(), unit="parts", shares=third)
    payout = pay(house, "1000.00")
    amounts = [amount for _name, amount in frozen(payout)]
    assert sum(amounts) == payout.net and max(amounts) - min(amounts) == Decimal("0.01")
    settling.mark_paid(payout=payout, reference="FT1")
    now = timezone.now()
    statement = statement_of(workshop, "THB", now.year, now.month)
    assert [(out.number, out.money.amount, len(out.shares)) for out in statement.shared] == [(payout.number, payout.net, 3)]
    rows = list(csv.reader(io.StringIO(statement_csv(statement).decode("utf-8-sig"))))
    assert rows[-3:] == [
        ["", payout.number, "Hoa", str(amounts[0]), "THB"],
        ["", payout.number, "Lan", str(amounts[1]), "THB"],
        ["", payout.number, "'=Grandma", str(amounts[2]), "THB"],
    ]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(statement_pdf(statement))).pages)
    assert "=Grandma" in text and "Shared among members" in text


def test_a_later_rule_changes_nothing_that_was_paid_out(house):
    workshop, owner, packer, *_clerks = house
    half = [Wish("Hoa", Decimal(50), owner.pk), Wish("Lan", Decimal(50), packer.pk)]
    member_shares.set_rule(workshop=workshop, by=owner, starts_on=today(), shares=half)
    first = pay(house, "1000.00")
    before = frozen(first)
    member_shares.set_rule(workshop=workshop, by=owner, starts_on=today(), shares=[Wish("Hoa", Decimal(100), owner.pk)])
    assert frozen(pay(house, "500.00")) == [("Hoa", Decimal("500.00"))]
    member_shares.set_rule(workshop=workshop, by=owner, starts_on=today())
    assert frozen(pay(house, "400.00")) == []
    assert frozen(first) == before == [("Hoa", Decimal("500.00")), ("Lan", Decimal("500.00"))]


def test_a_rule_counts_from_its_day(house):
    workshop, owner, *_rest = house
    tomorrow = today() + timedelta(days=1)
    member_shares.set_rule(workshop=workshop, by=owner, starts_on=tomorrow, shares=[Wish("Hoa", Decimal(100), owner.pk)])
    assert member_shares.rule_of(workshop, today()) is None
    assert [row.starts_on for row in member_shares.coming_rules(workshop, today())] == [tomorrow]
    assert member_shares.rule_of(workshop, tomorrow).shares.get().user == owner


def test_what_failed_is_nobodys(house):
    workshop, owner, *_rest = house
    member_shares.set_rule(workshop=workshop, by=owner, starts_on=today(), shares=[Wish("Hoa", Decimal(100), owner.pk)])
    payout = pay(house, "1000.00")
    settling.mark_failed(payout=payout, failure="closed")
    now = timezone.now()
    assert statement_of(workshop, "THB", now.year, now.month).shared == ()
    assert member_shares.shares_of_person(workshop, owner, 5) == []


@pytest.mark.parametrize(
    ("shares", "changes", "row"),
    [
        ([("Hoa", "60"), ("Lan", "39.99")], {}, None),
        ([("Hoa", "60"), ("Lan", "40.01")], {}, None),
        ([("Hoa", "0"), ("Lan", "100")], {}, 0),
        ([("Hoa", "-1"), ("Lan", "101")], {}, 0),
        ([("Hoa", "NaN")], {}, 0),
        ([(" ", "100")], {}, 0),
        ([("Hoa", "50"), ("HOA ", "50")], {}, 1),
        ([("stranger", "100")], {}, 0),
        ([("Hoa", "100")], {"unit": "shares"}, None),
        ([("Hoa", "100")], {"starts_on": -1}, None),
        ([("Hoa", "100")], {"by": "packer"}, None),
        ([("Hoa", "100")], {"by": "stranger"}, None),
        ([("Hoa", "0.5")] * 201, {}, None),
    ],
)
def test_a_bad_rule_is_refused_and_nothing_written(house, shares, changes, row):
    workshop, owner, packer, *_clerks = house
    stranger = make_user()
    people = {"packer": packer, "stranger": stranger}
    wishes = [Wish(name, Decimal(parts), stranger.pk if name == "stranger" else None) for name, parts in shares]
    given = {
        "by": people.get(changes.get("by"), owner),
        "starts_on": today() + timedelta(days=changes.get("starts_on", 0)),
        "unit": changes.get("unit", "percent"),
    }
    with pytest.raises(BadShares) as refused:
        member_shares.set_rule(workshop=workshop, shares=wishes, **given)
    assert (refused.value.row, MemberShareRule.objects.count(), MemberShare.objects.count()) == (row, 0, 0)


def test_set_twice_it_is_one_and_the_log_names_nobody(house):
    workshop, owner, *_rest = house
    shares = [Wish("Grandma Nga", Decimal(100))]
    for _twice in range(2):
        member_shares.set_rule(workshop=workshop, by=owner, starts_on=today(), shares=shares)
    assert MemberShareRule.objects.count() == 1
    (entry,) = ModelLogEntry.objects.filter(action="marketplace.member_shares")
    assert entry.user == owner and entry.data["after"]["people"] == 1 and "Nga" not in str(entry.data)
