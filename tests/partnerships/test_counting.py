"""Views and clicks of cards: what counts, what does not, and that nothing is counted twice."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from marketplace.partnerships import counting
from marketplace.partnerships.counting import Visitor
from marketplace.partnerships.models import CardCount
from tests.factories import make_agency

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
KENJI = Visitor("203.0.113.7", FIREFOX)


def view(subject="story-7", *, code="chang-thong", language="en", visitor=KENJI) -> None:
    counting.view(code=code, subject=subject, language=language, visitor=visitor)


def counts() -> list[tuple]:
    return list(CardCount.objects.values_list("agency__code", "day", "subject", "language", "views", "clicks"))


def test_a_view_and_a_click_are_counted_once_for_their_day(django_assert_num_queries):
    make_agency("chang-thong")
    with django_assert_num_queries(0):
        for _again in range(3):
            view()
            counting.click(code="chang-thong", subject="story-7", language="en", visitor=KENJI)
    assert counting.flush() == 2
    assert counts() == [("chang-thong", timezone.localdate(), "story-7", "en", 1, 1)]
    assert counting.flush() == 0


def test_totals():
    agency = make_agency("chang-thong")
    view()
    view("village-3", language="th")
    view("village-3", language="th", visitor=Visitor("203.0.113.8", FIREFOX))
    counting.flush()
    today = timezone.localdate()
    found = counting.totals(agency, today - timedelta(days=1), today)
    assert (found.views, found.clicks) == (3, 0)
    assert found.by_day == [(today - timedelta(days=1), 0, 0), (today, 3, 0)]
    assert found.by_card == [("village-3", "th", 2, 0), ("story-7", "en", 1, 0)]
    assert counting.totals(agency, date(2020, 1, 1), date(2020, 1, 1)).by_card == []
