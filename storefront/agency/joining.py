"""Somebody follows the link of an invitation, reads who invites to what, and says yes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from marketplace.partnerships.models import SeatInvitation
from marketplace.partnerships.seats import seats
from marketplace.partnerships.services import Refused
from storefront.agency.people import either


@never_cache
@either
def join(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows it and changes nothing; a POST by somebody who is signed in takes the seat."""
    if request.method == "POST" and request.user.is_authenticated:
        return _accept(request, token)
    invitation = seats.find_invitation(token)
    if invitation is None:
        return _over(request)
    return _show(request, invitation)


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    try:
        seat = seats.accept(token=token, user=request.user)
    except Refused as problem:
        invitation = seats.find_invitation(token)
        return _show(request, invitation, problem=str(problem), status=400) if invitation else _over(request)
    messages.success(request, pgettext("agency", "You work here now. Welcome!"))
    return redirect("agency:agency", agency=seat.agency.code)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/agency/join_over.html", status=404)


def _show(request: HttpRequest, invitation: SeatInvitation, *, problem: str = "", status: int = 200) -> HttpResponse:
    by = invitation.invited_by
    context = {
        "name_of_agency": invitation.agency.name,
        "by": (by.get_full_name() or "") if by else "",
        "name": invitation.name,
        "parts": [part.label for part in invitation.parts],
        "problem": problem,
    }
    return render(request, "storefront/agency/join.html", context, status=status)
