"""Staff screens for orders and payment events, the menu "Orders", and a word on the first page about what needs a person."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSetGroup

from catalogue.staff import allow_only, column
from marketplace.economies.names import economy_name
from marketplace.fulfilment.staff import MoneyColumn, ShowViewSet
from marketplace.fulfilment.wagtail_hooks import WORKSHOPS, ConsignmentViewSet, ShippingRateViewSet
from marketplace.payments import audit
from marketplace.payments.models import Attention, InboxEvent, Payment
from marketplace.payments.payout_hooks import PayeeViewSet, PayoutBatchViewSet, PayoutTermsViewSet
from marketplace.payments.share_hooks import ShareRuleViewSet
from marketplace.payments.staff_attention import AttentionViewSet
from marketplace.payments.staff_refunds import CancelView, RefundView
from marketplace.payments.staff_views import EventView, OrderView
from marketplace.payments.staff_words import state_of

Order = get_model("order", "Order")
ATTENTION, QUARANTINED = Payment.State.ATTENTION, InboxEvent.Outcome.QUARANTINED

for model in (Order, InboxEvent, Attention):
    allow_only(model, "view")


@hooks.register("register_log_actions")
def acts_that_move_money_or_rights(actions) -> None:
    for name, label in audit.ACTIONS.items():
        actions.register_action(name, label, label)


class OrderFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        field_name="payment__state", label=_("State"), choices=Payment.State.choices
    )
    workshop = django_filters.ModelChoiceFilter(
        field_name="consignments__workshop", label=_("Workshop"), queryset=WORKSHOPS
    )
    date_placed = django_filters.DateFromToRangeFilter(label=_("Placed"), widget=DateRangePickerWidget)

    class Meta:
        model = Order
        fields = ["state", "workshop", "date_placed"]


def _state(order) -> str:
    """The payment's state, with what went back; orders from before the kit have only Oscar's."""
    payment = getattr(order, "payment", None)
    return state_of(payment) if payment else order.status


def _needs_a_person(order) -> bool:
    payment = getattr(order, "payment", None)
    return payment is not None and payment.state == ATTENTION


def _destination(order) -> str:
    return economy_name(order.shipping_address.country_id) if order.shipping_address else ""


class OrderViewSet(ShowViewSet):
    model = Order
    name = "orders"
    menu_label = _("Orders")
    icon = "clipboard-list"
    inspect_view_class = OrderView
    ordering = "-date_placed"
    search_fields = [
        "number",
        "guest_email",
        "user__email",
        "shipping_address__last_name",
        "shipping_address__line4",
        "consignments__number",
        "consignments__tracking",
        "consignments__workshop__texts__name",
        "lines__title",
        "lines__partner_sku",
        "payment__gateway_session",
        "payment__gateway_payment",
    ]
    filterset_class = OrderFilters
    list_display = [
        "number",
        DateColumn("date_placed", label=_("Placed"), sort_key="date_placed"),
        column("buyer", _("Buyer"), lambda row: row.guest_email or row.email),
        column("to", _("To"), _destination),
        column(
            "consignments",
            _("Workshops"),
            lambda row: ", ".join(str(part.workshop) for part in row.consignments.all()),
        ),
        MoneyColumn("total_incl_tax", label=_("Total")),
        StatusTagColumn("state", label=_("State"), accessor=_state, primary=_needs_a_person),
    ]
    list_export = [
        "number",
        "date_placed",
        "payment.state",
        "total_incl_tax",
        "shipping_incl_tax",
        "currency",
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = Order.objects.select_related("payment", "shipping_address", "user")
        rows = rows.prefetch_related("consignments__workshop__texts__locale")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)

    def get_urlpatterns(self) -> list:
        back = {"inspect_url_name": self.get_url_name("inspect")}
        refund = path("refund/<int:pk>/", RefundView.as_view(**back), name="refund")
        cancel = path("cancel/<int:pk>/", CancelView.as_view(**back), name="cancel")
        return [*super().get_urlpatterns(), refund, cancel]


class EventFilters(WagtailFilterSet):
    received_at = django_filters.DateFromToRangeFilter(label=_("Received"), widget=DateRangePickerWidget)

    class Meta:
        model = InboxEvent
        fields = ["outcome", "kind", "received_at"]


class EventViewSet(ShowViewSet):
    model = InboxEvent
    name = "payment-events"
    icon = "mail"
    inspect_view_class = EventView
    inspect_view_fields = [
        "event_id",
        "kind",
        "outcome",
        "reason",
        "payment",
        "received_at",
        "processed_at",
        "payload",
    ]
    ordering = "-received_at"
    search_fields = ["event_id", "kind", "reason", "payment__order__number"]
    filterset_class = EventFilters
    list_display = [
        "event_id",
        "kind",
        StatusTagColumn(
            "get_outcome_display",
            label=_("Outcome"),
            sort_key="outcome",
            primary=lambda row: row.outcome == QUARANTINED,
        ),
        column("order", _("Order"), lambda row: row.payment.order.number if row.payment else ""),
        "reason",
        DateColumn("received_at", label=_("Received"), sort_key="received_at"),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows = InboxEvent.objects.select_related("payment__order").defer("payload")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)


class OrdersGroup(ModelViewSetGroup):
    items = (OrderViewSet, AttentionViewSet, ConsignmentViewSet, ShippingRateViewSet, EventViewSet)
    menu_label = _("Orders")
    menu_name = "orders"
    menu_icon = "clipboard-list"
    menu_order = 410


@hooks.register("register_admin_viewset")
def orders() -> OrdersGroup:
    return OrdersGroup()


class MoneyGroup(ModelViewSetGroup):
    items = (PayoutBatchViewSet, PayeeViewSet, PayoutTermsViewSet, ShareRuleViewSet)
    menu_label = _("Payouts")
    menu_name = "payouts"
    menu_icon = "upload"
    menu_order = 415


@hooks.register("register_admin_viewset")
def money() -> MoneyGroup:
    return MoneyGroup()


class AttentionPanel(Component):
    """On the admin's first page: all that waits for a person's decision, also what nobody opened a matter for."""

    name = "attention"
    order = 50
    template_name = "marketplace/payments/attention_panel.html"

    def get_context_data(self, parent_context) -> dict:
        orders = Payment.objects.filter(state=ATTENTION)
        events = InboxEvent.objects.filter(outcome=QUARANTINED, attention=None)
        return {
            "matters": Attention.objects.open().count(),
            "matters_url": f"{reverse('attention:index')}?closed_at=true",
            "orders": orders.exclude(attention__in=Attention.objects.open()).count(),
            "orders_url": f"{reverse('orders:index')}?state={ATTENTION}",
            "events": events.count(),
            "events_url": f"{reverse('payment-events:index')}?outcome={QUARANTINED}",
        }


@hooks.register("construct_homepage_panels")
def say_what_needs_a_person(request: HttpRequest, panels: list) -> None:
    if any(map(request.user.has_perm, ("order.view_order", "marketplace_payments.view_attention"))):
        panels.append(AttentionPanel())
