"""Who works for an agency: the owners see all of them, invite, change parts and remove; everybody may leave."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.notices.people import name_of
from marketplace.partnerships.models import Agency, Part, Seat, SeatInvitation
from marketplace.partnerships.seats import seats
from marketplace.partnerships.services import Refused
from storefront.agency.forms import InviteForm, PartsForm
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.desk.again import ask_again
from storefront.qr import qr_svg

either = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@agency_view(needs=Part.OWN)
def listing(desk: AgencyDesk) -> HttpResponse:
    """Who works here with which parts, and who is invited."""
    context = {
        "people": [_describe(row, desk) for row in desk.people()],
        "invitations": [_invited(row) for row in _waiting(desk)],
    }
    return desk.render("people", context)


@either
@agency_view(needs=Part.OWN)
def invite(desk: AgencyDesk) -> HttpResponse:
    if desk.request.method == "POST":
        return _invite(desk)
    return _show_invite(desk, InviteForm(initial={"language": desk.agency.language}))


@ask_again
def _invite(desk: AgencyDesk) -> HttpResponse:
    form = InviteForm(desk.request.POST)
    if form.is_valid():
        try:
            row, _new = seats.invite(desk.agency, by=desk.request.user, **form.cleaned_data)
        except Refused as problem:
            form.add_error(problem.field or None, str(problem))
        else:
            return redirect(desk.url("invitation", pk=row.pk))
    return _show_invite(desk, form)


@either
@agency_view(needs=Part.OWN)
def invitation(desk: AgencyDesk, pk: int) -> HttpResponse:
    """The link, to copy or to scan. A POST takes the invitation back."""
    row = get_object_or_404(_waiting(desk), pk=pk)
    if desk.request.method == "POST":
        try:
            seats.withdraw(desk.agency, row, by=desk.request.user)
            messages.success(desk.request, _("The invitation is taken back. Its link opens nothing any more."))
        except Refused as problem:
            messages.error(desk.request, str(problem))
        return redirect(desk.url("people"))
    token = seats.token_of(row)
    link = f"{settings.SITE_URL}/{row.language}/agency/join/{token}/" if token else ""
    return desk.render("invitation", {"invited": _invited(row), "link": link, "qr": qr_svg(link) if link else ""})


@either
@agency_view(needs=Part.OWN)
def person(desk: AgencyDesk, pk: int) -> HttpResponse:
    """One person's parts."""
    row = get_object_or_404(desk.people(), pk=pk)
    if desk.request.method == "POST":
        return _change(desk, row)
    return _show_person(desk, row, PartsForm(initial={"parts": [part.value for part in row.parts]}))


@ask_again
def _change(desk: AgencyDesk, row: Seat) -> HttpResponse:
    form = PartsForm(desk.request.POST)
    if form.is_valid():
        try:
            seats.change(desk.agency, row, parts=form.cleaned_data["parts"], by=desk.request.user)
        except Refused as problem:
            form.add_error("parts", str(problem))
        else:
            messages.success(desk.request, _("Saved. It holds from now on."))
            return redirect(desk.url("people" if row.user_id != desk.request.user.pk else "agency"))
    return _show_person(desk, row, form)


@either
@agency_view(needs=Part.OWN)
def remove(desk: AgencyDesk, pk: int) -> HttpResponse:
    """GET asks, a POST does it: that person is out with the next request."""
    row = get_object_or_404(desk.people(), pk=pk)
    if desk.request.method == "POST":
        return _remove(desk, row)
    return desk.render("person_sure", {"person": _describe(row, desk)})


@ask_again
def _remove(desk: AgencyDesk, row: Seat) -> HttpResponse:
    try:
        seats.remove(desk.agency, row, by=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
        return redirect(desk.url("agency"))
    done = pgettext("agency", "%(name)s does not work here any more.")
    messages.success(desk.request, done % {"name": _name(row)})
    return redirect(desk.url("people") if row.user_id != desk.request.user.pk else reverse("agency:home"))


@either
@agency_view
def leave(desk: AgencyDesk) -> HttpResponse:
    """GET asks, a POST does it. The only owner is told what to do instead."""
    if desk.request.method != "POST":
        return desk.render("leave", {"only_owner": _is_only_owner(desk), "may_close": desk.agency.stage != Agency.Stage.CLOSED})
    try:
        seats.leave(desk.agency, user=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
        return redirect(desk.url("agency"))
    messages.success(desk.request, _("You have left %(agency)s.") % {"agency": desk.agency})
    return redirect("agency:home")


def _is_only_owner(desk: AgencyDesk) -> bool:
    others = desk.people().filter(is_owner=True, user__is_active=True).exclude(user=desk.request.user)
    return desk.seat.is_owner and not others.exists()


def _waiting(desk: AgencyDesk):
    rows = SeatInvitation.objects.filter(agency=desk.agency, accepted_at=None, withdrawn_at=None)
    return rows.filter(expires_at__gt=timezone.now()).order_by("-made_at", "-pk")


def _show_invite(desk: AgencyDesk, form: InviteForm) -> HttpResponse:
    return desk.render("person_invite", {"form": form}, status=400 if form.errors else 200)


def _show_person(desk: AgencyDesk, row: Seat, form: PartsForm) -> HttpResponse:
    return desk.render("person", {"form": form, "person": _describe(row, desk)}, status=400 if form.errors else 200)


def _describe(row: Seat, desk: AgencyDesk) -> dict:
    return {
        "pk": row.pk,
        "name": _name(row),
        "parts": [part.label for part in row.parts],
        "since": formats.day(row.since),
        "you": row.user_id == desk.request.user.pk,
        "active": row.user.is_active,
    }


def _name(row: Seat) -> str:
    return row.user.get_full_name() or row.user.email or name_of(row.user)


def _invited(row: SeatInvitation) -> dict:
    return {
        "pk": row.pk,
        "name": row.name,
        "email": row.email,
        "parts": [part.label for part in row.parts],
        "until": formats.day(row.expires_at),
    }
