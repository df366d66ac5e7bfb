"""What staff see of one consignment, and the steps they may record for a maker."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.generic import InspectView
from wagtail.log_actions import log

from marketplace.economies.names import economy_name
from marketplace.fulfilment import services
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.staff import shown

State = Consignment.State
MAY_MOVE = "marketplace_fulfilment.change_consignment"


def lines_of(consignment: Consignment) -> list[dict]:
    """The consignment's order lines for a table."""
    return [
        {
            "title": line.title,
            "code": line.partner_sku,
            "quantity": line.quantity,
            "price": shown(line.line_price_incl_tax, consignment.currency),
        }
        for line in consignment.lines
    ]


def address_of(order) -> list[str]:
    """Lines of the address that the parcels go to; the economy's name in the active language last."""
    address = order.shipping_address
    if address is None:
        return []
    city = " ".join(part for part in (address.postcode, address.line4, address.state) if part)
    parts = [
        address.name,
        address.line1,
        address.line2,
        city,
        economy_name(address.country_id),
        str(address.phone_number or ""),
    ]
    return [part for part in parts if part]


class ConsignmentView(InspectView):
    """One consignment with its lines, address and dates."""

    template_name = "marketplace/fulfilment/consignment.html"

    def get_object(self, queryset=None) -> Consignment:
        rows = Consignment.objects.select_related(
            "order__payment", "order__shipping_address", "workshop__partner"
        )
        return get_object_or_404(rows, pk=self.pk)

    def get_context_data(self, **kwargs) -> dict:
        row = self.object
        finder = AdminURLFinder(self.request.user)
        return super().get_context_data(**kwargs) | {
            "consignment": row,
            "order_url": finder.get_edit_url(row.order),
            "workshop_url": finder.get_edit_url(row.workshop),
            "payment_state": row.order.payment.get_state_display(),
            "goods": shown(row.goods, row.currency),
            "shipping": shown(row.shipping, row.currency),
            "total": shown(row.total, row.currency),
            "lines": lines_of(row),
            "address": address_of(row.order),
            "dates": [
                (_("Ordered"), row.created_at),
                (_("Packed"), row.packed_at),
                (_("Sent"), row.sent_at),
                (_("Delivered"), row.delivered_at),
                (_("Cancelled"), row.cancelled_at),
            ],
            "moves": self.moves(),
        }

    def moves(self) -> set[str]:
        """The steps that are open now: of packed, sent, delivered. Cancelling touches money, so it is not among them."""
        if self.object.order.payment.state != "paid" or not self.request.user.has_perm(MAY_MOVE):
            return set()
        return {
            str(state)
            for state in services.ALLOWED[self.object.state] & {State.PACKED, State.SENT, State.DELIVERED}
        }


class MoveView(View):
    """Records a step of a consignment through marketplace.fulfilment.services, and who recorded it."""

    http_method_names = ["post"]
    inspect_url_name = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MAY_MOVE):
            raise PermissionDenied
        consignment = get_object_or_404(Consignment, pk=pk)
        try:
            moved = self.move(consignment, request.POST.get("to", ""))
        except services.NotAllowed as problem:
            messages.error(request, str(problem))
        else:
            log(instance=moved, action="wagtail.edit", user=request.user, data={"state": moved.state})
            messages.success(
                request,
                _("Consignment %(number)s: %(state)s")
                % {"number": moved.number, "state": moved.get_state_display()},
            )
        return redirect(self.inspect_url_name, pk=pk)

    def move(self, consignment: Consignment, to: str) -> Consignment:
        """Raises NotAllowed where the state forbids it, BadRequest for a step that is none of staff's."""
        if to == State.PACKED:
            return services.pack(consignment=consignment)
        if to == State.SENT:
            carrier, tracking = (self.request.POST.get(name, "")[:80] for name in ("carrier", "tracking"))
            return services.send(consignment=consignment, carrier=carrier, tracking=tracking)
        if to == State.DELIVERED:
            return services.deliver(consignment=consignment)
        raise BadRequest("Unknown step.")
