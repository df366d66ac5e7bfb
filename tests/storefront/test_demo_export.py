"""The demo's pieces are ready for export as its content says: what goes where, what does not, and why."""

from collections import Counter
from datetime import date

import pytest
from oscar.core.loading import get_model

from catalogue.export import split_species
from catalogue.models import Product
from marketplace.economies.addresses import address_rules, problems_of, tidy_postcode
from marketplace.economies.models import Market, Registration
from marketplace.economies.registrations import registrations_on
from marketplace.fulfilment.senders import change_sender, sender_of
from marketplace.trade.hs_services import clean_code
from marketplace.trade.models import Certificate, OriginEvidence, ResponsiblePerson, TariffCode
from marketplace.trade.origin_claims import origin_claims
from marketplace.trade.readiness import readiness_of
from marketplace.trade.readiness_services import check_facts
from marketplace.workshops.models import Workshop
from storefront.demo import content
from storefront.demo.load import pieces, places
from storefront.demo.load.bulk import load_many
from storefront.demo.load.export import load_export
from storefront.demo.load.places import load_people
from storefront.listing.refresh import once_at_the_end
from tests.factories import make_basket
from tests.shopping import quote_of
from tests.storefront.demo_desk import the_desk_has_something_of_each_kind, the_log_ins_that_are_told_work

DAY = date(2026, 11, 22)
PIECES = [row for _slug, row in content.pieces()]
IN_DOUBT = ["BFI-06", "KWA-06"]


@pytest.fixture
def demo(db, monkeypatch):
    """The demo without its pictures and words, which export does not look at: piece code → id."""
    for name in ("_load_pictures", "write_texts"):
        monkeypatch.setattr(pieces, name, lambda *_: None)
    monkeypatch.setattr(places, "write_texts", lambda *_: None)
    with once_at_the_end():
        load_people()
        places.load_places()
        pieces.load_pieces()
        load_export()
    return dict(Product.objects.filter(parent=None).values_list("upc", "pk"))


def findings(ids: dict[str, int], *destinations: str) -> dict[str, dict[str, list]]:
    """Piece code → destination → findings."""
    matrix = readiness_of(ids.values(), destinations, on=DAY)
    return {code: matrix[pk] for code, pk in ids.items()}


def rows_of_export() -> list[int]:
    models = (TariffCode, Certificate, OriginEvidence, ResponsiblePerson, Registration, get_model("partner", "PartnerAddress"))
    return [model.objects.count() for model in models]


def test_what_the_pieces_say_is_what_customs_would_take():
    assert [row["code"] for row in PIECES if "hs_code" not in row] == IN_DOUBT
    assert len(PIECES) == len({row["maker_code"] for row in PIECES}) == 96
    for row in PIECES:
        about = {"customs_description": row["customs_description"], "species": row.get("species", "")}
        assert row["customs_description"] and len(row["customs_description"]) <= 120, row["code"]
        check_facts(about | {"contains": row.get("contains", [])})
        hs = row.get("hs_code", "")
        assert not hs or (clean_code(hs) == hs and len(hs) == 6), row["code"]
        assert all(len(code) == 10 and code.startswith(hs) for code in row.get("tariff", {}).values()), row["code"]


def test_species_stand_where_wood_plaiting_and_shell_ask_for_them():
    asked = {
        row["code"]
        for row in PIECES
        if row.get("hs_code", "").startswith(("44", "46")) or "mother-of-pearl" in row["materials"]
    }
    named = {row["code"] for row in PIECES if split_species(row.get("species", ""))}
    assert len(asked) == 32
    assert asked <= named
    shell = [row for row in PIECES if "mother-of-pearl" in row["materials"]]
    assert len(shell) == 9
    assert all("animal" in row["contains"] for row in shell)


def pieces_are_ready_as_counted(demo: dict[str, int]) -> None:
    known = findings(demo, "CA", "DE", "US", "JP")
    stopped = Counter(
        (place, row.rule) for rows_to in known.values() for place, rows in rows_to.items() for row in rows if row.stops
    )
    assert len(known) == 96
    assert stopped == {
        ("CA", "DATA-HS6"): 2,
        ("DE", "DATA-HS6"): 2,
        ("DE", "EU-GPSR"): 37,
        ("US", "DATA-HS6"): 2,
        ("US", "US-HTS10"): 64,
        ("JP", "DATA-HS6"): 1,
        ("JP", "JP-RAW-STRAW"): 2,
    }
    ready = Counter(
        place for rows_to in known.values() for place, rows in rows_to.items() if not any(row.stops for row in rows)
    )
    assert ready == {"CA": 94, "DE": 57, "US": 32, "JP": 93}
    # Untreated bamboo: one economy refuses the basket for what it is made of, and nothing else stands in its way.
    assert {place: [row.rule for row in rows] for place, rows in known["RNB-01"].items()} == {
        "CA": [], "DE": [], "US": [], "JP": ["JP-RAW-STRAW"],
    }  # fmt: skip
    assert known["RNB-06"]["JP"] == [], "its plant health certificate clears the rule"
    assert known["YSK-01"]["US"] == [], "its test report clears the rule of tableware"


