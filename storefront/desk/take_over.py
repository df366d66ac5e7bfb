"""A maker takes over the workshop that somebody began for her, with the code on her paper."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from marketplace.notices import limits
from marketplace.workshops import handover
from marketplace.workshops.details import Refused
from storefront import security
from storefront.desk.helping_forms import CodeForm
from storefront.officer import telling

HOUR = 3600  # seconds


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest) -> HttpResponse:
    """Everybody may read what it is; to use a code one signs in. Wrong, old and used codes get the same answer."""
    if not request.user.is_authenticated:
        return _show(request, CodeForm(ask_name=False), status=403 if request.method == "POST" else 200)
    form = CodeForm(request.POST or None, ask_name=not request.user.get_full_name())
    if not form.is_valid():
        return _show(request, form, status=400 if request.method == "POST" else 200)
    user = request.user
    counted = [("handover of", str(user.pk)), ("handover from", security.address_of(request))]
    try:
        for what in counted:
            limits.count(*what, most=settings.MARKETPLACE_HANDOVER_TRIES, seconds=HOUR)
    except limits.TooMany as problem:
        return security.too_many(request, problem)
    try:
        with transaction.atomic():
            helped = handover.take_over(
                code=form.cleaned_data["code"], user=user, name=form.cleaned_data.get("name", "")
            )
            telling.taken_over(helped)
    except Refused as problem:
        form.add_error("code", str(problem))
        return _show(request, form, status=400)
    for what in counted:
        limits.forget(*what)
    messages.success(request, _("“%(workshop)s” is yours now.") % {"workshop": helped.workshop})
    return redirect("desk:workshop", workshop=helped.workshop.slug)


def _show(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    response = render(request, "storefront/desk/helping_take_over.html", {"form": form}, status=status)
    response["Referrer-Policy"] = "same-origin"
    return response
