"""Named findings for named cases, from the packaged rules. No database: what a piece is, is written down here."""

from dataclasses import replace
from datetime import date

import pytest

from catalogue.export import ExportFacts, missing, split_species
from marketplace.economies.requirements import Requirement
from marketplace.trade.readiness import DISPATCH, findings_for
from marketplace.trade.readiness_facts import hs_attributes
from marketplace.trade.restriction_rules import Person, Rules
from marketplace.trade.restrictions import SEED, read_restrictions

DAY = date(2026, 11, 22)
PERSON = Person("EU", None, date(2025, 1, 1))
BLOCS = {"DE": "EU", "FR": "EU"}


@pytest.fixture(scope="module")
def rows():
    return read_restrictions(SEED.read_bytes())


@pytest.fixture(scope="module")
def rules(rows) -> Rules:
    """The packaged rules, with somebody responsible in the EU."""
    return Rules.of(rows, blocs=BLOCS, persons=(PERSON,))


def piece(hs: str = "621490", *contains: str, materials: str = "cotton", **values) -> ExportFacts:
    """A cotton scarf of Thailand with everything that customs asks, unless said otherwise."""
    made_of = frozenset(materials.split())
    start = {
        "ships_from": "TH",
        "origin": "TH",
        "hs_code": hs,
        "net_weight_g": 120,
        "customs_description": "Scarf of cotton, woven",
        "materials": made_of,
        "sku": "BFI-01",
        "maker_code": "BFI-01",
        "attributes": frozenset(contains) | made_of | hs_attributes(hs),
    }
    return ExportFacts(**start | values)


def look(rules: Rules, facts: ExportFacts, to: str, on: date = DAY, **more) -> dict[str, tuple[str, str]]:
    """Rule (with the field that mends it) → code and severity."""
    return {
        f"{row.rule}:{row.field}".strip(":"): (row.code, row.severity)
        for row in findings_for(facts, to, on=on, rules=rules, **more)
    }


def test_a_complete_piece_is_ready(rules):
    for place in ("JP", "CA", "DE", "CL", "HK"):
        assert look(rules, piece(), place) == {}, place


