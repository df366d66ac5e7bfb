"""Somebody follows the link of an invitation, reads who invites her to what, and says yes."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from marketplace.notices.codes import TooMany
from marketplace.notices.contacts import BadContact, normalise
from marketplace.workshops.details import Refused
from marketplace.workshops.membership import members
from marketplace.workshops.models import Invitation
from storefront.desk.opening import entering
from storefront.desk.opening.pages import either


@never_cache
@either
def join(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows it and changes nothing. A POST with ``action`` accept, code (to the invited contact) or sign-in."""
    invitation = members.find_invitation(token)
    action = request.POST.get("action") if request.method == "POST" else ""
    if action == "accept" and request.user.is_authenticated:
        return _accept(request, token)
    if invitation is None:
        return render(request, "storefront/desk/opening_join_over.html", status=404)
    if action == "sign-in":
        return redirect_to_login(request.path)
    if action in ("code", "other"):
        return _by_code(request, invitation, other=action == "other")
    return _show(request, invitation)


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    try:
        member = members.accept(token=token, user=request.user)
    except Refused as problem:
        invitation = members.find_invitation(token)
        if invitation is None:
            return render(request, "storefront/desk/opening_join_over.html", status=404)
        return _show(request, invitation, problem=str(problem), status=400)
    entering.forget(request)
    messages.success(request, _("You work here now. Welcome!"))
    return redirect("desk:workshop", workshop=member.workshop.slug)


def _by_code(request: HttpRequest, invitation: Invitation, *, other: bool) -> HttpResponse:
    """Send a code to the invited contact, or let her type another; afterwards she is back here."""
    economy = invitation.workshop.village.economy_id
    entering.keep(request, economy=economy, then=request.path, kind="", contact="", ticket="")
    if other:
        return redirect("desk:open-contact")
    try:
        entering.send(request, normalise(invitation.contact, economy))
    except (BadContact, TooMany):
        return redirect("desk:open-contact")  # the page says what to do, and asks for a contact
    return redirect("desk:open-code")


def _show(request: HttpRequest, invitation: Invitation, *, problem: str = "", status: int = 200) -> HttpResponse:
    by = invitation.invited_by
    context = {
        "workshop": str(invitation.workshop),
        "village": str(invitation.workshop.village),
        "by": (by.get_full_name() or "") if by else "",
        "name": invitation.name,
        "contact": invitation.contact,
        "tasks": [{"key": right.value, "label": right.label} for right in invitation.rights],
        "until": invitation.expires_at,
        "problem": problem,
    }
    return render(request, "storefront/desk/opening_join.html", context, status=status)
