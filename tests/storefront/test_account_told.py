"""How you are told: everybody's own page, and only her own."""

import pytest

from marketplace.notices.models import ContactPoint, Preference
from tests.people import Visitor

pytestmark = pytest.mark.django_db
TOLD = "/en/account/told/"
WISHES = {
    "how": "digest",
    "by_mail": "on",
    "language": "th",
    "digest_hour": "18",
    "quiet_from": "20",
    "quiet_to": "7",
}


def test_what_she_chose_is_kept_and_shown_again(cast):
    client = cast.maker.client
    assert client.post_from_page(TOLD, WISHES)["Location"] == TOLD
    row = Preference.objects.get()
    assert (row.user, row.how, row.by_mail, row.language) == (cast.maker.user, "digest", True, "th")
    assert (row.digest_hour, row.quiet_from, row.quiet_to) == (18, 20, 7)
    page = client.get(TOLD)
    assert page.context["form"].initial["digest_hour"] == 18
    assert "Saved. We tell you in this way from now on." in page.text
    assert len(page.content) < 100_000
    client.post_from_page(TOLD, WISHES | {"how": "at_once"})
    assert Preference.objects.get().how == "at_once"


def test_only_ways_that_she_has_are_offered(cast):
    page = cast.maker.client.get(TOLD)
    assert {"by_mail", "by_sms", "by_push", "time_zone"} & set(page.context["form"].fields) == {"by_mail"}
    assert "hoa@example.com" in page.text and "lan@example.com" not in page.text
    ContactPoint.objects.create(
        user=cast.maker.user, kind="phone", value="+84912345678", verified_at=cast.maker.user.date_joined
    )
    assert "by_sms" in cast.maker.client.get(TOLD).context["form"].fields


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("how", "never"),
        ("how", ""),
        ("language", "xx"),
        ("language", "<b>"),
        ("digest_hour", "24"),
        ("digest_hour", "-1"),
        ("quiet_from", "\x00"),
        ("quiet_to", "1" * 5000),
        ("by_mail", ""),
    ],
    ids=lambda text: ascii(text)[:12],
)
def test_what_cannot_be_is_refused_and_changes_nothing(cast, field, value):
    answer = cast.maker.client.post_from_page(TOLD, WISHES | {field: value})
    assert answer.status_code == 400
    assert not Preference.objects.exists()


def test_somebody_elses_id_changes_nothing_of_hers(cast):
    cast.other_maker.client.post_from_page(TOLD, WISHES | {"user": cast.maker.user.pk, "id": "1"})
    assert Preference.objects.get().user == cast.other_maker.user


def test_everybody_has_one_and_a_stranger_none(cast):
    for person in cast.all_but("stranger"):
        answer = person.client.get(TOLD)
        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True), person
    answer = cast.stranger.client.post_from_page(TOLD, WISHES)
    assert (answer.status_code, answer["Location"]) == (302, f"/en/account/login/?next={TOLD}")
    client = Visitor(enforce_csrf_checks=True)
    client.force_login(cast.maker.user)
    assert client.post(TOLD, WISHES).status_code == 403
    assert not Preference.objects.exists()


def test_hours_are_written_as_she_reads_them(cast):
    text = cast.maker.client.get("/vi/account/told/").text
    assert ">18:00<" in text and "PM" not in text
    assert "6:00\u202fPM" in cast.maker.client.get(TOLD).text


def test_the_languages_are_those_of_the_shop_and_the_one_she_has(cast, settings):
    page = cast.maker.client.get(TOLD)
    shown = [code for code, _name in page.context["form"].fields["language"].choices]
    assert shown == ["", *settings.MARKETPLACE_STOREFRONT_LANGUAGES]
    assert "The language of my workshop" in page.text
    Preference.objects.create(user=cast.maker.user, language="id")
    again = cast.maker.client.get(TOLD).context["form"].fields["language"].choices
    assert [code for code, _name in again] == [*shown, "id"]
