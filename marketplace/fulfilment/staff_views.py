"""What staff see of one consignment, and the steps they may record for a maker."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.generic import InspectView
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log

from catalogue.staff import IndexView
from marketplace.economies.addresses import format_address
from marketplace.fulfilment import services
from marketplace.fulfilment.carriers.contract import BadNumber, get_carriers
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.parcels import tracking_of
from marketplace.fulfilment.rate_csv import COLUMNS, MOST_BYTES, BadCsv, Mistake, read_rates, write_rates
from marketplace.fulfilment.recipients import parts_of
from marketplace.fulfilment.staff import shown
from marketplace.fulfilment.staff_papers import papers_shown

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
    """Lines of the address that the parcels go to, in the buyer's script and in Latin letters, and the telephone number.

    The economy stands there once.
    """
    address = order.shipping_address
    if address is None:
        return []
    parts = parts_of(address)
    local = [] if parts.is_latin else format_address(parts, script="local", with_economy=False)
    latin = format_address(parts, script="latin")
    return [line for line in (*local, *latin, str(address.phone_number or "")) if line]


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
            "parcels": row.parcels.all(),
            "tracking": tracking_of(row),
            "papers": papers_shown(row, lambda name: reverse("consignments:paper", args=[row.pk, name])),
            "carriers": [(key, carrier.name) for key, carrier in get_carriers().items()],
        }

    def moves(self) -> set[str]:
        """The steps that are open now: of packed, sent, delivered. Cancelling touches money, so it is not among them."""
        if self.object.order.payment.state != "paid" or not self.request.user.has_perm(MAY_MOVE):
            return set()
        return {
            str(state)
            for state in services.ALLOWED[self.object.state] & {State.PACKED, State.SENT, State.DELIVERED}
        }


class RatesView(IndexView):
    """The list of rates, with the way to its CSV file."""

    csv_url_name = ""

    @property
    def header_more_buttons(self) -> list[Button]:
        more = super().header_more_buttons
        if not self.permission_policy.user_has_permission(self.request.user, "change"):
            return more
        url = reverse(self.csv_url_name)
        return [*more, Button(_("Rates as a file (CSV)"), url=url, icon_name="download", priority=90)]


class RatesCsvView(View):
    """All rates as one CSV file, down and up. A file with a mistake changes nothing; each is told by row and column."""

    index_url_name = ""
    template_name = "marketplace/fulfilment/rates_csv.html"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        needed = (f"marketplace_fulfilment.{verb}_shippingrate" for verb in ("add", "change"))
        if not all(request.user.has_perm(name) for name in needed):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if "file" not in request.GET:
            return self._page([])
        response = HttpResponse(write_rates(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="shipping_rates.csv"'
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        file = request.FILES.get("rates")
        if file is None:
            return self._page([Mistake(1, "", _("Please choose a file."))])
        try:
            taken = read_rates(file.read(MOST_BYTES + 1))
        except BadCsv as problem:
            return self._page(problem.mistakes)
        for action, rows in (("wagtail.create", taken.new), ("wagtail.edit", taken.changed)):
            for row in rows:
                log(instance=row, action=action, user=request.user)
        counts = {"new": len(taken.new), "changed": len(taken.changed)}
        messages.success(request, _("%(new)s rates are new, %(changed)s are changed.") % counts)
        return redirect(self.index_url_name)

    def _page(self, mistakes: list[Mistake]) -> HttpResponse:
        context = {"mistakes": mistakes[:50], "more": len(mistakes) > 50, "columns": ", ".join(COLUMNS)}
        return render(self.request, self.template_name, context, status=400 if mistakes else 200)


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
        except (services.NotAllowed, BadNumber) as problem:
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
        """Raises NotAllowed where the state forbids it, BadNumber, BadRequest for a step that is none of staff's."""
        if to == State.PACKED:
            return services.pack(consignment=consignment)
        if to == State.SENT:
            names = ("carrier", "carrier_name", "tracking")
            sending = {name: self.request.POST.get(name, "")[:80] for name in names}
            return services.send(consignment=consignment, **sending)
        if to == State.DELIVERED:
            return services.deliver(consignment=consignment)
        raise BadRequest("Unknown step.")
