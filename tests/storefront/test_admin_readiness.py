"""The staff's screens for restrictions, readiness, papers and questions about HS codes."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalogue.models import Product
from marketplace.trade.models import Certificate, HsQuestion, OriginEvidence, Restriction
from marketplace.trade.models.rule_changes import RuleChange
from marketplace.trade.restrictions import write_restrictions
from tests.factories import make_material, make_piece, make_user, make_workshop
from tests.people import Visitor
from tests.trade.markets import open_only

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def markets() -> None:
    open_only("CA", "BN", "US")


@pytest.fixture
def box() -> Product:
    wood = make_material("wood", name="Wood")
    shop = make_workshop("boxes", name="Box Makers", code_prefix="BX")
    return make_piece(shop, title="Wooden box", code="BX-01", hs_code="441990", materials=[wood])


def editor(*permissions: str) -> Visitor:
    """Somebody who may enter the admin and do this there."""
    user = make_user(is_staff=True)
    names = ["access_admin", *permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    visitor = Visitor()
    visitor.force_login(user)
    return visitor


def form_of(page) -> dict:
    """What a browser would send back from the form of ``page`` untouched."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_the_matrix_counts_places_and_names_what_is_missing(staff, box):
    make_piece(title="Another", materials=[make_material("clay", name="Clay")])
    page = staff.get(reverse("readiness:index"))
    rows = {row.title: (row.counts, row.lacks) for row in page.context["table"].data}
    assert rows["Wooden box"] == (
        {"ready": 1, "needs": 2, "closed": 0},
        "Goods of timber enter Brunei Darussalam only with a permit."
        " Parcels to the United States carry the ten-digit code of the American tariff for every line.",
    )
    assert rows["Another"][0] == {"ready": 2, "needs": 1, "closed": 0}
    assert "441990 (chosen by the maker)" in page.text


def test_the_matrix_is_filtered_by_workshop_and_destination(staff, box):
    make_piece(title="Another")
    query = {"workshop": box.partner.workshop.pk, "destination": "CA"}
    rows = staff.get(reverse("readiness:index"), query).context["table"].data
    assert [(row.title, row.counts, row.lacks) for row in rows] == [
        ("Wooden box", {"ready": 1, "needs": 0, "closed": 0}, "")
    ]
    results = staff.get(reverse("readiness:index_results"), {"q": "wooden"})
    assert results.status_code == 200 and "Wooden box" in results.text and "Another" not in results.text


def test_one_piece_against_every_place_and_its_code_confirmed(staff, box):
    path = reverse("readiness:piece", args=[box.pk])
    page = staff.get(path)
    assert [(row["name"], [found.rule for found in row["findings"]]) for row in page.context["places"]] == [
        ("Brunei Darussalam", ["BN-TIMBER"]),
        ("Canada", []),
        ("The United States", ["US-HTS10", "US-LACEY"]),
    ]
    assert staff.post_from_page(path, {"code": "4419"}).status_code == 302
    assert Product.objects.get(pk=box.pk).hs_confirmed == ""
    staff.post_from_page(path, {"code": "4419.90"})
    box.refresh_from_db()
    assert (box.hs_code, box.hs_confirmed) == ("441990", "441990")
    assert "Confirmed by the staff" in staff.get(path).text


def test_who_may_only_look_confirms_nothing_and_others_see_nothing(box):
    path, index = reverse("readiness:piece", args=[box.pk]), reverse("readiness:index")
    looker, nobody = editor("view_product"), editor()
    assert looker.get(path).status_code == 200 and looker.get(index).status_code == 200
    assert looker.post_from_page(path, {"code": "442090"}).status_code in (302, 403)
    for page in (path, index, reverse("restrictions:index"), reverse("restrictions:export_csv")):
        assert nobody.get(page).status_code in (302, 403), page
    box.refresh_from_db()
    assert (box.hs_code, box.hs_confirmed) == ("441990", "")


def test_a_restriction_is_changed_and_the_book_knows_who_and_what(staff):
    row = Restriction.objects.get(code="BN-TIMBER")
    path = reverse("restrictions:edit", args=[row.pk])
    data = form_of(staff.get(path)) | {"text": "No timber."}
    assert staff.post_from_page(path, data).status_code == 302
    row.refresh_from_db()
    assert row.text == "No timber."
    change = RuleChange.objects.get(action="changed")
    assert (change.who, change.row, change.how) == ("boss@example.com", "BN-TIMBER 2020-01-01", "the admin")
    assert (change.before, change.after) == (
        {"text": "Goods of timber enter Brunei Darussalam only with a permit."},
        {"text": "No timber."},
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [({"source": ""}, "source"), ({"review_by": ""}, "review_by"), ({"hs": "wood"}, "hs"), ({"needs": "love"}, "needs")],
)
def test_a_rule_without_evidence_or_with_nonsense_is_not_published(staff, change, field):
    row = Restriction.objects.get(code="BN-TIMBER")
    path = reverse("restrictions:edit", args=[row.pk])
    page = staff.post_from_page(path, form_of(staff.get(path)) | change)
    assert page.status_code == 200 and field in page.context["form"].errors
    assert write_restrictions([Restriction.objects.get(pk=row.pk)]) == write_restrictions([row])
    assert not RuleChange.objects.filter(action="changed").exists()


