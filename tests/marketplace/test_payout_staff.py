"""The staff's screens for payouts: two people, one file, no account number in sight."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from marketplace.payments.models import Attention, Payee, PayoutBatch, PayoutEvidence, PayoutTerms
from marketplace.payments.payouts import payees
from tests.factories import make_user
from tests.marketplace.payouts import IBAN, books, earn, make_payee, make_terms, owed, owner_of
from tests.people import Visitor

pytestmark = pytest.mark.django_db
NEEDED = ("access_admin", "view_payoutbatch", "view_payee", "view_payoutterms")


def make_house(cast):
    make_terms("VN")
    make_payee(cast.maker.workshop, by=cast.staff.user)
    earn(cast.maker.workshop, "600000")
    clerk = make_user("clerk@example.com", is_staff=True)
    names = (*NEEDED, "add_payoutbatch", "change_payoutbatch", "change_payee")
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    reader = make_user("reader@example.com", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__in=NEEDED))
    return clerk, reader


@pytest.fixture
def house(cast, recorded, settings):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "SG"
    return recorded(make_house, cast)


def enter(user) -> Visitor:
    visitor = Visitor()
    visitor.force_login(user)
    return visitor


def step(visitor, batch, name: str, **data):
    return visitor.post_from_page(reverse("payouts:step", args=[batch.pk, name]), data)


def test_two_people_pay_a_workshop(house, cast):
    clerk, other = enter(house[0]), cast.staff.client
    index = clerk.get(reverse("payouts:index"))
    assert "Bank transfer, VND" in index.content.decode()
    clerk.post_from_page(reverse("payouts:prepare"), {"way": "bank_file:VND"})
    batch = PayoutBatch.objects.get()
    page = clerk.get(reverse("payouts:inspect", args=[batch.pk])).content.decode()
    assert "A second person must approve it." in page and "Approve ₫600,000" not in page
    step(clerk, batch, "approve", expected="600000.00")
    batch.refresh_from_db()
    assert batch.state == "prepared"
    page = other.get(reverse("payouts:inspect", args=[batch.pk])).content.decode()
    assert "Approve ₫600,000" in page and IBAN not in page
    step(other, batch, "approve", expected="600000.00")
    file = step(clerk, batch, "export")
    assert IBAN in file.content.decode() and "no-store" in file["Cache-Control"]
    payout = batch.payouts.get()
    proof = SimpleUploadedFile("<script>.pdf", b"%PDF-1.7 signed")
    step(clerk, batch, "paid", payout=payout.number, reference="FT1", evidence=proof)
    payout.refresh_from_db()
    batch.refresh_from_db()
    assert (payout.state, batch.state, owed(cast.maker.workshop)) == ("paid", "settled", 0)
    said = step(clerk, batch, "paid", payout=payout.number, reference="FT2")
    page = clerk.get(said["Location"])
    assert "This was booked as arrived before, with the reference FT1." in page.content.decode()
    step(clerk, batch, "failed", payout=payout.number, why="Account closed")
    done = [(row["what"], row["who"], row["details"]) for row in clerk.get(said["Location"]).context["acts"]]
    first, second = str(house[0]), str(cast.staff.user)
    assert (done[0], done[1]) == (
        ("Made a payout", first, "Total: ₫600,000"),
        ("Approved a payout", second, "Total: ₫600,000"),
    )
    assert [row[:2] for row in done[2:4]] == [("Exported the file of a payout", first), ("Added a receipt to a payout", first)]
    assert done[4:] == [
        (
            "Recorded a payout as paid",
            first,
            "State: On its way → Paid · Amount: ₫600,000 · Reference of the bank: FT1",
        ),
        (
            "Recorded a payout as failed",
            first,
            "State: Paid → Failed, the money is owed again · Amount: ₫600,000 · "
            "Reason: Account closed · Why it failed: Another reason",
        ),
    ]
    kept = clerk.get(reverse("payouts:evidence", args=[PayoutEvidence.objects.get().pk]))
    assert kept.content == b"%PDF-1.7 signed" and kept["Content-Disposition"].startswith("attachment")


def test_what_a_form_made_up_changes_nothing(house, cast):
    clerk = enter(house[0])
    clerk.post_from_page(reverse("payouts:prepare"), {"way": "bank_file:VND"})
    batch, before = PayoutBatch.objects.get(), books()
    answers = [
        step(cast.staff.client, batch, "approve", expected="1").status_code,
        step(cast.staff.client, batch, "approve", expected="x").status_code,
        step(cast.staff.client, batch, "approve").status_code,
        step(cast.staff.client, batch, "nothing").status_code,
        step(clerk, batch, "export").status_code,
        step(clerk, batch, "paid", payout="P-XXXX", reference="1").status_code,
        step(clerk, batch, "paid", payout=batch.payouts.get().number, reference="1").status_code,
        clerk.post_from_page(reverse("payouts:prepare"), {"way": "pigeon:VND"}).status_code,
        clerk.get(reverse("payouts:step", args=[batch.pk, "approve"])).status_code,
    ]
    assert (answers, books()) == ([302, 400, 400, 400, 302, 404, 302, 400, 405], before)


@pytest.mark.parametrize("name", ["approve", "cancel", "export", "paid", "failed"])
def test_without_the_right_nobody_takes_a_step(house, cast, name):
    enter(house[0]).post_from_page(reverse("payouts:prepare"), {"way": "bank_file:VND"})
    batch, before = PayoutBatch.objects.get(), books()
    people = [enter(house[1]), *(person.client for person in cast.all_but("staff"))]
    for visitor in people:
        assert step(visitor, batch, name, expected="600000.00").status_code in (302, 403)
        assert visitor.post_from_page(reverse("payouts:prepare"), {"way": "bank_file:VND"}).status_code in (302, 403)
    assert books() == before


def test_a_payee_is_decided_by_a_second_person_who_sees_it_masked(house, cast):
    workshop = cast.maker.workshop
    row = payees.change_payee(
        owner=workshop, by=owner_of(workshop), route="bank_file", currency="VND",
        holder_name="Hoa <b>", account="1234 5678 90",
    )  # fmt: skip
    clerk, path = enter(house[0]), reverse("payees:decide", args=[row.pk])
    page = clerk.get(reverse("payees:inspect", args=[row.pk])).content.decode()
    assert "•••• 7890" in page and "1234567890" not in page and "Hoa &lt;b&gt;" in page and row.sealed not in page
    before = books()
    assert enter(house[1]).post_from_page(path, {"decision": "approve"}).status_code == 302
    assert clerk.post_from_page(path, {"decision": "perhaps"}).status_code == 400
    assert books() == before
    clerk.post_from_page(path, {"decision": "approve"})
    assert dict(Payee.objects.values_list("masked", "state")) == {"•••• 3000": "replaced", "•••• 7890": "active"}


def test_terms_are_shown_with_their_source(house, cast):
    row = PayoutTerms.objects.get(route="stripe_transfer", economy="VN")
    assert cast.staff.client.get(reverse("payout-terms:index")).status_code == 200
    page = cast.staff.client.get(reverse("payout-terms:inspect", args=[row.pk])).content.decode()
    assert "docs.stripe.com/connect" in page


def entered(workshop) -> Payee:
    return payees.change_payee(
        owner=workshop, by=owner_of(workshop), route="bank_file", currency="VND",
        holder_name="Hoa", account="1234 5678 90",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "query"), [("payees", {}), ("payout-terms", {"economy": "VN"})])
def test_every_row_of_a_list_leads_to_its_page(house, cast, name, query):
    rows = (Payee if name == "payees" else PayoutTerms).objects.filter(**query).values_list("pk", flat=True)
    page = cast.staff.client.get(reverse(f"{name}:index"), query).content.decode()
    assert rows and all(f'href="{reverse(f"{name}:inspect", args=[pk])}"' in page for pk in rows)


def test_a_waiting_payee_is_counted_on_the_first_page_and_answered_there(house, cast):
    staff, first = cast.staff.client, reverse("wagtailadmin_home")
    assert "waits for your answer" not in staff.get(first).content.decode()
    row = entered(cast.maker.workshop)
    assert "1 matter waits for your answer" in staff.get(first).content.decode()
    matter = Attention.objects.open().get()
    page = staff.get(reverse("attention:inspect", args=[matter.pk])).content.decode()
    assert "(SML) entered a new way of being paid in VND: •••• 7890." in page and "1234567890" not in page
    assert 'value="approve"' in page and 'value="refuse"' in page and 'value="settled"' not in page
    path = reverse("attention:answer", args=[matter.pk])
    enter(house[1]).post_from_page(path, {"answer": "approve", "reason": "?"})
    assert (Payee.objects.get(pk=row.pk).state, Attention.objects.open().count()) == ("waiting", 1)
    staff.post_from_page(path, {"answer": "approve", "reason": "Called her"})
    matter.refresh_from_db()
    assert (Payee.objects.get(pk=row.pk).state, matter.answer, matter.reason) == ("active", "approve", "Called her")
    assert "waits for your answer" not in staff.get(first).content.decode()
