"""What the worklist's buttons do with one row or with those that are ticked."""

import io
import zipfile
from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail_localize.models import Translation
from wagtail_localize.views.edit_translation import user_can_edit_instance

from storefront.translations import machine, po
from storefront.translations.by_hand import Thing, edit_url_of, open_translation, thing_of
from storefront.translations.editing import may_edit, tell_bad_file, tell_imported
from storefront.translations.models import MachineFailure
from storefront.translations.views import MAY
from storefront.translations.worklist import PER_PAGE


def _things(request: HttpRequest) -> list[Thing]:
    """What the request names (one button's ``one``, else the ticked ``item``s), as far as the user may edit it."""
    codes = [request.POST["one"]] if "one" in request.POST else request.POST.getlist("item")[:PER_PAGE]
    found = [thing for code in codes if (thing := thing_of(code))]
    if any(not user_can_edit_instance(request.user, thing.source) for thing in found):
        raise PermissionDenied
    return found


def _back(request: HttpRequest) -> HttpResponse:
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return redirect(url if safe else "translations:worklist")


@permission_required(MAY, raise_exception=True)
@require_POST
def by_hand(request: HttpRequest) -> HttpResponse:
    """Open the screen on which a person translates the row."""
    things = _things(request)
    if not things:
        messages.error(request, _("It is not there any more."))
        return _back(request)
    source, locale = things[0]
    open_translation(things[0], request.user)
    target = type(source).objects.get(translation_key=source.translation_key, locale=locale)
    return redirect(edit_url_of(target))


@permission_required(MAY, raise_exception=True)
@require_POST
def by_machine(request: HttpRequest) -> HttpResponse:
    """Hand the rows to the machine translator; after its first failure the rest is left for later."""
    things, outcomes = _things(request), []
    for source, locale in things:
        result = machine.translate_by_machine.enqueue(
            source._meta.label_lower, source.pk, locale.language_code, user_id=request.user.pk
        )
        outcomes.append(_outcome(result))
        if outcomes[-1] == machine.FAILED:
            failure = MachineFailure.objects.filter(
                translation_key=source.translation_key, locale=locale
            ).first()
            messages.error(request, failure.reason if failure else _("Machine translation failed."))
            break
    _tell(request, outcomes, len(things))
    return _back(request)


def _outcome(result) -> str:
    """What the task answered; empty while a worker still has it."""
    if not result.is_finished:
        return ""
    return result.return_value if result.status == result.status.SUCCESSFUL else machine.FAILED


def _tell(request: HttpRequest, outcomes: list[str], asked: int) -> None:
    done = outcomes.count(machine.TRANSLATED)
    sentences = [
        (
            done,
            messages.success,
            ngettext("%(number)s text was translated.", "%(number)s texts were translated.", done),
        ),
        (
            outcomes.count(machine.PREPARED),
            messages.success,
            _("Waiting in the editor to be published: %(number)s."),
        ),
        (
            outcomes.count(machine.KEPT),
            messages.warning,
            _("Left alone, because a person wrote them: %(number)s."),
        ),
        (
            outcomes.count(machine.NOTHING),
            messages.warning,
            _("Nothing was left to translate in: %(number)s."),
        ),
        (
            outcomes.count(""),
            messages.success,
            _("Handed to the translator: %(number)s. They will be here soon."),
        ),
        (asked - len(outcomes), messages.warning, _("Not tried after the failure: %(number)s.")),
    ]
    for number, tell, sentence in sentences:
        if number:
            tell(request, sentence % {"number": number})
    if not asked:
        messages.warning(request, _("Please tick at least one row."))


@permission_required(MAY, raise_exception=True)
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """The PO file of the row, or a ZIP with one for each ticked row."""
    things = _things(request)
    found = [(thing, opened) for thing in things if (opened := open_translation(thing, request.user))]
    if not found:
        messages.warning(request, _("There is nothing to download: tick rows that are translated here."))
        return _back(request)
    files = [(_name(thing), po.file_of(opened)) for thing, opened in found]
    if len(files) == 1:
        return _file(*files[0], "text/x-gettext-translation")
    return _file("translations.zip", _zip(files), "application/zip")


def _name(thing: Thing) -> str:
    return f"{thing.source._meta.model_name}-{thing.source.pk}-{slugify(thing.locale.language_code)}.po"


def _zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def _file(name: str, data: bytes, kind: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@permission_required(MAY, raise_exception=True)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Read a PO file into the translation that it names, and show it there."""
    try:
        file = po.read(request.FILES.get("file"))
        translation = Translation.objects.select_related("source").filter(uuid=po.uuid_of(file)).first()
        if translation is None:
            raise po.BadFile(_("The translation that the file belongs to is not there any more."))
        if not may_edit(request, translation):
            raise PermissionDenied
        tell_imported(request, po.take(translation, file, request.user))
    except po.BadFile as problem:
        tell_bad_file(request, problem)
        return _back(request)
    return redirect(edit_url_of(translation.get_target_instance()))
