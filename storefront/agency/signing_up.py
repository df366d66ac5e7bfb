"""An agency asks for a place: the account first, then what the shop has to know, and a yes to the terms."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from marketplace.economies.models import Economy
from marketplace.partnerships import services
from marketplace.partnerships.models import Agency, Part
from marketplace.partnerships.services import AgencyDetails, Refused
from storefront.agency.forms import AgainForm, SignUpForm
from storefront.agency.people import either
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.agency.terms import describe_terms

DETAILS = ("site", "language", "contact_name", "contact_email", "about")


@never_cache
@either
def apply(request: HttpRequest) -> HttpResponse:
    """The form for who is signed in; others read the terms, and sign in or make an account first.

    Whose agency waits already is led to it; ``?another=yes`` opens the form all the same.
    """
    if not request.user.is_authenticated:
        return render(request, "storefront/agency/apply_first.html", {"terms": describe_terms()})
    if request.method == "POST":
        return _apply(request)
    user = request.user
    if not request.GET.get("another") and (waiting := _waiting(user)):
        return redirect("agency:agency", agency=waiting.code)
    known = {"language": get_language(), "contact_name": user.get_full_name(), "contact_email": user.email}
    return _show(request, SignUpForm(initial=known))


def _waiting(user) -> Agency | None:
    """The newest of her agencies that the shop has not answered yet."""
    rows = Agency.objects.filter(stage=Agency.Stage.APPLIED, seats__user=user, seats__is_owner=True)
    return rows.order_by("-applied_at", "-pk").first()


def _apply(request: HttpRequest) -> HttpResponse:
    form = SignUpForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            agency = services.apply(
                user=request.user,
                name=given["name"],
                economy=Economy.objects.get(pk=given["economy"]),
                currency=given["currency"],
                details=AgencyDetails(**{name: given[name] for name in DETAILS}),
                accepts_terms=given["terms"],
            )
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(request, _("Sent. Thank you! The shop answers within a few days."))
            return redirect("agency:agency", agency=agency.code)
    return _show(request, form)


def _show(request: HttpRequest, form: SignUpForm) -> HttpResponse:
    context = {"form": form, "terms": describe_terms()}
    return render(request, "storefront/agency/apply.html", context, status=400 if form.errors else 200)


@either
@agency_view(needs=Part.OWN)
def again(desk: AgencyDesk) -> HttpResponse:
    """An agency that was declined puts right what was said, and waits again."""
    if desk.agency.stage != Agency.Stage.DECLINED:
        return redirect(desk.url("agency"))
    form = AgainForm(desk.request.POST or None, initial={"about": desk.agency.about})
    if desk.request.method == "POST" and form.is_valid():
        try:
            services.ask_again(agency=desk.agency, about=form.cleaned_data["about"], by=desk.request.user)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(desk.request, _("Sent again. The shop answers within a few days."))
            return redirect(desk.url("agency"))
    return desk.render("apply_again", {"form": form}, status=400 if form.errors else 200)
