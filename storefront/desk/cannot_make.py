"""“I can't make this”: a maker cancels pieces of a consignment until it is sent, and says to the buyer why.

Who packs and does not keep the books reads that money goes back, but not how much.
"""

import uuid
from functools import partial

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace import formats
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.models.consignment import CANCELLED_LINE
from marketplace.money import Money, format_money
from marketplace.payments import states
from marketplace.payments.cancelling import CannotCancel, cancel_consignment, may_cancel
from marketplace.payments.models import Refund
from marketplace.workshops.models import Right
from storefront.checkout import going_back
from storefront.checkout.cancelling import is_disputed, key_of
from storefront.checkout.reasons import keep_reason
from storefront.desk.fields import Paragraphs
from storefront.desk.scope import Desk, desk_view
from storefront.lang import in_language

MAKER = Refund.As.MAKER
LONGEST_REASON = 500


class CannotMakeForm(forms.Form):
    """Which lines of ``consignment`` will not be made, and what the buyer reads."""

    lines = forms.MultipleChoiceField(
        label=gettext_lazy("What you cannot send"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please choose at least one piece.")},
    )
    reason = Paragraphs(
        label=gettext_lazy("What the buyer reads"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One friendly sentence, in your own words. Without names or telephone numbers, please."),
        error_messages={"required": gettext_lazy("Please tell the buyer why.")},
    )

    def __init__(self, consignment: Consignment, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.rows = list(consignment.lines.select_related("product__parent"))
        self.fields["lines"].choices = [(str(row.pk), _titled(row)) for row in self.rows]
        self.fields["reason"].widget.attrs["lang"] = consignment.workshop.source_language

    @property
    def chosen(self) -> list:
        """The order lines that were chosen."""
        wanted = set(self.cleaned_data["lines"])
        return [row for row in self.rows if str(row.pk) in wanted]

    @property
    def still_sent(self) -> list:
        """The others."""
        chosen = self.chosen
        return [row for row in self.rows if row not in chosen]


def _titled(row) -> SafeString:
    product = row.product
    title = in_language(product.own_title, product.source_language) if product else row.title
    return format_html("{} × {}", row.quantity, title)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.PACK)
def page(desk: Desk, pk: int) -> HttpResponse:
    """GET asks which and why; a POST shows what it means, a POST with ``step`` "do" does it if that is still so."""
    consignment = desk.consignment(pk)
    user, data = desk.request.user, desk.request.POST
    if desk.request.method == "POST" and data.get("step") == "do":
        return _do(desk, consignment)
    if not may_cancel(consignment, by=user, as_=MAKER) or is_disputed(consignment.order.payment):
        return _too_late(desk, consignment)
    if desk.request.method != "POST":
        form = CannotMakeForm(consignment)
        # Of several she says which: nobody cancels a whole consignment by not looking.
        form.initial["lines"] = [str(row.pk) for row in form.rows] if len(form.rows) == 1 else []
        return _show(desk, consignment, form)
    form = CannotMakeForm(consignment, data)
    if not form.is_valid() or data.get("step") == "change":
        return _show(desk, consignment, form, status=200 if form.is_valid() else 400)
    return _ask(desk, consignment, form)


def _do(desk: Desk, consignment: Consignment) -> HttpResponse:
    """The second click of the same form finds the first one's refund."""
    key = key_of(desk.request.POST)
    with transaction.atomic():
        payment = states.locked(consignment.order.payment)
        known = payment.refunds.filter(key=key).first() if key else None
        if known is not None:
            return _done(desk, consignment, known)
        if not may_cancel(consignment, by=desk.request.user, as_=MAKER) or is_disputed(payment):
            return _too_late(desk, consignment)
        form = CannotMakeForm(consignment, desk.request.POST)
        if not form.is_valid():
            return _show(desk, consignment, form, status=400)
        if not key or going_back.of_lines(consignment, form.chosen).token != desk.request.POST.get("shown"):
            return _ask(desk, consignment, form, changed=True)
        try:
            refund = _cancel(desk, consignment, form, key)
        except CannotCancel as problem:
            messages.error(desk.request, str(problem))
            return redirect(desk.url("consignment", pk=consignment.pk))
    return _done(desk, consignment, refund)


@transaction.atomic
def _cancel(desk: Desk, consignment: Consignment, form: CannotMakeForm, key: str) -> Refund | None:
    user = desk.request.user
    keep_reason(consignment=consignment, words=form.cleaned_data["reason"], by=user)
    verb = partial(cancel_consignment, consignment=consignment, key=key, by=user, as_=MAKER)
    return verb(lines=[row.pk for row in form.chosen])


def _done(desk: Desk, consignment: Consignment, refund: Refund | None) -> HttpResponse:
    consignment.refresh_from_db(fields=["state"])
    if consignment.state == Consignment.State.CANCELLED:
        _tell_of_all(desk, refund)
    else:
        _tell_of_some(desk, consignment, refund)
    return redirect(_home(desk, consignment))


def _tell_of_all(desk: Desk, refund: Refund | None) -> None:
    if refund is None:
        messages.success(desk.request, _("It is cancelled. Please do not send it."))
    elif not desk.may(Right.BOOKS):
        messages.success(desk.request, _("It is cancelled, and the buyer is paid back. Please do not send it."))
    else:
        text = _("It is cancelled, and the buyer gets %(amount)s back. Please do not send it.")
        messages.success(desk.request, text % {"amount": _amount(refund)})


def _tell_of_some(desk: Desk, consignment: Consignment, refund: Refund | None) -> None:
    """The rest still goes: by name, so that nobody leaves it on the shelf."""
    if refund is None:
        messages.success(desk.request, _("These pieces are cancelled."))
    elif not desk.may(Right.BOOKS):
        messages.success(desk.request, _("These pieces are cancelled, and the buyer is paid back for them."))
    else:
        text = _("These pieces are cancelled, and the buyer gets %(amount)s back.")
        messages.success(desk.request, text % {"amount": _amount(refund)})
    gone = consignment.all_lines.filter(status=CANCELLED_LINE)
    values = {"gone": _named(gone), "rest": _named(consignment.lines)}
    messages.info(desk.request, _("Do not send: %(gone)s. Please send the rest: %(rest)s.") % values)


def _amount(refund: Refund) -> str:
    return format_money(Money(refund.amount, refund.currency), get_language())


def _named(rows) -> str:
    """In quotation marks: a message has no lang of its own for titles in another language."""
    rows = rows.select_related("product__parent")
    return formats.joined([f"{row.quantity} × “{row.product.own_title if row.product else row.title}”" for row in rows])


def _too_late(desk: Desk, consignment: Consignment) -> HttpResponse:
    """Also for whoever comes back to the page afterwards."""
    if consignment.state == Consignment.State.CANCELLED:
        text = _("This has been cancelled already.")
    elif is_disputed(consignment.order.payment):
        text = _("The buyer's bank is looking at the payment. Until it has decided, nothing can be cancelled.")
    else:
        text = _("It has been sent already. Please write to us if something is wrong with it.")
    messages.info(desk.request, text)
    return redirect(_home(desk, consignment))


def _home(desk: Desk, consignment: Consignment) -> str:
    """The consignment's page; the list, once all of its order was paid back."""
    there = desk.consignments().filter(pk=consignment.pk).exists()
    return desk.url("consignment", pk=consignment.pk) if there else desk.url("consignments")


def _show(desk: Desk, consignment: Consignment, form: CannotMakeForm, status: int = 200) -> HttpResponse:
    context = {"consignment": {"number": consignment.number}, "form": form}
    return desk.render("cannot_make", context | {"url": desk.url("consignment", pk=consignment.pk)}, status=status)


def _ask(desk: Desk, consignment: Consignment, form: CannotMakeForm, *, changed: bool = False) -> HttpResponse:
    back = going_back.of_lines(consignment, form.chosen)
    context = {
        "consignment": {"number": consignment.number},
        "url": desk.url("consignment", pk=consignment.pk),
        "key": uuid.uuid4(),
        "token": back.token,
        "back": back if desk.may(Right.BOOKS) else None,
        "changed": changed,
        "lines": [{"pk": row.pk, "title": _titled(row)} for row in form.chosen],
        "still_sent": [_titled(row) for row in form.still_sent],
        "reason": form.cleaned_data["reason"],
        "reason_lang": consignment.workshop.source_language,
    }
    return desk.render("cannot_make_sure", context, status=409 if changed else 200)
