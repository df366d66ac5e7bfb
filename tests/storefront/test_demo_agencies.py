"""The demo's agencies, visit days and counts: believable, marked as samples, and the same however often they are loaded."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from marketplace.partnerships import counting, services
from marketplace.partnerships.models import Agency, AgencyHost, AgencyTerms, CardCount, Seat, WordsAsked
from marketplace.workshops.models import VisitDay, VisitDayText
from storefront.demo import content
from storefront.demo.load import agencies
from storefront.demo.load.shares import load_shares
from tests.factories import make_place_page, make_story, make_village

TABLES = (Agency, AgencyHost, AgencyTerms, CardCount, Seat, VisitDay, VisitDayText)


def make_demo() -> None:
    villages = [make_village(slug, economy="TH") for slug in ("ban-fai", "ban-rim-nam", "sao-mai")]
    for number in range(3):
        make_story(title={"en": f"Story {number}", "ja": "話", "th": "เรื่อง"}, village=villages[0])
    make_place_page(villages[0])
    load_shares()
    load()


@pytest.fixture
def demo(db, recorded) -> None:
    recorded(make_demo)


def load() -> None:
    agencies.load_agencies()
    agencies.load_visits()
    agencies.load_counts()


def rows() -> list:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def test_one_is_open_and_one_waits(demo, mailoutbox, commit):
    commit()
    stages = dict(Agency.objects.values_list("code", "stage"))
    assert stages == {"chang-thong": "open", "blue-heron-journeys": "applied"}
    assert not Agency.objects.exclude(is_sample=True).exists() and mailoutbox == []
    agency = services.agency_of_code("chang-thong")
    assert (agency.name, agency.economy_id, agency.currency, agency.language) == ("Chang Thong Travel", "TH", "THB", "th")
    assert services.allowed_hosts(agency) == ["www.chang-thong.example"]
    seat = Seat.objects.select_related("user").get(agency=agency)
    assert (seat.user.username, seat.is_owner, seat.user.check_password("demo-agency-1")) == ("agency@example.com", True, True)
    terms = services.terms_on(agency, timezone.localdate())
    assert (terms.percent, terms.days) == (5, 30)
    # It is taken out of the shop's part, which is larger.
    assert terms.percent < Decimal(str(content.shares()["commission"]))


def test_thirty_days_were_counted(demo):
    agency, today = Agency.objects.get(code="chang-thong"), timezone.localdate()
    found = counting.totals(agency, today - timedelta(days=30), today)
    assert [views > 0 for _day, views, _clicks in found.by_day] == [True] * 30 + [False]
    assert 0.05 < found.clicks / found.views < 0.25
    assert {language for _subject, language, _views, _clicks in found.by_card} == {"en", "ja", "th"}
    assert all(clicks <= views for _subject, _language, views, clicks in found.by_card)


def test_three_visit_days_to_come_in_all_languages(demo):
    days = VisitDay.objects.order_by("starts_at")
    assert [day.village.slug for day in days] == ["ban-fai", "ban-rim-nam", "sao-mai"]
    for day in days:
        local = day.starts_at.astimezone(ZoneInfo(day.time_zone))
        assert day.starts_at > timezone.now() + timedelta(days=7) and local.weekday() == 5 and 8 <= local.hour <= 14
        assert {row.language for row in day.texts.all()} == set(settings.MARKETPLACE_STOREFRONT_LANGUAGES)
        assert all(row.name and row.summary and row.meeting_point for row in day.texts.all())
    assert [(day.price, day.currency) for day in days] == [(350, "THB"), (500, "THB"), (None, "")]


def test_loaded_again_nothing_changes_but_days_that_are_over(demo):
    seen = rows()
    load()
    assert rows() == seen
    over = VisitDay.objects.order_by("starts_at").first()
    past = timezone.now() - timedelta(days=2)
    VisitDay.objects.filter(pk=over.pk).update(starts_at=past, ends_at=past + timedelta(hours=1))
    load()
    over.refresh_from_db()
    assert over.starts_at > timezone.now() and VisitDay.objects.count() == 3


def test_words_that_came_answer_the_wish(demo, capsys):
    agency = Agency.objects.get(code="chang-thong")
    pages = make_story(title={"en": "New", "th": "ใหม่"})
    pieces = [(f"story-{pages['en'].pk}", "th"), (f"story-{pages['en'].pk}", "ko"), ("story-999999", "th"), ("nonsense-1", "th")]
    for subject, language in pieces:
        WordsAsked.objects.create(agency=agency, subject=subject, language=language)
    call_command("answer_agency_wishes")
    assert capsys.readouterr().out == "Wishes answered: 1\n"
    assert list(WordsAsked.objects.exclude(answered_at=None).values_list("subject", "language")) == pieces[:1]
