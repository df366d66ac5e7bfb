"""Photos that come with an import, by file name from a ZIP. What the ZIP holds is judged before anything is unpacked."""

import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import Product, ProductImage
from marketplace.bulk.columns import BadTable
from marketplace.bulk.models import SentPhoto
from marketplace.typed import clean_words
from marketplace.workshops import pictures
from marketplace.workshops.details import MOST_PICTURES, PictureChange, Refused

Clean = Callable[[File], ContentFile]
PACKED = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".jar", ".apk", ".iso")
# What computers put beside the photos by themselves.
LEFTOVERS = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")
ENCRYPTED = 0x1
UTF_8 = 0x800
# A photo is packed already; what shrinks more than this is none.
MOST_TIMES = 100
# How programs of the region write names into a ZIP without saying so.
OLD_NAMES = ("utf-8", "cp932", "gb18030", "big5hkscs", "cp949", "cp1258", "cp874")


class BadPhotos(BadTable):
    """The ZIP file with the photos cannot be taken, whatever the table beside it is."""


class Photos:
    """The photos of one run. Without a ZIP there are none, and names of photos that a piece has change nothing."""

    def __init__(self, file: BinaryIO | None = None, clean: Clean | None = None) -> None:
        """Raises BadPhotos for a ZIP that is not to be opened."""
        self._clean = clean
        self._zip: zipfile.ZipFile | None = None
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self._digests: dict[str, str] = {}
        self._good: set[str] = set()
        if file is not None:
            self._zip, self._parts = _open(file)

    def is_new(self, name: str, known: Mapping[str, tuple[int, str]]) -> bool:
        """Whether the photo is another one than those that a piece has (see Known.photos)."""
        if _key(name) not in self._parts:
            return name not in known
        return self.digest(name) not in {digest for _pk, digest in known.values()}

    def check(self, names: Sequence[str]) -> None:
        """Raises Refused for one that is not there or is no photo."""
        for name in names:
            if _key(name) not in self._parts:
                raise Refused(_("The photo “%(name)s” is not in the ZIP file.") % {"name": name[:80]}, "photos")
            if _key(name) not in self._good:
                self.cleaned(name)
                self._good.add(_key(name))

    def check_number(self, known: Mapping[str, tuple[int, str]], added: Sequence[str]) -> None:
        number = len(set(known) | set(added))
        if number > max(MOST_PICTURES, len(known)):
            text = ngettext("A piece has at most %(most)s photo.", "A piece has at most %(most)s photos.", MOST_PICTURES)
            raise Refused(text % {"most": MOST_PICTURES}, "photos")

    def digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = sha256(self._read(name)).hexdigest()
        return self._digests[name]

    def cleaned(self, name: str) -> ContentFile:
        """Nothing but the pixels. Raises Refused."""
        if self._clean is None:
            raise Refused(_("Photos cannot be taken from a ZIP file here."), "photos")
        try:
            return self._clean(SimpleUploadedFile("photo", self._read(name)))
        except ValueError as problem:
            raise Refused(f"{name[:80]}: {problem}", "photos") from problem

    def _read(self, name: str) -> bytes:
        try:
            return self._zip.read(self._parts[_key(name)])
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, zlib.error) as problem:
            text = _("The photo “%(name)s” is broken inside the ZIP file.") % {"name": name[:80]}
            raise Refused(text, "photos") from problem


def hang(product: Product, names: Sequence[str], ready: Mapping[str, ContentFile], digests: Mapping[str, str], user) -> None:
    """Add cleaned photos; one that came before under the same name makes room. In the caller's transaction."""
    before = ProductImage.objects.filter(product=product, sent__name__in=names)
    change = PictureChange(added=tuple(ready[name] for name in names), removed=tuple(before.values_list("pk", flat=True)))
    pictures.change(product, change, user)
    hung = list(ProductImage.objects.filter(product=product).order_by("-display_order", "-pk")[: len(names)])
    SentPhoto.objects.bulk_create(
        SentPhoto(image=image, name=name, digest=digests[name])
        for image, name in zip(reversed(hung), names, strict=True)
    )


def _open(file: BinaryIO) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    try:
        opened = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as problem:
        raise BadPhotos(_("The file with the photos is no ZIP file, or it is incomplete.")) from problem
    listed = opened.infolist()
    most = settings.MARKETPLACE_IMPORT_MOST_PHOTOS
    if len(listed) > most:
        text = ngettext(
            "The ZIP file holds more than %(most)s file.", "The ZIP file holds more than %(most)s files.", most
        )
        raise BadPhotos((text + " " + _("Please send the photos in several imports.")) % {"most": most})
    if sum(part.file_size for part in listed) > settings.MARKETPLACE_IMPORT_MOST_UNPACKED:
        raise BadPhotos(_("The ZIP file is too large when it is unpacked."))
    found: dict[str, zipfile.ZipInfo] = {}
    for part in listed:
        if not part.is_dir() and not LEFTOVERS.search(part.filename):
            _check(part)
            _remember(found, part)
        elif part.is_dir():
            _check_name(part.filename)
    return opened, found


def _check(part: zipfile.ZipInfo) -> None:
    _check_name(part.filename)
    if stat.S_ISLNK(part.external_attr >> 16):
        raise BadPhotos(_("The ZIP file holds a link instead of a photo: “%(name)s”.") % {"name": part.filename[:80]})
    if part.flag_bits & ENCRYPTED:
        raise BadPhotos(_("The ZIP file is locked with a password."))
    if PurePosixPath(part.filename).suffix.lower() in PACKED:
        raise BadPhotos(_("The ZIP file holds another packed file: “%(name)s”.") % {"name": part.filename[:80]})
    if part.file_size > settings.MARKETPLACE_UPLOAD_MAX_BYTES or part.file_size > MOST_TIMES * max(part.compress_size, 10_000):
        raise BadPhotos(_("“%(name)s” in the ZIP file is too large for a photo.") % {"name": part.filename[:80]})


def _check_name(name: str) -> None:
    """A name that leads out of its folder is no slip of a hand."""
    ways = re.split(r"[/\\]", name)
    if ".." in ways or name.startswith(("/", "\\")) or re.match("[A-Za-z]:", name) or "\0" in name:
        raise BadPhotos(_("The ZIP file holds a name that leads elsewhere: “%(name)s”.") % {"name": name[:80]})


def _remember(found: dict[str, zipfile.ZipInfo], part: zipfile.ZipInfo) -> None:
    name = re.split(r"[/\\]", part.filename)[-1]
    for one in _readings(name, part):
        if (known := found.setdefault(_key(one), part)) is not part and one == name:
            raise BadPhotos(
                _("Two photos in the ZIP file are called “%(name)s”.") % {"name": known.filename.rpartition("/")[2][:80]}
            )


def _readings(name: str, part: zipfile.ZipInfo) -> list[str]:
    """The name, and what it may have been where the ZIP does not say how it is written."""
    found = [name]
    if part.flag_bits & UTF_8 or name.isascii():
        return found
    for encoding in OLD_NAMES:
        try:
            found.append(part.orig_filename.encode("cp437").decode(encoding).rpartition("/")[2])
        except UnicodeError:
            continue
    return found


def _key(name: str) -> str:
    return clean_words(name, lines=False).casefold()
