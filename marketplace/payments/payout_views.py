"""What staff do with payouts: look at a batch, approve it, fetch its file, say what became of it; judge payees.

Every button is a POST that calls a verb of marketplace.payments.payouts; a refusal is shown as its own sentence.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.views.generic import InspectView

from catalogue.staff import IndexView
from marketplace.fulfilment.files import file_response
from marketplace.fulfilment.sealing import CannotOpen
from marketplace.fulfilment.staff import shown
from marketplace.money import Money
from marketplace.payments.models import Payee, Payout, PayoutBatch, PayoutEvidence
from marketplace.payments.payouts import batches, payees, settling
from marketplace.payments.payouts.errors import PayoutRefused
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.matters import MAY_DECIDE
from marketplace.payments.payouts.preparing import prepare, total_of
from marketplace.payments.payouts.words import paper_words, source_words
from marketplace.payments.staff_words import acts

# One right for each pair of eyes.
MAY_PREPARE = "marketplace_payments.add_payoutbatch"
MAY_APPROVE = "marketplace_payments.change_payoutbatch"
MOST_BYTES = settling.MOST_BYTES + 1


def title_of(route: str) -> str:
    """The words for a route; its name where it is not registered (any more)."""
    return str(routes[route].title) if route in routes else route


class BatchesView(IndexView):
    """The list of batches, with a form that prepares what is due."""

    template_name = "marketplace/payments/payouts/batches.html"

    def get_context_data(self, *args, **kwargs) -> dict:
        ways = Payee.objects.filter(state=Payee.State.ACTIVE).order_by().values_list("route", "currency").distinct()
        return super().get_context_data(*args, **kwargs) | {
            "may_prepare": self.request.user.has_perm(MAY_PREPARE),
            "ways": [(f"{route}:{currency}", f"{title_of(route)}, {currency}") for route, currency in sorted(ways)],
        }


class PrepareView(View):
    """Prepares a batch of what is due by one way."""

    http_method_names = ["post"]
    index_url_name = inspect_url_name = ""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(MAY_PREPARE):
            raise PermissionDenied
        route, _colon, currency = request.POST.get("way", "").partition(":")
        if route not in routes:
            raise BadRequest("Unknown route.")
        batch = prepare(route=route, currency=currency, by=request.user)
        if batch is None:
            messages.info(request, _("Nothing is due by this way today."))
            return redirect(self.index_url_name)
        return redirect(self.inspect_url_name, pk=batch.pk)


class BatchView(InspectView):
    """One batch: its payouts, whose turn it is, and the buttons that she has."""

    template_name = "marketplace/payments/payouts/batch.html"

    def get_object(self, queryset=None) -> PayoutBatch:
        return get_object_or_404(PayoutBatch.objects.select_related("prepared_by", "approved_by"), pk=self.pk)

    def get_context_data(self, **kwargs) -> dict:
        batch, user = self.object, self.request.user
        waits = batch.state == PayoutBatch.State.PREPARED
        total = total_of(batch)
        return super().get_context_data(**kwargs) | {
            "batch": batch,
            "route": title_of(batch.route),
            "total": shown(total.amount, total.currency),
            "expected": total.amount,
            "payouts": [_payout(row) for row in self._payouts()],
            "may_approve": waits and user.has_perm(MAY_APPROVE) and batch.prepared_by_id != user.pk,
            "own_batch": waits and batch.prepared_by_id == user.pk,
            "may_cancel": waits and user.has_perm(MAY_PREPARE),
            "may_export": batch.approved_by_id and user.has_perm(MAY_APPROVE) and not _calls(batch.route),
            "may_settle": user.has_perm(MAY_PREPARE) and not _calls(batch.route),
            "failures": Payout.Failure.choices,
            "acts": acts([batch, *batch.payouts.all()]),
        }

    def _payouts(self):
        rows = self.object.payouts.select_related("workshop", "agency", "payee__through", "batch").order_by("pk")
        return rows.prefetch_related("lines__consignment", "evidence", "transfers", "workshop__texts__locale")


def _calls(route: str) -> bool:
    return route in routes and routes[route].start is not None


def _payout(row: Payout) -> dict:
    return {
        "row": row,
        "net": shown(row.net, row.currency),
        "fee": shown(row.fee or row.shop_fee, row.currency) if row.fee or row.shop_fee else "",
        "lines": [
            (line.consignment.number if line.consignment else "–", shown(line.amount, row.currency))
            for line in row.lines.all()
        ],
        "on_its_way": row.state == Payout.State.TRANSIT,
        "may_fail": row.state in (Payout.State.TRANSIT, Payout.State.PAID),
        "wants_evidence": row.batch.route in routes and routes[row.batch.route].evidence,
    }


class StepView(View):
    """A step of a batch or of one of its payouts; back to the batch afterwards."""

    http_method_names = ["post"]
    inspect_url_name = ""

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        permission, verb = STEPS.get(step, (None, None))
        if verb is None:
            raise BadRequest("Unknown step.")
        if not request.user.has_perm(permission):
            raise PermissionDenied
        batch = get_object_or_404(PayoutBatch, pk=pk)
        try:
            answer = verb(request, batch)
        except (PayoutRefused, CannotOpen, ImproperlyConfigured) as problem:
            messages.error(request, str(problem))
            answer = None
        return answer if isinstance(answer, HttpResponse) else redirect(self.inspect_url_name, pk=pk)


def _approve(request: HttpRequest, batch: PayoutBatch) -> None:
    try:
        seen = Decimal(request.POST.get("expected", ""))
    except InvalidOperation as problem:
        raise BadRequest("No total.") from problem
    batches.approve(batch=batch, by=request.user, expected=Money(seen, batch.currency))
    messages.success(request, _("Approved. The money is booked as on its way."))


def _cancel(request: HttpRequest, batch: PayoutBatch) -> None:
    batches.cancel(batch=batch, by=request.user)


def _export(request: HttpRequest, batch: PayoutBatch) -> HttpResponse:
    file = batches.export(batch=batch, by=request.user)
    return file_response(file.data, file.media_type, f"{batch.number}.{file.extension}")


def _paid(request: HttpRequest, batch: PayoutBatch) -> None:
    payout = _of(batch, request)
    if upload := request.FILES.get("evidence"):
        settling.add_evidence(payout=payout, by=request.user, data=upload.read(MOST_BYTES))
    settling.mark_paid(payout=payout, by=request.user, reference=request.POST.get("reference", ""))


def _failed(request: HttpRequest, batch: PayoutBatch) -> None:
    failure = request.POST.get("failure", Payout.Failure.OTHER)
    why = request.POST.get("why", "")
    settling.mark_failed(payout=_of(batch, request), by=request.user, why=why, failure=failure)


def _of(batch: PayoutBatch, request: HttpRequest) -> Payout:
    number = request.POST.get("payout", "")
    return get_object_or_404(batch.payouts, number=number)


STEPS: dict[str, tuple[str, Callable]] = {
    "approve": (MAY_APPROVE, _approve),
    "cancel": (MAY_PREPARE, _cancel),
    "export": (MAY_APPROVE, _export),
    "paid": (MAY_PREPARE, _paid),
    "failed": (MAY_PREPARE, _failed),
}


class EvidenceView(View):
    """A kept receipt, to be saved; never shown as a page of ours."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("marketplace_payments.view_payoutbatch"):
            raise PermissionDenied
        row = get_object_or_404(PayoutEvidence.objects.select_related("payout"), pk=pk)
        extension = row.media_type.rpartition("/")[2]
        return file_response(bytes(row.data), row.media_type, f"{row.payout.number}-{row.pk}.{extension}")


