"""Chang Thong, an agency with an owner, an editor and a book-keeper, and a story that it may show."""

import time
from dataclasses import dataclass, field

import pytest

from marketplace.partnerships.models import Agency, Part
from storefront.desk.again import KEPT
from tests.factories import make_agency_terms, make_piece, make_place_page, make_seat, make_story
from tests.people import Visitor


def enter(user) -> Visitor:
    """A browser in which ``user`` is signed in and gave the password a moment ago."""
    browser = Visitor()
    browser.force_login(user)
    return fresh(browser)


def fresh(browser: Visitor) -> Visitor:
    session = browser.session
    session[KEPT] = {"user": int(session["_auth_user_id"]), "at": int(time.time())}
    session.save()
    return browser


@dataclass
class Bureau:
    """``owner``, ``editor`` and ``books`` are browsers of its people."""

    agency: Agency
    owner: Visitor
    editor: Visitor
    books: Visitor
    things: dict = field(default_factory=dict)

    def url(self, rest: str = "") -> str:
        return f"/en/agency/{self.agency.code}/{rest}"

    def __getitem__(self, name: str):
        return self.things[name]


@pytest.fixture
def bureau(cast) -> Bureau:
    """With a story in two languages, a village with its page and a piece, and terms of 5 % and 30 days."""
    agency = cast.agency.seat_at
    editor = enter(make_seat(agency, email="editor@chang-thong.example", parts=[Part.EDIT], first_name="Nok"))
    books = enter(make_seat(agency, email="books@chang-thong.example", parts=[Part.BOOKS], first_name="Wan"))
    workshop = cast.other_maker.workshop
    things = {
        "piece": make_piece(workshop, title={"en": "Indigo scarf", "ja": "藍のスカーフ"}, summary="Soft.", price="48.00"),
        "story": make_story(village=workshop.village, title={"en": "The dye that waits", "ja": "待つ藍"}, slug="the-dye"),
        "village": make_place_page(workshop.village),
        "terms": make_agency_terms("5", days=30),
    }
    return Bureau(agency, fresh(cast.agency.client), editor, books, things)
