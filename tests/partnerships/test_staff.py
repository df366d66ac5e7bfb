"""The staff's screens for agencies: what they do, and whose doors they are."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from marketplace.partnerships import api_keys
from marketplace.partnerships.models import (
    Agency,
    AgencyHost,
    AgencyTerms,
    ApiKey,
    Part,
    SeatInvitation,
    WordsAsked,
)
from tests.factories import (
    make_agency,
    make_agency_terms,
    make_host,
    make_piece,
    make_seat,
    make_story,
    make_user,
)

pytestmark = pytest.mark.django_db
ALL = ("agencies", "agency-terms", "agency-hosts", "agency-wishes", "api-keys")


@pytest.fixture
def waiting() -> Agency:
    return make_agency("waits-for-us", name="Waits for us", stage="applied", decided_at=None)


@pytest.fixture
def staff(cast):
    return cast.staff.client


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def terms(**changes) -> dict:
    return {"agency": "", "percent": "5", "days": "30", "valid_from": day(0), "valid_to": "", "source": "Board"} | changes


def test_those_that_wait_come_first_and_the_first_page_says_so(staff, waiting, cast):
    Agency.objects.filter(pk=waiting.pk).update(applied_at=timezone.now() - timedelta(days=300))
    page = staff.get(reverse("agencies:index")).content.decode()
    assert page.index("Waits for us") < page.index("Chang Thong Travel")
    assert "1 agency waits for your decision" in staff.get(reverse("wagtailadmin_home")).content.decode()


def test_opening_declining_and_closing(staff, waiting, cast, mailoutbox):
    decide = reverse("agencies:decide", args=[waiting.pk])
    page = staff.get(decide).content.decode()
    assert "Open it" in page and "Decline it" in page and "Close it" not in page
    answer = staff.post(decide, {"stage": "declined", "seen": "applied"})
    assert answer.status_code == 400 and "choose a reason" in answer.content.decode()
    assert Agency.objects.get(pk=waiting.pk).stage == "applied"
    answer = staff.post(decide, {"stage": "declined", "reason": "site", "words": "<b>no</b>", "seen": "applied"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("agencies:inspect", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert (waiting.stage, waiting.reason, waiting.decided_by) == ("declined", "site", cast.staff.user)
    shown = staff.get(reverse("agencies:inspect", args=[waiting.pk])).content.decode()
    assert "&lt;b&gt;no&lt;/b&gt;" in shown and "Decided about an agency" in shown
    # The page was opened before somebody decided.
    answer = staff.post(decide, {"stage": "open", "seen": "applied"})
    assert answer.status_code == 400 and Agency.objects.get(pk=waiting.pk).stage == "declined"
    assert staff.post(decide, {"stage": "open", "seen": "declined"}).status_code == 302
    assert staff.post(decide, {"stage": "closed", "reason": "asked", "seen": "open"}).status_code == 302
    assert Agency.objects.get(pk=waiting.pk).stage == "closed"
    assert [mail.to for mail in mailoutbox] == [["ploy@chang-thong.example"]] * 3


def test_with_its_opening_the_site_of_the_sign_up_waits_for_its_proof(staff, waiting, cast):
    Agency.objects.filter(pk=waiting.pk).update(site="https://www.ploytour.example/th/?a=1")
    decide = reverse("agencies:decide", args=[waiting.pk])
    staff.post(decide, {"stage": "declined", "reason": "unreached", "seen": "applied"})
    assert not AgencyHost.objects.exists()
    staff.post(decide, {"stage": "open", "seen": "declined"})
    row = AgencyHost.objects.get()
    assert (row.agency, row.host, row.is_proven, row.found) == (waiting, "www.ploytour.example", False, "")
    row.delete()
    staff.post(decide, {"stage": "closed", "reason": "asked", "seen": "open"})
    staff.post(decide, {"stage": "open", "seen": "closed"})
    assert not AgencyHost.objects.exists()


def test_a_site_that_is_no_agencys_host_does_not_hinder_the_opening(staff, waiting):
    Agency.objects.filter(pk=waiting.pk).update(site="https://wixsite.com/ploy")
    staff.post(reverse("agencies:decide", args=[waiting.pk]), {"stage": "open", "seen": "applied"})
    assert Agency.objects.get(pk=waiting.pk).stage == "open" and not AgencyHost.objects.exists()


def test_renamed_and_an_owner_invited(staff, waiting, mailoutbox):
    staff.post(reverse("agencies:rename", args=[waiting.pk]), {"name": "Other words"})
    assert Agency.objects.get(pk=waiting.pk).name == "Other words"
    assert "Nobody owns this agency" in staff.get(reverse("agencies:inspect", args=[waiting.pk])).content.decode()
    given = {"name": "Nok", "email": "nok@chang-thong.example", "language": "th"}
    assert staff.post(reverse("agencies:invite", args=[waiting.pk]), given).status_code == 302
    row = SeatInvitation.objects.get()
    assert (row.email, row.is_owner, mailoutbox[0].to) == ("nok@chang-thong.example", True, ["nok@chang-thong.example"])


def test_a_wish_has_its_title_a_link_and_words(staff, cast, waiting):
    story = make_story(village=cast.other_maker.workshop.village, title={"en": "The dye that waits"}, slug="the-dye")["en"]
    piece = make_piece(cast.other_maker.workshop, title={"en": "Indigo scarf"}, summary="Soft.", price="48.00")
    rows = [
        WordsAsked.objects.create(agency=waiting, subject=subject, language="ko")
        for subject in (f"story-{story.pk}", f"product-{piece.pk}", "village-999999", "map-1139")
    ]
    listed = unescape(staff.get(reverse("agency-wishes:index")).text)
    edit = reverse("wagtailadmin_pages:edit", args=[story.pk])
    assert re.search(rf'href="{edit}"[^>]*>\s*The dye that waits \(story-{story.pk}\)', listed)
    assert f"Indigo scarf (product-{piece.pk})" in listed and "village-999999" in listed and "map-1139" in listed
    assert "Korean" in listed and listed.count("not yet") == 4 and "Look at it" in listed
    shown = unescape(staff.get(reverse("agency-wishes:inspect", args=[rows[0].pk])).text)
    assert f'<a href="{edit}">The dye that waits (story-{story.pk})</a>' in shown
    assert "Korean" in shown and "not yet" in shown and ">None<" not in re.sub(r"\s", "", shown.split("Answered")[1])
    assert staff.get(reverse("agency-wishes:inspect", args=[rows[2].pk])).status_code == 200


def test_an_agencys_screen_says_times_and_acts_in_words(staff, cast, waiting):
    applied = datetime(2026, 11, 21, 20, 4, 5, 678901, tzinfo=UTC)
    Agency.objects.filter(pk=waiting.pk).update(applied_at=applied, site="https://www.ploytour.example/?a=<b>")
    nok = make_seat(waiting, first_name="Nok", last_name="")
    log(instance=waiting, action="marketplace.seat_taken", data={"seat": nok.pk, "parts": ["keeps_books"], "invitation": 7})
    log(instance=waiting, action="marketplace.agency_decided", data={"before": "applied", "stage": "declined", "reason": "site"})
    log(instance=waiting, action="marketplace.agency_changed", data={"changed": ["contact_name", "site"]})
    log(instance=waiting, action="marketplace.agency_partners_only", data={"value": True})
    shown = unescape(staff.get(reverse("agencies:inspect", args=[waiting.pk])).text)
    assert "678901" not in shown and "November 21, 2026" in shown
    assert 'target="_blank" rel="noopener noreferrer">https://www.ploytour.example/?a=<b></a>' in shown
    assert f"Person: Nok; Parts: {Part.BOOKS.label}<" in shown and "keeps_books" not in shown
    assert "Before: Waits for the shop; Stage: Declined; Reason: We could not see your site.<" in shown
    assert "Changed: contact person, site<" in shown and "Cards only on its proven sites: Yes<" in shown


def test_terms_are_added_from_today_on(staff, cast):
    assert staff.post(reverse("agency-terms:add"), terms()).status_code == 302
    row = AgencyTerms.objects.get()
    assert (str(row.percent), row.days, row.agency, row.valid_from) == ("5.00", 30, None, timezone.localdate())
    logged = ModelLogEntry.objects.for_instance(row).get(action="marketplace.agency_terms_added")
    assert (logged.user, logged.data["percent"], logged.data["days"]) == (cast.staff.user, "5", 30)
    assert "5 %" in staff.get(reverse("agency-terms:index")).content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": day(-1)}, {"percent": "101"}, {"percent": "-1"}, {"percent": "x"}, {"days": "0"}, {"days": "366"},
        {"source": ""}, {"valid_to": day(-1)}, {"agency": "999999"},
    ],
    ids=str,
)  # fmt: skip
def test_terms_that_cannot_be(staff, changes):
    assert staff.post(reverse("agency-terms:add"), terms(**changes)).status_code == 200
    assert not AgencyTerms.objects.exists()


def test_two_terms_from_one_day_are_refused(staff):
    make_agency_terms(valid_from=timezone.localdate())
    answer = staff.post(reverse("agency-terms:add"), terms(percent="9"))
    assert answer.status_code == 200 and "terms from this day on already" in answer.content.decode()
    assert AgencyTerms.objects.count() == 1


def test_terms_that_are_there_only_end(staff):
    row = make_agency_terms()
    url = reverse("agency-terms:edit", args=[row.pk])
    for given in ({"valid_to": day(-1)}, {"valid_to": ""}):
        assert staff.post(url, terms(percent="50", days="9") | given).status_code == 200
    assert staff.post(url, terms(percent="50", days="9", valid_to=day(3))).status_code == 302
    row.refresh_from_db()
    assert (str(row.percent), row.days, row.valid_to.isoformat()) == ("5.00", 30, day(3))
    staff.post(reverse("agency-terms:delete", args=[row.pk]))
    assert AgencyTerms.objects.filter(pk=row.pk).exists()


def test_a_builders_host_is_looked_at(staff, cast):
    row = make_host(cast.agency.seat_at, "www-x-com.filesusr.com", proven=False)
    make_host(cast.agency.seat_at, "a.example", proven=False)
    AgencyHost.objects.filter(pk=row.pk).update(found="wrapper")
    assert "1 site of a site builder waits" in staff.get(reverse("wagtailadmin_home")).content.decode()
    listed = staff.get(reverse("agency-hosts:index")).content.decode()
    assert listed.index("www-x-com.filesusr.com") < listed.index("a.example")
    assert "I have looked" in staff.get(reverse("agency-hosts:inspect", args=[row.pk])).content.decode()
    url = reverse("agency-hosts:looked", args=[row.pk])
    assert staff.get(url).status_code == 405
    staff.post(url, {"act": "nonsense"})
    assert not AgencyHost.objects.get(pk=row.pk).is_proven
    staff.post(url, {"act": "looked"})
    assert AgencyHost.objects.get(pk=row.pk).proof == "shop"
    staff.post(url, {"act": "back"})
    assert not AgencyHost.objects.get(pk=row.pk).is_proven


def test_a_key_is_shown_once_and_withdrawn(staff):
    answer = staff.post(reverse("api-keys:add"), {"name": "A developer", "agency": ""})
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    key = re.search(r"vh_[a-z0-9]{9}_[A-Za-z0-9]{40}", answer.content.decode())[0]
    row = api_keys.find(key)
    assert key not in staff.get(reverse("api-keys:index")).content.decode()
    edit = reverse("api-keys:edit", args=[row.pk])
    assert key not in staff.get(edit).content.decode()
    assert staff.post(edit, {"per_minute": "0"}).status_code == 200
    assert staff.post(edit, {"per_minute": "1200", "name": "x", "key_hash": "x"}).status_code == 302
    row.refresh_from_db()
    assert (row.per_minute, row.name) == (1200, "A developer")
    staff.post(reverse("api-keys:withdraw", args=[row.pk]))
    assert api_keys.find(key) is None and ApiKey.objects.get().withdrawn_at is not None


def test_the_doors_are_shut_for_everybody_else(cast, waiting):
    host, row = make_host(waiting, proven=False), make_agency_terms()
    key = ApiKey.objects.create(name="x", prefix="vh_aaaaaaaaa", key_hash="x")
    pages = [reverse(f"{name}:index") for name in ALL] + [reverse("agency-terms:add"), reverse("api-keys:add")]
    rows = {
        "agencies": ("inspect", waiting),
        "agency-hosts": ("inspect", host),
        "agency-terms": ("edit", row),
        "api-keys": ("edit", key),
    }
    pages += [reverse(f"{name}:{view}", args=[thing.pk]) for name, (view, thing) in rows.items()]
    posts = [reverse(f"agencies:{name}", args=[waiting.pk]) for name in ("decide", "rename", "invite")]
    posts += [reverse("agency-hosts:looked", args=[host.pk]), reverse("api-keys:withdraw", args=[key.pk])]
    given = {"stage": "open", "name": "Mallory", "email": "m@evil.example", "language": "en", "act": "looked"}
    editor = make_user(is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    visitor = cast.stranger.client.__class__()
    visitor.force_login(editor)
    for client in [person.client for person in cast.all_but("staff")] + [visitor]:
        for page in pages:
            assert client.get(page).status_code in (302, 403)
        for post in posts:
            assert client.post(post, given).status_code in (302, 403)
    waiting.refresh_from_db()
    assert (waiting.stage, waiting.name, SeatInvitation.objects.count()) == ("applied", "Waits for us", 0)
    assert not AgencyHost.objects.get().is_proven and ApiKey.objects.get().withdrawn_at is None


def test_who_may_only_look_sees_no_buttons(cast, waiting):
    watcher = make_user(is_staff=True)
    names = ("access_admin", "view_agency", "view_agencyhost", "view_apikey")
    watcher.user_permissions.add(*Permission.objects.filter(codename__in=names))
    visitor = cast.stranger.client.__class__()
    visitor.force_login(watcher)
    page = visitor.get(reverse("agencies:inspect", args=[waiting.pk]))
    assert page.status_code == 200 and "Decide" not in re.sub(r"Decided\b", "", page.content.decode())
    assert visitor.post(reverse("agencies:decide", args=[waiting.pk]), {"stage": "open"}).status_code in (302, 403)
    host = make_host(waiting, proven=False)
    shown = visitor.get(reverse("agency-hosts:inspect", args=[host.pk])).content.decode()
    assert "I have looked" not in shown
    make_seat(waiting)
    assert Agency.objects.get(pk=waiting.pk).stage == "applied"
