"""Keys of the read-only API: made here, shown whole once, withdrawn here.

A new key is shown by a page of its own, so that reloading that page makes no other. Until then it waits, sealed, in the
session of who made it; from then on nobody has it but she.
"""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from marketplace import formats
from marketplace.fulfilment.sealing import seal, unseal
from marketplace.notices.people import name_of
from marketplace.partnerships import api_keys
from marketplace.partnerships.models import ApiKey, Part
from marketplace.partnerships.services import Refused
from storefront.agency.forms import KeyForm
from storefront.agency.people import either
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.desk.again import ask_again

NEW = "agency_key"


@either
@agency_view(needs=Part.EDIT)
def listing(desk: AgencyDesk) -> HttpResponse:
    if desk.request.method == "POST":
        return _make(desk)
    if "made" in desk.request.GET:
        return _show_made(desk)
    return _show(desk, KeyForm(initial={"form": uuid.uuid4()}))


@sensitive_variables("whole")
@ask_again
def _make(desk: AgencyDesk) -> HttpResponse:
    form = KeyForm(desk.request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                row, whole = api_keys.make(agency=desk.agency, by=desk.request.user, **form.cleaned_data)
                if whole:
                    desk.request.session[NEW] = {"key": row.pk, "name": row.name, "sealed": seal(whole)}
                    # Before another press of the same button may go on, and show what was made.
                    desk.request.session.save()
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            return redirect(_made_url(desk))
    return _show(desk, form)


@sensitive_variables("whole")
def _show_made(desk: AgencyDesk) -> HttpResponse:
    """The key that was made a moment ago, the first time; after that only that it was shown."""
    new = desk.request.session.get(NEW, {})
    if not new.get("sealed") or not desk.keys().filter(pk=new["key"]).exists():
        return desk.render("key_made", {"whole": ""})
    if desk.request.method == "HEAD":  # shows nothing, so it uses nothing up
        return desk.render("key_made", {"whole": ""})
    whole = unseal(new["sealed"])
    desk.request.session[NEW] = new | {"sealed": ""}
    return desk.render("key_made", {"name": new["name"], "whole": whole})


def _made_url(desk: AgencyDesk) -> str:
    return f"{desk.url('keys')}?made=yes"


@either
@agency_view(needs=Part.EDIT)
def withdraw(desk: AgencyDesk, pk: int) -> HttpResponse:
    """GET asks, a POST does it."""
    row = get_object_or_404(desk.keys(), pk=pk)
    if desk.request.method != "POST":
        return redirect(desk.url("keys")) if row.withdrawn_at else desk.render("key_withdraw", {"key": _describe(row)})
    try:
        api_keys.withdraw(key=row, agency=desk.agency, by=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
    else:
        messages.success(desk.request, _("“%(name)s” is withdrawn. It opens nothing any more.") % {"name": row.name})
    return redirect(desk.url("keys"))


def _show(desk: AgencyDesk, form: KeyForm) -> HttpResponse:
    rows = [_describe(row) for row in desk.keys()[:100]]
    return desk.render("keys", {"form": form, "keys": rows}, status=400 if form.errors else 200)


def _describe(row: ApiKey) -> dict:
    return {
        "pk": row.pk,
        "name": row.name,
        "prefix": row.prefix,
        "made": formats.day(row.made_at),
        "by": name_of(row.made_by),
        "used": formats.day(row.last_used_on) if row.last_used_on else "",
        "per_minute": formats.number(row.per_minute),
        "withdrawn": formats.day(row.withdrawn_at) if row.withdrawn_at else "",
    }
