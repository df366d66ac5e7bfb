"""In front of wagtail-localize's editing views: what would do harm, or undo unseen what another person wrote, is refused."""

import json
from hashlib import sha256

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.views import edit_translation as localize

from catalogue.glossary import breaches, rules_for
from storefront.translations import history, machine, po
from storefront.translations.asking import Unavailable
from storefront.translations.checking import is_safe_address, length_problem, problem_of, text_of

NOTHING = "none"


def known_words(data: str | None) -> str:
    """A short sign for the words that an editor's page showed for one string."""
    return NOTHING if data is None else sha256(data.encode()).hexdigest()[:16]


def with_known_words(props: str) -> str:
    """The editor's properties (JSON) where each string's address says which words the page shows."""
    found = json.loads(props)
    shown = {row["segment_id"]: row["data"] for row in found["initialStringTranslations"]}
    for segment in found["segments"]:
        if segment["type"] == "string":
            segment["editUrl"] += f"?was={known_words(shown.get(segment['id']))}"
    return json.dumps(found)


def edit_string(request: HttpRequest, translation_id: int, string_segment_id: int) -> HttpResponse:
    """Save or clear one string. 400: it may not stand there. 409: somebody else wrote meanwhile; both say so in words."""
    translation = get_object_or_404(
        Translation.objects.select_related("source", "target_locale"), pk=translation_id
    )
    segment = get_object_or_404(
        StringSegment.objects.select_related("string", "context", "source"), pk=string_segment_id
    )
    if not may_edit(request, translation):
        raise PermissionDenied
    words = _words(request) if request.method == "PUT" else None
    with transaction.atomic():
        Translation.objects.select_for_update().get(pk=translation.pk)
        current = StringTranslation.objects.filter(
            translation_of_id=segment.string_id,
            context_id=segment.context_id,
            locale_id=translation.target_locale_id,
        ).first()
        if refusal := _refusal(request, segment, current, words):
            return refusal
        if request.method == "DELETE" and current and current.context_id:
            history.keep(current, current.data, request.user)
        response = localize.edit_string_translation(
            request, translation_id=translation_id, string_segment_id=string_segment_id
        )
    if words and response.status_code in (200, 201):
        response.data = {**response.data, "warnings": _warnings(translation, segment, words)}
    return response


def may_edit(request: HttpRequest, translation: Translation) -> bool:
    """Whether the user may edit the thing that is translated."""
    return localize.user_can_edit_instance(request.user, translation.get_target_instance())


def _words(request: HttpRequest) -> str | None:
    request.body  # noqa: B018 - read once, so that wagtail-localize may read it again
    return Request(request, parsers=[FormParser(), MultiPartParser()]).POST.get("value")


def _refusal(
    request: HttpRequest, segment: StringSegment, current: StringTranslation | None, words: str | None
) -> HttpResponse | None:
    if request.method == "PUT":
        problem = _("No words were sent.") if words is None else problem_of(segment.string.data, words)
        model = segment.source.specific_content_type.model_class()
        problem = problem or length_problem(model, segment.context.path, words)
        if problem:
            return JsonResponse({"detail": problem}, status=400)
    was = request.GET.get("was", "")
    unseen = (
        current
        and was
        and known_words(current.data) != was
        and current.last_translated_by_id != request.user.pk
    )
    if not unseen or current.data == words:
        return None
    detail = _(
        "%(person)s wrote other words here after you opened this page: “%(words)s”. Yours were not saved. Copy them, "
        "load the page again and decide."
    )
    person = current.last_translated_by
    values = {
        "person": (person.get_full_name() or person.email) if person else _("Somebody"),
        "words": text_of(current.data),
    }
    return JsonResponse({"detail": detail % values}, status=409)


def _warnings(translation: Translation, segment: StringSegment, words: str) -> list[str]:
    rules = rules_for(translation.source.locale.language_code, translation.target_locale.language_code)
    return [str(finding) for finding in breaches([text_of(segment.string.data)], [text_of(words)], rules)]


def edit_override(request: HttpRequest, translation_id: int, overridable_segment_id: int) -> HttpResponse:
    """A value of its own for one language, such as where a link leads: only to what a link may lead to."""
    if request.method == "PUT" and not is_safe_address(_words(request) or ""):
        return JsonResponse({"detail": _("A link may not lead there.")}, status=400)
    return localize.edit_override(
        request, translation_id=translation_id, overridable_segment_id=overridable_segment_id
    )


@require_POST
def upload_po(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Read a PO file into a translation, all or nothing."""
    translation = get_object_or_404(Translation.objects.select_related("source"), pk=translation_id)
    if not may_edit(request, translation):
        raise PermissionDenied
    try:
        tell_imported(request, po.take(translation, po.read(request.FILES.get("file")), request.user))
    except po.BadFile as problem:
        tell_bad_file(request, problem)
    return _back(request)


def tell_imported(request: HttpRequest, done: po.Imported) -> None:
    messages.success(request, _("Entries taken from the file: %(number)s.") % {"number": done.taken})
    for note in done.notes:
        messages.warning(request, note)


def tell_bad_file(request: HttpRequest, problem: po.BadFile) -> None:
    messages.error(request, _("The PO file was not read, and nothing was changed."))
    for reason in problem.reasons:
        messages.error(request, reason)


@require_POST
def machine_translate(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Fill what is missing in the editor; a person reads it and publishes."""
    translation = get_object_or_404(
        Translation.objects.select_related("source__locale", "target_locale"), pk=translation_id
    )
    if not may_edit(request, translation):
        raise PermissionDenied
    try:
        written = machine.fill_editor(translation, request.user)
    except Unavailable as problem:
        messages.error(request, str(problem))
    else:
        if written:
            messages.success(request, _("Texts translated by machine: %(number)s.") % {"number": written})
        else:
            messages.warning(request, _("There is nothing left to translate."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(get_valid_next_url_from_request(request) or "translations:worklist")
