"""Staff screens for payouts: batches, payees and terms. marketplace.payments.wagtail_hooks puts them into the menu."""

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn, TitleColumn

from catalogue.staff import allow_only, column
from marketplace.fulfilment.staff import ShowViewSet
from marketplace.payments.models import Payee, PayoutBatch, PayoutTerms
from marketplace.payments.payout_views import (
    BatchesView,
    BatchView,
    DecideView,
    EvidenceView,
    PayeeView,
    PrepareView,
    StepView,
    TermsView,
    is_due_for_review,
    title_of,
)

for model in (PayoutBatch, Payee, PayoutTerms):
    allow_only(model, "view")


class BatchFilters(WagtailFilterSet):
    class Meta:
        model = PayoutBatch
        fields = ["state", "route", "currency"]


class PayoutBatchViewSet(ShowViewSet):
    model = PayoutBatch
    name = "payouts"
    menu_label = _("Payouts")
    icon = "upload"
    index_view_class = BatchesView
    inspect_view_class = BatchView
    ordering = "-prepared_at"
    search_fields = [
        "number",
        "payouts__number",
        "payouts__reference",
        "payouts__workshop__texts__name",
        "payouts__agency__name",
    ]
    filterset_class = BatchFilters
    list_display = [
        "number",
        column("route", pgettext_lazy("payout", "Route"), lambda row: title_of(row.route)),
        "currency",
        StatusTagColumn(
            "get_state_display", label=_("State"), sort_key="state", primary=lambda row: row.state == "prepared"
        ),
        DateColumn("prepared_at", label=_("Prepared"), sort_key="prepared_at"),
        DateColumn("approved_at", label=_("Approved"), sort_key="approved_at"),
    ]

    def get_urlpatterns(self) -> list:
        inspect, index = self.get_url_name("inspect"), self.get_url_name("index")
        prepare = PrepareView.as_view(inspect_url_name=inspect, index_url_name=index)
        return [
            *super().get_urlpatterns(),
            path("prepare/", prepare, name="prepare"),
            path("step/<int:pk>/<slug:step>/", StepView.as_view(inspect_url_name=inspect), name="step"),
            path("evidence/<int:pk>/", EvidenceView.as_view(), name="evidence"),
        ]


class PayeeFilters(WagtailFilterSet):
    class Meta:
        model = Payee
        fields = ["state", "route", "currency"]


class PayeeViewSet(ShowViewSet):
    model = Payee
    name = "payees"
    menu_label = _("Payees")
    icon = "user"
    inspect_view_class = PayeeView
    ordering = "-entered_at"
    search_fields = ["workshop__slug", "workshop__texts__name", "agency__code", "agency__name", "holder_name"]
    filterset_class = PayeeFilters
    list_display = [
        TitleColumn("owner", url_name="payees:inspect", label=_("Workshop or agency")),
        column("route", pgettext_lazy("payout", "Route"), lambda row: title_of(row.route)),
        "currency",
        "masked",
        StatusTagColumn(
            "get_state_display", label=_("State"), sort_key="state", primary=lambda row: row.state == "waiting"
        ),
        DateColumn("entered_at", label=pgettext_lazy("payee", "Entered"), sort_key="entered_at"),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = Payee.objects.select_related("workshop", "agency").defer("sealed")
        return super().get_index_view_kwargs(queryset=rows.prefetch_related("workshop__texts__locale"), **kwargs)

    def get_urlpatterns(self) -> list:
        decide = DecideView.as_view(inspect_url_name=self.get_url_name("inspect"))
        return [*super().get_urlpatterns(), path("decide/<int:pk>/", decide, name="decide")]


class TermsFilters(WagtailFilterSet):
    class Meta:
        model = PayoutTerms
        fields = ["economy", "route", "enabled"]


class PayoutTermsViewSet(ShowViewSet):
    model = PayoutTerms
    name = "payout-terms"
    menu_label = _("Payout terms")
    icon = "doc-full"
    inspect_view_class = TermsView
    inspect_view_fields = [field.name for field in PayoutTerms._meta.fields if field.name != "id"]
    ordering = "economy"
    search_fields = ["economy__name", "route", "source"]
    filterset_class = TermsFilters
    list_display = [
        TitleColumn("economy", url_name="payout-terms:inspect", label=_("Economy")),
        column("route", pgettext_lazy("payout", "Route"), lambda row: title_of(row.route)),
        "currency",
        "enabled",
        "effective_from",
        StatusTagColumn("review_by", label=_("Review by"), sort_key="review_by", primary=is_due_for_review),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(queryset=PayoutTerms.objects.select_related("economy"), **kwargs)
