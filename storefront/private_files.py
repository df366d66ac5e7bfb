"""Files that no address leads to: sent by a view to those who may have them, and inert wherever they open."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from storefront.desk.fields import clean_words

# What a browser may open in place: it is drawn or played, and runs nothing. All else is for saving.
IN_PLACE = {
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".png": "image/png",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".weba": "audio/webm",
    ".webm": "audio/webm",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
}
INERT = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
NOBODY_KEEPS_IT = "private, no-store"
CHUNK = 64 * 1024  # bytes
LONGEST_NAME = 120  # characters
ENDING = re.compile(r"[0-9A-Za-z]{1,5}")
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def private_file_response(
    field_file: FieldFile, *, filename: str, inline: bool = False, request: HttpRequest | None = None
) -> HttpResponseBase:
    """The file, never kept by a cache. The caller has checked who asks.

    ``filename``: what it is called when saved. ``inline`` lets a browser show a picture or play a sound in place; other
    kinds are always for saving. With ``request`` a part may be asked for (Range), without which Safari plays no sound.
    Raises Http404 where the file is gone.
    """
    if not field_file:
        raise Http404
    return stored_file_response(
        field_file.storage, field_file.name, filename=filename, inline=inline, request=request
    )


def stored_file_response(
    storage, name: str, *, filename: str, inline: bool = False, request: HttpRequest | None = None
) -> HttpResponseBase:
    """As private_file_response, for a file of a ``storage`` that no row points to."""
    try:
        file, size = storage.open(name), storage.size(name)
    except FileNotFoundError as problem:
        raise Http404 from problem
    kind = IN_PLACE.get(PurePosixPath(name).suffix.lower())
    response = _whole_or_part(file, size, request)
    response["Content-Type"] = kind or _kind_to_save(name)
    response["Content-Disposition"] = content_disposition_header(not (inline and kind), _safe(filename))
    response["Cache-Control"] = NOBODY_KEEPS_IT
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return inert(response)


def inert(response: HttpResponseBase) -> HttpResponseBase:
    """``response`` is what its type says and nothing else; opened by itself, it may do nothing."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = INERT
    return response


def _whole_or_part(file: BinaryIO, size: int, request: HttpRequest | None) -> HttpResponseBase:
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip()) if request else None
    if asked is None or not any(asked.groups()):
        response = FileResponse(file)
        response["Content-Length"] = str(size)
        if request:
            response["Accept-Ranges"] = "bytes"
        return response
    start, end = _part(*asked.groups(), size)
    if start > end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_read(file, start, end - start + 1), status=206)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    return response


def _part(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte of what is asked for, both counted; "-500" asks for the last 500. Empty: start > end."""
    if not first:
        return (size - min(int(last), size), size - 1) if int(last) else (1, 0)
    return int(first), min(int(last), size - 1) if last else size - 1


def _read(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (part := file.read(min(CHUNK, length))):
            length -= len(part)
            yield part


def _kind_to_save(name: str) -> str:
    kind = mimetypes.guess_type(name)[0] or ""
    # A type that a browser might run is not named, although the file is only for saving.
    known = kind.startswith("audio/") or kind in ("application/pdf", "application/zip", "text/csv")
    return kind if known else "application/octet-stream"


def _safe(filename: str) -> str:
    """A file's name without folders, signs that cannot be seen, or more than a screen can show."""
    name = re.sub(r'[/\\:*?"<>|]', "-", clean_words(filename, lines=False))
    stem, _point, ending = name.rpartition(".")
    return f"{stem[:LONGEST_NAME]}.{ending}" if stem and ENDING.fullmatch(ending) else name[:LONGEST_NAME]
