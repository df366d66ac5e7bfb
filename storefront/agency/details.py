"""What an agency may change of itself: site, language, contact. Its name and code are the shop's to change."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.partnerships import services
from marketplace.partnerships.models import Agency, Part
from marketplace.partnerships.services import AgencyDetails, Refused
from storefront.agency.forms import DetailsForm
from storefront.agency.people import either
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.agency.signing_up import DETAILS
from storefront.agency.terms import describe_terms
from storefront.desk.again import ask_again


@either
@agency_view(needs=Part.OWN)
def page(desk: AgencyDesk) -> HttpResponse:
    if desk.request.method == "POST":
        return _change(desk)
    return _show(desk, DetailsForm(initial={name: getattr(desk.agency, name) for name in DETAILS}))


@ask_again
def _change(desk: AgencyDesk) -> HttpResponse:
    form = DetailsForm(desk.request.POST)
    if form.is_valid():
        details = AgencyDetails(**{name: form.cleaned_data[name] for name in DETAILS})
        try:
            services.change_details(agency=desk.agency, details=details, by=desk.request.user)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(desk.request, _("Saved."))
            return redirect(desk.url("details"))
    return _show(desk, form)


def _show(desk: AgencyDesk, form: DetailsForm) -> HttpResponse:
    agency = desk.agency
    context = {
        "form": form,
        "terms": describe_terms(agency),
        "may_close": agency.stage != Agency.Stage.CLOSED,
        "facts": [
            (_("Name"), agency.name),
            (_("Code on your links"), agency.code),
            (_("Economy"), economy_name(agency.economy_id)),
            (_("Paid in"), f"{agency.currency} – {formats.currency_name(agency.currency)}"),
        ],
    }
    return desk.render("details", context, status=400 if form.errors else 200)
