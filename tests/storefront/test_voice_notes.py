"""A maker's voice as the original of her story: kept, replaced, taken away; heard by buyers only while the piece is public."""

from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import ModelLogEntry

from catalogue.models import Product
from marketplace.workshops import stages, voices
from marketplace.workshops.models import VoiceNote
from storefront.listing.voice import describe_voice, with_voice
from tests.factories import make_piece
from tests.storefront.test_voice_sounds import m4a, wav

pytestmark = pytest.mark.django_db
WEBM = (Path(__file__).parent / "recordings" / "voice.webm").read_bytes()
JSON = {"Accept": "application/json"}


@pytest.fixture
def piece(cast) -> Product:
    return make_piece(cast.maker.workshop, title="Bát sơn", source="vi")


def address(person, piece) -> str:
    return reverse("desk:piece-voice", kwargs={"workshop": person.workshop.slug, "pk": piece.pk})


def tell(person, piece, content: bytes = WEBM, *, path: str = "", headers: dict | None = None):
    file = SimpleUploadedFile("../recording<b>.html", content, "text/html")
    return person.client.post(path or address(person, piece), {"voice": file}, headers=headers or JSON)


def shown_to_buyers(piece) -> dict:
    return describe_voice(with_voice(Product.objects.filter(pk=piece.pk)).get())


def there(name: str) -> bool:
    return storages["private"].exists(name)


def test_a_recording_becomes_the_original_of_the_story(cast, piece):
    answer = tell(cast.helper, piece)
    assert answer.status_code == 200 and answer.json()["voice"]["seconds"] == 2
    note = voices.voice_of(piece)
    assert (note.language, note.kind, note.mime, note.made_by) == ("vi", "story", "audio/webm", cast.helper.user)
    assert note.size == note.file.size and len(note.sha256) == 64 and not note.written_from_voice
    logged = ModelLogEntry.objects.filter(action="wagtail.edit", object_id=str(piece.pk)).count()
    assert tell(cast.maker, piece).status_code == 200 and VoiceNote.objects.get() == note, "the same once more"
    assert ModelLogEntry.objects.filter(action="wagtail.edit", object_id=str(piece.pk)).count() == logged
    tell(cast.maker, piece, wav())
    other = VoiceNote.objects.get()
    assert other.pk != note.pk and (other.mime, other.made_by) == ("audio/wav", cast.maker.user)
    assert there(other.file.name) and not there(note.file.name)


def test_what_was_written_from_it_says_so(cast, piece):
    whose = {"workshop": cast.maker.workshop, "product": piece, "user": cast.maker.user}
    assert voices.mark_written(**whose) is False
    tell(cast.maker, piece)
    assert voices.mark_written(**whose) is True and voices.voice_of(piece).written_from_voice
    assert shown_to_buyers(piece)["written_from_voice"]
    tell(cast.maker, piece, wav())
    assert not voices.voice_of(piece).written_from_voice, "the words were written from another recording"


def test_it_can_be_taken_away(cast, piece, commit):
    tell(cast.maker, piece)
    name = voices.voice_of(piece).file.name
    assert cast.maker.client.post(address(cast.maker, piece), {"action": "remove"}).status_code == 302
    assert voices.voice_of(piece) is None and not there(name)
    answer = cast.maker.client.post(address(cast.maker, piece), {"action": "remove"}, headers=JSON)
    assert answer.json() == {"voice": None}
    tell(cast.maker, piece)
    name = voices.voice_of(piece).file.name
    voices.voice_of(piece).delete()
    commit()
    assert not there(name)


@pytest.mark.parametrize("content", [b"", b"<script>alert(1)</script>", bytes(2000), m4a(handler=b"vide")])
def test_what_is_no_voice_changes_nothing(cast, piece, content):
    tell(cast.maker, piece)
    before = voices.voice_of(piece)
    answer = tell(cast.maker, piece, content)
    assert answer.status_code == 400 and answer.json()["error"].startswith(("This is", "Please choose"))
    assert voices.voice_of(piece) == before and there(before.file.name)
    plain = tell(cast.maker, piece, content, headers={"Accept": "text/html"})
    assert plain.status_code == 302 and voices.voice_of(piece) == before
    page = cast.maker.client.get(reverse("desk:pieces", kwargs={"workshop": cast.maker.workshop.slug}))
    assert "This is" in page.text or "Please choose" in page.text


