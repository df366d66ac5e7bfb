"""Views and clicks of cards: what counts, what does not, and that nothing is counted twice."""


from datetime import date, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from marketplace.partnerships import counting, repeats, services
from marketplace.partnerships.counting import Visitor
from marketplace.partnerships.models import Agency, CardCount
from storefront.caching import redis_cache
from tests.factories import make_agency
from tests.redis_server import Redis, nobody_there, program

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1"
)
KENJI, ANA = Visitor("203.0.113.7", FIREFOX), Visitor("198.51.100.4", SAFARI)


@pytest.fixture
def agency() -> Agency:
    return make_agency("chang-thong")


def view(subject="story-7", *, code="chang-thong", language="en", visitor=KENJI) -> None:
    counting.view(code=code, subject=subject, language=language, visitor=visitor)


def click(subject="story-7", *, code="chang-thong", language="en", visitor=KENJI) -> None:
    counting.click(code=code, subject=subject, language=language, visitor=visitor)


def counts() -> list[tuple]:
    rows = CardCount.objects.order_by("agency__code", "day", "subject", "language")
    return list(rows.values_list("agency__code", "subject", "language", "views", "clicks"))


def test_a_view_and_a_click_are_counted_once_for_their_day(agency, django_assert_num_queries):
    with django_assert_num_queries(0):
        for _again in range(3):
            view()
            click()
    assert counting.flush() == 2
    assert counts() == [("chang-thong", "story-7", "en", 1, 1)]
    assert CardCount.objects.get().day == timezone.localdate()
    assert counting.flush() == 0


def test_flushes_add_up(agency):
    view()
    counting.flush()
    view(visitor=ANA)
    view("village-3", language="zh-hant")
    click(visitor=ANA)
    assert counting.flush() == 3
    assert counts() == [("chang-thong", "story-7", "en", 2, 1), ("chang-thong", "village-3", "zh-hant", 1, 0)]


def test_one_statement_writes_many_cards(agency, django_assert_num_queries):
    for number in range(90):
        view(f"story-{number}")
    # begin, agencies, rows, end
    with django_assert_num_queries(4):
        assert counting.flush() == 90


def test_who_does_not_want_to_be_counted_is_not(agency):
    shy = KENJI._replace(dnt=True)
    view(visitor=shy)
    assert counting.flush() == 0
    # A click leads to the shop; it is the visitor's own act and no look over her shoulder.
    click(visitor=shy)
    assert (counting.flush(), counts()) == (1, [("chang-thong", "story-7", "en", 0, 1)])


