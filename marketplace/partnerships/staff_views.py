"""What staff see of one agency, and what they do: decide, rename, invite an owner, look at sites, give out keys."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.views import generic
from wagtail.log_actions import log, registry
from wagtail.models import ModelLogEntry

from catalogue.staff import IndexView
from catalogue.text import language_name
from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.partnerships import api_keys, hosts, services
from marketplace.partnerships.models import Agency, AgencyHost, AgencyTerms, ApiKey, Part
from marketplace.partnerships.seats import seats
from marketplace.partnerships.staff_forms import (
    LIMIT,
    TERMS_ADDED,
    TERMS_ENDED,
    DecisionForm,
    NameForm,
    OwnerForm,
)
from marketplace.partnerships.staff_words import link_to, say_acts, things_of
from marketplace.workshops.details import Refused

MAY_DECIDE = "marketplace_partnerships.change_agency"
MAY_LOOK_AT_SITES = "marketplace_partnerships.change_agencyhost"
MAY_WITHDRAW = "marketplace_partnerships.change_apikey"


class AgencyView(generic.InspectView):
    """One agency: what it says of itself, its people and sites, what was done, and the staff's own acts."""

    template_name = "marketplace/partnerships/agency.html"

    def get_context_data(self, **kwargs) -> dict:
        agency = self.object
        return super().get_context_data(**kwargs) | {
            "agency": agency,
            "facts": _facts(agency),
            "seats": agency.seats.select_related("user").order_by("-is_owner", "pk"),
            "has_owner": agency.seats.filter(is_owner=True, user__is_active=True).exists(),
            "sites": [(row, hosts.say(row)) for row in agency.hosts.all()],
            "acts": _acts(agency),
            "may_decide": self.request.user.has_perm(MAY_DECIDE),
        }


def _facts(agency: Agency) -> list[tuple[str, object]]:
    rows = [
        (_("Code"), agency.code),
        (_("Site"), _elsewhere(agency.site)),
        (_("Economy"), economy_name(agency.economy_id)),
        (_("Paid in"), agency.currency),
        (_("Language"), language_name(agency.language)),
        (_("Contact"), f"{agency.contact_name} · {agency.contact_email}".strip(" ·")),
        (_("About your agency"), agency.about),
        (_("Asked"), formats.moment(agency.applied_at)),
        (_("Terms accepted"), agency.terms_accepted_at and formats.moment(agency.terms_accepted_at)),
        (_("Decided"), agency.decided_at and formats.moment(agency.decided_at)),
        (_("Decided by"), agency.decided_by or ""),
        (_("Reason"), agency.get_reason_display()),
        (_("In your own words"), agency.words),
        (_("Cards only on its proven sites"), _("Yes") if agency.partners_only else _("No")),
    ]
    return [(label, value) for label, value in rows if value]


def _elsewhere(url: str) -> str:
    """A link to somebody else's site; what is no address of the web stays text."""
    if not url.startswith(("https://", "http://")):
        return url
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', url, url)


def _acts(agency: Agency) -> list[dict]:
    rows = list(ModelLogEntry.objects.for_instance(agency).select_related("user").order_by("-timestamp", "-pk")[:100])
    return [
        {
            "at": row.timestamp,
            "what": registry.get_action_label(row.action),
            "by": row.user or "",
            "said": said,
        }
        for row, said in zip(rows, say_acts(rows), strict=True)
    ]


class _AgencyFormView(View):
    """A form about one agency, for whoever may decide; for others the door is shut before anything is looked for."""

    form_class: type[forms.Form]
    title = ""

    def dispatch(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MAY_DECIDE):
            raise PermissionDenied
        self.agency = get_object_or_404(Agency, pk=pk)
        return super().dispatch(request, pk)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.make_form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            messages.success(request, self.do(form.cleaned_data))
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
            return self.page(form)
        return redirect("agencies:inspect", pk)

    def page(self, form: forms.Form) -> HttpResponse:
        context = {"form": form, "agency": self.agency, "title": self.title}
        status = 400 if form.is_bound and form.errors else 200
        return render(self.request, "marketplace/partnerships/agency_form.html", context, status=status)

    def make_form(self, data=None) -> forms.Form:
        return self.form_class(data)

    def do(self, given: dict) -> str:
        """Answers what to tell the person. Raises Refused."""
        raise NotImplementedError


class DecideView(_AgencyFormView):
    title = gettext_lazy("Decide")

    def make_form(self, data=None) -> DecisionForm:
        return DecisionForm(data, agency=self.agency)

    def do(self, given: dict) -> str:
        services.decide(agency=self.agency, by=self.request.user, **given)
        return _("Decided. The agency is told by e-mail.")


