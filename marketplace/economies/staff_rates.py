"""Staff screens for exchange rates: today's, all rows, imports, pegs."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import StatusTagColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from catalogue.staff import DeleteView, IndexView, allow_only, column
from marketplace.economies.models import CurrencyPeg, ExchangeRate, RateImport
from marketplace.economies.models.rates import MANUAL, SAMPLE
from marketplace.economies.staff import (
    ByHandPolicy,
    KeptEditView,
    OwnRowDeleteView,
    OwnRowEditView,
    OwnRowIndexView,
)
from marketplace.economies.staff_forms import CurrencyPegForm, ExchangeRateForm
from marketplace.economies.staff_views import MAY_SEE, FetchView, TodayView
from marketplace.formats import day

allow_only(RateImport, "view")
register_permission_policy(ExchangeRate, ByHandPolicy(ExchangeRate), exact_class=True)


class TodayMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_SEE)


class TodayViewSet(ViewSet):
    name = "rates-today"
    icon = "calendar"
    menu_label = _("Rates today")
    menu_item_class = TodayMenuItem

    def get_urlpatterns(self) -> list:
        return [path("", self.construct_view(TodayView), name="index")]


def _origin(row: ExchangeRate) -> str:
    names = {MANUAL: _("by hand"), SAMPLE: _("sample")}
    return names.get(row.origin, row.origin)


def _age(row: ExchangeRate) -> int:
    return (timezone.localdate() - row.on).days


class ExchangeRateViewSet(ModelViewSet):
    model = ExchangeRate
    name = "exchange-rates"
    menu_label = _("Exchange rates")
    icon = "list-ul"
    index_view_class = OwnRowIndexView
    edit_view_class = OwnRowEditView
    delete_view_class = OwnRowDeleteView
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["base", "quote", "value", "on", "source", "origin", "entered_by", "changed_at"]
    search_backend_name = None
    search_fields = ["base", "quote", "source"]
    ordering = ("-on", "quote")
    list_filter = ["quote", "base", "origin", "on"]
    list_per_page = 50
    list_display = [
        "__str__",
        column("on", _("Date"), lambda row: day(row.on), sort_key="on"),
        column("age", _("Days old"), _age),
        column("origin", _("Entered"), _origin, sort_key="origin"),
        column("entered_by", _("Person"), lambda row: row.entered_by or ""),
        "source",
    ]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "For currencies that no import brings, such as PEN. Copy the rate from a central bank or another "
                    "source that you can name. It is used for a few days; after that please add a new one."
                )
            ),
            FieldRowPanel([FieldPanel("base"), FieldPanel("value"), FieldPanel("quote")], heading=_("Rate")),
            FieldPanel("on"),
            FieldPanel("source"),
        ],
        base_form_class=ExchangeRateForm,
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = ExchangeRate.objects.select_related("entered_by")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)

    def get_urlpatterns(self) -> list:
        return [*super().get_urlpatterns(), path("fetch/", FetchView.as_view(), name="fetch")]


class RateImportView(InspectView):
    template_name = "marketplace/economies/import.html"


class RateImportViewSet(ModelViewSet):
    model = RateImport
    name = "rate-imports"
    menu_label = _("Imports of rates")
    icon = "download"
    index_view_class = IndexView
    inspect_view_class = RateImportView
    inspect_view_enabled = True
    inspect_view_fields = [
        "at", "trigger", "user", "origin", "address", "added", "changed", "unchanged", "last_on", "error",
    ]  # fmt: skip
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["origin", "address", "error"]
    list_filter = ["origin", "trigger"]
    list_per_page = 50
    list_display = [
        "__str__",
        column("trigger", _("Started by"), lambda row: row.user or row.get_trigger_display()),
        "address",
        "added",
        "changed",
        "unchanged",
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor=lambda row: _("Refused: nothing was changed") if row.error else _("Taken in"),
            primary=lambda row: not row.error,
        ),
        "error",
    ]
    panels = [FieldPanel("origin", read_only=True)]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(queryset=RateImport.objects.select_related("user"), **kwargs)


class CurrencyPegViewSet(ModelViewSet):
    model = CurrencyPeg
    name = "currency-pegs"
    menu_label = _("Currency pegs")
    icon = "link"
    index_view_class = IndexView
    edit_view_class = KeptEditView
    delete_view_class = DeleteView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["currency", "anchor", "source"]
    list_per_page = 50
    list_display = ["__str__", "valid_from", "valid_to", "source"]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "For a currency that follows another by law or agreement. It then needs no rate of its own. When the "
                    "agreement ends, give the row its last day and add rates."
                )
            ),
            FieldRowPanel([FieldPanel("currency"), FieldPanel("anchor"), FieldPanel("value")]),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
            FieldPanel("source"),
        ],
        base_form_class=CurrencyPegForm,
    )
