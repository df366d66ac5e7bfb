"""Earnings at the desk, and what everybody may read of how workshops are paid."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.payments import outbox, owed
from marketplace.payments.models import ContactChange, MemberShareRule, Owed, Payee, Payment, PayoutTerms
from marketplace.payments.payouts import open_money, settling
from marketplace.payments.payouts.balances import Standing, balance_of
from marketplace.payments.payouts.terms import TermsBook, economies_with_terms
from tests.factories import make_member, make_user
from tests.factories.places import PASSWORD
from tests.marketplace.payouts import IBAN, approve, books, earn, make_payee, make_terms, prepared, take_back
from tests.people import Visitor

pytestmark = pytest.mark.django_db


def make_house(cast):
    """The maker sold three pieces, one of them was paid out; the other workshop sold one."""
    make_terms("VN", "CA", "TH", "CL")
    clerk = make_user(is_staff=True, is_superuser=True)
    workshop, theirs = cast.maker.workshop, cast.other_maker.workshop
    make_payee(workshop, by=clerk)
    first = earn(workshop, "800000")
    approve(batch := prepared("VND", clerk), cast.staff.user)
    settling.mark_paid(payout=batch.payouts.get(), by=clerk, reference="FT-77")
    due, waiting = earn(workshop, "600000"), earn(workshop, "150000", delivered=None)
    take_back(first, "100000")
    other = earn(theirs, "9999.00")
    sold = {"first": first, "due": due, "waiting": waiting, "other": other}
    return sold | {"slug": workshop.slug, "payout": batch.payouts.get()}


@pytest.fixture
def house(cast, recorded, settings):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "CA"
    return recorded(make_house, cast)


def url(name: str, house, **kwargs) -> str:
    return reverse(f"desk:{name}", kwargs={"workshop": house["slug"], **kwargs})


def text_of(response) -> str:
    """What a reader sees of the page's own part."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def doors(house) -> list[tuple[str, dict | None]]:
    month = {"currency": "VND", "year": timezone.localdate().year, "month": timezone.localdate().month}
    return [
        (url("earnings", house), None),
        (url("payee", house), None),
        (url("payee", house), {"way": "bank_file:VND", "holder_name": "X", "account": "12345678"}),
        (url("statement", house, **month), None),
        (url("statement-file", house, **month, kind="csv"), None),
        (url("statement-file", house, **month, kind="pdf"), None),
        (url("earnings-open", house, currency="VND"), None),
        (url("member-shares", house), None),
        (url("member-shares", house), {"action": "off"}),
    ]


def test_the_page_says_how_much_when_and_why(house, cast):
    page = text_of(cast.maker.client.get(url("earnings", house)))
    # 600,000 and 150,000 less the 100,000 that went back to the buyer.
    assert "You are owed ₫650,000" in page
    assert re.search(r"₫500,000 comes on [A-Z][a-z]+ \d+, \d{4}: Bank transfer", page)
    for row in (house["due"], house["waiting"], house["first"]):
        assert row.number in page
    for part in ("-₫100,000", "It is not marked as delivered yet.", "taken off your next payout", "FT-77", "•••• 3000"):
        assert part in page
    assert house["other"].number not in page and "9,999" not in page and IBAN not in page


@pytest.mark.parametrize("door", range(9))
def test_only_members_come_in(house, cast, door):
    path, data = doors(house)[door]
    before = books()
    for person in cast.all_but("maker"):
        response = person.client.post_from_page(path, data) if data else person.client.get(path)
        assert response.status_code == {"stranger": 302, "other_maker": 404}.get(person.name, 403), person
        if person.name == "stranger":
            assert "/login/" in response.url
    assert books() == before


def test_a_book_keeper_reads_and_saves_and_cannot_turn_the_money_elsewhere(house, cast):
    keeper = Visitor()
    keeper.force_login(member := make_member(cast.maker.workshop, rights=("keeps_books",)))
    before = (books(), MemberShareRule.objects.count())
    for path, data in doors(house):
        response = keeper.post_from_page(path, data) if data else keeper.get(path)
        wanted = 403 if path in (url("payee", house), url("member-shares", house)) else 200
        assert (response.status_code, "no-store" in response["Cache-Control"]) == (wanted, True), path
    # She reads numbers, and follows none to a page that is not hers.
    page = keeper.get(url("earnings", house)).content.decode()
    assert house["due"].number in page and "/consignments/" not in page
    assert (books(), MemberShareRule.objects.count()) == before
    member.memberships.all().delete()
    assert {keeper.get(path).status_code for path, _data in doors(house)} == {403}


