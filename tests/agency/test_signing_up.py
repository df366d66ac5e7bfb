"""An agency asks for a place: account, form, terms; waits, is declined, asks again."""

import re

import pytest
from django.utils import timezone
from django.utils.translation import override

from marketplace.partnerships.models import Agency, Seat
from storefront.agency.forms import SignUpForm
from tests.factories import make_agency_terms

pytestmark = pytest.mark.django_db
APPLY = "/en/for-agencies/apply/"
GIVEN = {
    "name": "Lanna Roads",
    "site": "www.lanna.example",
    "economy": "TH",
    "currency": "THB",
    "language": "th",
    "contact_name": "Fon",
    "contact_email": "fon@lanna.example",
    "about": "Small groups on foot.",
    "terms": "on",
}


def test_a_stranger_reads_the_terms_and_makes_an_account_first(cast):
    make_agency_terms("7.5", days=45)
    answer = cast.stranger.client.get(APPLY)
    assert answer.status_code == 200
    assert "You earn 7.5 % of the price of the goods that a visitor buys within 45 days of following your card." in answer.text
    assert 'href="/en/account/register/?next=/en/for-agencies/apply/"' in answer.text
    assert 'name="site"' not in answer.text
    assert cast.stranger.client.post_from_page(APPLY, GIVEN).status_code == 200
    assert not Agency.objects.filter(name="Lanna Roads").exists()


def test_a_buyer_signs_her_agency_up_once_although_she_clicks_twice(cast):
    client = cast.buyer.client
    first = client.post_from_page(APPLY, GIVEN)
    assert (first.status_code, first["Location"]) == (302, "/en/agency/lanna-roads/")
    assert client.post_from_page(APPLY, GIVEN)["Location"] == "/en/agency/lanna-roads/"
    row = Agency.objects.get(name="Lanna Roads")
    assert (row.code, row.stage, row.site, row.economy_id, row.currency, row.language) == (
        *("lanna-roads", "applied", "https://www.lanna.example", "TH", "THB", "th"),
    )
    assert (row.contact_name, row.contact_email, row.about) == ("Fon", "fon@lanna.example", "Small groups on foot.")
    assert row.terms_accepted_by == cast.buyer.user and row.terms_accepted_at is not None
    assert list(row.seats.values_list("user__email", "is_owner")) == [("kenji@example.com", True)]
    text = client.get("/en/agency/lanna-roads/").text
    assert "The shop reads what you wrote and looks at your site." in text
    assert "Make your first card and put it into a page." in text


def test_what_is_wrong_is_said_beside_it_and_nothing_is_made(cast):
    for field, value, says in (
        ("name", "", "Please fill this in."),
        ("name", "x" * 161, "Please use at most 160 letters."),
        ("name", "!!!", "Please give a name with at least two letters or digits."),
        ("name", "Lanna \U0001f418", "Papers cannot print \U0001f418. Please write the name without it."),
        ("name", "طريق لانا", "Papers cannot print ط"),
        ("site", "", "Please write the address of your site, such as https://agency.example."),
        ("site", "javascript:alert(1)", "Please write the address of a site, such as www.agency.example."),
        ("site", "https://name:secret@lanna.example", "Please write the address without a name or password before it."),
        ("site", "http://127.0.0.1:5432/", "An address in numbers cannot be used. Please write the name of the site."),
        ("economy", "XX", "Please choose one of these."),
        ("currency", "JPY", "We can pay you in your economy&#x27;s currency or in the shop&#x27;s."),
        ("language", "de", "Please choose one of these."),
        ("contact_email", "fon@", "Please give an e-mail address, such as name@agency.example."),
        ("terms", "", "Without your yes to the terms your agency cannot take part."),
    ):
        answer = cast.buyer.client.post_from_page(APPLY, GIVEN | {field: value})
        assert answer.status_code == 400, (field, value)
        assert says in answer.text, (field, value)
        assert f'id="id_{field}_error"' in answer.text
        assert not Agency.objects.filter(contact_name="Fon").exists()


def test_all_that_is_wrong_is_said_at_once(cast):
    wrong = {"site": "http://127.0.0.1/", "currency": "JPY", "contact_email": "fon@lanna..example", "terms": ""}
    answer = cast.buyer.client.post_from_page(APPLY, GIVEN | wrong)
    assert answer.status_code == 400
    assert set(re.findall(r'id="id_(\w+)_error"', answer.text)) == set(wrong)
    assert not Agency.objects.filter(contact_name="Fon").exists()


