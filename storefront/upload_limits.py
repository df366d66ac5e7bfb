"""How much a request may carry: what is too large is turned away before it is read, and never written anywhere."""

from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.workshops.details import MOST_PICTURES

MEGABYTE = 1024 * 1024
# Boundaries, names and the other fields of a form.
ROOM_FOR_FIELDS = 3 * MEGABYTE


def takes_uploads(*, most_bytes: int, largest_file: int | None = None) -> Callable:
    """A view whose requests may carry ``most_bytes`` of files, each of at most ``largest_file`` bytes (default: all)."""

    def mark(view: Callable) -> Callable:
        view.takes_bytes, view.takes_file = most_bytes, largest_file or most_bytes
        return view

    return mark


def takes_photos(view: Callable) -> Callable:
    """A form of a piece: without scripts all its photos, and a recording, come at once."""
    largest = settings.MARKETPLACE_UPLOAD_MAX_BYTES
    return takes_uploads(most_bytes=(MOST_PICTURES + 1) * largest, largest_file=largest)(view)


class UploadLimitMiddleware:
    """Stands before whatever reads a form (the CSRF check does), so that nothing of a refused request is read."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args, kwargs) -> HttpResponse | None:
        most = getattr(view, "takes_bytes", settings.MARKETPLACE_UPLOAD_REQUEST_BYTES)
        if _length(request) <= most + ROOM_FOR_FIELDS:
            return None
        sentence = _("This is too much to send at once: at most %(most)s MB.") % {"most": most // MEGABYTE}
        if wants_json(request):
            return JsonResponse({"error": sentence}, status=413)
        return render(request, "413.html", {"sentence": sentence}, status=413)


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


class CappedUpload(FileUploadHandler):
    """The first of FILE_UPLOAD_HANDLERS: of a file that is too large the rest is passed over, not kept.

    The view finds it among the files as TooLarge: with its name and whole size, and without content.
    """

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.most, self.seen = self._largest_file(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.seen += len(raw_data)
        return raw_data if self.seen <= self.most else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        # The sizes that Django counts stand still when a handler keeps nothing.
        return TooLarge(self.file_name, self.content_type, self.seen) if self.seen > self.most else None

    def _largest_file(self) -> int:
        match = getattr(self.request, "resolver_match", None)
        return getattr(match.func if match else None, "takes_file", settings.MARKETPLACE_UPLOAD_MAX_BYTES)


class TooLarge(UploadedFile):
    """What is left of a file that was too large: its name and its size. Whoever reads it is refused (400)."""

    def __init__(self, name: str, content_type: str, size: int) -> None:
        super().__init__(file=_Unread(), name=name, content_type=content_type, size=size)


class _Unread(BytesIO):
    def read(self, *size: int) -> bytes:
        raise RequestDataTooBig("This file is larger than files here may be.")


def _length(request: HttpRequest) -> int:
    """Bytes of the body as announced; servers read no further than that."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0