CASES = {
    "nothing is known of its HS code": (piece(""), "JP", {"DATA-HS6:hs_code": ("hs_code", "stops")}),
    "a code of four digits is none": (piece("6214"), "JP", {"DATA-HS6:hs_code": ("hs_code", "stops")}),
    "no origin": (piece(origin=""), "JP", {"DATA-ORIGIN:origin": ("origin", "stops")}),
    "no net weight": (piece(net_weight_g=None), "JP", {"DATA-WEIGHT:net_weight_g": ("net_weight", "stops")}),
    "no material": (piece(materials=""), "JP", {"DATA-MATERIAL:materials": ("material", "warns")}),
    "no description": (
        piece(customs_description=""),
        "JP",
        {"DATA-DESCRIPTION:customs_description": ("description", "warns")},
    ),
    "a vague description": (
        piece(customs_description="handmade gift"),
        "JP",
        {"DATA-DESCRIPTION:customs_description": ("description", "warns")},
    ),
    "worked ivory": (piece("960110", species=("Bos taurus",)), "JP", {"IVORY-HS": ("restriction", "stops")}),
    "worked ivory at home": (piece("960110", species=("Bos taurus",)), "TH", {"IVORY-HS": ("restriction", "stops")}),
    "ivory as a material": (
        piece("442090", materials="wood ivory", species=("Tectona grandis",)),
        "JP",
        {"IVORY-MATERIAL": ("restriction", "stops")},
    ),
    "rosewood without a permit": (
        piece("442090", materials="wood", species=("Dalbergia cochinchinensis",)),
        "JP",
        {"CITES-II-PLANTS:certificate": ("certificate", "stops")},
    ),
    "a genus that only begins alike": (piece("442090", materials="wood", species=("Dalbergiella nyasae",)), "JP", {}),
    "a species of Appendix I": (
        piece("442090", materials="wood", species=("Dalbergia nigra",)),
        "JP",
        {
            "CITES-I": ("restriction", "stops"),
            "CITES-II-PLANTS:certificate": ("certificate", "stops"),
        },
    ),
    "wood without a name": (piece("442090", materials="wood"), "JP", {"SPECIES-WOOD:species": ("species", "warns")}),
    "shell without a name": (piece("960190"), "JP", {"SPECIES-SHELL:species": ("species", "stops")}),
    "reptile skin": (
        piece("420221", "reptile", species=("Python bivittatus",)),
        "JP",
        {
            "CITES-II-ANIMALS:certificate": ("certificate", "stops"),
            "REPTILE-LEATHER:certificate": ("certificate", "stops"),
        },
    ),
    "cow leather": (piece("420221", "animal"), "JP", {}),
    "incense of agarwood, in Vietnamese": (
        piece("330741", words=("Nhang trầm hương",)),
        "JP",
        {"AGARWOOD:certificate": ("certificate", "stops")},
    ),
    "incense of agarwood, in Japanese": (
        piece("330741", words=("沈香のお香",)),
        "JP",
        {"AGARWOOD:certificate": ("certificate", "stops")},
    ),
    "other incense": (piece("330741", words=("Sandalwood sticks",)), "JP", {}),
    "a loose lithium battery": (piece("621490", "lithium_loose"), "JP", {"LITHIUM-LOOSE": ("channel", "stops")}),
    "a loose lithium battery at home": (piece("621490", "lithium_loose"), "TH", {"LITHIUM-LOOSE": ("channel", "stops")}),
    "a built-in one": (piece("621490", "lithium_installed"), "JP", {"LITHIUM-INSTALLED": ("channel", "warns")}),
    "alcohol to Brunei Darussalam": (
        piece("220600", alcohol_percent=15),
        "BN",
        {"BN-ALCOHOL:certificate": ("certificate", "stops")},
    ),
    "a bamboo basket to Brunei Darussalam": (piece("460211", materials="bamboo"), "BN", {}),
    "timber to Brunei Darussalam": (
        piece("441990", materials="wood"),
        "BN",
        {"BN-TIMBER:certificate": ("certificate", "stops")},
    ),
    "a Chilean pisco to Peru": (
        piece("220820", ships_from="CL", origin="CL", words=("Pisco añejo",), alcohol_percent=20),
        "PE",
        {"PE-PISCO": ("restriction", "stops")},
    ),
    "another brandy to Peru": (
        piece("220820", ships_from="CL", origin="CL", words=("Aguardiente de uva",), alcohol_percent=20),
        "PE",
        {},
    ),
    "Peru’s own, sent from Chile": (
        piece("220820", ships_from="CL", origin="PE", words=("Pisco",), alcohol_percent=20),
        "PE",
        {},
    ),
    "honey to Germany": (piece("040900", "food"), "DE", {"EU-ANIMAL-FOOD": ("restriction", "stops")}),
    "a toy to Germany": (piece("950300"), "DE", {"EU-TOY:certificate": ("certificate", "stops")}),
    "soap to Germany": (piece("340111"), "DE", {"EU-COSMETIC:certificate": ("certificate", "stops")}),
    "printed matter to China": (
        piece("491191"),
        "CN",
        {"CN-CBEC": ("restriction", "warns"), "CN-PRINTED:certificate": ("certificate", "stops")},
    ),
    "textiles to Indonesia": (piece(), "ID", {"ID-PIECE-LIMITS": ("restriction", "warns")}),
    "anything to Russia": (piece(), "RU", {"RU-DESTINATION": ("restriction", "stops")}),
    "anything from Russia": (piece(ships_from="RU", origin="RU"), "JP", {"RU-ORIGIN": ("restriction", "stops")}),
    "within one economy customs asks nothing": (
        ExportFacts(ships_from="TH", hs_code=""),
        "TH",
        {},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_named_cases(rules, name):
    facts, to, expected = CASES[name]
    assert look(rules, facts, to) == expected


def test_the_eu_asks_for_a_person_of_the_workshop_or_of_the_shop(rows):
    nobody = {"EU-GPSR": ("responsible_person", "stops")}
    facts = replace(piece(), partner_id=7)

    def persons(*found):
        return look(Rules.of(rows, blocs=BLOCS, persons=found), facts, "DE")

    assert persons() == nobody
    assert persons(Person("EU", 8, DAY)) == nobody, "another workshop's"
    assert persons(Person("EU", None, date(2025, 1, 1), date(2026, 11, 21))) == nobody, "ended yesterday"
    assert persons(Person("GB", None, DAY)) == nobody
    assert persons(Person("EU", 7, DAY, DAY)) == {}
    assert persons(Person("DE", None, DAY)) == {}
    assert look(Rules.of(rows, blocs=BLOCS), facts, "JP") == {}, "only the EU asks"
    assert look(Rules.of(rows, blocs=BLOCS), replace(piece("090121"), partner_id=7), "DE", date(2026, 12, 1)) == {}, "food"


@pytest.mark.parametrize(
    ("day", "hs", "own", "expected"),
    [
        (date(2026, 7, 23), "621490", (), {}),
        (date(2026, 7, 24), "621490", (), {"US-HTS10:tariff_code": ("hs_code", "stops")}),
        (date(2026, 7, 24), "62149000", (), {"US-HTS10:tariff_code": ("hs_code", "stops")}),
        (date(2026, 7, 24), "6214900010", (), {}),
        (date(2026, 7, 24), "621490", (("US", "6214900010"),), {}),
        (date(2026, 7, 24), "621490", (("EU", "6214900010"),), {"US-HTS10:tariff_code": ("hs_code", "stops")}),
    ],
)
def test_ten_digits_for_the_united_states_from_the_day(rules, day, hs, own, expected):
    found = look(rules, piece(hs, tariff_codes=own), "US", day)
    assert found == expected | {"US-TEXTILE-LABEL": ("restriction", "warns")}


@pytest.mark.parametrize(
    ("day", "sku", "maker_code", "expected"),
    [
        (date(2026, 10, 31), "", "", set()),
        (date(2026, 11, 1), "", "", {"EU-PRODUCT-IDS:sku", "EU-PRODUCT-IDS:maker_code"}),
        (date(2026, 11, 1), "BFI-01", "", {"EU-PRODUCT-IDS:maker_code"}),
        (date(2026, 11, 1), "", "K-7", {"EU-PRODUCT-IDS:sku"}),
        (date(2026, 11, 1), "BFI-01", "K-7", set()),
    ],
)
def test_product_ids_for_the_eu_from_the_day(rules, day, sku, maker_code, expected):
    found = look(rules, piece(sku=sku, maker_code=maker_code), "FR", day)
    assert set(found) == expected
    assert set(found.values()) <= {("product_id", "stops")}


@pytest.mark.parametrize(
    ("hs", "day", "expected"),
    [
        ("491191", date(2027, 7, 1), {}),  # printed matter is out
        ("482010", date(2026, 12, 29), {}),
        ("482010", date(2026, 12, 30), {"EU-EUDR:certificate": ("certificate", "warns")}),
        ("482010", date(2027, 6, 29), {"EU-EUDR:certificate": ("certificate", "warns")}),
        ("482010", date(2027, 6, 30), {"EU-EUDR:certificate": ("certificate", "stops")}),
        ("441911", date(2027, 6, 30), {}),  # bamboo is no wood
        ("940382", date(2027, 6, 30), {}),
    ],
)
def test_deforestation_rules_of_the_eu(rules, hs, day, expected):
    assert look(rules, piece(hs, materials="paper"), "DE", day) == expected


def test_a_workshop_s_own_person_comes_before_the_shop_s(rows):
    shop, own = Person("EU", None, DAY, name="The shop’s"), Person("EU", 7, DAY, name="Her own")
    rules = Rules.of(rows, blocs=BLOCS, persons=(shop, own))
    assert [rules.person(partner, "DE", DAY) for partner in (7, 8)] == [own, shop]
    assert rules.person(7, "JP", DAY) is None and rules.person(7, "DE", date(2026, 11, 21)) is None


def test_furniture_counts_only_where_it_is_of_wood(rules):
    found = look(rules, piece("940360", materials="wood"), "DE", date(2027, 6, 30))
    assert found == {"EU-EUDR-FURNITURE:certificate": ("certificate", "stops")}


@pytest.mark.parametrize(
    ("paper", "cleared"),
    [
        (("cites", "", ""), True),
        (("cites", "JP", "2026-11-22"), True),
        (("cites", "JP", "2026-11-21"), False),
        (("cites", "CA", ""), False),
        (("phytosanitary", "", ""), False),
    ],
)
def test_a_checked_certificate_clears_what_it_is_for(rules, paper, cleared):
    facts = piece("442090", materials="wood", species=("Dalbergia cochinchinensis",), certificates=(paper,))
    assert look(rules, facts, "JP") == (
        {} if cleared else {"CITES-II-PLANTS:certificate": ("certificate", "stops")}
    )


def test_a_certificate_for_the_bloc_holds_in_its_members(rules):
    toy = piece("950300", certificates=(("child_product", "EU", ""),))
    assert look(rules, toy, "DE") == {} and look(rules, toy, "FR") == {}


@pytest.mark.parametrize(
    ("channel", "code", "severity"),
    [("post", "channel", "stops"), ("any", "channel", "warns"), ("courier", None, None)],
)
def test_what_the_post_refuses_can_go_by_courier(rules, channel, code, severity):
    found = look(rules, piece("220820", ships_from="CL", origin="CL", alcohol_percent=40), "JP", channel=channel)
    assert found == ({"ALCOHOL-24": (code, severity)} if code else {})


@pytest.mark.parametrize(("percent", "stopped"), [(None, True), ("24", False), ("24.1", True)])
def test_alcohol_counts_above_the_row_s_own_percent(rules, percent, stopped):
    from decimal import Decimal

    facts = piece("220890", alcohol_percent=percent and Decimal(percent))
    assert ("ALCOHOL-24" in look(rules, facts, "JP", channel="post")) is stopped


def test_at_dispatch_what_warned_may_stop_and_words_do_not_count(rows):
    languages = {"JP": (Requirement("JP", "ja"),)}
    rules = Rules.of(rows, languages=languages)
    facts = piece(customs_description="", writers={"en": ""})
    assert look(rules, facts, "JP") == {
        "language": ("language", "stops"),
        "DATA-DESCRIPTION:customs_description": ("description", "warns"),
    }
    assert look(rules, facts, "JP", stage=DISPATCH) == {
        "DATA-DESCRIPTION:customs_description": ("description", "stops")
    }
    assert look(rules, replace(facts, customs_description="Scarf of cotton", writers={"ja": "maker"}), "JP") == {}


def test_a_finding_says_everything_about_itself(rules):
    (found,) = findings_for(piece("441990", materials="wood"), "BN", on=DAY, rules=rules)
    assert vars(found) == {
        "code": "certificate",
        "severity": "stops",
        "text": "Goods of timber enter Brunei Darussalam only with a permit.",
        "next_step": "Please record this paper with its number, or ask us about it: Import permit of the destination.",
        "next_url_name": "desk:piece-readiness",
        "learn_url": "https://www.canadapost-postescanada.ca/",
        "source": "Canada Post, page on Brunei Darussalam",
        "destination": "BN",
        "rule": "BN-TIMBER",
        "field": "certificate",
        "paper": "import_permit",
        "final": False,
    }


def test_only_what_nothing_mends_is_final(rules):
    ivory = findings_for(piece("960110", species=("Bos taurus",)), "JP", on=DAY, rules=rules)
    timber = findings_for(piece("441990", materials="wood"), "BN", on=DAY, rules=rules)
    assert [row.final for row in (*ivory, *timber)] == [True, False]


def test_no_rule_counts_before_its_first_day(rules):
    assert look(rules, ExportFacts(ships_from="TH"), "JP", date(2019, 12, 31)) == {}


def test_what_is_missing_of_a_piece():
    assert missing(ExportFacts()) == (
        "materials", "hs_code", "origin", "net_weight_g", "customs_description", "sku", "maker_code",
    )  # fmt: skip
    assert missing(piece()) == ()
    assert missing(piece("6214")) == ("hs_code",)
    assert missing(replace(piece(), species_needed=True)) == ("species",)
    assert missing(replace(piece(), species_needed=True, species=("Bambusa vulgaris",))) == ()


def test_the_code_of_a_destination_comes_before_the_common_one():
    facts = piece("621490", tariff_codes=(("EU", "62149000"), ("US", "6214900010")))
    assert facts.tariff_code("US") == "6214900010"
    assert facts.tariff_code("DE", "EU") == "62149000"
    assert facts.tariff_code("JP") == "621490"


def test_species_are_told_apart():
    text = " Dalbergia  latifolia; Bambusa vulgaris,, Bambusa vulgaris "
    assert split_species(text) == ("Dalbergia latifolia", "Bambusa vulgaris")
    assert split_species("  ") == ()
