"""PO files: a round trip loses nothing, and a bad file changes nothing and says why."""

import html

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from storefront.translations import po
from tests.factories import make_piece, make_workshop
from tests.storefront.translating import address_of, begin, begin_story, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
ODD = 'Ein "Zitat" \\n 🏺\u2028Zeile %(x)s {y} \t <br/>'


def bowl_translation() -> Translation:
    words = {
        "title": "Tô sơn mài đỏ",
        "summary": 'Chín "lớp" sơn \\n 🏺',
        "description": "Một.\n\nHai & ba <ba>.",
    }
    return begin(make_piece(make_workshop(source="vi"), source="vi", **words).texts.get(), "en")


def download(client, translation: Translation) -> polib.POFile:
    response = client.get(reverse("wagtail_localize:download_pofile", args=[translation.pk]))
    assert response.status_code == 200
    return po._parse(response.content.decode())


def upload(client, translation: Translation, data: bytes | str, expected: str = "") -> str:
    """Sends the file as the editor's screen does; answers the messages of the page that follows."""
    data = data.encode() if isinstance(data, str) else data
    url = reverse("wagtail_localize:upload_pofile", args=[translation.pk])
    response = client.post(url, {"file": SimpleUploadedFile("words.po", data)}, follow=True)
    assert response.status_code == 200
    page = html.unescape(response.content.decode())
    assert expected in page
    return page


def words_now() -> list[tuple]:
    return sorted(StringTranslation.objects.values_list("pk", "data", "has_error", "last_translated_by"))


def translated(words: str) -> str:
    """A translation with the same links and marks, and with difficult characters."""
    return words + ODD


@pytest.mark.parametrize("make", [begin_story, bowl_translation])
def test_a_round_trip_loses_nothing(staff, make):
    translation = make()
    file = download(staff, translation)
    segments = StringSegment.objects.filter(source=translation.source)
    assert {(entry.msgctxt, entry.msgid) for entry in file} == set(
        segments.values_list("context__path", "string__data")
    )
    for entry in file:
        if entry.msgctxt not in ("title", "slug"):
            entry.msgstr = translated(entry.msgid)
    upload(staff, translation, str(file), "Entries taken from the file")
    again = download(staff, translation)
    assert [(entry.msgctxt, entry.msgid, entry.msgstr) for entry in again] == [
        (entry.msgctxt, entry.msgid, entry.msgstr) for entry in file
    ]
    assert not StringTranslation.objects.filter(has_error=True).exists()
    before = words_now()
    upload(staff, translation, str(again), "Entries taken from the file: 0.")
    assert words_now() == before


def test_a_translated_story_has_every_word_where_the_source_has_it(staff):
    translation = begin_story()
    file = download(staff, translation)
    for entry in file:
        entry.msgstr = "" if entry.msgctxt == "slug" else f"訳 {entry.msgid}"
    upload(staff, translation, str(file))
    translation.save_target(publish=False)
    twin = translation.get_target_instance()
    source = translation.source.get_source_instance()
    values = {block.block_type: block.value for block in twin.body}
    assert str(values["text"]["text"]).count("訳 ") == 3
    assert 'href="https://maker.example/"' in str(values["text"]["text"])
    assert values["quote"]["quote"] == "訳 First line\nSecond line"
    assert values["picture"]["caption"] == '訳 She said "dry" \\n twice'
    assert [step["title"] for step in values["steps"]["steps"]] == ["訳 Cut", "訳 Cut"]
    assert (
        values["product"] == source.body[6].value
        and values["map_point"]["latitude"] == source.body[5].value["latitude"]
    )


def test_empty_and_fuzzy_entries_leave_what_is_there(staff):
    translation = bowl_translation()
    put(staff, address_of(translation, "Tô"), "Red lacquer bowl")
    file = download(staff, translation)
    by_field = {entry.msgctxt: entry for entry in file}
    by_field["title"].msgstr = ""
    by_field["summary"].msgstr = "Nine coats?"
    by_field["summary"].flags.append("fuzzy")
    upload(staff, translation, str(file), "1 entry is marked fuzzy and was left out.")
    assert [row.data for row in StringTranslation.objects.all()] == ["Red lacquer bowl"]


def test_words_that_somebody_wrote_after_the_download_stay(staff, cast):
    translation = bowl_translation()
    file = download(staff, translation)
    put(cast.staff.client, address_of(translation, "Tô"), "Red lacquer bowl")
    for entry in file:
        entry.msgstr = {"title": "Scarlet bowl", "summary": "Nine coats"}.get(entry.msgctxt, "")
    page = upload(staff, translation, str(file), "Entries taken from the file: 1.")
    assert "1 entry was left out: somebody translated it after this file was made." in page
    assert set(StringTranslation.objects.values_list("data", flat=True)) == {"Red lacquer bowl", "Nine coats"}