class RenameView(_AgencyFormView):
    title = gettext_lazy("Change the name")

    def make_form(self, data=None) -> NameForm:
        return NameForm(data, initial={"name": self.agency.name})

    def do(self, given: dict) -> str:
        services.change_name(agency=self.agency, by=self.request.user, **given)
        return _("The name is changed. The code stays as it is.")


class InviteOwnerView(_AgencyFormView):
    form_class = OwnerForm
    title = gettext_lazy("Invite an owner")

    def make_form(self, data=None) -> OwnerForm:
        return OwnerForm(data, initial={"language": self.agency.language})

    def do(self, given: dict) -> str:
        seats.invite(agency=self.agency, parts=[Part.OWN], by=self.request.user, by_staff=True, **given)
        return _("The invitation is on its way.")


class HostView(generic.InspectView):
    template_name = "marketplace/partnerships/host.html"

    def get_context_data(self, **kwargs) -> dict:
        row = self.object
        return super().get_context_data(**kwargs) | {
            "row": row,
            "found": hosts.say(row),
            "wrapper": hosts.is_wrapper(row.host),
            "may_look": self.request.user.has_perm(MAY_LOOK_AT_SITES),
            "agency_url": reverse("agencies:inspect", args=[row.agency_id]),
        }


class LookedView(View):
    """A POST: somebody of the shop saw the agency's page on this host, or takes a proof back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MAY_LOOK_AT_SITES):
            raise PermissionDenied
        row = get_object_or_404(AgencyHost, pk=pk)
        act = request.POST.get("act", "")
        if act == "looked":
            hosts.shop_looked(host=row, by=request.user)
            messages.success(request, _("%(host)s counts as proved now.") % {"host": row.host})
        elif act == "back":
            hosts.shop_takes_back(host=row, by=request.user)
            messages.success(request, _("%(host)s does not count as proved any more.") % {"host": row.host})
        return redirect("agency-hosts:inspect", pk)


class WishIndexView(IndexView):
    """Each wish with the thing that it is about: for a page of the list, two statements."""

    def paginate_queryset(self, queryset, page_size):
        answer = super().paginate_queryset(queryset, page_size)
        rows = answer[2]
        things = things_of({row.subject for row in rows})
        for row in rows:
            row.thing = things.get(row.subject)
        return answer


class WishView(generic.InspectView):
    def get_subject_display_value(self) -> str:
        return link_to(self.object.subject, self.request.user)

    def get_language_display_value(self) -> str:
        return language_name(self.object.language)

    def get_asked_at_display_value(self) -> str:
        return formats.moment(self.object.asked_at)

    def get_answered_at_display_value(self) -> str:
        return formats.moment(self.object.answered_at) if self.object.answered_at else _("not yet")


class AddTermsView(generic.CreateView):
    success_message = gettext_lazy("The terms are written down. They count for orders from their first day on.")

    @transaction.atomic
    def save_instance(self) -> AgencyTerms:
        row = super().save_instance()
        names = ("agency_id", "percent", "days", "valid_from", "valid_to", "source")
        data = {name: getattr(row, name) for name in names}
        log(instance=row, action=TERMS_ADDED, user=self.request.user, data=data)
        return row


class EndTermsView(generic.EditView):
    success_message = gettext_lazy("The terms end on that day.")

    @transaction.atomic
    def save_instance(self) -> AgencyTerms:
        before = AgencyTerms.objects.select_for_update().get(pk=self.object.pk).valid_to
        row = super().save_instance()
        log(instance=row, action=TERMS_ENDED, user=self.request.user, data={"before": before, "after": row.valid_to})
        return row


class AddKeyView(generic.CreateView):
    """The whole key is on the page that answers, and nowhere else."""

    def form_valid(self, form) -> HttpResponse:
        given = form.cleaned_data
        try:
            row, key = api_keys.make(agency=given["agency"], name=given["name"], by=self.request.user, by_staff=True)
        except Refused as problem:
            form.add_error(problem.field or None, str(problem))
            return self.form_invalid(form)
        return render(self.request, "marketplace/partnerships/new_key.html", {"row": row, "key": key})


class LimitView(generic.EditView):
    success_message = gettext_lazy("Saved. It counts within a few seconds.")

    @transaction.atomic
    def save_instance(self) -> ApiKey:
        before = ApiKey.objects.select_for_update().get(pk=self.object.pk).per_minute
        row = super().save_instance()
        log(instance=row, action=LIMIT, user=self.request.user, data={"before": before, "after": row.per_minute})
        return row

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"row": self.object}


class WithdrawKeyView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MAY_WITHDRAW):
            raise PermissionDenied
        row = get_object_or_404(ApiKey, pk=pk)
        api_keys.withdraw(key=row, by=request.user, by_staff=True)
        messages.success(request, _("The key %(prefix)s… opens nothing any more.") % {"prefix": row.prefix})
        return redirect("api-keys:index")
