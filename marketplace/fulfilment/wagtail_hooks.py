"""Staff screens for consignments and shipping rates; marketplace.payments puts them into the menu."""

import django_filters
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSet

from catalogue.staff import DeleteView, IndexView, allow_only, column
from marketplace.economies.names import economy_name
from marketplace.fulfilment.models import Consignment, ShippingRate
from marketplace.fulfilment.staff import MoneyColumn, ShowViewSet
from marketplace.fulfilment.staff_forms import ShippingRateForm, destinations, origins
from marketplace.fulfilment.staff_views import ConsignmentView, MoveView
from marketplace.workshops.models import Workshop

allow_only(Consignment, "view")


WORKSHOPS = Workshop.objects.prefetch_related("texts__locale")


class ConsignmentFilters(WagtailFilterSet):
    workshop = django_filters.ModelChoiceFilter(label=_("Workshop"), queryset=WORKSHOPS)
    created_at = django_filters.DateFromToRangeFilter(label=_("Ordered"), widget=DateRangePickerWidget)

    class Meta:
        model = Consignment
        fields = ["state", "workshop", "created_at"]


class ConsignmentViewSet(ShowViewSet):
    model = Consignment
    name = "consignments"
    icon = "folder-open-1"
    inspect_view_class = ConsignmentView
    ordering = "-created_at"
    search_fields = [
        "number",
        "order__number",
        "tracking",
        "workshop__texts__name",
        "order__guest_email",
        "order__user__email",
    ]
    filterset_class = ConsignmentFilters
    list_display = [
        "number",
        column("workshop", _("Workshop"), lambda row: row.workshop),
        column("to", _("To"), lambda row: economy_name(row.order.shipping_address.country_id)),
        StatusTagColumn(
            "get_state_display", label=_("State"), sort_key="state", primary=lambda row: row.state == "placed"
        ),
        column("payment", _("Payment"), lambda row: row.order.payment.get_state_display()),
        MoneyColumn("total", label=_("Total"), sort_key=None),
        DateColumn("created_at", label=_("Ordered"), sort_key="created_at"),
        DateColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
    ]
    list_export = [
        "number",
        "order.number",
        "workshop.slug",
        "state",
        "goods",
        "shipping",
        "currency",
        "created_at",
        "sent_at",
        "tracking",
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = Consignment.objects.select_related(
            "order__payment", "order__shipping_address", "workshop"
        )
        return super().get_index_view_kwargs(
            queryset=rows.prefetch_related("workshop__texts__locale"), **kwargs
        )

    def get_urlpatterns(self) -> list:
        move = MoveView.as_view(inspect_url_name=self.get_url_name("inspect"))
        return [*super().get_urlpatterns(), path("move/<int:pk>/", move, name="move")]


class ShippingRateFilters(WagtailFilterSet):
    origin = django_filters.ChoiceFilter(label=_("From economy"), choices=origins)
    destination = django_filters.ChoiceFilter(label=_("To"), choices=lambda: destinations()[1:])

    class Meta:
        model = ShippingRate
        fields = ["origin", "destination"]


class ShippingRateViewSet(ModelViewSet):
    model = ShippingRate
    name = "shipping-rates"
    icon = "table"
    index_view_class = IndexView
    delete_view_class = DeleteView
    search_backend_name = None
    search_fields = ["origin", "destination", "source"]
    ordering = ("origin", "destination", "up_to_g", "-effective_from")
    list_per_page = 50
    filterset_class = ShippingRateFilters
    list_display = [
        "route",
        column("up_to_g", _("Up to grams"), lambda row: row.up_to_g, sort_key="up_to_g"),
        MoneyColumn("amount", label=_("Amount")),
        column("days", _("Days"), lambda row: f"{row.days_min}–{row.days_max}"),
        "effective_from",
        "effective_to",
        "source",
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel(
                [FieldPanel("origin"), FieldPanel("destination"), FieldPanel("up_to_g")], heading=_("Route")
            ),
            FieldRowPanel([FieldPanel("amount"), FieldPanel("currency")], heading=_("Price")),
            FieldRowPanel([FieldPanel("days_min"), FieldPanel("days_max")], heading=_("Time")),
            FieldRowPanel([FieldPanel("effective_from"), FieldPanel("effective_to")], heading=_("Valid")),
            FieldPanel("source"),
        ],
        base_form_class=ShippingRateForm,
    )
