"""What tests of translators' screens share: a story of every block, its translation, and how editors type."""

from urllib.parse import urlencode
from uuid import uuid4

from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from tests.factories import make_picture, make_piece, make_story

TEXT = (
    '<p>Ask <a href="https://maker.example/">the maker</a> or read <a href="/en/stories/">the <b>stories</b></a>.</p>'
    "<ul><li>“Quotes” &amp; 'ticks'</li><li>Emoji 🏺 and a\u2028line</li></ul>"
)


def every_block() -> list[dict]:
    """Raw StreamField data with each kind of block once, and difficult characters."""
    picture, piece = make_picture(), make_piece()
    shown = {"image": picture.pk, "alt": "Bowls on a rack", "credit": "Hoa"}
    step = {"title": "Cut", "text": "Cut it. " * 60, "picture": None, "alt": "", "credit": ""}
    return [
        {"type": "text", "value": {"heading": "By the river", "text": TEXT}},
        {"type": "picture", "value": {**shown, "caption": 'She said "dry" \\n twice'}},
        {"type": "gallery", "value": {"pictures": _items(shown), "caption": "Two bowls"}},
        {"type": "quote", "value": {"quote": "First line\nSecond line", "speaker": "Hoa", "role": "Maker"}},
        {"type": "steps", "value": {"title": "How", "steps": _items(step)}},
        {"type": "map_point", "value": {"label": "Sao Mai", "latitude": "21.0", "longitude": "105.8"}},
        {"type": "product", "value": {"product": piece.pk}},
        {"type": "shelf", "value": {"title": "Pieces", "mode": "chosen", "products": [piece.pk]}},
    ]


def _items(value: dict) -> list[dict]:
    """The same twice, as a list block keeps it."""
    return [{"type": "item", "id": str(uuid4()), "value": value} for _number in range(2)]


def begin(instance, language: str) -> Translation:
    """The instance as it is after an editor sent it to the translators."""
    source, _new = TranslationSource.update_or_create_from_instance(instance)
    locale = Locale.objects.get(language_code=language)
    translation = Translation.objects.create(source=source, target_locale=locale)
    translation.save_target(publish=True)
    return translation


def begin_story(language: str = "ja") -> Translation:
    return begin(make_story(body=every_block())["en"], language)


def address_of(translation: Translation, source_words: str) -> str:
    """Where wagtail-localize's editor saves the string that starts with ``source_words``."""
    segment = StringSegment.objects.filter(
        source=translation.source, string__data__startswith=source_words
    ).first()
    return reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])


def put(client, address: str, words: str):
    return client.put(address, urlencode({"value": words}), content_type="application/x-www-form-urlencoded")
