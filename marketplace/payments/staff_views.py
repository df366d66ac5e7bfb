"""What staff see of one order and of one payment event. Nothing is changed here; forms: staff_refunds.py."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.generic import InspectView

from marketplace import formats
from marketplace.fulfilment.staff import shown
from marketplace.fulfilment.staff_views import address_of, lines_of
from marketplace.payments import attention, audit
from marketplace.payments.models import InboxEvent, OrderVia
from marketplace.payments.staff_attention import title_of
from marketplace.payments.staff_refunds import CancelView, RefundView
from marketplace.payments.staff_words import books, state_of, told


class OrderView(InspectView):
    """One order: its payment, address, consignments with their lines, and what the payment service told us."""

    template_name = "marketplace/payments/order.html"

    def get_context_data(self, **kwargs) -> dict:
        order = self.object
        payment = getattr(order, "payment", None)
        return super().get_context_data(**kwargs) | {
            "order": order,
            "payment": payment,
            "state": state_of(payment) if payment else order.status,
            "facts": self.facts(payment),
            "address": address_of(order),
            "consignments": self.consignments(),
            "total": shown(order.total_incl_tax, order.currency),
            "events": self.events(payment),
            **(self.money(payment) if payment else {}),
            "dashboard_url": reverse("dashboard:order-detail", args=[order.number])
            if self.request.user.is_staff
            else "",
        }

    def money(self, payment) -> dict:
        """What went back, what the books say, what was told and who did what."""
        user = self.request.user
        refunds = payment.refunds.select_related("asked_by").order_by("pk")
        return {
            "refunds": [{"row": row, "amount": shown(row.amount, row.currency)} for row in refunds],
            "disputes": [{"row": row, "amount": shown(row.amount, row.currency)} for row in payment.disputes.all()],
            "books": books(payment),
            "outbox": payment.outbox.order_by("pk"),
            "acts": told(audit.trail(payment.order)),
            "matters": self.matters(payment),
            "may_refund": payment.state == "paid" and user.has_perms(RefundView.needed),
            "may_cancel": payment.state in ("pending", "paid") and user.has_perms(CancelView.needed),
        }

    def matters(self, payment) -> list[dict]:
        finder = AdminURLFinder(self.request.user)
        return [
            {
                "at": row.opened_at,
                "happened": attention.tell(row)[0],
                "url": finder.get_edit_url(row),
                "answer": title_of(row) if row.closed_at else _("Waiting"),
            }
            for row in payment.attention.select_related("payment__order").order_by("pk")
        ]

    def facts(self, payment) -> list[tuple[str, object]]:
        order = self.object
        rows = [(_("Placed"), order.date_placed), (_("Buyer"), order.guest_email or order.email), *_brought_by(order)]
        if payment is not None:
            link = f"{settings.SITE_URL}/{payment.language}/orders/{order.number}/"
            rows += [
                (_("What happened"), payment.note),
                (_("Language"), payment.language),
                (_("Reserved until"), payment.expires_at if payment.state == "pending" else None),
                (_("Paid"), payment.paid_at),
                (_("Session at the payment service"), payment.gateway_session),
                (_("Payment at the payment service"), payment.gateway_payment),
                (_("The buyer's page"), format_html('<a href="{0}">{0}</a>', link)),
            ]
        return [(label, value) for label, value in rows if value]

    def consignments(self) -> list[dict]:
        finder = AdminURLFinder(self.request.user)
        rows = self.object.consignments.select_related("workshop__partner", "order").order_by("pk")
        return [
            {
                "row": row,
                "url": finder.get_edit_url(row),
                "lines": lines_of(row),
                "goods": shown(row.goods, row.currency),
                "shipping": shown(row.shipping, row.currency),
                "total": shown(row.total, row.currency),
            }
            for row in rows
        ]

    def events(self, payment) -> list[dict]:
        finder = AdminURLFinder(self.request.user)
        rows = payment.events.order_by("received_at", "pk") if payment else []
        return [{"row": row, "url": finder.get_edit_url(row)} for row in rows]


class EventView(InspectView):
    """One event of the payment service with all it said."""

    LABELS = {
        "event_id": gettext_lazy("Number at the payment service"),
        "kind": gettext_lazy("Kind"),
        "payment": gettext_lazy("Order"),
        "received_at": gettext_lazy("Received"),
        "processed_at": gettext_lazy("Processed"),
        "payload": gettext_lazy("What it said"),
    }

    def get_field_label(self, field_name: str, field) -> str:
        return self.LABELS.get(field_name) or super().get_field_label(field_name, field)

    def get_payload_display_value(self) -> str:
        text = json.dumps(self.object.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="w-whitespace-pre-wrap">{}</pre>', text)

    def get_payment_display_value(self) -> str:
        event: InboxEvent = self.object
        if event.payment is None:
            return "–"
        url = AdminURLFinder(self.request.user).get_edit_url(event.payment.order)
        return (
            format_html('<a href="{}">{}</a>', url, event.payment.order.number)
            if url
            else event.payment.order.number
        )


def _brought_by(order) -> list[tuple[str, str]]:
    """The agency, and what it gets of goods, or why it gets nothing."""
    via = OrderVia.objects.select_related("agency").filter(order=order).first()
    if via is None:
        return []
    earns = via.get_excluded_display() or _("%(number)s %%") % {"number": formats.exact(via.percent.normalize())}
    return [(_("Brought by"), f"{via.agency} ({via.code}) · {earns}")]
