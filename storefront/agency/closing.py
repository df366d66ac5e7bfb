"""An owner closes her agency. What it is owed stays owed, and the shop can open it again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.partnerships import services
from marketplace.partnerships.models import Agency, Part
from marketplace.partnerships.services import Refused
from storefront.agency.people import either
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.desk.again import ask_again


@either
@agency_view(needs=Part.OWN)
def page(desk: AgencyDesk) -> HttpResponse:
    """GET says what happens, a POST does it. One that is closed says so on its first page."""
    if desk.request.method == "POST":
        return _close(desk)
    if desk.agency.stage == Agency.Stage.CLOSED:
        return redirect(desk.url("agency"))
    return desk.render("close", {})


@ask_again
def _close(desk: AgencyDesk) -> HttpResponse:
    try:
        services.close(agency=desk.agency, by=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
    else:
        messages.success(desk.request, _("Closed. Thank you for having shown these stories."))
    return redirect(desk.url("agency"))
