"""How the engine decides: the traps that shops fall into, thresholds and their scope, preference, what is unknown."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.money import Money
from marketplace.trade.landed import LandedCostError, TermsRefused
from marketplace.trade.landed.rows import OfficialRate, Rule
from marketplace.trade.seeds import make_book, seed_rows
from marketplace.trade.tables import TABLES
from tests.trade.shipments import ALL, amounts, ask, claim, codes, edited_book, parcel, rates

DE = {"currency": "EUR", "on": "2026-07-02", "frm": "VN"}
NO_DATE = None


def eu(goods: str, shipping="0", to="FR", **facts):
    return parcel(to, goods, shipping, **{**DE, **facts})


# Trap 1: double VAT


def test_ioss_parcel_labelled_dap_is_refused():
    with pytest.raises(TermsRefused, match="DDP"):
        ask(eu("610910x2:60", "6", terms="DAP"), "IOSS")


def test_ioss_parcel_owes_nothing_at_the_border_and_carries_the_number():
    cost = ask(eu("610910x2:60", "6", terms="DDP"), "IOSS")
    assert cost.border == Money(Decimal(0), "EUR")
    assert cost.incoterm == "DDP"
    assert {levy.registration for levy in cost.levies if levy.kind == "vat"} == {"case"}
    assert all(levy.collected == "checkout" for levy in cost.levies)


def test_dap_without_ioss_is_charged_once_at_the_border():
    cost = ask(eu("610910x2:60", "6", terms="DAP"))
    assert cost.checkout.amount == 0
    # 3 duty, 20 % of 69, one line's fee of 2
    assert cost.border == Money(Decimal("18.80"), "EUR")
    assert cost.incoterm == "DAP"


def test_ddp_prepays_what_the_border_asks():
    dap = parcel("CA", "611019x1:100", "12", currency="CAD", on="2026-11-01", frm="PE")
    assert amounts(ask(dap)) == ("18.00", "5.90", "0", "0", "23.90")
    ddp = ask(replace(dap, terms="DDP"))
    assert amounts(ddp) == ("18.00", "5.90", "0", "23.90", "0")
    assert ddp.incoterm == "DDP"


def test_us_courier_without_prepayment_bills_the_buyer():
    us = parcel("US", "621410x1:100", "15", currency="USD", on="2026-08-10", terms="DAP")
    assert amounts(ask(us)) == ("3.90", "0", "0", "0", "3.90")


# What crosses no customs border


@pytest.mark.parametrize(
    ("frm", "to", "on", "stays_in"),
    [
        ("JP", "JP", "2026-11-01", "JP"),
        ("TH", "TH", "2026-11-01", "TH"),
        ("US", "US", "2026-11-01", "US"),
        ("IT", "DE", "2026-11-01", "EU"),
        ("FR", "GB", "2020-01-31", "EU"),
        ("FR", "GB", "2021-01-01", ""),
        ("PE", "VN", "2026-11-01", ""),  # an agreement is no customs union
    ],
)
@pytest.mark.parametrize("terms", ["DAP", "DDP", ""])
def test_within_an_economy_or_a_customs_union_nothing_is_imported(frm, to, on, stays_in, terms):
    shipment = parcel(to, "999999x3:4000", "20", currency="USD", on=on, frm=frm, terms=terms)
    cost = ask(shipment, "IOSS", convert=lambda *_, **__: None)
    assert cost.stays_in == stays_in
    assert bool(cost.levies or cost.unknown or cost.applied) == (not stays_in)
    if stays_in:
        assert (cost.warnings, cost.incoterm) == ((), "DDP")


def test_a_states_sales_tax_is_due_within_the_economy_too():
    def live(table, row):
        wanted = table == "tax_rules" and row.code == "US-SALES-TAX"
        return replace(row, state="live", sub_region="NY", rate=Decimal(8)) if wanted else row

    shipment = parcel("US", "621410x1:100", "10", currency="USD", on="2026-11-01", frm="US", sub_region="NY")
    cost = ask(shipment, "US-SALES-TAX", book=edited_book(live))
    assert amounts(cost) == ("0", "8.80", "0", "8.80", "0")
    assert cost.cited_ids == ("US-SALES-TAX",)


def test_an_unregistered_seller_to_the_united_kingdom_says_that_tax_may_be_asked_for():
    small = parcel("GB", "621410x1:100", "10", currency="GBP", on="2026-11-01")
    assert {"seller_must", "not_registered"} <= set(codes(ask(small)))
    assert not {"seller_must", "not_registered"} & set(codes(ask(small, "GB-VAT")))
    assert "seller_must" not in codes(ask(parcel("GB", "621410x1:136", currency="GBP", on="2026-11-01")))


# Trap 2 and 3: above the threshold, and on its own basis


def test_nothing_is_taxed_at_checkout_above_the_threshold():
    cost = ask(parcel("AU", "460212x1:1050", "50", currency="AUD", on="2026-11-01", frm="ID"), "AU-GST")
    assert cost.checkout.amount == 0
    assert cost.border == Money(Decimal("167.75"), "AUD")


def test_philippine_threshold_looks_at_fob():
    cost = ask(parcel("PH", "621410x2:10000", "900", currency="PHP", on="2026-11-01"))
    assert amounts(cost) == ("0", "0", "0", "0", "0")
    assert cost.is_known


def test_threshold_of_chinese_taipei_looks_at_cif():
    """CIF 2,100: duty 5 % = 105, tax 5 % of 2,205 = 110.25, collected in whole dollars."""
    cost = ask(parcel("TW", "691200x1:1900", "200", currency="TWD", on="2026-11-01", frm="JP"))
    assert amounts(cost) == ("105.00", "110.00", "0", "0", "215.00")


def test_operator_can_choose_the_korean_basis():
    kr = parcel("KR", "460211x2:149", "20", currency="USD", on="2026-11-01", frm="VN")
    assert ask(kr).cited_ids == ("KR-150", "KR-PCCC")

    def with_freight(table, row):
        korean = table == "tax_rules" and row.destination == "KR" and row.threshold_currency
        return replace(row, threshold_basis="cif") if korean else row

    cost = ask(kr, book=edited_book(with_freight))
    assert cost.cited_ids == ("KR-BORDER", "KR-PCCC")
    # 8 % of 169 = 13.52, 10 % of 182.52
    assert amounts(cost) == ("13.52", "18.25", "0", "0", "31.77")


# Trap 4: EUR 3


def test_three_euros_count_tariff_items_not_units():
    assert amounts(ask(eu("610910x5:30"), "IOSS"))[0] == "3.00"
    two = ask(eu("610910x2:30|640399x1:30", "6"), "IOSS")
    assert amounts(two)[0] == "6.00"
    vat = next(levy for levy in two.levies if levy.kind == "vat")
    assert vat.amount.amount == Decimal("14.40")
    assert vat.amount.amount - Decimal("66") * Decimal("0.20") == Decimal("1.20")  # the VAT on the duty


@pytest.mark.parametrize(
    ("key", "duty"), [("hs6", "3.00"), ("hs6_origin", "6.00"), ("hs6_description_origin", "9.00")]
)
def test_what_a_tariff_item_is_is_a_setting_of_the_row(key, duty):
    shipment = eu("610910x1:20|610910x1:20|610910x1:20")
    first, second, third = shipment.goods
    goods = (first, replace(second, origin="PE"), replace(third, origin="PE", description="shirt with llama"))

    def keyed(table, row):
        return replace(row, item_key=key) if table == "tax_rules" and row.code == "EU-DUTY-3EUR" else row

    cost = ask(replace(shipment, goods=goods), "IOSS", book=edited_book(keyed))
    assert amounts(cost)[0] == duty


# Trap 5: the rule of the day


def test_rule_of_the_day_counts_and_an_old_order_keeps_its_own():
    before = ask(eu("610910x5:30", "6", to="DE", on="2026-06-30"), "IOSS")
    after = ask(eu("610910x5:30", "6", to="DE"), "IOSS")
    assert amounts(before)[0] == "0"
    assert amounts(after)[0] == "3.00"
    assert before.rule_ids == ("EU-DUTY-OLD", "EU-VAT-IOSS")
    assert [row.refs for row in before.applied] == [
        ("EU-DUTY-OLD/duty/2008-12-01",), ("EU-VAT-IOSS/vat/2021-07-01",),
    ]  # fmt: skip


def test_a_rule_that_starts_while_the_parcel_travels_is_told():
    shipment = eu("610910x5:30", "6", to="DE", on="2026-06-25", arrives=date(2026, 7, 5))
    warned = {(warn.code, warn.rule_id) for warn in ask(shipment, "IOSS").warnings}
    assert ("rule_changes", "EU-DUTY-3EUR") in warned
    assert ("rule_ends", "EU-DUTY-OLD") in warned
    early = replace(shipment, arrives=date(2026, 6, 30))
    assert not {"rule_changes", "rule_ends"} & set(codes(ask(early, "IOSS")))


# Trap 6: splitting


@pytest.mark.parametrize(
    ("to", "goods", "currency"),
    [
        ("PH", "621410x1:9000", "PHP"),
        ("KR", "621410x1:100", "USD"),
        ("TW", "691200x1:1500", "TWD"),
        ("NZ", "460212x1:900", "NZD"),
    ],
)
def test_splitting_to_stay_below_a_threshold_is_warned_about(to, goods, currency):
    alone = parcel(to, goods, currency=currency, on="2026-11-01")
    assert "adds_up" not in codes(ask(alone))
    assert "adds_up" in codes(ask(replace(alone, siblings=1)))


def test_order_scope_sees_the_whole_order():
    """RU: a parcel of 150 from an order of 250 is above EUR 200: 5 % of 150."""
    shipment = parcel("RU", "570500x1:150", currency="EUR", on="2026-07-02", frm="CN")
    assert amounts(ask(shipment))[0] == "0"
    part = replace(shipment, order_value=Money(Decimal(250), "EUR"))
    assert amounts(ask(part)) == ("7.50", "34.65", "0", "0", "42.15")


# Trap 8: shares


def test_shares_add_up_by_largest_remainder():
    """10 % of 100 over three lines of 33.33, 33.33 and 33.34, and of three equal ones."""
    cost = ask(parcel("AU", "460212x1:30|460212x1:30|460212x1:30", "10", currency="AUD", on="2026-11-01"), "AU-GST")
    (levy,) = cost.levies
    assert levy.amount.amount == Decimal("10.00")
    assert [share.amount for share in levy.shares.values()] == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_each_levy_is_rounded_once_for_the_consignment():
    """Five lines of 0.03 at 20 %: once 0.15 x 20 % = 0.03, not five times 0.01."""
    goods = "|".join(["610910x1:0.03"] * 5)
    cost = ask(parcel("GB", goods, currency="GBP", on="2026-11-01"), "GB-VAT")
    assert amounts(cost) == ("0", "0.03", "0", "0.03", "0")
    (levy,) = cost.levies
    assert sum(share.amount for share in levy.shares.values()) == Decimal("0.03")


# Trap 11 and bad questions


@pytest.mark.parametrize(
    "change",
    [
        {"goods": ()},
        {"shipping": Money(Decimal(-1), "EUR")},
        {"shipping": Money(Decimal(1), "USD")},
        {"weight_g": -1},
    ],
)
def test_question_without_meaning_is_refused(change):
    with pytest.raises(LandedCostError):
        ask(replace(eu("610910x1:30"), **change))


def test_free_sample_still_needs_a_value():
    shipment = eu("610910x1:30")
    free = replace(shipment.goods[0], value=Money(Decimal(0), "EUR"))
    with pytest.raises(LandedCostError, match="free samples"):
        ask(replace(shipment, goods=(free,)))


# Trap 19: mixed origin, preference


def test_mixed_origin_from_a_hub_is_decided_line_by_line():
    """SG to CA with CPTPP proof: VN bamboo is free, TH silk (TH is no member) pays; GST 5 % of 200 + 9."""
    shipment = parcel("CA", "611019x1:50|460211x1:150", currency="CAD", on="2026-11-01", frm="SG")
    silk, bamboo = shipment.goods
    valid = date(2027, 1, 1)
    goods = (
        replace(silk, origin="TH", preference="CPTPP", evidence_until=valid),
        replace(bamboo, origin="VN", preference="CPTPP", evidence_until=valid),
    )
    cost = ask(replace(shipment, goods=goods))
    duty = next(levy for levy in cost.levies if levy.kind == "duty")
    assert {ref: share.amount for ref, share in duty.shares.items()} == {"1": Decimal("9.00"), "2": Decimal(0)}
    assert duty.rate_text == "18 %; 0 % (CPTPP)"
    assert cost.total("vat").amount == Decimal("10.45")
    refused = [warn for warn in cost.warnings if warn.code == "preference_refused"]
    assert [(warn.facts["goods"], warn.facts["why"]) for warn in refused] == [("1", "not_covered")]


def test_cptpp_frees_a_peruvian_jumper_of_duty():
    jumper = parcel("CA", "611019x1:100", "12", currency="CAD", on="2026-11-01", frm="PE")
    usd = rates(CAD_USD="0.7")
    assert amounts(ask(jumper, convert=usd))[:2] == ("18.00", "5.90")
    # CAD 100 is USD 70, within the waiver of USD 1,000: no proof is needed
    assert amounts(ask(claim(jumper, "CPTPP"), convert=usd))[:2] == ("0", "5.00")


@pytest.mark.parametrize(
    ("value", "until", "why"),
    [
        ("1400", NO_DATE, None),  # USD 980
        ("1500", NO_DATE, "no_evidence"),  # USD 1,050
        ("1500", date(2026, 10, 31), "no_evidence"),
        ("1500", date(2026, 11, 1), None),
    ],
)
def test_preference_needs_proof_above_the_waiver(value, until, why):
    jumper = parcel("CA", f"611019x1:{value}", currency="CAD", on="2026-11-01", frm="PE")
    cost = ask(claim(jumper, "CPTPP", until), convert=rates(CAD_USD="0.7"))
    assert [warn.facts["why"] for warn in cost.warnings if warn.code == "preference_refused"] == ([why] if why else [])
    duty = Decimal(value) * Decimal("0.18") if why else 0
    assert cost.total("duty").amount == duty


@pytest.mark.parametrize(
    ("frm", "agreement", "why"),
    [("PE", "USMCA", "not_covered"), ("TH", "CPTPP", "not_covered"), ("PE", "ATLANTIS", "unknown_agreement")],
)
def test_preference_that_does_not_fit_is_refused(frm, agreement, why):
    cost = ask(claim(parcel("CA", "611019x1:100", currency="CAD", on="2026-11-01", frm=frm), agreement, date(2027, 1, 1)))
    assert cost.total("duty").amount == Decimal("18.00")
    assert [warn.facts["why"] for warn in cost.warnings if warn.code == "preference_refused"] == [why]


def test_goods_of_another_origin_have_no_preference_though_sent_from_a_member():
    shipment = parcel("CA", "611019x1:100", currency="CAD", on="2026-11-01", frm="PE", origin="CN")
    assert ask(claim(shipment, "CPTPP", date(2027, 1, 1))).total("duty").amount == Decimal("18.00")


def test_flat_duty_of_the_eu_takes_no_claims():
    assert amounts(ask(claim(eu("610910x1:30"), "CPTPP", date(2027, 1, 1)), "IOSS"))[0] == "3.00"


def test_surcharge_spares_goods_of_usmca():
    us = parcel("US", "621410x1:100", currency="USD", on="2026-03-10", frm="MX")
    assert amounts(ask(us))[0] == "13.90"
    cost = ask(claim(us, "USMCA"))
    assert amounts(cost)[0] == "0"
    assert cost.is_known


# What nobody knows is said


def test_unknown_duty_is_said_and_the_tax_on_it_is_at_least():
    cost = ask(parcel("CA", "710000x1:100", currency="CAD", on="2026-11-01"))
    assert [(row.kind, row.rule_id, row.why) for row in cost.unknown] == [
        ("duty", "CA-BORDER", "no_duty_line"), ("vat", "CA-BORDER", "needs_duty"),
    ]  # fmt: skip
    assert cost.unknown[1].at_least == Money(Decimal("5.00"), "CAD")
    assert cost.levies == ()
    assert cost.incoterm == "DAP"
    assert "cannot estimate" in cost.unknown[0].text
    assert "5.00" in cost.unknown[1].text


def test_known_lines_are_priced_beside_an_unknown_one():
    cost = ask(parcel("CA", "611019x1:100|710000x1:100", currency="CAD", on="2026-11-01"))
    assert cost.total("duty").amount == Decimal("18.00")
    assert [row.goods for row in cost.unknown if row.kind == "duty"] == [("2",)]


def test_expired_review_says_that_we_cannot_estimate():
    def old(table, row):
        return replace(row, review_by=date(2026, 10, 31)) if getattr(row, "code", "") == "AU-GST-LVG" else row

    book = edited_book(old)
    shipment = parcel("AU", "460212x1:200", "25", currency="AUD", on="2026-10-31", frm="ID")
    assert ask(shipment, "AU-GST", book=book).checkout.amount == Decimal("22.50")
    cost = ask(replace(shipment, on=date(2026, 11, 1)), "AU-GST", book=book)
    assert [(row.kind, row.why) for row in cost.unknown] == [("duty", "review_expired"), ("vat", "review_expired")]
    assert cost.levies == ()
    assert "due for review" in cost.unknown[0].text


def test_expired_duty_rate_counts_no_more():
    def old(table, row):
        return replace(row, review_by=date(2026, 10, 31)) if table == "duty_rates" else row

    cost = ask(parcel("GB", "621410x1:200", currency="GBP", on="2026-11-01"), book=edited_book(old))
    assert ("duty", "review_expired") in [(row.kind, row.why) for row in cost.unknown]


def test_missing_rate_blocks_what_hangs_on_it():
    """A parcel in USD to the EU: its threshold is in EUR."""
    cost = ask(parcel("DE", "610910x1:30", currency="USD", on="2026-07-02"), "IOSS")
    assert {(row.kind, row.why) for row in cost.unknown} == {("duty", "no_rate"), ("vat", "no_rate")}
    assert cost.levies == ()


def test_missing_rate_of_the_levy_currency_is_unknown_not_an_error():
    shipment = parcel("KR", "460211x1:100", currency="USD", on="2026-11-01", levy_currency="KRW")
    assert {row.why for row in ask(shipment).unknown} == {"no_rate"}


# Currencies


def test_reference_rate_makes_an_estimate_and_a_customs_rate_does_not():
    """USD 40 at 0.9 is EUR 36: duty 3, VAT 19 % of 39 = 7.41, in EUR."""
    shipment = parcel("DE", "610910x1:40", currency="USD", on="2026-07-02", levy_currency="EUR")
    reference = ask(shipment, "IOSS", convert=rates(USD_EUR="0.9"))
    assert amounts(reference)[:2] == ("3.00", "7.41")
    assert all(levy.estimate for levy in reference.levies)
    rows = {name: seed_rows(table) for name, table in TABLES.items()}
    official = OfficialRate(
        destination="EU", base="USD", quote="EUR", rate=Decimal("0.8"), authority="customs",
        effective_from=date(2026, 7, 1), review_by=date(2026, 12, 31),
    )  # fmt: skip
    rows["customs_rates"] = [official]
    cost = ask(shipment, "IOSS", book=make_book(rows), convert=rates(USD_EUR="0.9"))
    # EUR 32 + 3 = 35: 6.65
    assert amounts(cost)[:2] == ("3.00", "6.65")
    assert not any(levy.estimate for levy in cost.levies)


def test_threshold_in_the_currency_given_is_compared_without_a_detour():
    """USD 150.00 to KR is at the threshold whatever the won does."""
    shipment = parcel("KR", "460211x1:150", currency="USD", on="2026-11-01", levy_currency="KRW")
    for rate in ("1391.37", "1433.333333", "0.0007"):
        assert ask(shipment, convert=rates(USD_KRW=rate)).cited_ids[0] == "KR-150"


def test_assumed_rates_are_called_estimates():
    cost = ask(parcel("CA", "611019x1:100", currency="CAD", on="2026-11-01"))
    assert [(levy.kind, levy.estimate) for levy in cost.levies] == [("duty", True), ("vat", False)]
    assert cost.levies[0].source and cost.levies[0].source_date == date(2026, 11, 21)


# Warnings


def test_duty_above_the_value_is_warned_about():
    cost = ask(parcel("US", "621410x1:100", "15", currency="USD", on="2025-10-01"))
    assert cost.total("duty").amount == Decimal("160.00")
    assert codes(cost)[0] == "duty_exceeds_value"
    assert "$160.00" in cost.warnings[0].text


@pytest.mark.parametrize(("value", "near"), [("140", False), ("142.50", True), ("150", True), ("157.50", True), ("158", False)])
def test_within_five_percent_of_a_threshold_both_outcomes_are_told(value, near):
    """EUR 142.50 to 157.50 are within 5 % of 150."""
    cost = ask(eu(f"610910x1:{value}", to="DE"), "IOSS")
    assert ("threshold_near" in codes(cost)) is near


def test_both_outcomes_are_exact():
    """At 150: 3 and 19 % of 153 = 29.07. On the other side: 12 % of 150 = 18, 19 % of 168 = 31.92."""
    cost = ask(eu("610910x1:150", to="DE"), "IOSS")
    warn = next(warn for warn in cost.warnings if warn.code == "threshold_near")
    assert warn.facts["now"] == Money(Decimal("32.07"), "EUR")
    assert warn.facts["other"] == Money(Decimal("49.92"), "EUR")


def test_unregistered_operator_collects_nothing_and_says_so():
    cost = ask(parcel("AU", "460212x1:200", "25", currency="AUD", on="2026-11-01"))
    assert amounts(cost) == ("0", "0", "0", "0", "0")
    assert [warn.facts["scheme"] for warn in cost.warnings if warn.code == "not_registered"] == ["AU-GST"]


def test_good_taxed_at_checkout_in_a_parcel_above_the_import_limit():
    cost = ask(parcel("SG", "800700x2:760", "20", currency="SGD", on="2026-11-01"), "SG-GST")
    assert cost.border.amount == 0
    assert "double_tax_risk" in codes(cost)


def test_province_that_is_not_known_is_said():
    shipment = parcel("CA", "611019x1:100", currency="CAD", on="2026-11-01")
    assert "sub_region_unknown" in codes(ask(shipment))
    assert "sub_region_unknown" not in codes(ask(replace(shipment, sub_region="AB")))


def test_every_warning_and_every_unknown_has_a_sentence():
    for to, currency in [("TW", "TWD"), ("PE", "USD"), ("VN", "VND"), ("US", "USD"), ("CN", "CNY"), ("NZ", "NZD"), ("PG", "PGK")]:
        for value in ("100", "1990", "3000"):
            for schemes in ((), ALL):
                shipment = parcel(to, f"999999x1:{value}", "1", currency=currency, on="2026-11-01", siblings=1)
                cost = ask(shipment, *schemes, convert=rates())
                for told in (*cost.warnings, *cost.unknown):
                    assert told.text.endswith("."), told


# Dates


def test_row_of_the_future_takes_effect_by_itself():
    tomorrow = date(2026, 11, 2)

    def next_rate(table, row):
        ends = getattr(row, "code", "") == "AU-GST-LVG" and row.levy == "vat"
        return replace(row, effective_to=tomorrow - timedelta(days=1)) if ends else row

    rows = {name: [next_rate(name, row) for row in seed_rows(table)] for name, table in TABLES.items()}
    old = next(row for row in rows["tax_rules"] if row.code == "AU-GST-LVG" and row.levy == "vat")
    rows["tax_rules"].append(replace(old, rate=Decimal(12), effective_from=tomorrow, effective_to=None))
    book = make_book(rows)
    shipment = parcel("AU", "460212x1:200", "25", currency="AUD", on="2026-11-01", arrives=tomorrow)
    today = ask(shipment, "AU-GST", book=book)
    assert today.checkout.amount == Decimal("22.50")
    assert [warn.rule_id for warn in today.warnings if warn.code == "rule_changes"] == ["AU-GST-LVG"]
    assert ask(replace(shipment, on=tomorrow, arrives=None), "AU-GST", book=book).checkout.amount == Decimal("27.00")


def test_drafts_count_for_nothing():
    def draft(table, row):
        return replace(row, state="draft") if getattr(row, "code", "").startswith("AU-") else row

    cost = ask(parcel("AU", "460212x1:200", currency="AUD", on="2026-11-01"), book=edited_book(draft))
    assert {row.why for row in cost.unknown} == {"no_rule"}


def test_twenty_second_economy_is_added_by_rows_alone():
    """CH: VAT 8.1 % of goods and freight above CHF 5 of tax, no duty (rows of this test, no code)."""
    same = {"destination": "CH", "effective_from": date(2024, 1, 1), "review_by": date(2027, 1, 1), "source": "a test"}
    blank = Rule(code="CH-NO-DUTY", levy="duty", **same)
    vat = Rule(
        code="CH-VAT", levy="vat", rate_kind="percent", rate=Decimal("8.1"), value_basis="cif",
        waived_up_to=Decimal(5), threshold_currency="CHF", **same,
    )  # fmt: skip
    book = make_book({"tax_rules": [blank, vat]})
    taxed = ask(parcel("CH", "621410x1:100", "10", currency="CHF", on="2026-11-01", channel="courier"), book=book)
    assert taxed.cited_ids == ("CH-NO-DUTY", "CH-VAT")
    assert amounts(taxed) == ("0", "8.91", "0", "0", "8.91")
    small = ask(parcel("CH", "621410x1:60", currency="CHF", on="2026-11-01", channel="courier"), book=book)
    assert amounts(small) == ("0", "0", "0", "0", "0")


def test_any_parcel_to_any_destination_adds_up_to_the_last_unit():
    """600 random parcels: shares make levies, levies make totals, in whole units of the currency; nothing fails."""
    chance = random.Random(20261121)
    places = sorted({row.destination for row in seed_rows(TABLES["tax_rules"])} - {"*", "EU"})
    lines = [row.hs_prefix for row in seed_rows(TABLES["duty_rates"]) if len(row.hs_prefix) == 6] + ["220830", "999999"]
    worth = {
        "1.37": "EUR GBP AUD CAD NZD SGD BND RON MYR",
        "33.3": "TWD THB PHP CNY MXN PGK RUB HKD PEN",
        "1391.7": "KRW JPY CLP VND IDR",
    }
    known_rates = {f"USD_{code}": rate for rate, names in worth.items() for code in names.split()}
    convert = rates(**known_rates, EUR_RON="5")
    seen = set()
    for _number in range(600):
        currency, step = chance.choice([("USD", 2), ("JPY", 0), ("TWD", 2), ("EUR", 2)])
        goods = "|".join(
            f"{chance.choice(lines)}x{chance.randint(1, 4)}:{Decimal(chance.randint(1, 90_000)).scaleb(-step)}"
            for _line in range(chance.randint(1, 4))
        )
        on = date(2025, 1, 1) + timedelta(days=chance.randint(0, 1300))
        to = chance.choice(places)
        shipment = parcel(
            to, goods, str(chance.randint(0, 60)), currency=currency, on=on.isoformat(), frm=chance.choice(["TH", "PE", "US"]),
            channel=chance.choice(["", "post", "courier"]), siblings=chance.randint(0, 1), arrives=on + timedelta(days=20),
        )  # fmt: skip
        cost = ask(shipment, *chance.sample(ALL, chance.randint(0, len(ALL))), convert=convert)
        seen.add(to)
        for levy in cost.levies:
            assert sum(share.amount for share in levy.shares.values()) == levy.amount.amount
            assert levy.amount.amount == levy.amount.amount.quantize(Decimal(1).scaleb(-step))
            assert levy.amount.amount >= 0 and levy.source and levy.refs
        assert (cost.checkout + cost.border) == cost.total()
        known = {row.kind for row in cost.applied} | {row.kind for row in cost.unknown}
        assert {"duty", "vat"} <= known or (cost.stays_in == to == shipment.ship_from and not known - {"sales_tax"})
    assert seen == set(places)
