"""The desk's own addresses for photos: one at a time, repeated without harm, private, and never more than fits."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone
from PIL import Image

from marketplace.workshops.models import Member, WaitingPhoto
from storefront.desk import drafts
from storefront.upload_limits import MEGABYTE, UploadLimitMiddleware

pytestmark = pytest.mark.django_db


def photo(colour: str = "firebrick", name: str = "IMG_0001.jpg", note: str = "") -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x013B] = note or "Chi Hoa"
    file = io.BytesIO()
    Image.new("RGB", (600, 400), colour).save(file, "JPEG", exif=exif)
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def address(person, name: str = "photos", **kwargs) -> str:
    return reverse(f"desk:{name}", kwargs={"workshop": person.workshop.slug, **kwargs})


def send(person, *, key: str | None = None, file=None, to: str = ""):
    data = {"key": str(uuid.uuid4()) if key is None else key} | ({"photo": file or photo()} if file != "" else {})
    return person.client.post(to or address(person), data, headers={"Accept": "application/json"})


def files() -> list[str]:
    return [name for row in WaitingPhoto.objects.order_by("pk") for name in (row.file.name, row.small.name)]


def there(name: str) -> bool:
    return storages["private"].exists(name)


def test_a_photo_is_sent_once_however_often_it_is_sent(cast):
    key = str(uuid.uuid4())
    first, again = send(cast.maker, key=key), send(cast.maker, key=key, file=photo("navy"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and set(first.json()) == {"ticket", "small_url"}
    row = WaitingPhoto.objects.get()
    assert (row.user, row.workshop, str(row.key)) == (cast.maker.user, cast.maker.workshop, key)
    kept = drafts.find(first.json()["ticket"], cast.maker.user)
    content = drafts.read(kept).read()
    assert row.size == len(content) and b"Chi Hoa" not in content
    assert send(cast.helper, key=key).status_code == 201, "another person's key is another photo"
    assert WaitingPhoto.objects.count() == 2


def test_the_small_picture_is_for_who_sent_it(cast):
    url = send(cast.maker).json()["small_url"]
    answer = cast.maker.client.get(url)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.getvalue())).size == (240, 160)
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["Content-Disposition"] == 'inline; filename="photo.jpg"'
    missing = cast.maker.client.get(url.replace(url.split("/")[-2], "no-such-ticket"))
    for person, status in ((cast.helper, 404), (cast.other_maker, 404), (cast.buyer, 403), (cast.stranger, 302)):
        answer = person.client.get(url)
        assert answer.status_code == status, person
        assert person.client.post(url, {"action": "remove"}).status_code == status
        assert person.client.delete(url).status_code == status
    assert missing.status_code == 404
    assert cast.stranger.client.get(f"/media/{WaitingPhoto.objects.get().small.name}").status_code == 404
    assert all(map(there, files())) and WaitingPhoto.objects.filter(ended_at=None).count() == 1


def test_a_photo_can_be_taken_away(cast):
    key = str(uuid.uuid4())
    for way in ("delete", "post"):
        key = str(uuid.uuid4())
        answer = send(cast.maker, key=key).json()
        names = files()[-2:]
        assert cast.maker.client.post(answer["small_url"], {"action": "burn"}).status_code == 400
        assert all(map(there, names))
        remove = (lambda url: cast.maker.client.delete(url)) if way == "delete" else (
            lambda url: cast.maker.client.post(url, {"action": "remove"})
        )
        assert remove(answer["small_url"]).status_code == 204
        assert not any(map(there, names)) and drafts.find(answer["ticket"], cast.maker.user) is None
        assert remove(answer["small_url"]).status_code == 404
        late = send(cast.maker, key=key)
        assert late.status_code == 410 and not any(map(there, names)), "a late repeat brings nothing back"


def test_which_photos_still_wait(cast):
    first, second = send(cast.maker).json(), send(cast.maker).json()
    drafts.drop(drafts.find(second["ticket"], cast.maker.user))
    asked = {"ticket": [first["ticket"], second["ticket"], "forged", "\x00"]}
    assert cast.maker.client.get(address(cast.maker), asked).json() == {"waiting": [first]}
    assert cast.helper.client.get(address(cast.helper), asked).json() == {"waiting": []}


@pytest.mark.parametrize(
    "key, file, words",
    [
        ("", None, "did not arrive whole"),
        ("no-key", None, "did not arrive whole"),
        ("\x00", None, "did not arrive whole"),
        (None, "", "did not arrive whole"),
        (None, SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>"), "This is not a photo"),
        (None, SimpleUploadedFile("a.svg", b"<svg/>", "image/svg+xml"), "This is not a photo"),
    ],
)
def test_what_is_no_photo_leaves_nothing(cast, key, file, words):
    answer = send(cast.maker, key=key, file=file)
    assert answer.status_code == 400 and words in answer.json()["error"]
    assert not WaitingPhoto.objects.exists()


def test_who_may_send(cast, client):
    to = address(cast.maker)
    for person in cast.all_but("maker", "helper"):
        status = send(person, to=to).status_code
        assert status == {"other_maker": 404, "stranger": 302}.get(person.name, 403), person
    assert not WaitingPhoto.objects.exists()
    Member.objects.filter(user=cast.helper.user).update(lists=False)
    assert send(cast.helper).status_code == 403 and not WaitingPhoto.objects.exists()


def test_a_removed_lister_does_not_see_what_she_sent(cast):
    url = send(cast.helper).json()["small_url"]
    assert cast.helper.client.get(url).status_code == 200
    Member.objects.filter(user=cast.helper.user).update(lists=False)
    assert cast.helper.client.get(url).status_code == 404


def test_without_its_token_nothing_is_kept(cast):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.maker.user)
    assert client.post(address(cast.maker), {"key": str(uuid.uuid4()), "photo": photo()}).status_code == 403
    assert not WaitingPhoto.objects.exists()


@pytest.mark.parametrize("limit", [{"MOST": 1}, {"MOST_BYTES": 1}, {"A_DAY": 1}], ids=str)
def test_there_is_room_for_so_many(cast, settings, limit):
    settings.MARKETPLACE_PHOTOS_WAITING = settings.MARKETPLACE_PHOTOS_WAITING | limit
    first = send(cast.maker)
    refused = send(cast.maker)
    assert (first.status_code, refused.status_code) == (201, 429)
    assert refused["Retry-After"] == "3600" and refused.json()["error"].startswith(("Many of", "You have"))
    assert WaitingPhoto.objects.count() == 1
    assert send(cast.helper).status_code == 201, "each has her own room"
    drafts.drop(drafts.find(first.json()["ticket"], cast.maker.user))
    assert send(cast.maker).status_code == (429 if "A_DAY" in limit else 201)


def test_a_form_without_scripts_pushes_out_the_oldest(cast, settings):
    settings.MARKETPLACE_PHOTOS_WAITING = settings.MARKETPLACE_PHOTOS_WAITING | {"MOST": 2}
    from storefront.uploads import clean_picture

    kept = [drafts.keep(clean_picture(photo()), cast.maker.user) for _number in range(3)]
    assert [drafts.find(one.ticket, cast.maker.user) is not None for one in kept] == [False, True, True]


def test_photos_wait_for_a_month_and_no_longer(cast, commit):
    kept = send(cast.maker).json()["ticket"]
    row = WaitingPhoto.objects.get()
    for days, found in ((29, True), (31, False)):
        WaitingPhoto.objects.update(made_at=timezone.now() - timedelta(days=days))
        assert (drafts.find(kept, cast.maker.user) is not None) is found
    assert there(row.file.name)
    assert (drafts.sweep(most=0), drafts.sweep(), drafts.sweep()) == (0, 1, 0)
    commit()
    assert not WaitingPhoto.objects.exists() and not there(row.file.name) and not there(row.small.name)


def test_files_go_with_their_owner(cast, commit):
    send(cast.helper)
    names = files()
    cast.helper.user.delete()
    commit()
    assert not WaitingPhoto.objects.exists() and not any(map(there, names))


# What is too large


class Flood(io.RawIOBase):
    """A body that never seems to end; counts what is read of it."""

    def __init__(self, start: bytes, size: int) -> None:
        self.start, self.size, self.given = start, size, 0

    def read(self, size: int = -1) -> bytes:
        size = min(size if size >= 0 else self.size, self.size - self.given)
        part = self.start[self.given : self.given + size]
        self.given += size
        return part + b"x" * (size - len(part))


def flood(person, path: str, size: int) -> tuple:
    start = b'--b\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = Flood(start, size)
    request = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    answer = person.client.request(**request, **{"wsgi.input": body, "CONTENT_LENGTH": str(size)})
    return answer, body.given


def test_two_hundred_megabytes_are_turned_away_unread(cast):
    for person, path in ((cast.maker, address(cast.maker)), (cast.stranger, "/en/basket/add/")):
        answer, read = flood(person, path, 200 * MEGABYTE)
        assert (answer.status_code, read) == (413, 0), path
        assert "too much to send at once" in answer.text
    assert not WaitingPhoto.objects.exists()


def test_of_one_file_that_is_too_large_no_more_is_kept_than_fits(cast, settings, monkeypatch):
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    stored = []
    receive = TemporaryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        TemporaryFileUploadHandler,
        "receive_data_chunk",
        lambda self, data, start: stored.append(len(data)) or receive(self, data, start),
    )
    answer, read = flood(cast.maker, reverse("desk:piece-add", kwargs={"workshop": cast.maker.workshop.slug}), 40 * MEGABYTE)
    assert read == 40 * MEGABYTE and sum(stored) <= 25 * MEGABYTE
    assert answer.status_code in (200, 302, 400)


def test_whoever_reads_what_was_too_large_is_refused(settings):
    settings.MARKETPLACE_UPLOAD_MAX_BYTES = 10
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.jpg", b"x" * 11)})
    sent = request.FILES["file"]
    assert (sent.name, sent.size) == ("a.jpg", 11)
    from django.core.exceptions import RequestDataTooBig

    with pytest.raises(RequestDataTooBig):
        sent.read()
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.jpg", b"x" * 10)})
    assert request.FILES["file"].read() == b"x" * 10


@pytest.mark.parametrize(
    "length, refused",
    [("", False), ("nonsense", False), (str(28 * MEGABYTE), False), (str(28 * MEGABYTE + 1), True)],
)
def test_a_view_says_how_much_it_takes(cast, length, refused):
    request = RequestFactory().post(address(cast.maker), headers={"Accept": "application/json"})
    request.META["CONTENT_LENGTH"] = length
    answer = UploadLimitMiddleware(None).process_view(request, resolve(address(cast.maker)).func, (), {})
    assert (answer is not None) is refused
    if refused:
        assert answer.status_code == 413 and b"at most 25 MB" in answer.content
