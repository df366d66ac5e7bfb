"""A conversation as its reader sees it: in her language where that is possible, the original always beneath."""

from collections.abc import Callable, Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.text import language_name
from marketplace import formats
from marketplace.fulfilment.models import Consignment, Message
from marketplace.fulfilment.phrases import BY_CODE

Side = Message.Side
# (kind of photo, its id) → its address for this reader. Kinds are the names below.
PhotoUrl = Callable[[str, int], str]
OF_MESSAGE, OF_PARCEL = "message", "parcel"
# What translates in the demo: wagtail-localize's dummy in both languages that it calls itself, and words written for it.
SAMPLES = frozenset({"Dummy translator", "Traductor ficticio", "sample"})


def describe_messages(consignment: Consignment, side: str, photo_url: PhotoUrl) -> list[dict]:
    """All messages for a reader of ``side``, the oldest first. Two statements, however many there are."""
    rows = consignment.messages.prefetch_related("translations").order_by("created_at", "pk")
    return [_describe(row, side, consignment, photo_url) for row in rows]


def describe_parcel_photos(consignment: Consignment, photo_url: PhotoUrl) -> list[dict]:
    """How the parcel looked when it left. One statement."""
    return [
        {"url": photo_url(OF_PARCEL, row.pk), "taken": formats.moment(row.taken_at)} for row in consignment.photos.all()
    ]


def has_claim(consignment: Consignment) -> bool:
    """Whether the buyer sent a photo of what arrived: then she sees, too, how it left."""
    return consignment.messages.filter(side=Side.BUYER).exclude(photo="").exists()


def _describe(row: Message, side: str, consignment: Consignment, photo_url: PhotoUrl) -> dict:
    language = get_language()
    return {
        "pk": row.pk,
        "mine": row.side == side,
        "who": _who(row, side, consignment),
        "at": formats.moment(row.created_at),
        "unread": row.read_at is None and row.side != side,
        "parts": [part for part in (_phrase(row, language), _words(row, language, side)) if part],
        "photo": photo_url(OF_MESSAGE, row.pk) if row.photo else "",
    }


def _who(row: Message, side: str, consignment: Consignment) -> str:
    if row.side == side:
        return _("You")
    if row.side == Side.MAKER:
        return str(consignment.workshop)
    return _("The buyer") if row.side == Side.BUYER else _("The shop")


def _phrase(row: Message, language: str) -> dict:
    phrase = BY_CODE.get(row.phrase)
    if phrase is None:
        return {}
    words = phrase.words(row.values, language)
    read_in = row.values.get("language", row.language)
    original = phrase.words(row.values, read_in)
    return _part(words, language, "" if original == words else original, read_in)


def _words(row: Message, language: str, side: str) -> dict:
    if not row.text:
        return {}
    if row.side == side or row.language == language:
        return _part(row.text, row.language)
    found = _translation(row.translations.all(), language)
    names = {"language": language_name(row.language)}
    if found is None:
        return _part(row.text, row.language, label=_("Written in %(language)s, not translated.") % names)
    label = _("Translated from %(language)s by a machine (%(tool)s).") % (names | {"tool": _tool(found.tool)})
    return _part(found.text, found.language, row.text, row.language, label)


def _translation(rows: Iterable, language: str):
    """In the reader's language; else in the one that it was made in for her side."""
    by_language = {row.language: row for row in rows}
    return by_language.get(language) or next(iter(by_language.values()), None)


def _tool(name: str) -> str:
    """A service's own name; that of the demo's, which is none, in the reader's language."""
    return _("sample translator") if name in SAMPLES else name


def _part(text: str, lang: str, original: str = "", original_lang: str = "", label: str = "") -> dict:
    """``original`` is empty where ``text`` is the original, or says the very same."""
    return {
        "text": text,
        "lang": lang,
        "label": label,
        "original": original,
        "original_lang": original_lang,
        "original_label": _("The original, in %(language)s") % {"language": language_name(original_lang)} if original else "",
    }
