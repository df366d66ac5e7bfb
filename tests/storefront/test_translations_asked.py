"""Who translates sees what agencies wait for."""

import pytest
from django.urls import reverse

from marketplace.partnerships.models import WordsAsked
from tests.factories import make_agency, make_piece, make_story

pytestmark = pytest.mark.django_db


def rows(staff) -> list[tuple]:
    """(title, language, how many agencies ask) of the rows that anybody asks for."""
    page = staff.get(reverse("translations:worklist"))
    assert page.status_code == 200
    found = page.context["rows"]
    return sorted((row["item"].name, row["item"].language, row["asked"]) for row in found if row["asked"])


def test_rows_say_how_many_agencies_ask(cast):
    one, other = cast.agency.seat_at, make_agency()
    story, piece = make_story(title={"en": "The bowl that waits", "ja": "椀"}), make_piece(title="Red bowl")
    assert rows(cast.staff.client) == []
    for agency, subject, language in (
        (one, f"story-{story['en'].pk}", "th"),
        (other, f"story-{story['ja'].pk}", "th"),
        (one, f"product-{piece.pk}", "ja"),
        (one, "story-999999", "th"),
        (one, "map-33621", "th"),
    ):
        WordsAsked.objects.create(agency=agency, subject=subject, language=language)
    assert rows(cast.staff.client) == [("Red bowl", "ja", 1), ("The bowl that waits", "th", 2)]
    assert "2 agencies ask for it" in cast.staff.client.get(reverse("translations:worklist")).content.decode()
