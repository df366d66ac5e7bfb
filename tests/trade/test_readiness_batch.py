"""Readiness of pieces in the database: what is read, in how many statements, and what happens before a parcel leaves."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import Product
from marketplace.economies.models import RequiredLanguage
from marketplace.fulfilment import services
from marketplace.fulfilment.dispatch import dispatch_findings
from marketplace.trade.models import Certificate, OriginEvidence, ResponsiblePerson, Restriction, TariffCode
from marketplace.trade.origin_claims import origin_claims
from marketplace.trade.readiness import may_be_sold_to, readiness_of
from marketplace.trade.readiness_facts import facts_of
from marketplace.trade.readiness_sample import load_sample_person
from marketplace.trade.readiness_services import check_certificate
from tests.factories import make_material, make_order, make_piece, make_user, make_village, make_workshop

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def workshop():
    return make_workshop("wood", village=make_village(economy="ID"), code_prefix="WD")


def codes(findings) -> list[tuple[str, str]]:
    return [(row.rule or row.code, row.severity) for row in findings]


def statements(call) -> int:
    call()
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def test_facts_of_a_piece(workshop):
    wood, shell = make_material("wood", name="Wood"), make_material("mother-of-pearl", name="Shell")
    piece = make_piece(
        workshop, title={"en": "Inlaid box", "ja": "螺鈿の箱"}, code="WD-01", materials=[wood, shell], hs_code="442090",
        species="Tectona grandis, Pinctada maxima", contains=["animal"], maker_code="K-7", net_weight_g=350,
    )  # fmt: skip
    TariffCode.objects.create(product=piece, destination="US", code="4420908000")
    paper = Certificate.objects.create(
        product=piece, kind="cites", number="1", body="Ministry", destination="JP",
        issued_on=date(2026, 1, 1), valid_to=date(2026, 12, 31),
    )  # fmt: skip
    known = facts_of([piece])[piece.pk]
    assert known.certificates == (), "nobody has checked it"
    check_certificate(certificate=paper, user=make_user())
    known = facts_of([piece.pk])[piece.pk]
    assert (known.product_id, known.partner_id, known.ships_from, known.origin) == (piece.pk, workshop.partner_id, "ID", "ID")
    assert (known.hs_code, known.hs_confirmed, known.tariff_codes) == ("442090", False, (("US", "4420908000"),))
    assert known.certificates == (("cites", "JP", "2026-12-31"),)
    assert (known.sku, known.maker_code, known.net_weight_g) == ("WD-01", "K-7", 350)
    assert known.species == ("Tectona grandis", "Pinctada maxima")
    assert known.materials == {"wood", "mother-of-pearl"}
    assert known.attributes == {"animal", "wood", "mother-of-pearl", "plant", "timber"}
    assert set(known.words) == {"Inlaid box", "螺鈿の箱"}
    Product.objects.filter(pk=piece.pk).update(hs_confirmed="442090")
    assert facts_of([piece])[piece.pk].hs_confirmed
    Product.objects.filter(pk=piece.pk).update(hs_code="442019")
    assert not facts_of([piece])[piece.pk].hs_confirmed, "another code than the one that was confirmed"


def test_a_variant_has_what_its_piece_has_and_a_piece_what_all_its_variants_have(workshop):
    piece = make_piece(workshop, variants={"S": ("5.00", 2), "L": ("6.00", 3)}, net_weight_g=None, contains=["blade"])
    small, large = piece.children.order_by("pk")
    Product.objects.filter(pk=small.pk).update(net_weight_g=300)
    known = facts_of([piece, small, large])
    assert [known[row.pk].net_weight_g for row in (piece, small, large)] == [None, 300, None]
    assert {known[row.pk].hs_code for row in (piece, small, large)} == {"691200"}
    assert all(known[row.pk].attributes == {"blade", "ceramic"} for row in (piece, small, large))
    assert known[small.pk].sku == small.upc and known[piece.pk].sku == small.upc
    assert known[large.pk].ships_from == "ID"
    Product.objects.filter(pk=large.pk).update(net_weight_g=200)
    assert facts_of([piece])[piece.pk].net_weight_g == 200
    large.stockrecords.all().delete()
    assert facts_of([piece])[piece.pk].sku == ""


def test_one_statement_however_many_pieces_and_places(workshop):
    pieces = [make_piece(workshop, title=f"Bowl {number}") for number in range(3)]
    places = ["JP", "DE", "US", "BN", "CA"]
    assert statements(lambda: readiness_of(pieces[:1], ["JP"], on=DAY)) == 1
    assert statements(lambda: readiness_of(pieces, places, on=DAY)) == 1
    assert statements(lambda: may_be_sold_to(pieces, "JP", on=DAY)) == 1
    assert statements(lambda: readiness_of([], places, on=DAY)) == 0
    RequiredLanguage.objects.create(destination="JP", language="ja", source="a law")
    assert statements(lambda: readiness_of(pieces, ["DE"], on=DAY)) == 1
    assert statements(lambda: readiness_of(pieces, places, on=DAY)) == 2
    assert statements(lambda: readiness_of(pieces, places, on=DAY, writers={})) == 1


def test_a_rule_that_changes_is_seen_at_the_next_look(workshop):
    piece = make_piece(workshop)
    assert may_be_sold_to([piece], "CA", on=DAY) == {}
    rule = Restriction.objects.get(code="BN-TIMBER")
    rule.destination, rule.hs = "CA", "69"
    rule.save()
    assert codes(may_be_sold_to([piece], "CA", on=DAY)[piece.pk]) == [("BN-TIMBER", "stops")]
    rule.delete()
    assert may_be_sold_to([piece], "CA", on=DAY) == {}
    language = RequiredLanguage.objects.create(destination="CA", language="ja", source="a law")
    assert codes(may_be_sold_to([piece], "CA", on=DAY)[piece.pk]) == [("language", "stops")]
    language.delete()
    assert may_be_sold_to([piece], "CA", on=DAY) == {}


def test_a_rule_of_the_future_takes_effect_by_itself(workshop):
    piece = make_piece(workshop)
    assert codes(readiness_of([piece], ["US"], on=date(2026, 7, 23))[piece.pk]["US"]) == [
        ("DATA-MATERIAL", "warns"),
        ("US-TABLEWARE", "warns"),
    ]
    assert codes(readiness_of([piece], ["US"], on=date(2026, 7, 24))[piece.pk]["US"]) == [
        ("US-HTS10", "stops"),
        ("DATA-MATERIAL", "warns"),
        ("US-TABLEWARE", "warns"),
    ]


def test_a_draft_stops_nobody(workshop):
    piece = make_piece(workshop, hs_code="442090", species="Tectona grandis")
    assert codes(may_be_sold_to([piece], "BN", on=DAY)[piece.pk]) == [("BN-TIMBER", "stops")]
    rule = Restriction.objects.get(code="BN-TIMBER")
    rule.state = "draft"
    rule.save()
    assert may_be_sold_to([piece], "BN", on=DAY) == {}


def test_somebody_responsible_opens_the_eu_for_one_workshop_or_all(workshop):
    mine, theirs = make_piece(workshop), make_piece()

    def stopped() -> set[int]:
        return set(may_be_sold_to([mine, theirs], "DE", on=DAY))

    ResponsiblePerson.objects.all().delete()
    person = ResponsiblePerson(destination="EU", workshop=workshop, name="A", address="B", email="a@example.com", valid_from=DAY)
    before = stopped()
    person.save()
    after = stopped()
    person.workshop = None
    person.save()
    assert (before, after, stopped()) == ({mine.pk, theirs.pk}, {theirs.pk}, set())


# Dispatch


@pytest.fixture
def consignment(workshop):
    teak = make_material("teak", name="Teak")
    piece = make_piece(
        workshop, title="Teak bowl", hs_code="441990", customs_description="Bowl of teak for food", materials=[teak]
    )
    order = make_order([piece], paid=True).order
    return order.consignments.get()


def test_what_is_complete_is_packed_and_sent(consignment):
    assert dispatch_findings(consignment, on=DAY) == []
    services.pack(consignment=consignment)
    services.send(consignment=consignment, carrier="", tracking="")
    consignment.refresh_from_db()
    assert consignment.state == "sent"


LACKING = {
    "DATA-DESCRIPTION": {"customs_description": "gift"},
    "DATA-HS6": {"hs_code": "4419"},
    "DATA-ORIGIN": {"origin": ""},
    "DATA-WEIGHT": {"net_weight_g": None},
    "SPECIES-WOOD": {"hs_code": "442090"},
    "LITHIUM-LOOSE": {"contains": ["lithium_loose"]},
}


def test_what_lacks_something_stays_and_is_told_what(consignment):
    piece = Product.objects.filter(title="Teak bowl")
    whole = piece.values("customs_description", "hs_code", "origin", "net_weight_g", "contains").get()
    for rule, change in LACKING.items():
        piece.update(**whole | change)
        stopping = [row for row in dispatch_findings(consignment, on=timezone.localdate()) if row.finding.stops]
        assert [(row.title, row.finding.rule) for row in stopping] == [("Teak bowl", rule)]
        for verb, more in ((services.pack, {}), (services.send, {"carrier": "", "tracking": ""})):
            with pytest.raises(services.NotAllowed) as refused:
                verb(consignment=consignment, **more)
            assert str(refused.value).startswith("This cannot go to Japan yet. “Teak bowl”: ")
            assert stopping[0].finding.next_step in str(refused.value)
        consignment.refresh_from_db()
        assert (consignment.state, consignment.packed_at, consignment.sent_at) == ("placed", None, None)


def test_a_warning_stops_no_parcel_and_nothing_keeps_it_from_being_cancelled(consignment):
    rule = Restriction.objects.get(code="DATA-DESCRIPTION")
    rule.severity = "warns"
    rule.save()
    Product.objects.filter(title="Teak bowl").update(customs_description="")
    assert codes(row.finding for row in dispatch_findings(consignment, on=DAY)) == [("DATA-DESCRIPTION", "warns")]
    Product.objects.filter(title="Teak bowl").update(hs_code="")
    services.cancel(consignment=consignment)
    consignment.refresh_from_db()
    assert consignment.state == "cancelled"




def test_proofs_of_origin_that_are_valid_on_a_day(workshop):
    piece, other = make_piece(workshop), make_piece(workshop)
    same = {"criterion": "WO", "signed_by": "Hoa", "valid_from": date(2026, 1, 1)}
    for agreement, end in (("RCEP", date(2026, 11, 22)), ("CPTPP", date(2026, 12, 31)), ("ATIGA", date(2026, 11, 21))):
        OriginEvidence.objects.create(product=piece, agreement=agreement, valid_to=end, **same)
    assert origin_claims([piece.pk, other.pk], on=DAY) == {
        piece.pk: [
            ("CPTPP", date(2026, 12, 31), "WO", "Hoa"),
            ("RCEP", date(2026, 11, 22), "WO", "Hoa"),
        ]
    }
    assert origin_claims([piece.pk], on=date(2025, 12, 31)) == {}


def test_the_demo_brings_a_person_once(db):
    ResponsiblePerson.objects.all().delete()
    assert (load_sample_person(), load_sample_person()) == (1, 0)
    assert ResponsiblePerson.objects.get().email.endswith(".example")