def test_two_rows_of_one_code_do_not_overlap(staff):
    row = Restriction.objects.get(code="BN-TIMBER")
    data = form_of(staff.get(reverse("restrictions:edit", args=[row.pk]))) | {"effective_from": "2027-01-01"}
    page = staff.post_from_page(reverse("restrictions:add"), data)
    assert page.status_code == 200 and "effective_from" in page.context["form"].errors
    staff.post_from_page(reverse("restrictions:add"), data | {"state": "draft"})
    assert list(Restriction.objects.filter(code="BN-TIMBER").values_list("effective_from", "state")) == [
        (date(2020, 1, 1), "live"),
        (date(2027, 1, 1), "draft"),
    ]


def test_a_live_row_is_not_deleted(staff):
    row = Restriction.objects.get(code="BN-TIMBER")
    staff.post_from_page(reverse("restrictions:delete", args=[row.pk]))
    assert Restriction.objects.filter(pk=row.pk).exists()
    Restriction.objects.filter(pk=row.pk).update(state="draft")
    staff.post_from_page(reverse("restrictions:delete", args=[row.pk]))
    assert not Restriction.objects.filter(pk=row.pk).exists()


def test_the_table_leaves_and_comes_back_byte_for_byte(staff):
    answer = staff.get(reverse("restrictions:export_csv"))
    data = answer.content
    assert data == write_restrictions(Restriction.objects.all()) and "restrictions.csv" in answer["Content-Disposition"]
    path = reverse("restrictions:import_csv")
    changed = data.replace(b"Goods of timber enter", b"Goods of wood enter")
    broken = [data[:-40], changed.decode().encode("utf-16"), data.replace(b",stops,", b",halts,", 1)]
    for bad in broken:
        page = staff.post(path, {"file": SimpleUploadedFile("rules.csv", bad)}, headers={"Origin": "http://testserver"})
        assert page.status_code == 200 and page.context["form"].errors["file"]
        assert write_restrictions(Restriction.objects.all()) == data
    staff.post(path, {"file": SimpleUploadedFile("rules.csv", changed)}, headers={"Origin": "http://testserver"})
    assert staff.get(reverse("restrictions:export_csv")).content == changed
    change = RuleChange.objects.get(action="changed")
    assert (change.who, change.how) == ("boss@example.com", "rules.csv")


def test_a_question_is_answered_with_a_confirmed_code(staff, box):
    question = HsQuestion.objects.create(product=box, words="Hộp gỗ", language="vi", candidates=["442090"])
    path = reverse("hs-questions:edit", args=[question.pk])
    assert "Hộp gỗ" in staff.get(reverse("hs-questions:index")).text
    for bad in ({"decision": "", "note": ""}, {"decision": "4420", "note": ""}, {"decision": "xx", "note": "y"}):
        page = staff.post_from_page(path, bad)
        assert page.status_code == 200 and page.context["form"].errors
        question.refresh_from_db()
        assert (question.state, question.decision) == ("open", "")
    assert staff.post_from_page(path, {"decision": "4420.90", "note": "A box."}).status_code == 302
    question.refresh_from_db()
    box.refresh_from_db()
    assert (question.state, question.decision, question.note) == ("answered", "442090", "A box.")
    assert question.answered_by.email == "boss@example.com"
    assert (box.hs_code, box.hs_confirmed) == ("442090", "442090")
    assert staff.post_from_page(path, {"decision": "441990", "note": ""}).status_code == 200, "answered already"
    box.refresh_from_db()
    assert box.hs_code == "442090"


def test_a_paper_counts_once_somebody_has_seen_it(staff, box):
    paper = Certificate.objects.create(product=box, kind="import_permit", number="1", body="x", issued_on=date(2026, 1, 1))
    path = reverse("certificates:edit", args=[paper.pk])
    staff.post_from_page(path, form_of(staff.get(path)) | {"checked": "on"})
    paper.refresh_from_db()
    assert paper.checked_by.email == "boss@example.com" and paper.checked_at
    first = paper.checked_at
    staff.post_from_page(path, form_of(staff.get(path)) | {"number": "2"})
    paper.refresh_from_db()
    assert paper.number == "2" and paper.checked_at != first, "looked at again"
    data = form_of(staff.get(path))
    data.pop("checked")
    staff.post_from_page(path, data)
    paper.refresh_from_db()
    assert paper.checked_at is None


def test_proof_of_origin_is_kept_by_the_code_of_the_piece(staff, box):
    path = reverse("origin-evidence:add")
    data = {
        "piece_code": "BX-99", "agreement": "CPTPP", "criterion": "WO", "inputs": "[]", "signed_by": "Hoa",
        "valid_from": "2026-01-01", "valid_to": "2026-12-31",
    }  # fmt: skip
    page = staff.post_from_page(path, data)
    assert page.status_code == 200 and "piece_code" in page.context["form"].errors
    assert not OriginEvidence.objects.exists()
    staff.post_from_page(path, data | {"piece_code": "BX-01"})
    row = OriginEvidence.objects.get()
    assert (row.product, row.agreement, row.valid_to) == (box, "CPTPP", date(2026, 12, 31))


def test_the_first_page_says_who_waits(staff, box):
    home = reverse("wagtailadmin_home")
    assert "Makers who wait for an answer" not in staff.get(home).text
    HsQuestion.objects.create(product=box, words="Hộp gỗ", language="vi")
    Certificate.objects.create(product=box, kind="cites", number="1", body="x", issued_on=date(2026, 1, 1))
    text = staff.get(home).text
    assert "1 question about an HS code" in text and "1 certificate to check" in text
    assert "Makers who wait" not in editor("view_product").get(home).text
