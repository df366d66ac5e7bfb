"""Somebody lists for a maker: her yes, the code for her, who did what; and the makers that a co-operative helps."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.text import language_name
from marketplace.workshops import assisting, handover, hands
from marketplace.workshops.consent_words import EDITION, consent_words
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Assistance, Consent, Right
from storefront.desk.helping_forms import ConsentForm
from storefront.desk.scope import Desk, desk_view
from storefront.listing.refresh import once_at_the_end
from storefront.officer.keys import key_of
from storefront.officer.piece import chain_file, describe_chain
from storefront.officer.starting import StartForm, begin
from storefront.private_files import private_file_response
from storefront.qr import qr_svg


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def page(desk: Desk) -> HttpResponse:
    """What the maker agreed to, and until when somebody lists for her; a POST records a consent (see ConsentForm)."""
    helped = _help_of(desk)
    if desk.request.method != "POST":
        return _show(desk, helped, ConsentForm(initial={"language": _language(desk)}))
    _only_helpers(desk)
    form, key = ConsentForm(desk.request.POST, desk.request.FILES), key_of(desk.request.POST)
    if form.is_valid() and key:
        try:
            assisting.record_consent(assistance=helped, user=desk.request.user, key=key, **form.values())
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(desk.request, _("Her consent is kept. You can put her pieces into the shop now."))
            return redirect(desk.url("helping"))
    return _show(desk, helped, form, status=400)


@require_safe
@desk_view(needs=Right.LIST)
def consent_file(desk: Desk, pk: int) -> HttpResponseBase:
    consent = get_object_or_404(Consent, pk=pk, assistance__workshop=desk.workshop)
    name = f"consent-{desk.workshop.slug}-{consent.pk}.{consent.file.name.rpartition('.')[2]}"
    return private_file_response(consent.file, filename=name, inline=True, request=desk.request)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def withdraw(desk: Desk, pk: int) -> HttpResponse:
    """GET asks; a POST takes the consent back and the pieces out of the shop."""
    consent = get_object_or_404(
        Consent.objects.select_related("assistance__workshop"), pk=pk, assistance__workshop=desk.workshop
    )
    if not assisting.may_withdraw(consent.assistance, desk.request.user):
        return desk.render("no_right", {"right": Right.OWN.label, "owners": []}, status=403)
    if desk.request.method != "POST":
        return desk.render("helping_withdraw", {"consent": consent, "url": desk.url("helping")})
    with once_at_the_end():
        assisting.withdraw_consent(consent=consent, user=desk.request.user)
    messages.success(desk.request, _("The consent is taken back. Her pieces are out of the shop."))
    return redirect(desk.url("helping"))


@require_POST
@desk_view(needs=Right.LIST)
def code(desk: Desk) -> HttpResponse:
    """The sheet to print, in the maker's language. The same form loaded twice shows the same code; nothing keeps it."""
    helped, key = _only_helpers(desk), key_of(desk.request.POST)
    if key is None:
        return redirect(desk.url("helping"))
    try:
        digits, made = handover.make_code(assistance=helped, user=desk.request.user, key=key)
    except Refused as problem:
        messages.error(desk.request, str(problem))
        return redirect(desk.url("helping"))
    language = _language(desk)
    shown = language if language in settings.MARKETPLACE_STOREFRONT_LANGUAGES else get_language()
    with override(shown):
        url = f"{settings.SITE_URL}/{shown}/desk/take-over/"
        context = {
            "language": shown,
            "maker": helped.maker_name,
            "workshop": str(desk.workshop),
            "helper": hands.helper_name(helped),
            "code": digits,
            "until": made.expires_at,
            "url": url,
            # Behind the #: no server and no log ever reads it.
            "qr": qr_svg(f"{url}#{digits.replace(' ', '')}"),
            "back": desk.url("helping"),
        }
        response = desk.render("helping_sheet", context)
    response["Referrer-Policy"] = "same-origin"
    response["Content-Language"] = shown
    return response


@require_POST
@desk_view(needs=Right.LIST)
def stop(desk: Desk) -> HttpResponse:
    """The helper lists no more."""
    helped = _only_helpers(desk)
    with once_at_the_end():
        assisting.end(assistance=helped, user=desk.request.user)
    messages.success(desk.request, _("You do not list for this maker any more."))
    return redirect("desk:home")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def makers(desk: Desk) -> HttpResponse:
    """The makers that this co-operative lists for; a POST begins with another one of its village."""
    if desk.assistance is not None:
        raise Http404  # Who is helped does not help.
    form = StartForm([desk.workshop.village], desk.request.POST or None)
    key = key_of(desk.request.POST)
    if form.is_valid() and key:
        try:
            with once_at_the_end():
                helped = begin(form, by=desk.workshop, user=desk.request.user, key=key)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(desk.request, _("The workshop waits for the officer. First record that she agrees."))
            return redirect("desk:helping", workshop=helped.workshop.slug)
    helps = Assistance.objects.filter(cooperative=desk.workshop, ended_at=None).select_related("workshop")
    context = {
        "helps": helps.prefetch_related("workshop__texts__locale").order_by("maker_name", "pk"),
        "form": form,
        "key": key or uuid.uuid4(),
        "is_open": desk.workshop.is_open,
    }
    return desk.render("helping_makers", context, status=400 if desk.request.method == "POST" else 200)


@require_safe
@desk_view(needs=Right.LIST)
def who_did_what(desk: Desk, pk: int) -> HttpResponse:
    return desk.render("helping_hands", describe_chain(desk.piece(pk), desk.workshop))


@require_safe
@desk_view(needs=Right.LIST)
def who_did_what_file(desk: Desk, pk: int) -> HttpResponse:
    return chain_file(desk.piece(pk), desk.workshop)


def _help_of(desk: Desk) -> Assistance:
    """The open help, else the last one. A workshop that nobody ever listed for has no such page."""
    rows = Assistance.objects.filter(workshop=desk.workshop).select_related("officer", "cooperative", "workshop")
    helped = desk.assistance or rows.order_by("-since", "-pk").first()
    if helped is None:
        raise Http404
    return helped


def _only_helpers(desk: Desk) -> Assistance:
    if desk.assistance is None:
        raise Http404
    return desk.assistance


def _language(desk: Desk) -> str:
    """Of the words that are read to her: as she chose it, else that of the workshop."""
    asked = desk.request.GET.get("language", "") or desk.request.POST.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else desk.workshop.source_language


def _show(desk: Desk, helped: Assistance, form: ConsentForm, status: int = 200) -> HttpResponse:
    language = _language(desk)
    helper = hands.helper_name(helped)
    consents = list(helped.consents.select_related("recorded_by"))
    context = {
        "maker": helped.maker_name,
        "helper": helper,
        "may_help": desk.assistance is not None,
        "ended": helped.ended_at,
        "consents": [
            {"row": row, "language": language_name(row.language), "may_withdraw": not row.withdrawn_at} for row in consents
        ],
        "holds": any(row.withdrawn_at is None for row in consents),
        "words": consent_words(helper=helper, maker=helped.maker_name, language=language),
        "words_lang": language,
        "edition": EDITION,
        # Not "languages": that is the frame's menu.
        "spoken": [{"code": row, "name": language_name(row)} for row, _name in settings.LANGUAGES],
        "form": form,
        "key": uuid.uuid4(),
    }
    return desk.render("helping", context, status=status)
