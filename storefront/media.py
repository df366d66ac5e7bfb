"""Pictures from local storage, with the headers that cards inside other sites need."""

import posixpath

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """A file below MEDIA_ROOT. Rendition names change with their content, so a year is safe.

    ``cross-origin`` lets a card inside a sandboxed frame show it; ``nosniff`` and the policy keep an upload inert.
    """
    # Documents have an address of their own, which asks whether their collection is private.
    if posixpath.normpath(path).lstrip("/").startswith("documents/"):
        raise Http404
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
