"""Who comes into an agency's desk: its people, each to their part, and nobody else; nothing changes on a refusal."""

from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.partnerships.models import Agency, AgencyHost, ApiKey, Seat, SeatInvitation, WordsAsked
from tests.agency.conftest import enter
from tests.factories import make_agency, make_host, make_seat
from tests.factories.places import PASSWORD
from tests.people import Visitor

pytestmark = pytest.mark.django_db

OWNS = ("people/", "people/invite/", "settings/")
EDITS = ("cards/", "sites/", "keys/")
BOOKS = ("money/",)
ALL = ("", "statistics/", "statistics.csv", "leave/")


def kept() -> list:
    """All that a form of the desk could change."""
    models = (Agency, AgencyHost, ApiKey, Seat, SeatInvitation, WordsAsked)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_each_part_opens_its_own_pages(bureau):
    for browser, opens in (
        (bureau.owner, (*ALL, *OWNS, *EDITS, *BOOKS)),
        (bureau.editor, (*ALL, *EDITS)),
        (bureau.books, (*ALL, *BOOKS)),
    ):
        found = {rest: browser.get(bureau.url(rest)).status_code for rest in (*ALL, *OWNS, *EDITS, *BOOKS)}
        assert found == {rest: 200 if rest in opens else 403 for rest in found}


def test_a_colleague_is_told_whom_to_ask(bureau, cast):
    cast.agency.user.first_name = "Ploy"
    cast.agency.user.save()
    text = bureau.books.get(bureau.url("sites/")).text
    assert "For this page you need the part “Editor: cards, sites, API keys, asking for languages”." in text
    assert "Ploy can give it to you." in text


def test_everybody_else_finds_the_doors_shut(bureau, cast):
    other = enter(make_seat(make_agency("lanna"), email="other@lanna.example"))
    before = kept()
    for rest in (*ALL, *OWNS, *EDITS, *BOOKS):
        for person in cast.all_but("agency", "stranger"):
            assert person.client.get(bureau.url(rest)).status_code == 403, (person, rest)
            assert person.client.post_from_page(bureau.url(rest), {"name": "x"}).status_code in (403, 405)
        assert other.get(bureau.url(rest)).status_code == 404
        answer = cast.stranger.client.get(bureau.url(rest))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/en/account/login/")
    assert kept() == before


def test_who_was_signed_out_comes_back_to_the_form(bureau, cast):
    page = bureau.url("sites/")
    for headers, back in (
        ({"Referer": f"http://testserver{page}?a=1"}, f"{page}?a=1"),
        ({"Referer": f"https://evil.example{page}"}, "/en/agency/"),
        ({}, "/en/agency/"),
    ):
        answer = cast.stranger.client.post(page, {"name": "x"}, headers=headers)
        assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [back]


def test_ids_of_another_agency_are_missing(bureau):
    lanna = make_agency("lanna")
    theirs, seat = make_host(lanna, "www.lanna.example"), Seat.objects.get(user=make_seat(lanna, email="x@lanna.example"))
    key = ApiKey.objects.create(agency=lanna, name="theirs", prefix="vh_aaaaaaaaa", key_hash="a" * 64)
    wish = WordsAsked.objects.create(agency=lanna, subject="story-1", language="ko")
    before = kept()
    for rest in (
        f"sites/{theirs.pk}/",
        f"sites/{theirs.pk}/remove/",
        f"people/{seat.pk}/",
        f"people/{seat.pk}/remove/",
        f"keys/{key.pk}/withdraw/",
        f"wishes/{wish.pk}/",
    ):
        assert bureau.owner.post_from_page(bureau.url(rest), {"parts": ["edits"]}).status_code == 404, rest
    assert kept() == before


def test_a_form_of_another_site_changes_nothing(bureau, cast):
    browser = Visitor(enforce_csrf_checks=True)
    browser.force_login(cast.agency.user)
    before = kept()
    for rest, data in (("sites/", {"host": "www.chang-thong.com"}), ("sites/only/", {"only": "yes"}), ("keys/", {"name": "x"})):
        answer = browser.post(bureau.url(rest), data, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, rest
    assert kept() == before


def test_somebody_removed_is_out_with_the_next_request(bureau):
    seat = bureau.agency.seats.get(user__email="editor@chang-thong.example")
    assert bureau.editor.get(bureau.url()).status_code == 200
    assert bureau.owner.post_from_page(bureau.url(f"people/{seat.pk}/remove/")).status_code == 302
    assert bureau.editor.get(bureau.url()).status_code == 403
    assert not Seat.objects.filter(pk=seat.pk).exists()


def test_the_desk_leads_to_the_only_agency_or_lets_choose(bureau, cast):
    assert bureau.owner.get("/en/agency/")["Location"] == bureau.url()
    lanna = make_agency("lanna", name="Lanna Roads", stage="applied", decided_at=None)
    Seat.objects.create(agency=lanna, user=cast.agency.user, edits=True)
    text = bureau.owner.get("/en/agency/").text
    assert 'href="/en/agency/lanna/">Lanna Roads</a> <span class="mark">Waits for the shop</span>' in text
    assert f'href="{bureau.url()}"' in text


def test_agency_without_a_language_leads_to_the_readers(client):
    answer = client.get("/agency/", headers={"Accept-Language": "th,en;q=0.5"})
    assert (answer.status_code, answer["Location"]) == (302, "/th/agency/")


def test_the_menu_names_the_desk_to_those_who_work_there(bureau, cast):
    assert bureau.editor.get("/en/basket/summary.json").json()["agency"] is True
    assert cast.buyer.client.get("/en/basket/summary.json").json()["agency"] is False
    text = cast.stranger.client.get("/en/").text
    assert '<a href="/en/agency/" data-when-agency hidden>Your agency’s desk</a>' in text


def test_after_signing_in_she_is_at_her_desk(bureau):
    browser = Visitor()
    typed = {"username": "editor@chang-thong.example", "password": PASSWORD}
    assert browser.post_from_page("/en/account/login/", typed)["Location"] == "/en/agency/"
