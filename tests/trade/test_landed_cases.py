"""More worked cases, each derived by hand: at, just under and just over thresholds, before and after each change of a rule.

A case: day, sent from, to, registered, currency, shipping, goods, kilograms → rule ids, duty, tax, fees, with the
order, at the border. The derivation stands above each.
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

import marketplace
from marketplace.trade.cases import compute, read_cases, write_results
from marketplace.trade.seeds import seed_book
from tests.trade.shipments import rates

ECONOMIES = Path(marketplace.__file__).parent / "economies" / "data" / "economies.csv"
HEAD = "id,order_date,ship_from,destination,seller_registered,currency,goods_net,shipping,lines_hs6_qty_value,weight_kg"
CASES = """
# AU: 1,000.00 is not above 1,000: 10 % of 1,025. One cent more: duty 5 % of 1,000.01 = 50.0005; GST 10 % of 1,075.01
2026-11-01 ID AU yes AUD 25 460212x1:1000 1 = AU-GST-LVG 0.00 102.50 0.00 102.50 0.00
2026-11-01 ID AU yes AUD 25 460212x1:1000.01 1 = AU-BORDER 50.00 107.50 0.00 0.00 157.50
# GB: 20 % of 145; above 135, duty 8 % of CIF 145.01 = 11.6008, VAT 20 % of 156.61 = 31.322; unregistered: nobody
2026-11-01 TH GB yes GBP 10 621410x1:135 1 = GB-DUTY-135;GB-VAT-POS 0.00 29.00 0.00 29.00 0.00
2026-11-01 TH GB yes GBP 10 621410x1:135.01 1 = GB-BORDER 11.60 31.32 0.00 0.00 42.92
2026-11-01 TH GB no GBP 10 621410x1:100 1 = GB-DUTY-135;GB-VAT-POS 0.00 0.00 0.00 0.00 0.00
# DE: the day before EUR 3: 19 % of 36 = 6.84; the day: 19 % of 39 = 7.41; without IOSS the same falls due at the border
2026-06-30 VN DE IOSS EUR 6 610910x5:30 1 = EU-DUTY-OLD;EU-VAT-IOSS 0.00 6.84 0.00 6.84 0.00
2026-07-01 VN DE IOSS EUR 6 610910x5:30 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 7.41 0.00 10.41 0.00
2026-07-01 VN DE no EUR 6 610910x5:30 1 = EU-DUTY-3EUR;EU-VAT-BORDER 3.00 7.41 0.00 0.00 10.41
# at 150: 19 % of 159 = 30.21; a cent above: 12 % of CIF 156.01 = 18.7212, VAT 19 % of 174.73 = 33.1987
2026-07-01 VN DE IOSS EUR 6 610910x5:150 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 30.21 0.00 33.21 0.00
2026-07-01 VN DE IOSS EUR 6 610910x5:150.01 1 = EU-DUTY-FULL;EU-VAT-BORDER 18.72 33.20 0.00 0.00 51.92
# FR: two lines of one HS code are one tariff item (EUR 3) and two lines of the declaration (2 x EUR 2); 20 % of 59
2026-07-02 VN FR IOSS EUR 6 610910x2:30|610910x1:20 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 11.80 4.00 18.80 0.00
2026-07-02 VN FR no EUR 6 610910x2:30|640399x1:30 1 = EU-DUTY-3EUR;EU-VAT-BORDER 6.00 14.40 4.00 0.00 24.40
# before the French fee (2026-03-01), 20 % of 36
2026-02-28 VN FR IOSS EUR 6 610910x5:30 1 = EU-DUTY-OLD;EU-VAT-IOSS 0.00 7.20 0.00 7.20 0.00
# IT: 22 % of 33, EUR 2 per parcel; FI 25.5 % of 33 = 8.415; EE 24 % of 33; HU 27 % of 33; LU 17 % of 33
2026-07-02 VN IT IOSS EUR 0 610910x2:30 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 7.26 2.00 12.26 0.00
2026-07-02 VN FI IOSS EUR 0 610910x2:30 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 8.42 0.00 11.42 0.00
2026-07-02 VN EE yes EUR 0 610910x2:30 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 7.92 0.00 10.92 0.00
2026-07-02 VN HU IOSS EUR 0 610910x2:30 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 8.91 0.00 11.91 0.00
2026-07-02 VN LU IOSS EUR 0 610910x2:30 1 = EU-DUTY-3EUR;EU-VAT-IOSS 3.00 5.61 0.00 8.61 0.00
# EE before 2025-07-01: 22 % of 30
2025-06-30 VN EE IOSS EUR 0 610910x2:30 1 = EU-DUTY-OLD;EU-VAT-IOSS 0.00 6.60 0.00 6.60 0.00
# NZ: two pieces of 800 are each under 1,000: 15 % of 1,650; one of 1,600 is not, and its entry fee is not known
2026-11-01 MY NZ yes NZD 50 460212x2:1600 1 = NZ-GST-LVG 0.00 247.50 0.00 247.50 0.00
2026-11-01 MY NZ yes NZD 50 460212x1:1600 1 = NZ-BORDER 160.00 271.50 unknown 0.00 unknown
2026-11-01 MY NZ no NZD 50 460212x1:1000 1 = NZ-GST-LVG 0.00 0.00 0.00 0.00 0.00
# SG: two goods of 380: 9 % of 760; one of 400.01: 9 % of CIF 420.01; unregistered: CIF 400.00 free, 400.01 taxed
2026-11-01 MY SG yes SGD 20 800700x2:760 1 = SG-GST-LVG 0.00 68.40 0.00 68.40 0.00
2026-11-01 MY SG yes SGD 20 800700x1:400.01 1 = SG-BORDER 0.00 37.80 0.00 0.00 37.80
2026-11-01 MY SG no SGD 20 800700x1:380 1 = SG-GST-LVG 0.00 0.00 0.00 0.00 0.00
2026-11-01 MY SG no SGD 20.01 800700x1:380 1 = SG-BORDER 0.00 36.00 0.00 0.00 36.00
# SG in 2023: 8 % of 380
2023-12-31 MY SG yes SGD 0 800700x1:380 1 = SG-GST-LVG 0.00 30.40 0.00 30.40 0.00
# MY: sales tax on the goods alone, 10 % of 400; without registration nothing to CIF 500
2026-11-01 TH MY yes MYR 20 621410x1:400 1 = MY-CIF500;MY-LVG 0.00 40.00 0.00 40.00 0.00
2026-11-01 TH MY no MYR 0 621410x1:500 1 = MY-CIF500 0.00 0.00 0.00 0.00 0.00
# TH: 10 % of 1 = 0.10, VAT 7 % of 1.10 = 0.077; in 2025 free of duty to CIF 1,500 but not of VAT: 7 % of 1,500
2026-11-01 CN TH n/a THB 0 482390x1:1 1 = TH-FIRST-BAHT 0.10 0.08 0.00 0.00 0.18
2025-12-31 CN TH n/a THB 100 482390x1:1400 1 = TH-2024 0.00 105.00 0.00 0.00 105.00
2025-12-31 CN TH n/a THB 101 482390x1:1400 1 = TH-2024 150.10 115.58 0.00 0.00 265.68
# VN: free to 1,000,000 until 2025-02-17, from the next day 10 % from the first dong
2025-02-17 JP VN n/a VND 0 691200x1:1000000 1 = VN-OLD 0 0 0 0 0
2025-02-18 JP VN n/a VND 0 691200x1:1000000 1 = VN-NO-DEMIN 0 100000 0 0 100000
# ID: under USD 3 only VAT, 11 % of 3.99; at 3: 7.5 % of 4 = 0.30, 11 % of 4.30 = 0.473
2026-11-01 JP ID n/a USD 1 691200x1:2.99 1 = ID-3;ID-VAT 0.00 0.44 0.00 0.00 0.44
2026-11-01 JP ID n/a USD 1 691200x1:3 1 = ID-3-1500;ID-VAT 0.30 0.47 0.00 0.00 0.77
# ID: textiles 25 % of 110 = 27.50, VAT 11 % of 137.50 = 15.125; cosmetics 15 % = 16.50, 11 % of 126.50 = 13.915; books 0
2026-11-01 JP ID n/a USD 10 621410x1:100 1 = ID-3-1500;ID-VAT 27.50 15.13 0.00 0.00 42.63
2026-11-01 JP ID n/a USD 10 330499x1:100 1 = ID-3-1500;ID-VAT 16.50 13.92 0.00 0.00 30.42
2026-11-01 JP ID n/a USD 10 490199x1:100 1 = ID-3-1500;ID-VAT 0.00 12.10 0.00 0.00 12.10
# ID, two rates in one parcel: 7.5 % of 55 = 4.125 and 25 % of 55 = 13.75 are one levy of 17.875; 11 % of 127.88 = 14.0668
2026-11-01 JP ID n/a USD 10 691200x1:50|621410x1:50 1 = ID-3-1500;ID-VAT 17.88 14.07 0.00 0.00 31.95
# PH: at 10,000 nothing; above, the duty line is not known, and so is the VAT on it
2026-11-01 TH PH n/a PHP 900 621410x1:10000 1 = PH-10000 0.00 0.00 0.00 0.00 0.00
2026-11-01 TH PH n/a PHP 900 621410x1:10000.01 1 = PH-BORDER unknown unknown 0.00 0.00 unknown
# CN: 9.1 % of 5,000; by post 20 % of 250 = 50 is waived, 20 % of 251 = 50.20 is not; above 1,000 returned
2026-11-01 JP CN CBEC_platform CNY 0 691200x1:5000 1 = CN-CBEC 0.00 455.00 0.00 455.00 0.00
2026-11-01 JP CN no CNY 0 691200x1:250 1 = CN-POST 0.00 0.00 0.00 0.00 0.00
2026-11-01 JP CN no CNY 0 691200x1:251 1 = CN-POST 0.00 50.20 0.00 0.00 50.20
2026-11-01 JP CN no CNY 0 691200x1:1001 1 = CN-POST 0.00 unknown 0.00 0.00 unknown
2026-11-01 HK CN no CNY 0 691200x1:801 1 = CN-POST 0.00 unknown 0.00 0.00 unknown
# TW: CIF 2,000 free; 2,001: 5 % = 100.05, 5 % of 2,101 = 105.05; 2,510: 125.5 becomes 126, 5 % of 2,636 = 131.8
2026-11-01 JP TW n/a TWD 0 691200x1:2000 1 = TW-2000 0 0 0 0 0
2026-11-01 JP TW n/a TWD 1 691200x1:2000 1 = TW-BORDER 100 105 0 0 205
2026-11-01 JP TW n/a TWD 10 691200x1:2500 1 = TW-BORDER 126 132 0 0 258
# MX: 33.5 %; from US 50 free, 17 % of 117, 19 % of 118; treaty origin: USD 1 free, above it the higher rate
2026-11-01 CN MX n/a USD 10 621410x1:2500 1 = MX-335 837.50 0.00 0.00 0.00 837.50
2026-11-01 US MX n/a USD 0 621410x1:50 1 = MX-TMEC 0.00 0.00 0.00 0.00 0.00
2026-11-01 US MX n/a USD 0 621410x1:117 1 = MX-TMEC 19.89 0.00 0.00 0.00 19.89
2026-11-01 CA MX n/a USD 0 621410x1:118 1 = MX-TMEC 22.42 0.00 0.00 0.00 22.42
2026-11-01 PE MX n/a USD 0 621410x1:1 1 = MX-TREATY-1USD 0.00 0.00 0.00 0.00 0.00
2026-11-01 PE MX n/a USD 0 621410x1:100 1 = MX-335 33.50 0.00 0.00 0.00 33.50
# CL: 19 % of 510 with the order; unregistered 19 % of 40 at customs; above 500: 6 % of 511 = 30.66, 19 % of 541.66 = 102.9154
2025-10-25 PE CL SII USD 10 611710x1:500 1 = CL-500-REG 0.00 96.90 0.00 96.90 0.00
2025-10-25 PE CL no USD 10 611710x1:30 1 = CL-500-UNREG 0.00 7.60 0.00 0.00 7.60
2025-10-25 PE CL SII USD 10 611710x1:501 1 = CL-BORDER 30.66 102.92 0.00 0.00 133.58
# the day before: free to 41; 42: 6 % = 2.52, 19 % of 44.52 = 8.4588
2025-10-24 PE CL no USD 0 611710x1:41 1 = CL-OLD 0.00 0.00 0.00 0.00 0.00
2025-10-24 PE CL no USD 0 611710x1:42 1 = CL-BORDER 2.52 8.46 0.00 0.00 10.98
# PE: 200 free; 201: 4 % of 211 = 8.44, 18 % of 219.44 = 39.4992
2026-11-01 TH PE n/a USD 10 621410x1:200 1 = PE-200 0.00 0.00 0.00 0.00 0.00
2026-11-01 TH PE n/a USD 10 621410x1:201 1 = PE-200-2000 8.44 39.50 0.00 0.00 47.94
2026-11-01 TH PE n/a USD 10 621410x1:2000 1 = PE-200-2000 80.40 376.27 0.00 0.00 456.67
# RU: until 2026-06-30 15 % of the 50 above 200; 2 kg above 31 kg x EUR 2; then 200 free, 250: 5 % = 12.50 or 20 kg = 20
2026-06-30 CN RU n/a EUR 0 570500x1:250 3 = RU-EAEU-OLD 7.50 0.00 0.00 0.00 7.50
2026-06-30 CN RU n/a EUR 0 570500x1:150 33 = RU-EAEU-OLD 4.00 0.00 0.00 0.00 4.00
2026-07-01 CN RU n/a EUR 0 570500x1:200 3 = RU-EAEU-2026 0.00 0.00 0.00 0.00 0.00
2026-07-01 CN RU n/a EUR 0 570500x1:250 20 = RU-EAEU-2026 20.00 59.40 0.00 0.00 79.40
# BN: CIF 400.01 above 400: sample duty 5 % = 20.0005
2026-11-01 MY BN n/a BND 20.01 460212x1:380 1 = BN-BORDER 20.00 0.00 0.00 0.00 20.00
# PG: no parcel limit and no duty line
2026-11-01 JP PG n/a PGK 20 460212x1:380 1 = PG-BORDER unknown unknown 0.00 0.00 unknown
# HK: soy sauce and sake are free, spirits above 30 % have rules of their own
2026-11-01 JP HK n/a HKD 20 220600x1:380 1 = HK-FREE 0.00 0.00 0.00 0.00 0.00
2026-11-01 JP HK n/a HKD 20 220890x1:380 1 = EXCISE-GOODS unknown unknown 0.00 0.00 unknown
# KR: 150 free; 150.01: 8 % of CIF 170.01 = 13.6008, 10 % of 183.61; from the US 200 free; no personal code before 2026-01-05
2026-11-01 VN KR n/a USD 20 460211x1:150 1 = KR-150;KR-PCCC 0.00 0.00 0.00 0.00 0.00
2026-11-01 VN KR n/a USD 20 460211x1:150.01 1 = KR-BORDER;KR-PCCC 13.60 18.36 0.00 0.00 31.96
2026-11-01 US KR n/a USD 20 460211x1:200 1 = KR-200-US;KR-PCCC 0.00 0.00 0.00 0.00 0.00
2026-01-04 VN KR n/a USD 20 460211x1:150 1 = KR-150 0.00 0.00 0.00 0.00 0.00
# JP: 16,666 x 0.6 = 9,999.6; 16,667 x 0.6 = 10,000.2: sample duty 10 % = 1,000.02, tax 10 % of 11,000.2
2026-11-01 TH JP n/a JPY 1500 621410x1:16666 1 = JP-LOW 0 0 0 0 0
2026-11-01 TH JP n/a JPY 1500 621410x1:16667 1 = JP-BORDER 1000 1100 0 0 2100
# JP, leather: no rate is known
2026-11-01 TH JP n/a JPY 0 420231x1:20000 1 = JP-BORDER unknown unknown 0 0 unknown
# JP from 2028-04-01: the first yen is taxed
2028-03-31 TH JP n/a JPY 0 621410x1:9000 1 = JP-LOW 0 0 0 0 0
2028-04-01 TH JP n/a JPY 0 621410x1:9000 1 = JP-2028 0 900 0 0 900
# CA: 20 free; 20.01: 18 % = 3.6018, 5 % of 23.61; by courier from US or MX 40 and 150: 5 % of 41 = 2.05; 151: 27.18, 8.909
2026-11-01 PE CA n/a CAD 5 611019x1:20 1 = CA-POST-20 0.00 0.00 0.00 0.00 0.00
2026-11-01 PE CA n/a CAD 5 611019x1:20.01 1 = CA-BORDER 3.60 1.18 0.00 0.00 4.78
2026-11-01 US CA n/a CAD 5 611019x1:40 1 = CA-CUSMA-40-150 0.00 0.00 0.00 0.00 0.00
2026-11-01 US CA n/a CAD 5 611019x1:41 1 = CA-CUSMA-40-150;CA-BORDER 0.00 2.05 0.00 0.00 2.05
2026-11-01 MX CA n/a CAD 5 611019x1:150 1 = CA-CUSMA-40-150;CA-BORDER 0.00 7.50 0.00 0.00 7.50
2026-11-01 MX CA n/a CAD 5 611019x1:151 1 = CA-BORDER 27.18 8.91 0.00 0.00 36.09
# US: 800 free until 2025-08-28; then USD 80, 160 or 200 per piece by post; 10 % surcharge from 2026-02-24 to 07-23
2025-08-28 TH US n/a USD 15 621410x1:800 1 = US-DUTY-OLD 0.00 0.00 0.00 0.00 0.00
2025-08-28 TH US n/a USD 15 621410x1:801 1 = US-DUTY-OVER-800 31.24 0.00 0.00 0.00 31.24
2025-08-29 TH US n/a USD 15 621410x2:100 1 = US-POSTAL-FLAT 320.00 0.00 0.00 320.00 0.00
2025-10-01 JP US n/a USD 15 621410x1:100 1 = US-POSTAL-FLAT 80.00 0.00 0.00 80.00 0.00
2025-10-01 CN US n/a USD 15 621410x1:100 1 = US-POSTAL-FLAT 200.00 0.00 0.00 200.00 0.00
2026-03-01 TH US n/a USD 15 621410x1:100 1 = US-DUTY-FIRST-CENT;US-S122 13.90 0.00 0.00 13.90 0.00
2026-07-23 TH US n/a USD 15 621410x1:100 1 = US-DUTY-FIRST-CENT;US-S122 13.90 0.00 0.00 13.90 0.00
2026-07-24 TH US n/a USD 15 621410x1:100 1 = US-DUTY-FIRST-CENT 3.90 0.00 0.00 3.90 0.00
# nothing known: nothing is zero but what the shop itself collects
2026-11-01 JP BR n/a USD 15 621410x1:100 1 = - unknown unknown unknown 0.00 unknown
"""
LINES = [line for line in CASES.strip().splitlines() if not line.startswith("#")]


@pytest.fixture(scope="module")
def computed() -> dict[str, list[str]]:
    rows = [HEAD]
    for number, line in enumerate(LINES):
        day, frm, to, registered, currency, shipping, goods, weight = line.split(" = ")[0].split()
        net = sum(Decimal(part.split(":")[1]) for part in goods.split("|"))
        words = registered.replace("_", " ")
        rows.append(f"{number},{day},{frm},{to},{words},{currency},{net},{shipping},{goods},{weight}")
    cases = read_cases("\n".join(rows).encode(), is_place=lambda code: len(code) == 2)
    text = write_results(compute(cases, seed_book(), rates()))
    return {row.split(",")[0]: row.split(",")[1:] for row in text.splitlines()[1:]}


@pytest.mark.parametrize("number", range(len(LINES)), ids=[line.split(" = ")[0] for line in LINES])
def test_case_comes_out_as_derived(number, computed):
    given, wanted = LINES[number].split(" = ")
    found = computed[str(number)]
    assert found[:-1] == [part.replace("-", "") if part == "-" else part for part in wanted.split()]
    day, frm, to, registered, currency, shipping, goods, weight = given.split()
    net = sum(Decimal(part.split(":")[1]) for part in goods.split("|")) + Decimal(shipping)
    if "unknown" in wanted:
        assert found[-1] == "unknown"
    else:
        assert Decimal(found[-1]) == net + Decimal(found[4]) + Decimal(found[5])


def test_every_destination_of_the_kit_is_covered_by_a_case():
    places = {line.split()[2] for line in LINES}
    with ECONOMIES.open(encoding="utf-8", newline="") as file:
        economies = {row["code"] for row in csv.DictReader(file)}
    assert len(economies) == 21
    assert economies | {"GB", "DE", "FR", "IT"} <= places


def test_romanian_fee_is_25_ron_at_the_rate_of_the_day():
    """25 RON at 1 EUR = 5 RON is EUR 5.00; VAT 21 % of 33 = 6.93; without a rate the fee is unknown."""
    text = f"{HEAD}\nRO,2026-07-02,VN,RO,IOSS,EUR,30,0,610910x2:30,1"
    cases = read_cases(text.encode(), is_place=lambda code: True)
    known = write_results(compute(cases, seed_book(), rates(EUR_RON="5"))).splitlines()[1]
    assert known == "RO,EU-DUTY-3EUR;EU-VAT-IOSS,3.00,6.93,5.00,14.93,0.00,44.93"
    unknown = write_results(compute(cases, seed_book(), rates())).splitlines()[1]
    assert unknown == "RO,EU-DUTY-3EUR;EU-VAT-IOSS,3.00,6.93,unknown,9.93,unknown,unknown"


def test_channel_and_province_columns_are_optional_and_count():
    """By courier on 2025-10-01 the tariff line counts, 3.9 %; Ontario's HST is 13 % of 118, Quebec's taxes 5 + 9.975 %."""
    text = "\n".join(
        [
            f"{HEAD},channel,sub_region",
            "US,2025-10-01,TH,US,n/a,USD,100,15,621410x1:100,0.2,courier,",
            "ON,2026-11-01,PE,CA,n/a,CAD,100,12,611019x1:100,0.5,,ON",
            "QC,2026-11-01,PE,CA,n/a,CAD,100,12,611019x1:100,0.5,,QC",
        ]
    )
    cases = read_cases(text.encode(), is_place=lambda code: True)
    rows = write_results(compute(cases, seed_book(), rates())).splitlines()[1:]
    assert rows[0] == "US,US-DUTY-FIRST-CENT,3.90,0.00,0.00,3.90,0.00,118.90"
    assert rows[1] == "ON,CA-BORDER,18.00,15.34,0.00,0.00,33.34,145.34"
    # GST 5.90 and QST 9.975 % of 118 = 11.7705, rounded once each
    assert rows[2] == "QC,CA-BORDER,18.00,17.67,0.00,0.00,35.67,147.67"
