"""Files that hold names and addresses: never kept by a cache, never guessed at by a browser."""

from django.http import HttpResponse


def file_response(data: bytes, media_type: str, file_name: str, *, view: bool = False) -> HttpResponse:
    """``data`` to be saved under an ASCII ``file_name``; ``view``: shown by the browser itself, from where it is printed."""
    how = "inline" if view else "attachment"
    headers = {
        "Content-Disposition": f'{how}; filename="{file_name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(data, content_type=media_type, headers=headers)
