"""The few files of the embeds that are no documents: the loader, and an agency's colour as a stylesheet. No SQL."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from storefront.embeds import loading
from storefront.embeds.accents import stylesheet
from storefront.embeds.answers import with_etag

FLOATING = "public, max-age=300"
FOREVER = "public, max-age=31536000, immutable"
SCRIPT, STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """The newest loader of v1."""
    return _file(request, loading.newest(), SCRIPT, FLOATING)


@require_safe
def pinned_loader(request: HttpRequest, digest: str) -> HttpResponse:
    """The loader with these bytes, whenever it was released; 404 for one that never was."""
    content = loading.releases().get(digest)
    if content is None:
        return HttpResponse("There is no such loader.", status=404, content_type="text/plain; charset=utf-8")
    return _file(request, content, SCRIPT, FOREVER)


@require_safe
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """An agency's colour (six hex digits) for its cards."""
    return _file(request, stylesheet(colour).encode(), STYLE, FOREVER)


def _file(request: HttpRequest, content: bytes, media_type: str, keep: str) -> HttpResponse:
    """For pages of any origin: agencies' pages load the loader, sandboxed cards have no origin at all."""
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = keep
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return with_etag(request, response)
