"""How many statements each page of the agencies' desk costs, the same for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.partnerships.models import CardCount, WordsAsked
from tests.factories import make_host, make_piece, make_seat, make_story

pytestmark = pytest.mark.django_db
# Session, user and seats come first on each.
PAGES = {
    "": 13,
    "cards/": 7,
    "cards/?q=dye": 5,
    "cards/?kind=village": 6,
    "cards/?kind=map": 3,
    "sites/": 5,
    "statistics/": 7,
    "statistics/?period=year": 7,
    "statistics.csv": 6,
    "money/": 15,
    "people/": 5,
    "people/invite/": 3,
    "keys/": 4,
    "settings/": 4,
}


def counts(bureau, more: dict[str, int]) -> dict[str, int]:
    found = {}
    for rest in more:
        with CaptureQueriesContext(connection) as caught:
            assert bureau.owner.get(bureau.url(rest)).status_code == 200
        found[rest] = len(caught)
    return found


def fill(bureau, number: int) -> None:
    """``number`` more of everything that a page lists."""
    agency, village = bureau.agency, bureau.workshop.village
    for place in range(number):
        story = make_story(village=village, title={"en": f"Dye {place}", "ja": f"藍 {place}"})["en"]
        make_host(agency, f"www{story.pk}.chang-thong.com")
        make_seat(agency, parts=["edits"], first_name=f"Person {place}")
        subject = f"story-{story.pk}"
        CardCount.objects.create(agency=agency, day=timezone.localdate(), subject=subject, language="en", views=3)
        WordsAsked.objects.create(agency=agency, subject=subject, language="ko")
        make_piece(bureau.workshop, title=f"Scarf {place}")


def test_pages_cost_so_many_statements_however_much_there_is(bureau, steady, fresh):
    story, piece = bureau["story"]["en"], bureau["piece"]
    bureau["village"]
    fill(bureau, 1)
    pages = PAGES | {f"cards/story/{story.pk}/": 7, f"cards/product/{piece.pk}/": 6}
    counts(bureau, pages)
    few = counts(bureau, pages)
    fill(bureau, 3)
    fresh()
    counts(bureau, pages)
    many = counts(bureau, pages)
    assert few == many
    assert {rest: number for rest, number in many.items() if number != pages[rest]} == {}