ROBOTS = [
    *("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.5.0", "", " ", "python-requests/2.32"),
    *("Mozilla/5.0 (compatible; bingbot/2.0)", "facebookexternalhit/1.1", "WordPress/6.5; https://agency.example", "Java/17.0.2"),
    *("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "x" * 10_000),
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
]


@pytest.mark.parametrize("agent", ROBOTS, ids=lambda agent: agent[:40])
def test_robots_are_not_counted(agency, agent):
    robot = Visitor("203.0.113.9", agent)
    view(visitor=robot)
    click(visitor=robot)
    assert (counting.flush(), counts()) == (0, [])


@pytest.mark.parametrize(
    ("code", "subject", "language"),
    [
        *(("nobody", "story-7", "en"), ("closed", "story-7", "en"), ("", "story-7", "en"), ("x" * 41, "story-7", "en")),
        *(("' OR 1=1 --", "story-7", "en"), (None, "story-7", "en"), ("chang-thong", "", "en"), ("chang-thong", "7", "en")),
        *(("chang-thong", "story-x", "en"), ("chang-thong", "story-7\n", "en"), ("chang-thong", None, "en")),
        *(("chang-thong", "story-" + "7" * 11, "en"), ("chang-thong", "s" * 21 + "-7", "en"), ("chang-thong", "story-7", "")),
        *(("chang-thong", "story-7", "EN"), ("chang-thong", "story-7", "en\x00"), ("chang-thong", "story-7", "en-aaaaaaaaa-bb")),
        ("chang-thong", "story-7", "en-aaaaaaaa-bb"),
    ],
    ids=ascii,
)
def test_what_is_unknown_or_hostile_is_dropped_without_a_word(agency, code, subject, language):
    make_agency("closed", stage=Agency.Stage.CLOSED, reason=Agency.Reason.ASKED)
    view(subject, code=code, language=language)
    click(subject, code=code, language=language)
    assert (counting.flush(), counts()) == (0, [])


def test_codes_that_were_just_asked_in_vain_take_no_room(agency):
    assert services.agency_of_code("nobody") is None
    view(code="nobody")
    assert counting._book.notes == []


def test_broken_visitors_break_no_page(agency, caplog):
    for visitor in (None, Visitor(None, FIREFOX), Visitor("203.0.113.7", None)):
        view(visitor=visitor)
    view(visitor=Visitor("not an address", FIREFOX))
    view(visitor=Visitor("\ud800", FIREFOX + "\ud800"))
    assert counting.flush() == 2
    assert "could not be counted" in caplog.text


# Repeats


def later(monkeypatch, minutes: float) -> None:
    monkeypatch.setattr(repeats.time, "monotonic", lambda: real() + minutes * 60)


real = repeats.time.monotonic


def test_the_same_visitor_counts_again_after_an_hour_at_the_latest_and_never_within_half_of_it(agency, monkeypatch):
    view()
    for minutes in (1, 29, 29.9):
        later(monkeypatch, minutes)
        view()
    assert counting.flush() == 1
    later(monkeypatch, 61)
    view()
    assert counting.flush() == 1


def test_the_same_card_in_another_language_is_the_same_card(agency):
    view()
    view(language="th")
    view("story-8")
    make_agency("other-agency")
    view(code="other-agency")
    view(visitor=KENJI._replace(agent=SAFARI))
    assert counting.flush() == 4


def test_a_household_with_ipv6_is_one_visitor(agency):
    for number in range(50):
        view(visitor=Visitor(f"2001:db8:1:2::{number:x}", FIREFOX))
    view(visitor=Visitor("2001:db8:1:3::1", FIREFOX))
    view(visitor=Visitor("::ffff:203.0.113.7", FIREFOX))
    view(visitor=Visitor("203.0.113.7", FIREFOX))
    assert counting.flush() == 3


def test_a_robot_that_calls_itself_a_browser_counts_for_few_cards_and_takes_little_room(agency):
    """100,000 cards, the first of them asked twice."""
    for number in (*range(100_000), *range(2_000)):
        view(f"story-{number}")
    assert counting.flush() == repeats.MOST_OF_VISITOR == 100
    assert len(counting._book.repeats) <= 2 * repeats.MOST_OF_VISITOR
    assert len(counting._book.notes) == 0
    # Others still count.
    view(visitor=ANA)
    assert counting.flush() == 1


def test_a_robot_with_many_names_at_one_address_counts_for_so_many(agency, monkeypatch):
    monkeypatch.setattr(repeats, "MOST_OF_ADDRESS", 50)
    for number in range(500):
        view(visitor=KENJI._replace(agent=f"{FIREFOX} {number}"))
    assert counting.flush() == 50


def test_a_robot_at_very_many_addresses_finds_no_more_room(agency, monkeypatch):
    monkeypatch.setattr(repeats, "MOST", 300)
    for _twice in range(2):
        for number in range(1000):
            view(visitor=Visitor(f"2001:db8:{number:x}::1", FIREFOX))
    assert counting.flush() == 100  # three marks each
    assert len(counting._book.repeats) == 300
    later(monkeypatch, 61)
    view()
    assert counting.flush() == 1


def test_notes_that_nobody_writes_stay_few(agency, monkeypatch):
    monkeypatch.setattr(counting, "MANY", 10)
    for number in range(90):
        view(f"story-{number}")
    assert len(counting._book.notes) == 20
    assert counting.flush() == 20


def test_nothing_of_a_visitor_is_kept_but_a_hash_with_a_key_of_the_day(agency, monkeypatch):
    view()
    (note,) = counting._book.notes
    kept = repr((note, counting._book.repeats.__dict__))
    assert "203.0.113" not in kept and "Firefox" not in kept
    day = timezone.localdate()
    today, tomorrow = repeats.Repeats(), repeats.Repeats()
    assert today.mark(KENJI, "story-7", day) == tomorrow.mark(KENJI, "story-7", day)  # the cache shares the day's key
    assert today.mark(ANA, "story-7", day) != tomorrow.mark(ANA, "story-7", day + timedelta(days=1))


# The database


def test_while_the_database_is_away_counts_wait(agency, monkeypatch):
    view()

    def away(rows):
        raise OperationalError("away")

    monkeypatch.setattr(counting, "_add", away)
    with pytest.raises(OperationalError):
        counting.flush()
    monkeypatch.undo()
    view(visitor=ANA)
    assert (counting.flush(), counts()) == (2, [("chang-thong", "story-7", "en", 2, 0)])


def test_an_agency_that_is_gone_loses_its_counts_and_stops_nobody_elses(agency):
    gone = make_agency("gone-agency")
    view(code="gone-agency")
    view()
    gone.delete()
    assert (counting.flush(), counts()) == (1, [("chang-thong", "story-7", "en", 1, 0)])


@pytest.mark.skipif(not program(), reason="there is no redis-server for this machine")
def test_with_redis_two_processes_count_a_visitor_once(agency, settings):
    with Redis() as server:
        settings.CACHES = {"default": redis_cache(server.url)}
        total = 0
        for _process in range(2):
            counting.forget()  # as another process, which knows nothing of the first
            view()
            view(visitor=ANA)
            total += counting.flush()
        assert (total, counts()) == (2, [("chang-thong", "story-7", "en", 2, 0)])


def test_a_cache_that_does_not_answer_stands_in_nobodys_way(agency, settings):
    with nobody_there() as url:
        settings.CACHES = {"default": redis_cache(url)}
        view()
        view()
        assert counting.flush() == 1


def test_totals(agency):
    view()
    view("village-3", language="th")
    view("village-3", language="th", visitor=ANA)
    click("village-3", language="th")
    counting.flush()
    today = timezone.localdate()
    CardCount.objects.create(
        agency=agency, day=today - timedelta(days=2), subject="story-7", language="en", views=4, clicks=3
    )
    CardCount.objects.create(agency=make_agency(), day=today, subject="story-7", language="en", views=90, clicks=90)
    found = counting.totals(agency, today - timedelta(days=2), today)
    assert (found.views, found.clicks) == (7, 4)
    assert found.by_day == [(today - timedelta(days=2), 4, 3), (today - timedelta(days=1), 0, 0), (today, 3, 1)]
    assert found.by_card == [("story-7", "en", 5, 3), ("village-3", "th", 2, 1)]
    nothing = counting.totals(agency, date(2020, 1, 1), date(2020, 1, 1))
    assert (nothing.views, nothing.clicks, nothing.by_card) == (0, 0, [])
