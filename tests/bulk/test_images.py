"""Photos by file name from a ZIP: judged before it is opened, cleaned, and known again."""

import io
import stat
import struct
import zipfile

import pytest
from PIL import Image

from catalogue.models import ProductImage
from marketplace.bulk.columns import BadTable
from marketplace.bulk.images import Photos
from marketplace.bulk.models import ImportRun
from tests.bulk.helping import HEAD, begin, counts, files_left, look_at, pieces, report, table, take_over


def picture(colour: str = "red", format: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, format)
    return file.getvalue()


def packed(files: dict[str, bytes], **info) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in files.items():
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(part, key, value)
            parts.writestr(part, content)
    return file.getvalue()


def locked() -> bytes:
    """The flag of a password in both places where a ZIP keeps it."""
    content = bytearray(packed({"a.jpg": b"x"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying_size() -> bytes:
    """A part that says it is small and is 60 MB of blanks."""
    content = bytearray(packed({"a.jpg": b" " * 60_000_000}))
    start = content.index(b"PK\x01\x02")
    content[start + 24 : start + 28] = struct.pack("<I", 1000)
    return bytes(content)


@pytest.mark.parametrize(
    "content, why",
    [
        (packed({"../evil.jpg": b"x"}), "leads elsewhere"),
        (packed({"/etc/evil.jpg": b"x"}), "leads elsewhere"),
        (packed({"C:evil.jpg": b"x"}), "leads elsewhere"),
        (packed({"a\\..\\evil.jpg": b"x"}), "leads elsewhere"),
        (packed({"a.jpg": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16), "a link"),
        (packed({"more.zip": packed({"a.jpg": b"x"})}), "another packed file"),
        (packed({"a.jpg": b" " * 60_000_000}), "too large for a photo"),
        (packed({f"{one}.jpg": b"" for one in range(2_001)}), "more than 2000 files"),
        (packed({"one/a.jpg": b"x", "two/a.jpg": b"y"}), "Two photos"),
        (locked(), "password"),
        (packed({"a.jpg": b"x"})[:-30], "no ZIP file"),
        (b"<svg onload=alert(1)>", "no ZIP file"),
    ],
    ids=["..", "absolute", "drive", "backslash", "link", "nested", "bomb", "many", "twice", "locked", "cut", "svg"],
)
def test_a_hostile_zip_is_not_opened(content, why):
    with pytest.raises(BadTable, match=why):
        Photos(io.BytesIO(content))


def test_a_zip_that_is_too_large_in_all(settings):
    settings.MARKETPLACE_IMPORT_MOST_UNPACKED = 1_000
    with pytest.raises(BadTable, match="too large when it is unpacked"):
        Photos(io.BytesIO(packed({"a.jpg": b"x" * 600, "b.jpg": b"y" * 600})))


def test_a_part_that_lies_about_its_size_is_broken_and_no_more():
    photos = Photos(io.BytesIO(lying_size()), clean=lambda file: file)
    with pytest.raises(Exception, match="broken inside the ZIP"):
        photos.check(["a.jpg"])


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_names_that_say_not_how_they_are_written(encoding):
    name = "赤い椀.jpg".encode(encoding).decode("cp437")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        part = zipfile.ZipInfo("photo.jpg")
        parts.writestr(part, b"1")
    raw = file.getvalue()
    raw_name = name.encode("cp437")
    # The same ZIP with the name in an old encoding, and no mark that says so.
    plain, old = (struct.pack("<H", len(one)) + b"\0\0" + one for one in (b"photo.jpg", raw_name))
    raw = raw.replace(plain, old)
    assert Photos(io.BytesIO(_central(raw, raw_name))).is_new("赤い椀.jpg", {})


def _central(raw: bytes, name: bytes) -> bytes:
    """The list at the end names the file too, and says where it begins."""
    start = raw.index(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    entry = bytearray(raw[start : start + 46])
    entry[28:30] = struct.pack("<H", len(name))
    directory = bytes(entry) + name
    tail = bytearray(raw[end:])
    tail[12:16], tail[16:20] = struct.pack("<I", len(directory)), struct.pack("<I", start)
    return raw[:start] + directory + bytes(tail)


@pytest.mark.django_db
def test_photos_come_by_name_once_and_new_ones_take_their_place(cast, words_of_the_shop, commit):
    head = (*HEAD, "photos", "shown")
    row = ("B1", "Bowl", "lacquer", "bamboo", "stock", 5, "48.00", 400, "red.jpg; blue.png", "yes")
    content, blue = table([head, row]), picture("blue", "PNG")
    both = packed({"photos/RED.jpg": picture(), "blue.png": blue, "__MACOSX/._RED.jpg": b"x"})
    first = take_over(cast.maker, content, photos=both)
    assert counts(first) == (1, 0, 0, 0)
    (piece,) = pieces(cast.maker)
    assert (piece.stage, piece.is_public) == ("live", True)
    hung = list(ProductImage.objects.filter(product=piece).order_by("display_order"))
    assert [image.sent.name for image in hung] == ["red.jpg", "blue.png"]
    with hung[0].picture.file.open() as file:
        assert Image.open(file).format == "JPEG"
    # The same again, with and without the ZIP.
    for photos in (both, None):
        assert counts(take_over(cast.maker, content, photos=photos)) == (0, 0, 1, 0)
    other = take_over(cast.maker, content, photos=packed({"red.jpg": picture("green"), "blue.png": blue}))
    assert report(other) == [(2, "changed", [("photos", "", "red.jpg")])]
    after = ProductImage.objects.filter(product=piece).values_list("sent__name", flat=True)
    assert sorted(after) == ["blue.png", "red.jpg"]
    commit()
    assert files_left() == []


@pytest.mark.django_db
def test_photos_that_are_missing_or_none_and_pieces_that_are_not_whole(cast, words_of_the_shop):
    head = (*HEAD, "photos", "shown")
    rows = [
        ("B1", "Bowl", "lacquer", "", "stock", 5, "48.00", "", "gone.jpg", "yes"),
        ("B2", "Bowl", "lacquer", "", "stock", 5, "48.00", "", "evil.jpg", "yes"),
        ("B3", "Bowl", "lacquer", "", "stock", 5, "48.00", "", "", "yes"),
    ]
    run = look_at(cast.maker, table([head, *rows]), photos=packed({"evil.jpg": b"<svg onload=alert(1)>"}))
    assert counts(run) == (1, 0, 0, 2) and run.state == ImportRun.State.CHECKED
    reasons = [notes[0][1] for _row, _outcome, notes in report(run)]
    assert reasons == [
        "The photo “gone.jpg” is not in the ZIP file.",
        "evil.jpg: This is not a photo. Please send a JPEG, PNG, WebP or HEIC picture.",
        "It stays a draft. Please add a photo: nobody buys what they cannot see.",
    ]
    with pytest.raises(BadTable):
        begin(cast.maker, table([head]), photos=b"no zip")
