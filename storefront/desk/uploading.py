"""What a telephone sends by itself while its owner goes on: photos before their piece is saved, and a voice note."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Product
from catalogue.text import language_name
from marketplace.workshops import voices
from marketplace.workshops.models import Right, VoiceNote, WaitingPhoto
from marketplace.workshops.rights import Seat
from storefront.desk import drafts
from storefront.desk.scope import Desk, desk_view, members_only
from storefront.private_files import private_file_response, stored_file_response
from storefront.sounds import ENDINGS, BadSound, clean_voice
from storefront.upload_limits import takes_uploads, wants_json
from storefront.uploads import BadPicture, clean_picture

MOST_ASKED = 50  # tickets
LATER = 3600  # seconds


@takes_uploads(most_bytes=settings.MARKETPLACE_UPLOAD_MAX_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def photos(desk: Desk) -> HttpResponse:
    """POST ``photo`` with a ``key`` of the sender's: {"ticket", "small_url"}, 201; the same key again: the same, 200.

    GET ``?ticket=…&ticket=…``: {"waiting": […]}, those of them that still wait for this person.
    """
    user = desk.request.user
    if desk.request.method != "POST":
        asked = desk.request.GET.getlist("ticket")[:MOST_ASKED]
        return JsonResponse({"waiting": [_described(kept) for ticket in asked if (kept := drafts.find(ticket, user))]})
    try:
        key = uuid.UUID(desk.request.POST.get("key", ""))
    except ValueError:
        return _refused(_("This photo did not arrive whole. Please send it again."))
    known = drafts.sent_before(key, user)
    if known is not None:
        return _again(known)
    uploaded = desk.request.FILES.get("photo")
    if uploaded is None:
        return _refused(_("This photo did not arrive whole. Please send it again."))
    try:
        drafts.check_room(user)
        kept = drafts.keep(clean_picture(uploaded), user, workshop=desk.workshop, key=key)
    except drafts.TooManyPhotos as problem:
        return _refused(str(problem), status=429, headers={"Retry-After": str(LATER)})
    except BadPicture as problem:
        return _refused(str(problem))
    return JsonResponse(_described(kept), status=201)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@members_only
def waiting_photo(request: HttpRequest, seats: list[Seat], ticket: str) -> HttpResponseBase:
    """The small picture of a photo that waits, for who sent it; DELETE, or POST ``action=remove``, takes it away.

    A ticket of somebody else is as missing as one that never was.
    """
    row = WaitingPhoto.objects.filter(ticket=ticket, user=request.user).first()
    kept = drafts.find(ticket, request.user)
    if row is None or kept is None or not _may_still(seats, row):
        raise Http404
    if request.method in ("GET", "HEAD"):
        return stored_file_response(storages["private"], kept.small_name, filename="photo.jpg", inline=True)
    if request.method == "POST" and request.POST.get("action") != "remove":
        return _refused(_("This cannot be done as it is"))
    drafts.drop(kept)
    return HttpResponse(status=204)


@takes_uploads(most_bytes=settings.MARKETPLACE_VOICE["MOST_BYTES"])
@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def voice(desk: Desk, pk: int) -> HttpResponseBase:
    """GET plays the recording of a piece; POST keeps the file ``voice``, or takes it away (``action=remove``)."""
    product = desk.piece(pk)
    if desk.request.method != "POST":
        note = voices.voice_of(product)
        if note is None:
            raise Http404
        name = f"{product.upc}.{ENDINGS.get(note.mime, 'bin')}"
        return private_file_response(note.file, filename=name, inline=True, request=desk.request)
    if desk.request.POST.get("action") == "remove":
        voices.remove_voice(workshop=desk.workshop, product=product, user=desk.request.user)
        return _told(desk, product, "")
    uploaded = desk.request.FILES.get("voice")
    if uploaded is None:
        return _told(desk, product, _("Please choose a recording."))
    return _told(desk, product, take_voice(desk, product, uploaded))


def take_voice(desk: Desk, product: Product, uploaded: UploadedFile) -> str:
    """Keep ``uploaded`` as the story of ``product``. Answers what is wrong with it, "" when it is kept."""
    try:
        clean = clean_voice(uploaded)
    except BadSound as problem:
        return str(problem)
    voices.set_voice(
        workshop=desk.workshop,
        product=product,
        content=clean.content,
        mime=clean.mime,
        seconds=clean.seconds,
        user=desk.request.user,
    )
    return ""


def keep_voice(desk: Desk, product: Product) -> str:
    """Without scripts a recording, or the wish to remove it, comes with the form. Answers what is wrong with it."""
    request = desk.request
    if "voice" in request.FILES:
        return take_voice(desk, product, request.FILES["voice"])
    if "voice_remove" in request.POST:
        voices.remove_voice(workshop=desk.workshop, product=product, user=request.user)
    return ""


def describe_voice(desk: Desk, product: Product, note: VoiceNote | None, error: str = "") -> dict:
    """What parts/voice.html draws, as ``voice``: the recording ``note``. ``error``: what take_voice answered."""
    own = desk.url("piece-voice", pk=product.pk)
    language = note.language if note else product.source_language
    return {
        "url": own,
        "recorded": {"src": f"{own}?{note.sha256[:8]}", "seconds": note.seconds, "mime": note.mime} if note else None,
        "language": language_name(language),
        "scope": f"{desk.request.user.pk}-{product.pk}",
        "most_seconds": settings.MARKETPLACE_VOICE["RECORD_SECONDS"],
        "most_bytes": settings.MARKETPLACE_VOICE["MOST_BYTES"],
        "most_minutes": settings.MARKETPLACE_VOICE["MOST_SECONDS"] // 60,
        "error": error,
    }


def _may_still(seats: list[Seat], row: WaitingPhoto) -> bool:
    return row.workshop_id is None or any(
        seat.workshop.pk == row.workshop_id and seat.may(Right.LIST) for seat in seats
    )


def _again(known: WaitingPhoto) -> HttpResponse:
    kept = drafts.find(known.ticket, known.user)
    if kept is None:
        return _refused(_("This photo was used or removed already."), status=410)
    return JsonResponse(_described(kept))


def _described(kept: drafts.KeptPhoto) -> dict:
    return {"ticket": kept.ticket, "small_url": kept.small_url}


def _refused(sentence: str, *, status: int = 400, headers: dict | None = None) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status, headers=headers)


def _told(desk: Desk, product: Product, mistake: str) -> HttpResponse:
    if wants_json(desk.request):
        if mistake:
            return _refused(mistake)
        note = voices.voice_of(product)
        return JsonResponse({"voice": describe_voice(desk, product, note)["recorded"]})
    if mistake:
        messages.error(desk.request, mistake)
    return redirect(desk.url("piece", pk=product.pk))