def test_economies_stand_as_readers_look_for_them(db):
    """Thai looks a word up under its first consonant, whatever vowel is written before it."""
    with override("th"):
        names = [name for code, name in SignUpForm().fields["economy"].choices if code in ("KR", "TH", "JP")]
    assert names == ["เกาหลี", "ญี่ปุ่น", "ไทย"]


def test_who_waits_already_is_led_there_and_may_ask_for_another(cast):
    client = cast.buyer.client
    assert client.get(APPLY).status_code == 200
    client.post_from_page(APPLY, GIVEN)
    answer = client.get(APPLY)
    assert (answer.status_code, answer["Location"]) == (302, "/en/agency/lanna-roads/")
    text = client.get("/en/agency/lanna-roads/").text
    another = f"{APPLY}?another=yes"
    assert f'href="{another}">Sign up another agency</a>' in text
    assert 'name="site"' in client.get(another).text
    assert client.post_from_page(another, GIVEN | {"name": "Isan Roads"})["Location"] == "/en/agency/isan-roads/"
    assert client.get(APPLY)["Location"] == "/en/agency/isan-roads/"
    Agency.objects.filter(contact_name="Fon").update(stage="declined", decided_at=timezone.now(), reason="site")
    assert client.get(APPLY).status_code == 200


def test_markup_in_a_name_stays_text(cast):
    name = '"><script>alert(1)</script>'
    assert cast.buyer.client.post_from_page(APPLY, GIVEN | {"name": name}).status_code == 302
    row = Agency.objects.get(name=name)
    text = cast.buyer.client.get(f"/en/agency/{row.code}/").text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_declined_says_why_in_both_words_and_what_to_do(bureau):
    agency = bureau.agency
    agency.stage, agency.reason, agency.words = "declined", "site", "Your site showed an empty page on Monday."
    agency.save()
    text = bureau.owner.get(bureau.url()).text
    assert "Your agency was not opened." in text
    assert "We could not see your site." in text
    assert "Your site showed an empty page on Monday." in text
    assert f'href="{bureau.url("again/")}">Send it again</a>' in text
    answer = bureau.owner.post_from_page(bureau.url("again/"), {"about": ""})
    assert answer.status_code == 400 and "Please write what is different now." in answer.text
    agency.refresh_from_db()
    assert agency.stage == "declined"
    answer = bureau.owner.post_from_page(bureau.url("again/"), {"about": "It is up again."})
    assert (answer.status_code, answer["Location"]) == (302, bureau.url())
    agency.refresh_from_db()
    assert (agency.stage, agency.about, agency.reason, agency.words) == ("applied", "It is up again.", "", "")
    assert bureau.owner.get(bureau.url("again/"))["Location"] == bureau.url()


def test_a_closed_agency_still_reads_its_money(bureau):
    Agency.objects.filter(pk=bureau.agency.pk).update(stage="closed", reason="rules", decided_at=timezone.now())
    text = bureau.owner.get(bureau.url()).text
    assert "Your agency is closed." in text and "The terms were not kept." in text
    assert bureau.owner.get(bureau.url("money/")).status_code == 200


def test_settings_change_all_but_name_and_code(bureau):
    page = bureau.owner.get(bureau.url("settings/")).text
    assert "<dt>Name</dt><dd>Chang Thong Travel</dd>" in page and 'name="name"' not in page
    data = {name: GIVEN[name] for name in ("site", "language", "contact_name", "contact_email", "about")}
    answer = bureau.owner.post_from_page(bureau.url("settings/"), data | {"name": "Stolen", "code": "stolen", "stage": "open"})
    assert (answer.status_code, answer["Location"]) == (302, bureau.url("settings/"))
    row = Agency.objects.get(pk=bureau.agency.pk)
    assert (row.name, row.code) == ("Chang Thong Travel", "chang-thong")
    assert (row.site, row.contact_name, row.contact_email) == ("https://www.lanna.example", "Fon", "fon@lanna.example")
    answer = bureau.owner.post_from_page(bureau.url("settings/"), data | {"site": "http://[::1]/"})
    assert answer.status_code == 400
    assert "An address in numbers cannot be used." in answer.text
    assert Agency.objects.get(pk=row.pk).site == "https://www.lanna.example"


def test_settings_ask_for_the_password_first(bureau, cast):
    browser = type(bureau.owner)()
    browser.force_login(cast.agency.user)
    answer = browser.post_from_page(bureau.url("settings/"), {"site": "https://stolen.example"})
    assert (answer.status_code, 'name="again-answer"' in answer.text) == (403, True)
    assert Agency.objects.get(pk=bureau.agency.pk).site == "https://chang-thong.example"
    assert Seat.objects.filter(agency=bureau.agency).count() == 3