def everybody_has_papers_and_an_address(demo: dict[str, int]) -> None:
    workshops = {row.slug: row for row in Workshop.objects.all()}
    assert len(workshops) == len(content.export()["senders"]) == 16
    for workshop in workshops.values():
        address = sender_of(workshop).address
        assert problems_of(address, channel="courier") == {}, workshop.slug
        assert tidy_postcode(address.postcode, address_rules(address.economy)) == address.postcode, workshop.slug
    assert sender_of(workshops["tani-rokuro"]).address.name == "Tani Turnery"
    persons = ResponsiblePerson.objects.values_list("destination", "workshop__village__economy", "name")
    assert Counter(place for _to, place, _name in persons) == {"CL": 1, "JP": 2, "PE": 2, "TH": 3, "VN": 2}
    assert {(to, name) for to, _place, name in persons} == {("EU", "Kontor Lindenhof (sample)")}
    year = OriginEvidence.objects.values_list("valid_from__year", flat=True).distinct().get()
    proofs = origin_claims(demo.values(), on=date(year, 6, 1))
    assert {code: [row.agreement for row in proofs[pk]] for code, pk in demo.items() if pk in proofs} == {
        "KWA-02": ["CPTPP"], "SML-01": ["CPTPP"], "WQU-01": ["CPTPP"],
    }  # fmt: skip
    market = Market.objects.get(destination="US")
    assert (market.terms, market.declarant, market.source.split(":")[0]) == ("DDP", "Sample Express Couriers", "Sample")
    # The United States, and the 27 of the European Union.
    assert Market.objects.filter(terms="DDP").count() == 28
    assert [(row.scheme, row.number) for row in registrations_on(DAY)] == [("IOSS", "IM2760000000")]
    assert Registration.objects.get().source.startswith("Sample:")


def a_buyer_in_germany_pays_everything_with_the_order(demo: dict[str, int]) -> None:
    """IOSS up to EUR 150: VAT and the EUR 3 with the order, by a post that prepays; above it the same, by tariff line."""
    for code, rules in (
        ("NOT-04", {"EU-DUTY-3EUR", "EU-VAT-IOSS"}),
        ("TIL-06", {"EU-DUTY-3EUR", "EU-VAT-IOSS"}),
        ("TRO-05", {"EU-DUTY-FULL", "EU-VAT-BORDER"}),
    ):
        quote = quote_of(make_basket(Product.objects.get(pk=demo[code])).all_lines(), "DE", "EUR")
        (part,) = quote.consignments
        assert (quote.refusals, quote.needs_consent) == ([], False), code
        assert (part.shipping.incoterm, part.shipping.carrier) == ("DDP", "post"), code
        assert {row.levy.rule_id for row in part.levies.checkout} == rules, code
        free = {"EU-DUTY-FULL"}  # tableware of wood is free of duty there
        assert {row.levy.rule_id for row in part.levies.checkout if not row.amount} <= free, code


def loading_again_adds_nothing_and_leaves_decisions_alone(demo: dict[str, int]) -> None:
    before = rows_of_export()
    assert before == [32, 2, 3, 10, 1, 16]
    Market.objects.filter(destination="US").update(terms="DAP", source="The operator")
    workshop = Workshop.objects.get(slug="tani-rokuro")
    change_sender(workshop=workshop, name="Tani", line1="5 New Lane", city="Kasumidani", state="Gifu", postcode="501-5104")
    TariffCode.objects.filter(product=demo["YSK-01"]).update(code="6912004810")
    assert load_export() == 37
    assert rows_of_export() == before
    assert Market.objects.values_list("terms", "source").get(destination="US") == ("DAP", "The operator")
    assert sender_of(workshop).address.line1 == "5 New Lane"
    assert TariffCode.objects.get(product=demo["YSK-01"]).code == "6912004500", "what the content says is put right"


def generated_pieces_can_be_sold_abroad(demo: dict[str, int]) -> None:
    load_many(94)
    made = dict(Product.objects.filter(upc__startswith="GEN-").values_list("upc", "pk"))
    assert len(made) == 94
    stopped = {code: rows["CA"] for code, rows in findings(made, "CA").items() if rows["CA"]}
    assert stopped == {}
    assert not Product.objects.filter(pk__in=made.values()).filter(customs_description="").exists()


def test_the_loaded_demo(demo, mailoutbox, smsoutbox):
    """One test, since loading takes seconds; its parts follow each other and each says what it finds."""
    pieces_are_ready_as_counted(demo)
    everybody_has_papers_and_an_address(demo)
    a_buyer_in_germany_pays_everything_with_the_order(demo)
    loading_again_adds_nothing_and_leaves_decisions_alone(demo)
    generated_pieces_can_be_sold_abroad(demo)
    the_desk_has_something_of_each_kind(mailoutbox, smsoutbox)
    the_log_ins_that_are_told_work()
