"""Staff screens for rule tables: lists with filters, forms in plain words, publishing, the audit, CSV."""

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from catalogue.staff import IndexView, allow_only, column
from marketplace import formats
from marketplace.trade import rule_staff_forms as forms
from marketplace.trade import rule_staff_views as views
from marketplace.trade.landed.duty import plain, tariff_text
from marketplace.trade.models import CustomsRate, DutyRate, RuleChange, TaxRule, TradeGroup

allow_only(RuleChange, "view")

EVIDENCE = MultiFieldPanel(
    [
        FieldRowPanel([FieldPanel("effective_from"), FieldPanel("effective_to")], heading=_("Valid")),
        FieldPanel("source"),
        FieldRowPanel([FieldPanel("source_date"), FieldPanel("reviewed_on"), FieldPanel("review_by")]),
        FieldPanel("confidence"),
        FieldPanel("note"),
    ],
    heading=_("Since when, and who says so"),
)


class ConfirmPanel(FieldPanel):
    """The box for what needs a yes; there only when the form asks."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return self.form is not None and getattr(self.form, "asks", False) and super().is_shown()


CONFIRM = ConfirmPanel("confirm")
HELP = HelpPanel(
    content=_(
        "Orders keep the rows and amounts of their day, whatever you change here. When a rate changes, copy the row, "
        "give the copy the first day of the new rate and publish it: it takes effect by itself, and the row before ends."
    )
)


def row_panel(*names: str, heading: str = "") -> FieldRowPanel:
    return FieldRowPanel([FieldPanel(name) for name in names], heading=heading)


def _state(row) -> str:
    """The state as staff think of it today."""
    today = timezone.localdate()
    if row.state == row.State.DRAFT:
        return _("Draft")
    if row.effective_from > today:
        return _("Starts later")
    if row.effective_to and row.effective_to < today:
        return _("Ended")
    return _("Review is due") if row.is_due else _("In force")


STATE = StatusTagColumn("state", label=_("State"), accessor=_state, primary=lambda row: row.is_in_force, sort_key="state")


def _day(name: str, label: str):
    """A date as such: "8 years ago" is no help here, and the future has none."""
    return column(name, label, lambda row: formats.day(getattr(row, name)) if getattr(row, name) else "", sort_key=name)


DATES = [_day("effective_from", _("From")), _day("effective_to", _("Until")), _day("review_by", _("Review by"))]


class RuleViewSet(ModelViewSet):
    """What the screens of all rule tables share."""

    index_view_class = views.RuleIndexView
    add_view_class = views.RuleCreateView
    edit_view_class = views.RuleEditView
    copy_view_class = views.RuleCopyView
    delete_view_class = views.RuleDeleteView
    edit_template_name = "marketplace/trade/rule_edit.html"
    create_template_name = "marketplace/trade/rule_create.html"
    search_backend_name = None
    add_to_reference_index = False
    list_per_page = 50

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(csv_url_name=self.get_url_name("csv"), **kwargs)

    def get_copy_view_kwargs(self, **kwargs) -> dict:
        return {**super().get_copy_view_kwargs(**kwargs), "template_name": self.create_template_name}

    def get_urlpatterns(self) -> list:
        names = {"index_url_name": self.get_url_name("index"), "download_url_name": self.get_url_name("download")}
        return [
            *super().get_urlpatterns(),
            path("csv/", views.CsvView.as_view(model=self.model, **names), name="csv"),
            path("csv/download/", views.DownloadView.as_view(model=self.model), name="download"),
        ]


def _rate(row: TaxRule) -> str:
    if row.rate_kind in ("nil", "unknown", "hs_line") or row.rate is None:
        return row.get_rate_kind_display()
    return f"{plain(row.rate)} %" if not row.rate_currency else f"{plain(row.rate)} {row.rate_currency}"


def _limit(row: TaxRule) -> str:
    low = f"> {plain(row.over)}" if row.over is not None else ""
    high = f"≤ {plain(row.up_to)}" if row.up_to is not None else ""
    return " ".join(filter(None, [low, high, row.threshold_currency]))


class TaxRuleViewSet(RuleViewSet):
    model = TaxRule
    name = "tax-rules"
    icon = "list-ul"
    search_fields = ["code", "destination", "label", "source", "variant"]
    filterset_class = forms.TaxRuleFilters
    ordering = ("destination", "code", "levy", "variant", "-effective_from")
    list_display = [
        "__str__",
        column("destination", _("Destination"), lambda row: forms.place_name(row.destination), sort_key="destination"),
        column("limit", _("Value"), _limit),
        column("rate", _("Rate"), _rate),
        *DATES,
        STATE,
    ]
    edit_handler = ObjectList(
        [
            HELP,
            MultiFieldPanel(
                [
                    row_panel("code", "destination", "sub_region"),
                    FieldPanel("levy"),
                    row_panel("label", "variant"),
                    row_panel("part", "priority"),
                    FieldPanel("notice"),
                ],
                heading=_("What it is about"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("channel"),
                    row_panel("ship_from", "origins", "hs_prefixes"),
                    FieldPanel("threshold_basis"),
                    FieldPanel("threshold_scope"),
                    row_panel("threshold_currency", "threshold_factor"),
                    row_panel("over", "over_includes"),
                    row_panel("up_to", "up_to_excludes"),
                ],
                heading=_("When it counts"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("rate_kind"),
                    row_panel("rate", "rate_currency"),
                    FieldPanel("value_basis"),
                    row_panel("value_factor", "adds_duty"),
                    row_panel("rate_per_kg", "allowance", "allowance_kg"),
                    FieldPanel("item_key"),
                    row_panel("waived_up_to", "waived_by", "no_claims"),
                ],
                heading=_("How much"),
            ),
            MultiFieldPanel(
                [
                    row_panel("scheme", "collector"),
                    FieldPanel("if_registered"),
                    FieldPanel("if_not"),
                    row_panel("ddp_only", "cited"),
                ],
                heading=_("Who collects it"),
            ),
            EVIDENCE,
            CONFIRM,
        ],
        base_form_class=forms.RowForm,
    )


class DutyRateViewSet(RuleViewSet):
    model = DutyRate
    name = "duty-rates"
    icon = "table"
    search_fields = ["destination", "hs_prefix", "agreement", "source"]
    filterset_class = forms.DutyRateFilters
    ordering = ("destination", "hs_prefix", "agreement", "-effective_from")
    list_display = [
        column("hs_prefix", _("HS code"), lambda row: row.hs_prefix or _("all goods"), sort_key="hs_prefix"),
        column("destination", _("Destination"), lambda row: forms.place_name(row.destination), sort_key="destination"),
        "agreement",
        column("rate", _("Rate"), lambda row: tariff_text(row.row())),
        *DATES,
        STATE,
    ]
    edit_handler = ObjectList(
        [
            HELP,
            row_panel("destination", "hs_prefix", "agreement", heading=_("What it is about")),
            MultiFieldPanel(
                [
                    FieldPanel("ad_valorem"),
                    row_panel("specific", "specific_currency"),
                    FieldPanel("unit"),
                    FieldPanel("combine"),
                ],
                heading=_("How much"),
            ),
            EVIDENCE,
            CONFIRM,
        ],
        base_form_class=forms.RowForm,
    )


class CustomsRateViewSet(RuleViewSet):
    model = CustomsRate
    name = "customs-rates"
    icon = "calendar"
    search_fields = ["destination", "base", "quote", "authority", "source"]
    filterset_class = forms.CustomsRateFilters
    ordering = ("destination", "base", "quote", "-effective_from")
    list_display = [
        column("rate", _("Rate"), lambda row: f"1 {row.base} = {plain(row.rate)} {row.quote}"),
        column("destination", _("Destination"), lambda row: forms.place_name(row.destination), sort_key="destination"),
        "authority",
        *DATES,
        STATE,
    ]
    edit_handler = ObjectList(
        [
            HELP,
            row_panel("destination", "authority", heading=_("What it is about")),
            row_panel("base", "rate", "quote", heading=_("How much")),
            EVIDENCE,
            CONFIRM,
        ],
        base_form_class=forms.RowForm,
    )


class TradeGroupViewSet(RuleViewSet):
    model = TradeGroup
    name = "trade-groups"
    icon = "group"
    search_fields = ["code", "name", "members", "source"]
    filterset_class = forms.TradeGroupFilters
    ordering = ("kind", "code", "-effective_from")
    list_display = ["code", "name", "kind", "members", *DATES, STATE]
    edit_handler = ObjectList(
        [
            HELP,
            row_panel("code", "name", heading=_("What it is about")),
            FieldPanel("kind"),
            FieldPanel("members"),
            MultiFieldPanel([row_panel("waiver", "waiver_currency"), FieldPanel("proof")], heading=_("Proof of origin")),
            EVIDENCE,
            CONFIRM,
        ],
        base_form_class=forms.RowForm,
    )


class RuleChangeView(InspectView):
    template_name = "marketplace/trade/rule_change.html"

    def get_context_data(self, **kwargs) -> dict:
        change = self.object
        names = dict.fromkeys([*change.before, *change.after])
        cells = [(name, change.before.get(name, ""), change.after.get(name, "")) for name in names]
        return super().get_context_data(**kwargs) | {"cells": cells}


class RuleChangeViewSet(ModelViewSet):
    model = RuleChange
    name = "rule-changes"
    icon = "history"
    index_view_class = IndexView
    inspect_view_class = RuleChangeView
    inspect_view_enabled = True
    inspect_view_fields = ["at", "who", "table_name", "row", "action", "how", "source"]
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    search_fields = ["row", "who", "how", "source"]
    filterset_class = forms.RuleChangeFilters
    ordering = "-at"
    list_per_page = 50
    list_display = [
        "row",
        "action",
        column("who", _("Who"), lambda change: change.who),
        DateColumn("at", label=_("When"), sort_key="at"),
        "how",
        "source",
    ]
    panels = [FieldPanel("row", read_only=True)]
