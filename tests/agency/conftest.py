"""Chang Thong, an agency with an owner, an editor and a book-keeper, and a story that it may show."""

import time
from dataclasses import dataclass, field

import pytest

from marketplace.partnerships.models import Agency, Part
from marketplace.workshops.models import Workshop
from storefront.desk.again import KEPT
from tests.factories import make_piece, make_place_page, make_seat, make_story
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
    workshop: Workshop
    things: dict = field(default_factory=dict)

    def url(self, rest: str = "") -> str:
        return f"/en/agency/{self.agency.code}/{rest}"

    def __getitem__(self, name: str):
        """Content that the agency may show: "story" and "village" (language → page), "piece". Made when it is first asked for."""
        if name not in self.things:
            self.things[name] = getattr(self, f"_{name}")()
        return self.things[name]

    def _piece(self):
        return make_piece(self.workshop, title={"en": "Indigo scarf", "ja": "藍のスカーフ"}, summary="Soft.", price="48.00")

    def _story(self):
        title = {"en": "The dye that waits", "ja": "待つ藍"}
        return make_story(village=self.workshop.village, title=title, slug="the-dye")

    def _village(self):
        return make_place_page(self.workshop.village)


@pytest.fixture
def bureau(cast) -> Bureau:
    agency = cast.agency.seat_at
    editor = enter(make_seat(agency, email="editor@chang-thong.example", parts=[Part.EDIT], first_name="Nok"))
    books = enter(make_seat(agency, email="books@chang-thong.example", parts=[Part.BOOKS], first_name="Wan"))
    return Bureau(agency, fresh(cast.agency.client), editor, books, cast.other_maker.workshop)
