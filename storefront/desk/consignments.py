"""Consignments: what to pack, where it goes, and that it went."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.fulfilment import services
from marketplace.fulfilment.models import Consignment
from storefront.desk.describe import describe_consignment, describe_fully
from storefront.desk.fields import Words
from storefront.desk.scope import Desk, desk_view
from storefront.paging import describe_paging

State = Consignment.State
PER_PAGE = 20


class SendForm(forms.Form):
    carrier = Words(
        label=gettext_lazy("Carrier"),
        max_length=80,
        help_text=gettext_lazy("Who takes the parcel, such as the name of your post."),
        error_messages={"required": gettext_lazy("Please say who takes the parcel.")},
    )
    tracking = Words(
        label=gettext_lazy("Tracking number"),
        max_length=80,
        required=False,
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


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
    """One consignment; a POST says what happened to it: ``action`` is pack, send or deliver."""
    consignment = desk.consignment(pk)
    if desk.request.method == "POST":
        return _act(desk, consignment)
    return _show(desk, consignment, SendForm())


def _act(desk: Desk, consignment: Consignment) -> HttpResponse:
    action, form = desk.request.POST.get("action"), SendForm(desk.request.POST)
    if action == "send" and not form.is_valid():
        return _show(desk, consignment, form, status=400)
    verbs = {
        "pack": (State.PACKED, lambda: services.pack(consignment=consignment), _("Marked as packed.")),
        "send": (
            State.SENT,
            lambda: services.send(consignment=consignment, **form.cleaned_data),
            _("Marked as sent."),
        ),
        "deliver": (
            State.DELIVERED,
            lambda: services.deliver(consignment=consignment),
            _("Marked as delivered."),
        ),
    }
    if action not in verbs:
        return HttpResponseBadRequest()
    wanted, verb, done = verbs[action]
    try:
        verb()
    except services.NotAllowed as problem:
        consignment.refresh_from_db(fields=["state"])
        # The same button pressed twice, or by two people, is no mistake.
        if consignment.state != wanted:
            messages.error(desk.request, str(problem))
    else:
        messages.success(desk.request, done)
    return redirect(desk.url("consignment", pk=consignment.pk))


def _show(desk: Desk, consignment: Consignment, form: SendForm, status: int = 200) -> HttpResponse:
    context = {
        "consignment": describe_fully(consignment, desk),
        "form": form,
        "can_pack": consignment.state == State.PLACED,
        "can_send": consignment.state in (State.PLACED, State.PACKED),
        "can_deliver": consignment.state == State.SENT,
    }
    return desk.render("consignment", context, status=status)
