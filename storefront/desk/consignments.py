"""Consignments: what to pack, where it goes, and that it went."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.fulfilment import services
from marketplace.fulfilment.carriers.contract import BadNumber
from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.fulfilment.models.consignment import CANCELLED_LINE
from marketplace.fulfilment.parcels import BadParcel, tracking_of
from marketplace.payments.cancelling import may_cancel
from marketplace.payments.models import Refund
from storefront.desk.describe import describe_consignment, describe_fully
from storefront.desk.own_share import describe_own_share
from storefront.desk.papers import describe_papers
from storefront.desk.parcel_forms import PackForm, SendForm
from storefront.desk.scope import Desk, desk_view
from storefront.paging import describe_paging

State = Consignment.State
OPEN = (State.PLACED, State.PACKED)
PER_PAGE = 20


@require_safe
@desk_view
def listing(desk: Desk) -> HttpResponse:
    """All consignments, or those in one state; the oldest that still waits comes first."""
    request, rows = desk.request, desk.consignments()
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    if state:
        rows = rows.filter(state=state).order_by(
            "created_at" if state in (State.PLACED, State.PACKED) else "-created_at", "-pk"
        )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    here = desk.url("consignments")
    filters = [{"label": _("All"), "count": sum(counts.values()), "url": here, "current": not state}] + [
        {
            "label": label,
            "count": counts.get(value, 0),
            "url": f"{here}?state={value}",
            "current": state == value,
        }
        for value, label in State.choices
        if counts.get(value) or state == value
    ]
    return desk.render(
        "consignments",
        {
            "consignments": [describe_consignment(row, desk) for row in page],
            "filters": filters,
            "paging": describe_paging(page, request),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def detail(desk: Desk, pk: int) -> HttpResponse:
    """One consignment; a POST says what happened to it: ``action`` is pack, weigh, send or deliver."""
    consignment = desk.consignment(pk)
    if desk.request.method != "POST":
        return _show(desk, consignment)
    action = desk.request.POST.get("action")
    if action in ("pack", "weigh"):
        return _pack(desk, consignment, action)
    if action == "send":
        return _send(desk, consignment)
    if action == "deliver":
        verb = partial(services.deliver, consignment=consignment)
        return _do(desk, consignment, verb, State.DELIVERED, _("Marked as delivered."))
    return HttpResponseBadRequest()


def _pack(desk: Desk, consignment: Consignment, action: str) -> HttpResponse:
    """The boxes with their weights; "weigh" corrects them before they leave."""
    form = PackForm(consignment, desk.request.POST)
    if not form.is_valid():
        return _show(desk, consignment, pack_form=form, status=400)
    verb, done = (
        (services.pack, _("Marked as packed."))
        if action == "pack"
        else (services.weigh, _("The weight is corrected."))
    )
    try:
        response = _do(
            desk,
            consignment,
            partial(verb, consignment=consignment, parcels=form.parcels),
            State.PACKED,
            done,
            pack_form=form,
        )
    except (BadNumber, BadParcel) as problem:
        form.add_error("tracking" if isinstance(problem, BadNumber) else "weight", str(problem))
        return _show(desk, consignment, pack_form=form, status=400)
    _tell_what_is_heavier(desk, consignment)
    return response


def _tell_what_is_heavier(desk: Desk, consignment: Consignment) -> None:
    """The buyer paid by the estimate; what the post asks for more is better known before it is asked."""
    for parcel in consignment.parcels.select_related("rate"):
        if parcel.rate and (parcel.gross_weight_g or 0) > parcel.rate.up_to_g:
            text = _("Parcel %(number)s is heavier than the buyer paid for: up to %(weight)s.")
            values = {"number": parcel.number, "weight": formats.weight(parcel.rate.up_to_g)}
            messages.warning(desk.request, text % values)


def _send(desk: Desk, consignment: Consignment) -> HttpResponse:
    """Nothing leaves unweighed: the papers and the post need what the scales say."""
    if consignment.state in OPEN and not _is_weighed(consignment):
        form = PackForm(consignment)
        messages.error(desk.request, _("Please weigh the packed parcel first."))
        return _show(desk, consignment, pack_form=form, status=400)
    form = SendForm(consignment, desk.request.POST)
    if not form.is_valid():
        return _show(desk, consignment, send_form=form, status=400)
    verb = partial(services.send, consignment=consignment, **form.sending)
    try:
        return _do(desk, consignment, verb, State.SENT, _("Marked as sent."), send_form=form)
    except BadNumber as problem:
        form.add_error("tracking", str(problem))
        return _show(desk, consignment, send_form=form, status=400)


def _do(
    desk: Desk, consignment: Consignment, verb: Callable, wanted: str, done: str, **forms: PackForm | SendForm
) -> HttpResponse:
    """``forms`` hold what was typed: it stays on the page when the deed is refused and may be tried again."""
    try:
        verb()
    except services.NotAllowed as problem:
        consignment.refresh_from_db(fields=["state"])
        # The same button pressed twice, or by two people, is no mistake.
        if consignment.state != wanted:
            messages.error(desk.request, str(problem))
            if forms and consignment.state in OPEN:
                return _show(desk, consignment, status=409, **forms)
    else:
        messages.success(desk.request, done)
    return redirect(desk.url("consignment", pk=consignment.pk))


def _is_weighed(consignment: Consignment) -> bool:
    weights = [row.gross_weight_g for row in consignment.parcels.all()]
    return bool(weights) and all(weights)


def _show(
    desk: Desk,
    consignment: Consignment,
    *,
    pack_form: PackForm | None = None,
    send_form: SendForm | None = None,
    status: int = 200,
) -> HttpResponse:
    waits, weighed = consignment.state in OPEN, _is_weighed(consignment)
    described = describe_fully(consignment, desk)
    for line, shown in zip(consignment.order.own_lines, described["lines"], strict=True):
        shown["cancelled"] = line.status == CANCELLED_LINE
    cannot_make = may_cancel(consignment, by=desk.request.user, as_=Refund.As.MAKER)
    context = {
        "consignment": described,
        "own": describe_own_share(consignment),
        "cannot_make_url": desk.url("consignment-cannot-make", pk=consignment.pk) if cannot_make else "",
        "parcels": [_describe_parcel(row) for row in consignment.parcels.all()],
        "tracking": tracking_of(consignment),
        "papers": describe_papers(consignment, desk),
        "pack_form": (pack_form or PackForm(consignment)) if waits else None,
        "send_form": (send_form or SendForm(consignment)) if waits and weighed else None,
        "can_pack": consignment.state == State.PLACED,
        "can_deliver": consignment.state == State.SENT,
    }
    return desk.render("consignment", context, status=status)


def _describe_parcel(row: Parcel) -> dict:
    return {
        "number": row.number,
        "weight": formats.weight(row.gross_weight_g),
        "planned": formats.weight(row.planned_weight_g),
        "size": formats.size(row.sides_mm),
    }