class PayeeView(InspectView):
    """One payee, masked, with what it would replace; a second person approves or refuses it."""

    template_name = "marketplace/payments/payouts/payee.html"

    def get_context_data(self, **kwargs) -> dict:
        row: Payee = self.object
        return super().get_context_data(**kwargs) | {
            "payee": row,
            "route": title_of(row.route),
            "before": payees.payee_of(row.owner, row.currency) if row.state == Payee.State.WAITING else None,
            "may_decide": row.state == Payee.State.WAITING and self.request.user.has_perm(MAY_DECIDE),
        }


class DecideView(View):
    """Approves or refuses a payee."""

    http_method_names = ["post"]
    inspect_url_name = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MAY_DECIDE):
            raise PermissionDenied
        row, what = get_object_or_404(Payee, pk=pk), request.POST.get("decision")
        try:
            if what == "approve":
                payees.approve_payee(payee=row, by=request.user)
            elif what == "refuse":
                payees.refuse_payee(payee=row, by=request.user, why=request.POST.get("why", ""))
            else:
                raise BadRequest("Unknown decision.")
        except PayoutRefused as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Decided, and written into the log."))
        return redirect(self.inspect_url_name, pk=pk)


class TermsView(InspectView):
    """One row of terms with its evidence. Rows come from a file (import_payout_terms), so that each has a source."""

    def get_papers_display_value(self) -> str:
        return ", ".join(paper_words(self.object.papers))

    def get_source_display_value(self) -> str:
        return source_words(self.object.source)

    def get_reached_from_display_value(self) -> str:
        return ", ".join(self.object.reached_from)


def is_due_for_review(row) -> bool:
    return row.review_by < timezone.localdate()