def test_only_listers_of_the_workshop_come_near_it(cast, piece):
    tell(cast.maker, piece)
    path = address(cast.maker, piece)
    for person in cast.all_but("maker", "helper"):
        status = {"other_maker": 404, "stranger": 302}.get(person.name, 403)
        assert person.client.get(path).status_code == status, person
        assert person.client.post(path, {"action": "remove"}).status_code == status
        assert tell(person, piece, wav(), path=path).status_code == status
    own = reverse("desk:piece-voice", kwargs={"workshop": cast.other_maker.workshop.slug, "pk": piece.pk})
    assert tell(cast.other_maker, piece, wav(), path=own).status_code == 404
    assert voices.voice_of(piece).mime == "audio/webm"
    with pytest.raises(LookupError):
        voices.remove_voice(workshop=cast.other_maker.workshop, product=piece)
    assert VoiceNote.objects.count() == 1


def test_at_the_desk_it_plays_and_nobody_keeps_it(cast, piece):
    assert cast.maker.client.get(address(cast.maker, piece)).status_code == 404
    tell(cast.maker, piece)
    answer = cast.maker.client.get(address(cast.maker, piece))
    assert answer["Content-Type"] == "audio/webm" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline") and "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.getvalue() == voices.voice_of(piece).file.read()


def test_buyers_hear_it_while_the_piece_is_public(cast, piece, client):
    assert shown_to_buyers(piece) == {}
    tell(cast.maker, piece)
    shown = shown_to_buyers(piece)
    same = ("mime", "language", "seconds", "lang", "written_from_voice")
    assert [shown[name] for name in same] == ["audio/webm", "Vietnamese", 2, "vi", False]
    answer = client.get(shown["src"])
    whole = answer.getvalue()
    assert answer.status_code == 200 and answer["Content-Type"] == "audio/webm"
    assert answer["Cache-Control"] == "public, max-age=300" and not answer.cookies and "Vary" not in answer
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    wrong = [shown["src"].replace(shown["src"].split("/")[-2], "0" * 16), "/voices/999999/abc/"]
    stages.set_aside(workshop=cast.maker.workshop, product=piece, stage=Product.Stage.PAUSED)
    hidden = [client.get(path) for path in (shown["src"], *wrong)]
    assert {one.status_code for one in hidden} == {404}
    assert client.head(shown["src"]).status_code == 404 and client.post(shown["src"]).status_code == 405
    stages.publish(workshop=cast.maker.workshop, product=Product.objects.get(pk=piece.pk))
    assert client.get(shown["src"]).getvalue() == whole
    for path in (f"/media/{voices.voice_of(piece).file.name}", f"/en/media/{voices.voice_of(piece).file.name}"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "asked, status, part",
    [
        ("bytes=0-1", 206, slice(0, 2)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=99999999-", 416, None),
        ("bytes=5-2", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-1,5-9", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
        ("bytes=" + "9" * 40 + "-", 200, slice(0, None)),
    ],
)
def test_a_player_may_ask_for_a_part(cast, piece, client, asked, status, part):
    tell(cast.maker, piece)
    whole = voices.voice_of(piece).file.read()
    answer = client.get(shown_to_buyers(piece)["src"], headers={"Range": asked})
    assert answer.status_code == status
    if part is None:
        assert answer["Content-Range"] == f"bytes */{len(whole)}" and not answer.content
    else:
        assert answer.getvalue() == whole[part] and int(answer["Content-Length"]) == len(whole[part])
        assert answer["Accept-Ranges"] == "bytes"
    if status == 206:
        start = len(whole[: part.start]) if part.start >= 0 else len(whole) + part.start
        assert answer["Content-Range"] == f"bytes {start}-{start + len(whole[part]) - 1}/{len(whole)}"
