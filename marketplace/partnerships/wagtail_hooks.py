"""Staff screens for agencies, their terms, sites, wishes and keys, the menu "Agencies", and a word on the first page."""

import django_filters
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from catalogue.staff import IndexView, ShowViewSet, allow_only, column
from catalogue.text import language_name
from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.partnerships.host_names import WRAPPERS
from marketplace.partnerships.models import Agency, AgencyHost, AgencyTerms, ApiKey, Seat, WordsAsked
from marketplace.partnerships.staff_forms import ACTIONS, EndTermsForm, LimitForm, NewKeyForm, TermsForm
from marketplace.partnerships.staff_views import (
    AddKeyView,
    AddTermsView,
    AgencyView,
    DecideView,
    EndTermsView,
    HostView,
    InviteOwnerView,
    LimitView,
    LookedView,
    RenameView,
    WishIndexView,
    WishView,
    WithdrawKeyView,
)
from marketplace.partnerships.staff_words import title_of

# An agency is closed, never deleted: its code stays its own. Orders name the terms that counted for them.
for model in (Agency, AgencyHost):
    allow_only(model, "view", "change")
for model in (AgencyTerms, ApiKey):
    allow_only(model, "view", "add", "change")
allow_only(WordsAsked, "view")


@hooks.register("register_log_actions")
def acts_of_agencies(actions) -> None:
    for name, label in ACTIONS.items():
        actions.register_action(name, label, label)


class AgencyViewSet(ShowViewSet):
    """Those that wait come first."""

    model = Agency
    name = "agencies"
    menu_label = _("Agencies")
    icon = "site"
    inspect_view_class = AgencyView
    ordering = ("-waits", "-applied_at", "-pk")
    search_fields = ["name", "code", "site", "contact_email", "seats__user__email"]
    list_filter = ["stage", "economy", "is_sample"]
    list_display = [
        TitleColumn("name", url_name="agencies:inspect", label=_("Agency"), accessor="name"),
        StatusTagColumn(
            "get_stage_display", label=_("Stage"), sort_key="stage", primary=lambda row: row.stage == Agency.Stage.APPLIED
        ),
        "code",
        column("where", _("Economy"), lambda row: economy_name(row.economy_id)),
        "site",
        DateColumn("applied_at", label=_("Asked"), sort_key="applied_at"),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        waits = Case(When(stage=Agency.Stage.APPLIED, then=Value(True)), default=Value(False), output_field=BooleanField())
        rows: QuerySet = Agency.objects.annotate(waits=waits)
        return super().get_index_view_kwargs(queryset=rows, **kwargs)

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("decide/<int:pk>/", DecideView.as_view(), name="decide"),
            path("rename/<int:pk>/", RenameView.as_view(), name="rename"),
            path("invite/<int:pk>/", InviteOwnerView.as_view(), name="invite"),
        ]


