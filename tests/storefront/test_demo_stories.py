"""The demo's stories: dated as their file says, and found in every language."""

import pytest

from storefront.demo import content
from storefront.demo.load.pages import date_stories
from storefront.models import StoryPage
from storefront.search.models import SearchEntry
from tests.factories import make_story

pytestmark = pytest.mark.django_db


def test_every_language_of_a_story_is_dated_and_found():
    row = content.stories()[0]
    pages = make_story(title={"en": "Nine dry days", "ja": "晴れ間の九日"}, slug=row["slug"])
    SearchEntry.objects.all().delete()
    date_stories()
    entries = SearchEntry.objects.filter(kind="story")
    assert {(row.language, row.title) for row in entries} == {("en", "Nine dry days"), ("ja", "晴れ間の九日")}
    dates = StoryPage.objects.filter(pk__in=[page.pk for page in pages.values()]).values_list("first_published_at", flat=True)
    assert {f"{date:%Y-%m-%d}" for date in dates} == {str(row["published"])[:10]}
    assert {entry.listed_at for entry in entries} == set(dates)
