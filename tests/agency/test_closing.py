"""An owner closes the agency; the only owner is told what she can do instead of leaving; where to write to."""

import re

import pytest

from marketplace.partnerships.models import Agency, Part, Seat
from tests.agency.conftest import enter
from tests.factories import make_seat
from tests.people import Visitor

pytestmark = pytest.mark.django_db


def test_the_owner_reads_what_happens_and_closes_it(bureau, mailoutbox):
    path = bureau.url("settings/close/")
    assert f'href="{path}"' in bureau.owner.get(bureau.url("settings/")).text
    page = bureau.owner.get(path).text
    assert "Close Chang Thong Travel?" in page and "What you are owed is still paid." in page
    assert Agency.objects.get(pk=bureau.agency.pk).is_open
    for _press in range(2):
        assert bureau.owner.post_from_page(path)["Location"] == bureau.url()
    bureau.agency.refresh_from_db()
    assert (bureau.agency.stage, bureau.agency.reason) == ("closed", "asked")
    home = bureau.owner.get(bureau.url()).text
    assert "Your agency is closed." in home and "You asked us to." in home and 'href="mailto:' in home
    assert bureau.books.get(bureau.url("money/")).status_code == 200
    assert bureau.owner.get(path)["Location"] == bureau.url()
    assert path not in bureau.owner.get(bureau.url("settings/")).text


def test_closing_is_for_owners_after_their_password(bureau, cast):
    path = bureau.url("settings/close/")
    for browser in (bureau.editor, bureau.books):
        assert browser.get(path).status_code == 403
    browser = Visitor()
    browser.force_login(cast.agency.user)
    assert 'name="again-answer"' in browser.post_from_page(path).text
    bureau.agency.refresh_from_db()
    assert bureau.agency.is_open


def test_the_only_owner_is_shown_what_to_do_instead_of_a_button_that_fails(bureau):
    text = bureau.owner.get(bureau.url("leave/")).text
    assert "You are the only owner here" in text and ">Leave</button>" not in text
    assert f'href="{bureau.url("people/")}">Who works here' in text and bureau.url("settings/close/") in text
    assert ">Leave</button>" in bureau.editor.get(bureau.url("leave/")).text
    second = enter(make_seat(bureau.agency, email="two@chang-thong.example", parts=[Part.OWN]))
    assert ">Leave</button>" in bureau.owner.get(bureau.url("leave/")).text
    assert second.post_from_page(bureau.url("leave/"))["Location"] == "/en/agency/"
    assert Seat.objects.filter(agency=bureau.agency, is_owner=True).count() == 1


def test_where_to_write_to_stands_as_a_link(bureau, settings):
    settings.DEFAULT_FROM_EMAIL = "Village & Hand <hello+desk@shop.example>"
    for rest in ("settings/", "settings/close/", "sites/"):
        link = re.search(r'<a [^>]*href="mailto:([^"]+)">([^<]+)</a>', bureau.owner.get(bureau.url(rest)).text)
        assert link and link.groups() == ("hello%2Bdesk@shop.example", "hello+desk@shop.example"), rest


def test_sentences_about_an_agency_are_translated_on_their_own(bureau):
    """What the makers' desk says of a workshop is not said of an agency."""
    assert "Rời xưởng" not in bureau.editor.get(bureau.url("leave/").replace("/en/", "/vi/", 1)).text
    assert "この工房" not in bureau.editor.get(bureau.url("leave/").replace("/en/", "/ja/", 1)).text