def test_words_whose_source_has_changed_are_told(staff):
    translation = bowl_translation()
    file = download(staff, translation)
    for entry in file:
        entry.msgstr = f"en {entry.msgid.replace('<ba>', '')}"
        entry.msgid = entry.msgid.replace("Tô sơn mài đỏ", "Older words")
    upload(staff, translation, str(file), "the original does not have these words any more.")
    assert StringTranslation.objects.count() == 2


def sample(staff, translation, **words) -> polib.POFile:
    file = download(staff, translation)
    for entry in file:
        entry.msgstr = words.get(entry.msgctxt, "")
    return file


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file is empty."),
        (b" \n ", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "The file is not in UTF-8."),
        ('msgid "a"\nmsgstr "漆"\n'.encode("shift_jis"), "The file is not in UTF-8."),
        ('msgid "a"\n'.encode("utf-16"), "The file is not in UTF-8."),
        (b"hello\nworld\n", "The file is not a PO file."),
        (b"/etc/passwd", "The file is not a PO file."),
        (b'msgid "a"\nmsgstr\n', "The file is not a PO file."),
        (b"\x00" * 50, "The file is not a PO file."),
        (
            b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=klingon\\n"\n',
            "which translation it belongs to",
        ),
        (b'msgid "a"\nmsgstr "b"\n', "which translation it belongs to"),
        (b"x" * 2_000_001, "The file is larger than 2 megabytes."),
    ],
)
def test_a_file_that_is_none_is_told_why_and_changes_nothing(staff, data, why):
    translation = bowl_translation()
    put(staff, address_of(translation, "Tô"), "Red lacquer bowl")
    before = words_now()
    page = upload(staff, translation, data, why)
    assert "The PO file was not read, and nothing was changed." in page or "Entries" not in page
    assert words_now() == before


def test_no_file_at_all_is_told(staff):
    translation = bowl_translation()
    url = reverse("wagtail_localize:upload_pofile", args=[translation.pk])
    assert "Please choose a PO file." in staff.post(url, follow=True).content.decode()


def test_another_translations_file_is_told_and_changes_nothing(staff):
    ours, theirs = bowl_translation(), bowl_translation()
    file = sample(staff, theirs, title="Red bowl")
    upload(staff, ours, str(file), "This file belongs to another translation.")
    assert not StringTranslation.objects.exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('<a id="a1">作り手</a><script>alert(1)</script>', "<script> tag is not allowed"),
        ('<a id="a1" href="https://evil.example">作り手</a>', "attributes"),
        ('<a id="a1">作り手</a>', "must be in the translation once"),
        ('<a id="a1">作り手</a><a id="a2">話</a>', "<b> of the original is missing"),
        ('<a id="a1">作り手</a><a id="a3"><b>話</b></a>', "is not in the original"),
    ],
)
def test_one_bad_entry_keeps_the_whole_file_out(staff, words, why):
    translation = begin_story()
    file = sample(staff, translation, title="待つ椀")
    next(entry for entry in file if entry.msgid.startswith("Ask")).msgstr = words
    page = upload(staff, translation, str(file), why)
    assert "nothing was changed" in page
    assert not StringTranslation.objects.exists()


def test_the_worklist_takes_a_file_for_the_translation_that_it_names(staff):
    translation = bowl_translation()
    file = sample(staff, translation, title="Red bowl")
    url = reverse("translations:upload")
    answer = staff.post(url, {"file": SimpleUploadedFile("words.po", str(file).encode())})
    row = translation.get_target_instance()
    assert answer.headers["Location"] == reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk])
    assert StringTranslation.objects.get().data == "Red bowl"
    for nonsense in ("not-a-uuid", "6f1c1f5e-0000-0000-0000-000000000000"):
        file.metadata[po.OWNER] = nonsense
        page = staff.post(
            url, {"file": SimpleUploadedFile("w.po", str(file).encode())}, follow=True
        ).content.decode()
        assert "The PO file was not read, and nothing was changed." in page


def test_nobody_but_staff_sends_files(staff, cast):
    translation = bowl_translation()
    file = str(sample(staff, translation, title="Red bowl")).encode()
    urls = [reverse("wagtail_localize:upload_pofile", args=[translation.pk]), reverse("translations:upload")]
    for person in cast.all_but("staff"):
        for url in urls:
            answer = person.client.post(url, {"file": SimpleUploadedFile("words.po", file)})
            assert answer.status_code in (302, 403), person
    assert not StringTranslation.objects.exists()
