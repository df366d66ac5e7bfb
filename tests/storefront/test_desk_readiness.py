"""The maker's page "Ready for export?": what it tells, what can be mended there, and whose it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.models import Product
from marketplace.economies.models import Economy
from marketplace.trade.models import Certificate, HsDecision, HsQuestion, TariffCode
from marketplace.trade.readiness_services import check_facts
from marketplace.workshops.details import Refused
from storefront.desk.readiness_forms import FactsForm
from tests.factories import make_material, make_piece
from tests.trade.markets import open_only

KEPT = (
    "hs_code", "origin", "net_weight_g", "customs_description", "species", "contains", "alcohol_percent", "gtin", "maker_code",
)  # fmt: skip


def open_markets() -> None:
    """Eight open destinations, three of them in the EU."""
    Economy.objects.update(enabled=True)
    open_only("CA", "JP", "US", "BN", "RU", "DE", "FR", "IE")


@pytest.fixture
def markets(db, recorded) -> None:
    return recorded(open_markets)


def make_bowl(cast, markets) -> Product:
    """Of wood, with nothing for customs but its weight."""
    return make_piece(
        cast.maker.workshop, title="Bát sơn mài", source="vi", code="SML-01", hs_code="", customs_description="",
        materials=[make_material("wood", name="Wood")],
    )  # fmt: skip


@pytest.fixture
def bowl(cast, markets, recorded) -> Product:
    return recorded(make_bowl, cast, markets)


def path_of(person, piece: Product) -> str:
    return reverse("desk:piece-readiness", kwargs={"workshop": person.workshop.slug, "pk": piece.pk})


def send(person, piece: Product, **data):
    return person.client.post_from_page(path_of(person, piece), data)


def state(piece: Product) -> dict:
    rows = (Certificate, HsQuestion, HsDecision, TariffCode)
    return Product.objects.values(*KEPT).get(pk=piece.pk) | {row.__name__: row.objects.count() for row in rows}


def groups(page) -> dict[str, list[str]]:
    return {row["state"]: row["places"] for row in page.context["groups"]}


def gaps(page) -> dict[str, list[str]]:
    return {row["finding"].rule: row["places"] for row in page.context["gaps"]}


def test_the_page_tells_what_is_missing_and_where_it_can_go(cast, bowl):
    page = cast.maker.client.get(path_of(cast.maker, bowl))
    assert page.context["coverage"] == {"number": 6, "total": 8, "text": "2 of 8 are missing"}
    assert groups(page) == {
        "needs": ["Brunei Darussalam", "Canada", "European Union (3)", "Japan", "The United States"],
        "closed": ["Russia"],
    }
    assert gaps(page) == {
        "DATA-HS6": ["Brunei Darussalam", "Canada", "European Union (3)", "Japan", "Russia", "The United States"],
        "EU-GPSR": ["European Union (3)"],
        "RU-DESTINATION": ["Russia"],
        "US-HTS10": ["The United States"],
        "DATA-DESCRIPTION": ["Brunei Darussalam", "Canada", "European Union (3)", "Japan", "Russia", "The United States"],
    }
    assert "For every place abroad." in page.text and "2 of 8 are missing" in page.text


def test_a_complete_piece_is_ready(cast, markets):
    clay = make_material("clay", name="Clay")
    piece = make_piece(cast.maker.workshop, materials=[clay], origin="VN")
    page = cast.maker.client.get(path_of(cast.maker, piece))
    assert page.context["coverage"]["text"] == "All 8 answers are there"
    assert groups(page)["ready"] == ["Brunei Darussalam", "Canada", "Japan"]


def test_the_page_of_the_piece_leads_here(cast):
    bowl = make_piece(cast.maker.workshop)
    page = cast.maker.client.get(reverse("desk:piece", kwargs={"workshop": cast.maker.workshop.slug, "pk": bowl.pk}))
    assert f'href="{path_of(cast.maker, bowl)}"' in page.text


def test_gaps_are_mended_right_there(cast, bowl):
    for fields in (
        {"fields": "customs_description", "customs_description": " Bowl of lacquered  wood, for food "},
        {"fields": "species", "species": "Rhus vernicifera; Hevea brasiliensis"},
        {"fields": "origin", "origin": "TH"},
        {"fields": "net_weight_g", "net_weight_g": "４２０"},
        {
            "fields": ["contains", "alcohol_percent", "maker_code", "gtin"],
            "contains": ["blade", "antique"],
            "alcohol_percent": "12.5",
            "maker_code": "K-7",
            "gtin": "4006381333931",
        },
    ):
        answer = send(cast.maker, bowl, action="facts", **fields)
        assert answer.status_code == 302 and answer["Location"] == path_of(cast.maker, bowl)
    now = state(bowl)
    assert [str(now[name]) for name in KEPT] == [
        "", "TH", "420", "Bowl of lacquered wood, for food", "Rhus vernicifera; Hevea brasiliensis",
        "['blade', 'antique']", "12.5", "4006381333931", "K-7",
    ]  # fmt: skip


BAD_FACTS = [
    {"customs_description": "gift"},
    {"customs_description": "漆の椀"},
    {"customs_description": ""},
    {"customs_description": "Bowl <script>alert(1)</script> of wood"},
    {"customs_description": "wood bowl " * 20},
    {"species": "bamboo"},
    {"species": "tre gai"},
    {"species": "<b>Bambusa</b> vulgaris"},
    {"species": "Bambusa; DROP TABLE"},
    {"net_weight_g": "0"},
    {"net_weight_g": "-5"},
    {"net_weight_g": "1.5"},
    {"net_weight_g": "9" * 30},
    {"gtin": "4006381333932"},
    {"gtin": "x" * 14},
    {"alcohol_percent": "100"},
    {"alcohol_percent": "1,2,5"},
    {"contains": ["plutonium"]},
    {"maker_code": "x" * 41},
]


@pytest.mark.parametrize("values", BAD_FACTS)
def test_what_no_field_takes(values):
    """The form refuses it, or what the service checks before it writes does."""
    form = FactsForm(values, only=list(values))
    if form.is_valid():
        with pytest.raises(Refused) as refused:
            check_facts(form.cleaned_data)
        assert refused.value.field in values


BAD = [
    {"action": "facts", "fields": "customs_description", "customs_description": "<b>gift</b>"},
    {"action": "facts", "fields": "species", "species": "tre gai"},
    {"action": "facts", "fields": "origin", "origin": "XX"},
    {"action": "facts", "fields": "hs_confirmed", "hs_confirmed": "441990"},
    {"action": "facts"},
    {"action": "choose", "code": "<script>"},
    {"action": "ask", "words": "\x00"},
    {"action": "confirm", "code": "441990"},
    {},
    {"action": "tariff", "destination": "US", "tariff_code": "4419٩٠٠٠١٠"},
    {"action": "certificate", "kind": "beauty", "number": "1", "body": "x", "issued_on": "2026-01-01"},
    {"action": "certificate", "kind": "cites", "number": "1", "body": "x", "issued_on": "2999-01-01"},
    {"action": "certificate", "kind": "cites", "number": "1", "body": "x", "issued_on": "2026-02-02", "valid_to": "2026-02-01"},
    {"action": "certificate", "kind": "cites", "number": "1", "body": "x", "issued_on": "2026-01-01", "destination": "Japan"},
]


def test_nonsense_is_refused_and_changes_nothing(cast, bowl):
    before = state(bowl)
    for data in BAD:
        answer = send(cast.maker, bowl, **data)
        assert answer.status_code == 400, data
        assert state(bowl) == before, data
        assert "<script>" not in answer.text.split("<main", 1)[-1] and "<b>gift" not in answer.text
    assert send(cast.maker, bowl, action="tariff", destination="XX", tariff_code="4419900010").status_code == 404
    assert state(bowl) == before


def test_what_was_typed_comes_back_with_the_reason(cast, bowl):
    page = send(cast.maker, bowl, action="facts", fields="customs_description", customs_description="souvenir")
    assert page.status_code == 400
    assert 'value="souvenir"' in page.text and "“souvenir” says nothing to customs." in page.text


def test_the_helper_offers_codes_with_reasons_and_the_maker_chooses(cast, bowl):
    page = cast.maker.client.get(path_of(cast.maker, bowl), {"words": "bát sơn mài", "material": "wood"})
    assert [row["dotted"] for row in page.context["hs"]["candidates"]] == ["4419.90", "9701.91", "4420.90"]
    assert "The list says “bát sơn mài” here." in page.text and "The United States 3.2-5.3" in page.text
    assert state(bowl)["hs_code"] == "", "looking changes nothing"
    assert send(cast.maker, bowl, action="choose", code="441990", words="bát sơn mài").status_code == 302
    assert state(bowl)["hs_code"] == "441990"
    decision = HsDecision.objects.get()
    assert (decision.basis, decision.words, decision.by) == ("maker", "bát sơn mài", cast.maker.user)
    page = cast.maker.client.get(path_of(cast.maker, bowl))
    assert "Chosen by you" in page.text and "Confirmed by us" not in page.text
    assert 'value="Other wooden tableware and kitchenware"' in page.text, "a description is proposed"
    Product.objects.filter(pk=bowl.pk).update(hs_confirmed="441990")
    assert "Confirmed by us" in cast.maker.client.get(path_of(cast.maker, bowl)).text


def test_without_a_material_the_helper_asks_for_it_first(cast, bowl):
    page = cast.maker.client.get(path_of(cast.maker, bowl), {"words": "bát"})
    assert page.status_code == 200 and page.context["hs"]["candidates"] == []
    assert "Please say first what it is made of" in page.text


def test_a_hostile_search_is_only_a_search(cast, bowl):
    script = "<script>alert(1)</script>"
    for query in ({"words": "x" * 5_000, "material": "wood"}, {"words": script, "material": "<b>"}, {"words": "\x00"}):
        page = cast.maker.client.get(path_of(cast.maker, bowl), query)
        assert page.status_code == 200 and script not in page.text
        assert page.context["hs"]["candidates"] == []


def test_doubt_goes_to_a_person(cast, bowl):
    send(cast.maker, bowl, action="ask", words="bát sơn mài", material="wood")
    question = HsQuestion.objects.get()
    assert (question.product, question.words, question.materials, question.asked_by, question.language) == (
        bowl, "bát sơn mài", ["wood"], cast.maker.user, "en",
    )  # fmt: skip
    assert question.candidates == ["441990", "970191", "442090"]
    page = cast.maker.client.get(path_of(cast.maker, bowl))
    assert "We are looking at your question: “bát sơn mài”." in page.text
    assert state(bowl)["hs_code"] == ""


def test_a_paper_is_recorded_and_waits_for_a_person(cast, bowl):
    Product.objects.filter(pk=bowl.pk).update(hs_code="442090", species="Dalbergia cochinchinensis")
    page = cast.maker.client.get(path_of(cast.maker, bowl))
    (gap,) = [row for row in page.context["gaps"] if row["finding"].rule == "CITES-II-PLANTS"]
    assert gap["form"]["kind"].value() == "cites" and gap["form"]["destination"].value() == ""
    paper = {"kind": "cites", "number": "VN-1", "body": "Ministry", "issued_on": "2026-01-01", "valid_to": ""}
    assert send(cast.maker, bowl, action="certificate", **paper).status_code == 302
    row = Certificate.objects.get()
    assert (row.product, row.number, row.checked_at, row.valid_to) == (bowl, "VN-1", None, None)
    page = cast.maker.client.get(path_of(cast.maker, bowl))
    assert "CITES-II-PLANTS" in gaps(page), "nobody has checked it yet"
    assert "Papers that we are checking" in page.text and "VN-1" in page.text
    assert send(cast.maker, bowl, action="certificate", **paper).status_code == 400
    assert Certificate.objects.count() == 1


def test_the_long_code_of_one_tariff(cast, bowl):
    Product.objects.filter(pk=bowl.pk).update(hs_code="441990")
    assert send(cast.maker, bowl, action="tariff", destination="US", tariff_code="6214.90.0010").status_code == 400
    assert not TariffCode.objects.exists(), "of another heading"
    assert send(cast.maker, bowl, action="tariff", destination="US", tariff_code="4419.90.9140").status_code == 302
    assert TariffCode.objects.values_list("product", "destination", "code").get() == (bowl.pk, "US", "4419909140")
    assert "US-HTS10" not in gaps(cast.maker.client.get(path_of(cast.maker, bowl)))
    Product.objects.filter(pk=bowl.pk).update(hs_code="691110")
    assert "The code 6911.10 is for things of Porcelain." in cast.maker.client.get(path_of(cast.maker, bowl)).text


DEEDS = [None, {"action": "facts", "fields": "origin", "origin": "TH"}, {"action": "choose", "code": "441990"},
         {"action": "ask", "words": "bowl"},
         {"action": "certificate", "kind": "cites", "number": "1", "body": "x", "issued_on": "2026-01-01"},
         {"action": "tariff", "destination": "US", "tariff_code": "4419909140"}]  # fmt: skip


def test_others_find_the_door_shut_and_nothing_changes(cast, bowl):
    path, before = path_of(cast.maker, bowl), state(bowl)
    for data in DEEDS:
        for person in cast.all_but("maker", "helper"):
            answer = person.client.get(path) if data is None else person.client.post_from_page(path, data)
            assert answer.status_code == {"other_maker": 404, "stranger": 302}.get(person.name, 403), (person, data)
            assert "Bát sơn mài" not in answer.text
        # Her own workshop's address with another workshop's piece.
        own = path.replace(cast.maker.workshop.slug, cast.other_maker.workshop.slug)
        answer = cast.other_maker.client.get(own) if data is None else cast.other_maker.client.post_from_page(own, data)
        assert answer.status_code == 404
    assert state(bowl) == before
    assert cast.helper.client.get(path).status_code == 200


def test_the_page_costs_the_same_for_more_destinations(cast, bowl):
    def count() -> int:
        cast.maker.client.get(path_of(cast.maker, bowl))
        with CaptureQueriesContext(connection) as queries:
            cast.maker.client.get(path_of(cast.maker, bowl))
        return len(queries)

    before = count()
    open_only("CA", "JP", "US", "BN", "RU", "DE", "FR", "IE", "AU", "NZ", "TH", "ES", "IT")
    assert count() == before


def test_the_page_answers_in_the_language_of_the_desk(cast, bowl):
    path = path_of(cast.maker, bowl).replace("/en/", "/ja/", 1)
    page = cast.maker.client.get(path, {"words": "木の椀", "material": "wood"})
    assert page.status_code == 200 and '<html lang="ja"' in page.text
    assert page.context["hs"]["candidates"][0]["name"] == "木の椀"
