"""Where staff give money back and cancel: the sum is seen before anything is sent."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.fulfilment.staff import shown
from marketplace.payments.cancelling import STAFF_MAY, CannotCancel, cancel_consignment, cancel_order
from marketplace.payments.models import Payment, Refund
from marketplace.payments.refund_amounts import take
from marketplace.payments.refunds import MAY_REFUND, CannotRefund, ask_refund
from marketplace.payments.staff_forms import CancelForm, RefundForm


class _OrderFormView(View):
    """A form about one order's payment; ``needed`` are the permissions without which the door is shut."""

    needed: tuple[str, ...] = ()
    form_class: type[Form]
    template_name = ""
    inspect_url_name = ""

    def dispatch(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perms(self.needed):
            raise PermissionDenied
        self.payment = get_object_or_404(Payment.objects.select_related("order"), order__pk=pk)
        return super().dispatch(request, pk)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.form_class(payment=self.payment))

    def page(self, form: Form, **context) -> HttpResponse:
        known = {"form": form, "payment": self.payment, "order": self.payment.order}
        status = 400 if form.is_bound and form.errors else 200
        return render(self.request, self.template_name, known | context, status=status)

    def back(self) -> HttpResponse:
        return redirect(self.inspect_url_name, pk=self.payment.order_id)


class _SumChanged(Exception):
    """Between the look at the sum and the click, something else was paid back."""


class RefundView(_OrderFormView):
    needed = ("order.view_order", MAY_REFUND)
    form_class = RefundForm
    template_name = "marketplace/payments/refund_form.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        # A second click on the same form finds what the first one asked for, although less is left by now.
        if known := Refund.objects.filter(key=request.POST.get("key", ""), payment=self.payment).first():
            return self.done(known)
        form = RefundForm(request.POST, payment=self.payment)
        if not form.is_valid():
            return self.page(form)
        try:
            if "send" in request.POST and form.cleaned_data["expected"]:
                return self.done(self.ask(form, form.cleaned_data["expected"]))
        except (CannotRefund, _SumChanged) as problem:
            form.add_error(None, str(problem))
            return self.page(form)
        return self.preview(form)

    def preview(self, form: RefundForm) -> HttpResponse:
        """The same form with its sum, taxes and duties included, and the button that sends it."""
        try:
            parts = take(form.wishes(), reason=form.cleaned_data["reason"])
        except CannotRefund as problem:
            form.add_error(None, str(problem))
            return self.page(form)
        amount = sum((part.amount for part in parts), Decimal("0.00"))
        known = {"sum": shown(amount, self.payment.currency), "expected": amount}
        may_cancel = self.request.user.has_perms(CancelView.needed)
        return self.page(form, **known, still_packed=form.still_packed(parts), may_cancel=may_cancel)

    @transaction.atomic
    def ask(self, form: RefundForm, expected: Decimal) -> Refund:
        given = form.cleaned_data
        refund = ask_refund(
            payment=self.payment,
            wishes=form.wishes(),
            reason=given["reason"],
            key=given["key"],
            by=self.request.user,
            as_=Refund.As.STAFF,
        )
        if refund.amount != expected:
            raise _SumChanged(_("Meanwhile the sum has changed. Please look at it again."))
        return refund

    def done(self, refund: Refund) -> HttpResponse:
        told = {"number": refund.number, "amount": shown(refund.amount, refund.currency)}
        messages.success(self.request, _("Refund %(number)s of %(amount)s is on its way.") % told)
        return self.back()


class CancelView(_OrderFormView):
    """Cancelling a paid order pays it back, so whoever cancels must be allowed both."""

    needed = ("order.view_order", STAFF_MAY, MAY_REFUND)
    form_class = CancelForm
    template_name = "marketplace/payments/cancel_form.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = CancelForm(request.POST, payment=self.payment)
        # The second click: what it names has been cancelled and is no longer on offer.
        if Refund.objects.filter(key=request.POST.get("key", ""), payment=self.payment).exists():
            return self.back()
        if not form.is_valid():
            return self.page(form)
        try:
            self.cancel(form.cleaned_data)
        except CannotCancel as problem:
            form.add_error(None, str(problem))
            return self.page(form)
        messages.success(request, _("Cancelled. What was paid for it is on its way back to the buyer."))
        return self.back()

    def cancel(self, given: dict) -> None:
        how = {"key": given["key"], "by": self.request.user, "as_": Refund.As.STAFF}
        how["back_on_sale"] = given["back_on_sale"]
        if given["consignment"] is not None:
            cancel_consignment(consignment=given["consignment"], **how)
        else:
            cancel_order(payment=self.payment, **how)
