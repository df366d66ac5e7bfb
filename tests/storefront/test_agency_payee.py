"""Where an agency's money goes: its owner says so, after the password; nobody else sees or changes it."""

import pytest
from django.urls import reverse

from marketplace.notices.models import Notice
from marketplace.partnerships.models import Part
from marketplace.payments.models import Payee, PayoutTerms
from marketplace.payments.payouts import payees
from tests.factories import make_agency, make_seat
from tests.factories.places import PASSWORD
from tests.marketplace.payouts import IBAN, books, make_terms
from tests.people import Visitor

pytestmark = pytest.mark.django_db
DATA = {"way": "bank_file:THB", "holder_name": "Chang Thong <b>", "account": IBAN, "bank": "Siam"}


def path_of(agency) -> str:
    return reverse("agency:payee", kwargs={"agency": agency.code})


@pytest.fixture
def path(cast, recorded) -> str:
    recorded(make_terms, "TH")
    return path_of(cast.agency.seat_at)


def enter(user, path: str) -> Visitor:
    """Logged in, and has just given the password."""
    visitor = Visitor()
    visitor.force_login(user)
    visitor.post_from_page(path, {"again-answer": PASSWORD, "again-method": "GET"})
    return visitor


def test_the_password_is_asked_first(cast, path):
    before = books()
    client = cast.agency.client
    assert 'name="again-answer"' in client.get(path).text
    assert client.post_from_page(path, DATA).status_code == 403
    assert client.post_from_page(path, DATA | {"again-answer": "wrong"}).status_code == 400
    assert books() == before


def test_the_owner_says_where_and_the_shop_decides(cast, path):
    agency = cast.agency.seat_at
    keeper = make_seat(agency, email="book@example.com", parts=[Part.BOOKS])
    editor = make_seat(agency, email="edit@example.com", parts=[Part.EDIT])
    client = enter(cast.agency.user, path)
    page = client.get(path)
    assert "Bank transfer, in THB" in page.text and "Through your co-operative" not in page.text
    assert page["Cache-Control"].startswith("max-age=0") and "no-store" in page["Cache-Control"]
    answer = client.post_from_page(path, DATA)
    assert (answer.status_code, answer["Location"]) == (302, reverse("agency:statements", kwargs={"agency": agency.code}))
    row = Payee.objects.get()
    assert (row.agency, row.state, row.masked, row.entered_by) == (agency, "waiting", "•••• 3000", cast.agency.user)
    assert payees.account_of(row) == IBAN and IBAN not in row.sealed
    told = set(Notice.objects.filter(kind="payout_account_changed").values_list("user__email", flat=True))
    assert told == {cast.agency.user.email, keeper.email} and editor.email not in told
    page = client.get(path).text
    assert "A change waits for the shop: Bank transfer •••• 3000" in page and IBAN not in page
    payees.approve_payee(payee=row, by=cast.staff.user)
    assert "Chang Thong &lt;b&gt;" in client.get(path).text


def test_a_change_is_taken_back(cast, path):
    client = enter(cast.agency.user, path)
    client.post_from_page(path, DATA)
    assert client.post_from_page(path, {"withdraw": "THB"}).status_code == 302
    assert Payee.objects.get().state == "replaced"
    assert client.post_from_page(path, {"withdraw": "THB"}).status_code == 302


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"account": "DE89370400440532013001"}, "check digits do not fit"),
        ({"account": ""}, "Please say where the money should go."),
        ({"holder_name": " "}, ""),
        ({"way": "cooperative_bulk:THB"}, ""),
        ({"way": "stripe_transfer:THB"}, ""),
        ({"way": "bank_file:VND"}, ""),
        ({"way": "<script>"}, ""),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(cast, path, change, text):
    client, before = enter(cast.agency.user, path), books()
    answer = client.post_from_page(path, DATA | change)
    assert answer.status_code == 400 and text in answer.text
    assert books() == before


def test_nobody_else_gets_in(cast, path):
    before = books()
    for person in cast.all_but("agency"):
        answer = person.client.post_from_page(path, DATA)
        assert answer.status_code in (302, 403, 404), person
        assert "bank_file" not in person.client.get(path).text, person
    keeper = enter(make_seat(cast.agency.seat_at, email="book@example.com", parts=[Part.BOOKS]), path)
    assert keeper.get(path).status_code == 403 and keeper.post_from_page(path, DATA).status_code == 403
    other = make_agency("other-trips")
    owner = enter(make_seat(other, email="other@example.com"), path_of(other))
    assert (owner.get(path).status_code, owner.post_from_page(path, DATA).status_code) == (404, 404)
    assert books() == before


def test_where_no_way_exists_the_page_says_so(cast, path):
    agency = make_agency("lima-walks", economy="PE")
    PayoutTerms.objects.filter(economy="PE").delete()
    client = enter(make_seat(agency, email="lima@example.com"), path_of(agency))
    assert "We cannot pay to your economy yet." in client.get(path_of(agency)).text
