"""A maker's own voice on the page of her piece."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from marketplace.workshops.models import VoiceNote
from storefront.private_files import private_file_response
from storefront.sounds import ENDINGS

# Long enough for one visit: a piece that is hidden is silent soon.
KEPT_BY_CACHES = "public, max-age=300"
FINGERPRINT = 16  # hex digits


@require_safe
def voice(request: HttpRequest, pk: int, fingerprint: str) -> HttpResponseBase:
    """The recording ``pk`` while its piece is public; whatever is not heard is missing, for whichever reason."""
    note = VoiceNote.objects.select_related("product").filter(pk=pk, product__is_public=True).first()
    if note is None or note.sha256[:FINGERPRINT] != fingerprint:
        raise Http404
    name = f"{note.product.slug}.{ENDINGS.get(note.mime, 'bin')}"
    response = private_file_response(note.file, filename=name, inline=True, request=request)
    response["Cache-Control"] = KEPT_BY_CACHES
    return response
