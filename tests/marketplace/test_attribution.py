"""Orders that an agency brought: whose money its part is, what is frozen, and what gives it back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate
from marketplace.fulfilment.customs_ids import needed_customs_id, seal_customs_id
from marketplace.money import Money
from marketplace.partnerships.models import Agency, AgencyTerms, Seat
from marketplace.payments import attribution, disputes, refund_news
from marketplace.payments.attribution import Visit, part_of_agency
from marketplace.payments.gateway import (
    DisputeFacts,
    DisputeKind,
    DisputeStanding,
    RefundFacts,
    RefundStanding,
)
from marketplace.payments.invariants import check
from marketplace.payments.models import (
    BasketVia,
    ConsignmentShare,
    OrderVia,
    Payment,
    RefundPart,
    ShareRule,
)
from tests.factories import (
    make_agency,
    make_agency_terms,
    make_basket,
    make_buyer,
    make_seat,
    make_user,
)
from tests.factories.offers import make_offer
from tests.marketplace.brought import ask, holds, order, owed, pieces

Party = ConsignmentShare.Party


@pytest.fixture
def agency(db) -> Agency:
    make_agency_terms("5", days=30)
    return make_agency("chang-thong", currency="USD")


@pytest.fixture
def rule(db) -> ShareRule:
    return ShareRule.objects.create(commission="12.5", village_fund="2.5", valid_from=date(2026, 1, 1), source="Assembly")


def rates(**values: str) -> None:
    """What one euro is worth today, as one US dollar is; other currencies have no rate."""
    ExchangeRate.objects.all().delete()
    for quote, value in {"USD": "1", **values}.items():
        ExchangeRate.objects.create(
            base="EUR", quote=quote, value=Decimal(value), on=timezone.localdate(), source="Test Bank"
        )
    versions.touch(versions.RATES)


def parts(payment: Payment, field: str = "amount") -> dict[str, list[str]]:
    """Party → its shares of goods."""
    found: dict[str, list[str]] = {}
    for share in ConsignmentShare.objects.filter(consignment__order=payment.order, part="goods").order_by("pk"):
        found.setdefault(share.party, []).append(str(getattr(share, field)))
    return found


# How much


@pytest.mark.parametrize(
    "price, commission, percent, most, expected",
    [
        ("100.00 USD", "12.50", "5", "12.5", ("5.00", "5")),
        ("0.10 USD", "0.01", "5", "12.5", ("0.01", "5")),  # half a cent up
        ("0.09 USD", "0.01", "5", "12.5", ("0.00", "5")),
        ("100.00 USD", "3.00", "5", "3", ("3.00", "3")),  # all of the shop's part, and no more
        ("100.00 USD", "0.00", "5", "0", ("0.00", "0")),
        ("0.19 USD", "0.02", "12.5", "12.5", ("0.02", "12.5")),
        ("19990 JPY", "2499", "5", "12.5", ("1000", "5")),  # 999.5
        ("33 JPY", "4", "5", "12.5", ("2", "5")),  # 1.65
        ("9 KRW", "1", "5", "12.5", ("0", "5")),  # 0.45
        ("333333 VND", "41667", "5", "12.5", ("16667", "5")),  # 16666.65
        ("450 TWD", "56.25", "5", "12.5", ("22.50", "5")),
    ],
)
def test_part_of_a_line(price, commission, percent, most, expected):
    amount, currency = price.split()
    money, by = part_of_agency(
        Money(Decimal(amount), currency), Money(Decimal(commission), currency), percent=Decimal(percent), most=Decimal(most)
    )
    assert (money.amount, money.currency, by) == (Decimal(expected[0]), currency, Decimal(expected[1]))


def test_the_makers_and_the_villages_parts_stay_as_they_would_be_without_an_agency(agency, rule):
    bought = pieces("19.99", "7.01", "0.13", "333.33")
    alone, brought = order(*bought), order(*bought, agency=agency)
    without, with_it = parts(alone), parts(brought)
    assert {name: with_it[name] for name in ("workshop", "village_fund")} == {
        name: without[name] for name in ("workshop", "village_fund")
    }
    assert parts(alone, "own_amount")["workshop"] == parts(brought, "own_amount")["workshop"]
    assert with_it["agency"] == ["1.00", "0.35", "0.01", "16.67"]
    sums = [sum(map(Decimal, with_it[name])) for name in ("agency", "commission")]
    assert sum(sums) == sum(map(Decimal, without["commission"]))
    assert "agency" not in without and OrderVia.objects.count() == 1
    holds()


def test_percent_of_each_share_adds_up_to_a_hundred(agency, rule):
    payment = order(*pieces("20.00"), agency=agency)
    found = parts(payment, "percent")
    assert {name: Decimal(percent) for name, (percent,) in found.items()} == {
        "workshop": Decimal(85), "commission": Decimal("7.5"), "agency": Decimal(5), "village_fund": Decimal("2.5")
    }  # fmt: skip


@pytest.mark.parametrize("percent, agencys, shops", [("40", "12.50", 0), ("12.4", "12.40", "0.10")])
def test_never_more_than_the_shops_own_commission(agency, rule, percent, agencys, shops):
    AgencyTerms.objects.update(percent=percent)
    found = parts(order(*pieces("100.00"), agency=agency))
    assert (found["workshop"], found["village_fund"], found["agency"]) == (["85.00"], ["2.50"], [agencys])
    assert found.get("commission", []) == ([shops] if shops else [])
    holds()


def test_without_a_commission_there_is_nothing_to_share(agency):
    payment = order(*pieces("100.00"), agency=agency)
    assert parts(payment) == {"workshop": ["100.00"]}
    assert payment.order.via.excluded == "" and owed(agency) == 0
    holds()


def test_an_offer_lowers_everybodys_part(agency, rule):
    bought = pieces("20.00")
    make_offer(value="10")
    payment = order(*bought, agency=agency)
    assert parts(payment) == {"workshop": ["15.30"], "commission": ["1.35"], "village_fund": ["0.45"], "agency": ["0.90"]}
    holds()


def test_postage_and_taxes_earn_nothing(agency, rule):
    payment = order(*pieces("20.00"), agency=agency)
    assert set(ConsignmentShare.objects.filter(party="agency").values_list("part", flat=True)) == {"goods"}
    assert payment.order.consignments.get().shipping > 0


def test_converted_once_at_the_orders_rate(agency, rule):
    Agency.objects.update(currency="THB")
    agency.refresh_from_db()
    rates(THB="36.25", VND="25000", JPY="150")
    payment = order(*pieces("20.00"), agency=agency)
    share = ConsignmentShare.objects.get(party="agency")
    assert (share.amount, share.own_amount, share.own_currency) == (Decimal("1.00"), Decimal("36.25"), "THB")
    rates(THB="99", VND="25000", JPY="150")
    assert (owed(agency, "THB"), owed(agency, "USD")) == (Decimal("36.25"), 0)
    holds()
    assert payment.state == "paid"


def test_without_a_rate_it_is_owed_in_the_orders_currency(agency, rule):
    Agency.objects.update(currency="PGK")
    agency.refresh_from_db()
    rates(VND="25000", JPY="150")
    order(*pieces("20.00"), agency=agency)
    assert (owed(agency, "USD"), owed(agency, "PGK")) == (1, 0)
    holds()


# What is frozen


def test_the_terms_of_the_day_of_the_visit_count(agency, rule):
    today = timezone.localdate()
    new = make_agency_terms("9", valid_from=today - timedelta(days=3), days=1)
    old = AgencyTerms.objects.get(percent=5)
    before = order(*pieces("20.00"), agency=agency, days_ago=5)
    after = order(*pieces("20.00"), agency=agency, days_ago=0.01)
    assert (before.order.via.terms, before.order.via.percent, before.order.via.excluded) == (old, 5, "")
    assert (after.order.via.terms, after.order.via.percent) == (new, 9)
    AgencyTerms.objects.filter(pk=new.pk).update(percent=1)
    assert parts(after)["agency"] == ["1.80"]
    holds()


def test_own_terms_go_before_those_for_all(agency, rule):
    make_agency_terms("8", agency=agency)
    assert parts(order(*pieces("20.00"), agency=agency))["agency"] == ["1.60"]


@pytest.mark.parametrize("days_ago, excluded", [(29.9, ""), (30.1, "expired"), (400, "no_terms")])
def test_a_visit_counts_for_the_days_of_its_terms(agency, rule, days_ago, excluded):
    AgencyTerms.objects.update(valid_from=timezone.localdate() - timedelta(days=60))
    payment = order(*pieces("20.00"), agency=agency, days_ago=days_ago)
    assert payment.order.via.excluded == excluded
    assert ("agency" in parts(payment), owed(agency)) == (not excluded, 0 if excluded else 1)
    holds()


def test_the_code_of_an_agency_that_was_closed_meanwhile_earns_nothing(agency, rule):
    bought = pieces("20.00")
    Agency.objects.filter(pk=agency.pk).update(stage="closed", reason="asked")
    payment = order(*bought, agency=agency)
    assert (payment.order.via.excluded, parts(payment)["commission"]) == ("closed", ["2.50"])
    holds()


def test_what_an_agency_buys_itself_earns_nothing(agency, rule):
    payment = order(*pieces("20.00"), agency=agency, buyer=make_buyer(user=make_seat(agency)))
    assert (payment.order.via.excluded, "agency" in parts(payment), owed(agency)) == ("own", False, 0)
    holds()


def test_who_works_for_an_agency(agency):
    nok = make_seat(agency, email="Nok@Chang-Thong.example")
    stranger = make_user("mai@example.com")
    for email, user in (
        ("", nok), ("private@example.com", nok), (nok.email.upper(), None), (nok.email, stranger),
        (" PLOY@chang-thong.example ", None), ("ploy@chang-thong.example", AnonymousUser()),
    ):  # fmt: skip
        assert attribution.works_for(agency, email, user), (email, user)
    for email, user in (("mai@example.com", None), ("mai@example.com", stranger), ("", None), ("", AnonymousUser())):
        assert not attribution.works_for(agency, email, user), (email, user)


def test_people_of_another_agency_are_buyers_like_all(agency, rule):
    other = make_agency("other-trips", contact_email="other@example.com")
    payment = order(*pieces("20.00"), agency=agency, buyer=make_buyer(user=make_seat(other)))
    assert (payment.order.via.excluded, owed(agency), Seat.objects.count()) == ("", 1, 1)


def test_the_newest_visit_stays_with_the_basket(agency):
    basket, other, now = make_basket(*pieces("20.00")), make_agency("other-trips"), timezone.now()
    for row, minutes in ((agency, 5), (other, 1), (agency, 3)):
        attribution.keep_with_basket(basket=basket, visit=Visit(row, row.code, now - timedelta(minutes=minutes)))
    assert BasketVia.objects.get().agency == other


# What gives it back


def test_a_whole_refund_takes_all_of_it_back(agency, rule):
    payment = order(*pieces("19.99", "7.01"), agency=agency)
    assert owed(agency) == Decimal("1.35")
    refund = ask(payment, reason="cancelled")
    assert owed(agency) == 0 and refund.amount == payment.amount
    holds()


def test_a_refund_that_fails_gives_it_back_to_the_agency(agency, rule):
    payment = order(*pieces("20.00"), agency=agency)
    refund = ask(payment, reason="cancelled")
    facts = RefundFacts(
        "re_1", payment.order.number, payment.gateway_payment, RefundStanding.FAILED, Money(refund.amount, "USD")
    )
    assert not refund_news.take_refund(facts=facts, refund=refund)
    assert owed(agency) == 1
    holds()


def test_a_lost_dispute_takes_it_back(agency, rule):
    payment = order(*pieces("20.00"), agency=agency)
    for standing in (DisputeStanding.OPEN, DisputeStanding.LOST):
        money = Money(payment.amount, "USD")
        assert not disputes.take_dispute(facts=DisputeFacts(
            "dp_1", payment.gateway_payment, money, standing, "fraudulent", None, DisputeKind.CHARGEBACK
        ))
    assert owed(agency) == 0
    holds()


BUYERS = {
    "JPY": {},
    "KRW": {"economy": "KR", "state": "Seoul", "city": "Jongno-gu", "postcode": "03045"},
    "VND": {"economy": "VN", "state": "", "city": "Hanoi", "postcode": "10000"},
}


def largest_remainders(whole: Decimal, weights: dict[str, Decimal]) -> dict[str, Decimal]:
    """Another way to the same: each rounded down to whole units, then one more for those who lost most."""
    exact = {name: whole * weight / sum(weights.values()) for name, weight in weights.items()}
    found = {name: amount // 1 for name, amount in exact.items()}
    lost_most = sorted(exact, key=lambda name: found[name] - exact[name])
    for name in lost_most[: int(whole - sum(found.values()))]:
        found[name] += 1
    return found


@pytest.mark.parametrize(
    ("currency", "first"),
    [
        ("JPY", "1000"),
        pytest.param("KRW", "9999", marks=pytest.mark.drill_only),
        pytest.param("VND", "100001", marks=pytest.mark.drill_only),
    ],
)
def test_part_of_a_refund_is_spread_by_largest_remainder(agency, rule, currency, first):
    kinds = needed_customs_id("KR", "post", timezone.localdate())
    sealed = seal_customs_id("P123456789012", kinds) if currency == "KRW" else ""
    buyer = make_buyer(customs_id=sealed, **BUYERS[currency])
    payment = order(*pieces("79.99", economy="TH"), agency=agency, buyer=buyer, currency=currency)
    assert payment.currency == currency
    line = payment.order.lines.get()
    refund = ask(payment, first, line=line)
    given = {part.share.party: part.amount for part in refund.parts.filter(share__part="goods").select_related("share")}
    frozen = dict(ConsignmentShare.objects.filter(line=line, part="goods").values_list("party", "amount"))
    assert set(frozen) == {"workshop", "commission", "village_fund", "agency"}
    assert given == largest_remainders(Decimal(first), frozen)
    share = ConsignmentShare.objects.get(party="agency")
    ask(payment, reason="cancelled")
    back = RefundPart.objects.filter(share=share)
    assert sum(part.amount for part in back) == share.amount and sum(part.own_amount for part in back) == share.own_amount
    assert owed(agency) == 0
    holds()


# What the database refuses


def test_the_database_keeps_terms_and_percent(agency, rule):
    payment = order(*pieces("20.00"), agency=agency)
    via = OrderVia.objects.get(order=payment.order)
    for change in ({"terms": None}, {"percent": Decimal(101)}, {"percent": Decimal(-1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderVia.objects.filter(pk=via.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderVia.objects.create(order=payment.order, agency=agency, code="x", visited_at=timezone.now(), excluded="own")


BROKEN = {
    "agency_has_its_shares": [
        lambda p: ConsignmentShare.objects.filter(party="agency").update(party="commission", holder=""),
        lambda p: OrderVia.objects.update(excluded="own"),
        lambda p: OrderVia.objects.all().delete(),
        lambda p: ConsignmentShare.objects.filter(party="agency").update(holder="other-trips"),
    ],
    "agency_within_the_commission": [
        lambda p: OrderVia.objects.update(percent=Decimal("0.5")),
        lambda p: ShareRule.objects.update(commission=Decimal("0.5")),
    ],
    "agency_is_owed_its_shares": [
        lambda p: ConsignmentShare.objects.filter(party="agency").update(own_amount=Decimal("1.50")),
    ],
}


def test_check_invariants_finds_what_is_wrong(agency, rule):
    payment = order(*pieces("100.00"), agency=agency)
    for name, deeds in BROKEN.items():
        assert not check(names=[name])[0].count
        for number, deed in enumerate(deeds):
            undo = transaction.savepoint()
            deed(payment)
            assert check(names=[name])[0].count == 1, (name, number)
            transaction.savepoint_rollback(undo)
