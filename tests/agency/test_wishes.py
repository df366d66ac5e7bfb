"""A wish for a language that is refused is shown again with what was typed, and the reason beside it."""

import re
from html import unescape

import pytest

from marketplace.partnerships.models import WordsAsked

pytestmark = pytest.mark.django_db


def test_a_note_that_is_too_long_is_not_lost(bureau):
    pk = bureau["story"]["en"].pk
    path, note = bureau.url(f"cards/story/{pk}/ask/"), "ห" * 301
    card = bureau.editor.get(bureau.url(f"cards/story/{pk}/")).text
    assert '<input id="note-ko" name="note" maxlength="300"' in card
    answer = bureau.editor.post_from_page(path, {"language": "ko", "note": note})
    assert (answer.status_code, WordsAsked.objects.count()) == (400, 0)
    error = re.search(r'id="id_note_error">(.*?)</div>', answer.text, re.S)[1]
    assert error == "<p>Please use at most 300 letters.</p>"
    assert f'value="{note}"' in answer.text and "<h1>Ask for Korean</h1>" in answer.text
    assert f'href="{bureau.url(f"cards/story/{pk}/")}?language=en#words"' in answer.text
    language = re.search(r'<input type="hidden" name="language" value="(\w+)"', answer.text)[1]
    again = bureau.editor.post_from_page(path, {"language": language, "note": note[:300]})
    assert (again.status_code, WordsAsked.objects.get().note) == (302, note[:300])


def test_too_many_wishes_are_refused_beside_what_was_typed(bureau, settings):
    settings.MARKETPLACE_AGENCY = settings.MARKETPLACE_AGENCY | {"WISHES": 0}
    path = bureau.url(f"cards/story/{bureau['story']['en'].pk}/ask/")
    answer = bureau.editor.post_from_page(path, {"language": "ko", "note": '"><b>40 guests'})
    assert (answer.status_code, WordsAsked.objects.count()) == (400, 0)
    assert "0 of your wishes wait already. Please take one back first." in unescape(answer.text)
    assert 'value="&quot;&gt;&lt;b&gt;40 guests"' in answer.text