class AgencyTermsViewSet(ModelViewSet):
    model = AgencyTerms
    name = "agency-terms"
    menu_label = _("Terms")
    icon = "tag"
    add_to_reference_index = False
    index_view_class = IndexView
    add_view_class = AddTermsView
    edit_view_class = EndTermsView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["source", "agency__name", "agency__code"]
    ordering = ("-valid_from", "-pk")
    list_display = [
        column("for", _("For"), lambda row: row.agency.name if row.agency else str(_("All"))),
        column("percent", _("Percent"), lambda row: str(_("%(number)s %%") % {"number": formats.exact(row.percent.normalize())})),
        "days",
        DateColumn("valid_from", label=_("From"), sort_key="valid_from"),
        DateColumn("valid_to", label=_("Until"), sort_key="valid_to"),
        "source",
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        return EndTermsForm if for_update else TermsForm

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(queryset=AgencyTerms.objects.select_related("agency"), **kwargs)


class HostFilters(WagtailFilterSet):
    proven_at = django_filters.BooleanFilter(label=_("Not proved"), lookup_expr="isnull")

    class Meta:
        model = AgencyHost
        fields = ["proven_at", "proof"]


class AgencyHostViewSet(ShowViewSet):
    """Hosts of site builders, which nobody can prove, wait here for somebody's look."""

    model = AgencyHost
    name = "agency-hosts"
    menu_label = _("Sites")
    icon = "link"
    inspect_view_class = HostView
    ordering = ("-waits", "host", "pk")
    search_fields = ["host", "agency__name", "agency__code"]
    filterset_class = HostFilters
    list_display = [
        TitleColumn("host", url_name="agency-hosts:inspect", label=_("Host"), accessor="host"),
        column("agency", _("Agency"), lambda row: row.agency.name),
        StatusTagColumn(
            "state",
            label=_("Proved"),
            accessor=lambda row: row.get_proof_display() if row.is_proven else str(_("Not proved")),
            primary=lambda row: not row.is_proven,
        ),
        DateColumn("looked_at", label=_("Last looked at"), sort_key="looked_at"),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        wrapped = Q(pk__in=[])
        for name in WRAPPERS:
            wrapped |= Q(host__endswith=f".{name}")
        waits = Case(When(wrapped & Q(proven_at=None), then=Value(True)), default=Value(False), output_field=BooleanField())
        rows = AgencyHost.objects.select_related("agency").annotate(waits=waits)
        return super().get_index_view_kwargs(queryset=rows, **kwargs)

    def get_urlpatterns(self) -> list:
        return [*super().get_urlpatterns(), path("looked/<int:pk>/", LookedView.as_view(), name="looked")]


class WishFilters(WagtailFilterSet):
    answered_at = django_filters.BooleanFilter(label=_("Waiting"), lookup_expr="isnull")

    class Meta:
        model = WordsAsked
        fields = ["answered_at", "language"]


class WordsAskedViewSet(ShowViewSet):
    model = WordsAsked
    name = "agency-wishes"
    menu_label = _("Wishes")
    icon = "comment"
    ordering = "-asked_at"
    search_fields = ["subject", "note", "agency__name", "agency__code"]
    filterset_class = WishFilters
    inspect_view_fields = ["agency", "subject", "language", "note", "asked_by", "asked_at", "answered_at"]
    index_view_class = WishIndexView
    inspect_view_class = WishView
    list_display = [
        TitleColumn(
            "subject",
            label=_("Subject"),
            accessor=lambda row: title_of(row.subject, row.thing),
            get_url=lambda row: row.thing and AdminURLFinder().get_edit_url(row.thing),
            sort_key="subject",
        ),
        column("language", _("Language"), lambda row: language_name(row.language), sort_key="language"),
        column("agency", _("Agency"), lambda row: row.agency.name),
        "note",
        DateColumn("asked_at", label=_("Asked"), sort_key="asked_at"),
        column(
            "answered_at",
            _("Answered"),
            lambda row: formats.day(row.answered_at) if row.answered_at else _("not yet"),
            sort_key="answered_at",
        ),
        TitleColumn("look", label=_("Wish"), accessor=lambda row: _("Look at it"), url_name="agency-wishes:inspect"),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(queryset=WordsAsked.objects.select_related("agency"), **kwargs)


class ApiKeyViewSet(ModelViewSet):
    model = ApiKey
    name = "api-keys"
    menu_label = _("API keys")
    icon = "key"
    add_to_reference_index = False
    index_view_class = IndexView
    add_view_class = AddKeyView
    edit_view_class = LimitView
    edit_template_name = "marketplace/partnerships/edit_key.html"
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["prefix", "name", "agency__name", "agency__code"]
    ordering = ("-made_at", "-pk")
    list_display = [
        "prefix",
        "name",
        column("agency", _("Agency"), lambda row: row.agency.name if row.agency else ""),
        "per_minute",
        DateColumn("last_used_on", label=_("Last used"), sort_key="last_used_on"),
        DateColumn("withdrawn_at", label=_("Withdrawn"), sort_key="withdrawn_at"),
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        return LimitForm if for_update else NewKeyForm

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(queryset=ApiKey.objects.select_related("agency"), **kwargs)

    def get_urlpatterns(self) -> list:
        return [*super().get_urlpatterns(), path("withdraw/<int:pk>/", WithdrawKeyView.as_view(), name="withdraw")]


class AgenciesGroup(ModelViewSetGroup):
    items = (AgencyViewSet, AgencyTermsViewSet, AgencyHostViewSet, WordsAskedViewSet, ApiKeyViewSet)
    menu_label = _("Agencies")
    menu_name = "agencies"
    menu_icon = "site"
    menu_order = 407


@hooks.register("register_admin_viewset")
def agencies() -> AgenciesGroup:
    return AgenciesGroup()


class AgenciesPanel(Component):
    """On the admin's first page: agencies that wait, those that nobody owns any more, and sites to look at."""

    name = "agencies"
    order = 60
    template_name = "marketplace/partnerships/agencies_panel.html"

    def get_context_data(self, parent_context) -> dict:
        wrapped = AgencyHost.objects.filter(proven_at=None, found="wrapper", agency__stage=Agency.Stage.OPEN)
        orphans = Agency.objects.filter(stage=Agency.Stage.OPEN)
        orphans = orphans.exclude(seats__in=Seat.objects.filter(is_owner=True, user__is_active=True))
        return {
            "waiting": Agency.objects.filter(stage=Agency.Stage.APPLIED).count(),
            "orphans": list(orphans[:5]),
            "sites": wrapped.count(),
            "waiting_url": f"{reverse('agencies:index')}?stage={Agency.Stage.APPLIED}",
            "sites_url": f"{reverse('agency-hosts:index')}?proven_at=true",
        }


@hooks.register("construct_homepage_panels")
def say_which_agencies_wait(request: HttpRequest, panels: list) -> None:
    if request.user.has_perm("marketplace_partnerships.change_agency"):
        panels.append(AgenciesPanel())
