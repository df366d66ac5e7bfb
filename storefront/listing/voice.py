"""The story of a piece in its maker's own voice, for its page in the shop."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from catalogue.models import Product
from catalogue.text import language_name
from marketplace.workshops.models import VoiceNote
from storefront.voice_pages import FINGERPRINT

FIELDS = ("pk", "language", "seconds", "sha256", "mime", "written_from_voice")


def with_voice(rows: QuerySet[Product]) -> QuerySet[Product]:
    """Products with ``told``: what describe_voice needs, in the same statement."""
    notes = VoiceNote.objects.filter(product=OuterRef("pk"), kind=VoiceNote.Kind.STORY)
    return rows.annotate(told=Subquery(notes.values(data=JSONObject(**{name: name for name in FIELDS}))[:1]))


def describe_voice(product: Product) -> dict:
    """What components/voice.html draws; {} where the piece has no recording. Needs with_voice."""
    told = product.told
    if not told:
        return {}
    return {
        "src": reverse("voice", kwargs={"pk": told["pk"], "fingerprint": told["sha256"][:FINGERPRINT]}),
        "mime": told["mime"],
        "seconds": told["seconds"],
        "lang": told["language"],
        "language": language_name(told["language"]),
        "written_from_voice": told["written_from_voice"],
    }
