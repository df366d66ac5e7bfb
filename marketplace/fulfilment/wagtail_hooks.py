"""Staff screens for consignments and shipping rates; marketplace.payments puts them into the menu."""

import django_filters
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from catalogue.staff import DeleteView, IndexView, allow_only, column
from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.fulfilment.models import Consignment, Parcel, ShippingRate, Zone
from marketplace.fulfilment.staff import MoneyColumn, ShowViewSet
from marketplace.fulfilment.staff_forms import (
    ParcelForm,
    ShippingRateForm,
    ZoneForm,
    carriers,
    origins,
    places,
)
from marketplace.fulfilment.staff_papers import PaperView
from marketplace.fulfilment.staff_views import ConsignmentView, MoveView, RatesCsvView, RatesView
from marketplace.workshops.models import Workshop

allow_only(Consignment, "view")
allow_only(Parcel, "view", "change")


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
        "parcels__tracking",
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
        papers = path("paper/<int:pk>/<slug:name>/", PaperView.as_view(), name="paper")
        return [*super().get_urlpatterns(), path("move/<int:pk>/", move, name="move"), papers]


class ShippingRateFilters(WagtailFilterSet):
    origin = django_filters.ChoiceFilter(label=_("From economy"), choices=origins)
    destination = django_filters.ChoiceFilter(label=_("To"), choices=places)
    carrier = django_filters.ChoiceFilter(label=_("Carrier"), choices=carriers)

    class Meta:
        model = ShippingRate
        fields = ["carrier", "origin", "destination", "zone", "workshop"]


class ShippingRateViewSet(ModelViewSet):
    model = ShippingRate
    add_to_reference_index = False
    name = "shipping-rates"
    icon = "table"
    index_view_class = RatesView
    delete_view_class = DeleteView
    search_backend_name = None
    search_fields = ["origin", "destination", "zone__name", "service", "source"]
    ordering = ("origin", "destination", "up_to_g", "-effective_from")
    list_per_page = 50
    filterset_class = ShippingRateFilters
    list_display = [
        "route",
        column("carrier", _("Carrier"), lambda row: " ".join(filter(None, [row.carrier, row.service, row.incoterm]))),
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
                [FieldPanel("carrier"), FieldPanel("service"), FieldPanel("incoterm")], heading=_("Carrier")
            ),
            FieldRowPanel(
                [FieldPanel("origin"), FieldPanel("destination"), FieldPanel("zone")], heading=_("Route")
            ),
            FieldPanel("workshop"),
            FieldRowPanel([FieldPanel("up_to_g"), FieldPanel("volumetric_divisor")], heading=_("Weight")),
            FieldRowPanel(
                [FieldPanel("longest_side_mm"), FieldPanel("sides_sum_mm"), FieldPanel("length_girth_mm")],
                heading=_("Size"),
            ),
            FieldRowPanel(
                [FieldPanel("amount"), FieldPanel("duty_fee"), FieldPanel("currency")], heading=_("Price")
            ),
            FieldRowPanel([FieldPanel("days_min"), FieldPanel("days_max")], heading=_("Time")),
            FieldRowPanel([FieldPanel("effective_from"), FieldPanel("effective_to")], heading=_("Valid")),
            FieldPanel("source"),
        ],
        base_form_class=ShippingRateForm,
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows = ShippingRate.objects.select_related("zone")
        csv_url = self.get_url_name("csv")
        return super().get_index_view_kwargs(queryset=rows, csv_url_name=csv_url, **kwargs)

    def get_urlpatterns(self) -> list:
        view = RatesCsvView.as_view(index_url_name=self.get_url_name("index"))
        return [*super().get_urlpatterns(), path("csv/", view, name="csv")]


class ZoneViewSet(ModelViewSet):
    model = Zone
    add_to_reference_index = False
    name = "shipping-zones"
    icon = "globe"
    index_view_class = IndexView
    delete_view_class = DeleteView
    search_backend_name = None
    search_fields = ["name"]
    list_filter = ["carrier", "origin"]
    list_display = [
        "name",
        "carrier",
        column("origin", _("From economy"), lambda row: economy_name(row.origin) if row.origin else _("Anywhere")),
        column(
            "destinations",
            _("Destinations"),
            lambda row: formats.joined(sorted(economy_name(place.pk) for place in row.destinations.all())),
        ),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("carrier"), FieldPanel("origin")]),
            FieldPanel("destinations"),
        ],
        base_form_class=ZoneForm,
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(queryset=Zone.objects.prefetch_related("destinations"), **kwargs)


class ParcelViewSet(ModelViewSet):
    """What a maker mistyped is corrected here; parcels come from orders, so none is added or deleted."""

    model = Parcel
    add_to_reference_index = False
    name = "parcels"
    icon = "folder-open-1"
    index_view_class = IndexView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["tracking", "consignment__number", "consignment__order__number"]
    list_filter = ["carrier", "tracked_on"]
    ordering = "-pk"
    list_display = [
        "__str__",
        column("workshop", _("Workshop"), lambda row: row.consignment.workshop),
        column("weight", _("Weight"), lambda row: formats.weight(row.gross_weight_g)),
        column("planned", _("Estimate"), lambda row: formats.weight(row.planned_weight_g)),
        column("size", _("Size"), lambda row: formats.size(row.sides_mm)),
        "carrier",
        "tracking",
        "tracked_on",
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("gross_weight_g"),
            FieldRowPanel([FieldPanel("length_mm"), FieldPanel("width_mm"), FieldPanel("height_mm")]),
            FieldRowPanel([FieldPanel("carrier"), FieldPanel("tracking")]),
        ],
        base_form_class=ParcelForm,
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows = Parcel.objects.select_related("consignment__workshop")
        return super().get_index_view_kwargs(
            queryset=rows.prefetch_related("consignment__workshop__texts__locale"), **kwargs
        )


class ShippingGroup(ModelViewSetGroup):
    items = (ZoneViewSet, ParcelViewSet)
    menu_label = _("Shipping")
    menu_name = "shipping"
    menu_icon = "table"
    menu_order = 415


@hooks.register("register_admin_viewset")
def shipping() -> ShippingGroup:
    return ShippingGroup()