def test_the_owner_changes_it_with_her_password_and_everything_waits(house, cast, mailoutbox, commit):
    path, data = doors(house)[2]
    was = ContactChange.objects.create(
        user=cast.maker.user, kind="email", old="old-hoa@example.com", new="hoa@example.com", stop_hash="x",
        until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    response = cast.maker.client.post_from_page(path, data | {"again-answer": PASSWORD})
    was.delete()
    assert (response.status_code, response.url) == (302, url("earnings", house))
    row = Payee.objects.get(state="waiting")
    assert (row.masked, row.entered_by) == ("•••• 5678", cast.maker.user)
    page = text_of(cast.maker.client.get(url("earnings", house)))
    assert "Until then nothing is paid out." in page
    # Nowhere a day, neither above nor beside a consignment.
    assert "comes on" not in page and "next payout, on" not in page
    assert "It comes after the shop has approved your new way of being paid." in page
    commit()
    outbox.deliver()
    told = {address: letter for letter in mailoutbox for address in letter.to}
    # Whoever keeps the books, and the owner at the address that she had until lately; packers are not.
    assert set(told) == {"hoa@example.com", "old-hoa@example.com"}
    for letter in told.values():
        assert "5678" in letter.body and "12345678" not in letter.body


def test_what_came_back_is_not_paid_and_she_reads_why(house, cast):
    assert "Paid to you so far ₫800,000" in text_of(cast.maker.client.get(url("earnings", house)))
    settling.mark_failed(payout=house["payout"], by=cast.staff.user, why="Account closed <b>")
    response = cast.maker.client.get(url("earnings", house))
    page = text_of(response)
    assert "You are owed ₫1,450,000" in page and "Paid to you so far" not in page
    assert "The shop wrote: “Account closed &lt;b&gt;”" in page and "Why:" not in page


def test_why_a_payout_failed_is_told_in_her_language(house, cast):
    settling.mark_failed(payout=house["payout"], by=cast.staff.user, failure="closed")
    assert "Why: The account is closed" in text_of(cast.maker.client.get(url("earnings", house)))


@pytest.mark.parametrize(("language", "month"), [("en", "{:%B %Y}"), ("vi", "tháng {0.month} năm {0.year}")])
def test_months_are_named_in_the_readers_language(house, cast, language, month):
    with translation.override(language):
        path = url("earnings", house)
    assert month.format(timezone.localdate()) in text_of(cast.maker.client.get(path))


@pytest.mark.parametrize(
    "wrong",
    [{"way": "stripe_transfer:VND"}, {"account": "=1"}, {"way": "bank_file:USD"}, {"holder_name": ""}],
)
def test_a_wrong_form_is_shown_again_and_writes_nothing(house, cast, wrong):
    path, data = doors(house)[2]
    before = books()
    response = cast.maker.client.post_from_page(path, data | wrong | {"again-answer": PASSWORD})
    assert response.status_code == 400 and "12345678" not in str(Payee.objects.values_list("masked", flat=True))
    assert PASSWORD not in response.content.decode()
    assert books() == before


def test_the_months_statement_adds_up_on_the_page_and_is_there_as_files(house, cast):
    paths = [path for path, _data in doors(house)[3:6]]
    page = text_of(cast.maker.client.get(paths[0]))
    assert f"Statement {timezone.localdate():%B %Y} VND" in page
    assert "Owed before ₫0" in page and "Owed after ₫650,000" in page and house["payout"].number in page
    sheet, paper = (cast.maker.client.get(path) for path in paths[1:])
    assert sheet.content.decode("utf-8-sig").splitlines()[-1] == ",,Owed after,650000,VND"
    assert paper.content.startswith(b"%PDF-")
    for response in (sheet, paper):
        assert "no-store" in response["Cache-Control"]
        assert response["Content-Disposition"].startswith('attachment; filename="SML-VND-')


@pytest.mark.parametrize(
    "place",
    [{"currency": "THB"}, {"currency": "vnd"}, {"month": 13}, {"month": 0}, {"year": 0}, {"year": 99999}, {"kind": "xls"}],
)
def test_a_statement_that_does_not_exist_is_missing(house, cast, place):
    given = {"currency": "VND", "year": 2026, "month": 1, "kind": "csv"} | place
    assert cast.maker.client.get(url("statement-file", house, **given)).status_code == 404


@pytest.mark.parametrize(
    ("economy", "there", "missing"),
    [
        ("VN", ["(VND)", "Every month, on day 1", "₫5,500, paid by the shop"], "Stripe does not pay out to Viet Nam."),
        ("CA", ["(CAD)", "Every week, on Monday", "Stripe passes the money on"], ""),
    ],
)
def test_strangers_read_how_they_would_be_paid_before_they_list_anything(house, client, economy, there, missing):
    response = client.get(reverse("desk:how-paid"), {"economy": economy})
    page = text_of(response)
    assert response.status_code == 200 and not response.cookies
    for part in [*there, "7 days after the parcel was delivered", "An example", "leaves for you."]:
        assert part in page
    assert (missing in page) if missing else "What does not exist here" not in page


@pytest.mark.parametrize("query", ["", "?economy=XX", "?economy=<script>", "?economy=VN%00"])
def test_without_a_known_economy_there_is_the_choice(house, client, query):
    """In Spanish: several economies speak it first, so that none is guessed."""
    with translation.override("es"):
        response = client.get(reverse("desk:how-paid") + query)
    page = response.content.decode()
    options, known = re.search(r'<select id="economy".*?</select>', page, re.DOTALL)[0], len(economies_with_terms())
    assert (response.status_code, options.count("<option"), "selected" in options) == (200, 1 + known, False)
    assert 'class="route"' not in page and "<script>" not in text_of(response)


def test_the_visitors_language_may_choose_the_economy(house, client):
    with translation.override("vi"):
        path = reverse("desk:how-paid")
    assert "VND" in text_of(client.get(path))


def test_a_route_that_ended_is_told_on_the_desk(house, cast):
    PayoutTerms.objects.filter(economy="VN", route="bank_file").update(enabled=False, why_not="closed_here")
    page = text_of(cast.maker.client.get(url("earnings", house)))
    assert "comes on" not in page and "next payout, on" not in page
    assert "This shop does not offer it in Viet Nam at present. Please choose another way of being paid." in page


def test_the_sums_of_the_page_are_those_of_every_line(house, cast):
    """One statement adds up what the rules say of each line; and kept sums are those of the books."""
    workshop = cast.maker.workshop
    offer = TermsBook(["VN"]).offer("VN", "bank_file", "VND", timezone.localdate())
    Payment.objects.filter(order=earn(workshop, "70000").order).update(state="attention")
    earn(workshop, "30000", delivered=1)
    for terms in (offer, None):
        whole, summary = balance_of(workshop, "VND", terms), open_money.summary_of(workshop, "VND", terms)
        assert summary.sums == {standing: whole.of(standing) for standing in Standing}
        assert (summary.owed, summary.payable) == (whole.owed, whole.payable)
        assert (summary.in_transit, summary.paid) == (whole.in_transit, whole.paid)
    assert all(summary.sums[standing] for standing in (Standing.PENDING, Standing.HELD, Standing.FROZEN, Standing.BACK))
    kept = list(Owed.objects.order_by("subject").values_list("subject", "amount"))
    owed.rebuild()
    assert list(Owed.objects.order_by("subject").values_list("subject", "amount")) == kept and len(kept) == 6


def test_the_owner_sets_the_shares_and_a_member_sees_hers_alone(house, cast):
    path, (hoa, lan) = url("member-shares", house), (cast.maker.user.pk, cast.helper.user.pk)
    data = {"action": "save", "unit": "percent", "starts_on": f"{timezone.localdate():%Y-%m-%d}", "again-answer": PASSWORD}
    rows = {"p0-user": hoa, "p0-name": "", "p0-parts": "70", "p1-user": lan, "p1-name": "", "p1-parts": "29.99"}
    wrong = cast.maker.client.post_from_page(path, data | rows)
    assert wrong.status_code == 400 and "Now they are 99.99." in text_of(wrong) and 'value="29.99"' in wrong.content.decode()
    foreign = cast.maker.client.post_from_page(path, data | rows | {"p1-user": cast.other_maker.user.pk, "p1-parts": "30"})
    assert (foreign.status_code, MemberShareRule.objects.count()) == (400, 0)
    assert cast.maker.client.post_from_page(path, data | rows | {"p1-parts": "30"}).status_code == 302
    approve(batch := prepared("VND", make_user(is_staff=True)), cast.staff.user)
    payout = batch.payouts.get()
    month = {"currency": "VND", "year": timezone.localdate().year, "month": timezone.localdate().month}
    assert f"How payout {payout.number} is shared: ₫500,000" in text_of(cast.maker.client.get(url("statement", house, **month)))
    mine = text_of(cast.helper.client.get(url("my-share", house)))
    assert "Of each payout 30 percent are yours." in mine and "₫150,000" in mine
    assert "350,000" not in mine and "500,000" not in mine
    assert cast.other_maker.client.get(url("my-share", house)).status_code == 404
    assert cast.maker.client.post_from_page(path, {"action": "off"}).status_code == 302
    assert "Payouts are not shared out here at present." in text_of(cast.helper.client.get(url("my-share", house)))
