"""Accounts: a new password, own orders. Signing in and up: signing_in.py."""

from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace import formats
from marketplace.money import Money
from marketplace.notices.codes import TooMany, count_asking
from marketplace.notices.contacts import BadContact, Contact, normalise, owner_of
from marketplace.notices.services import tell, tell_contact
from marketplace.payments.models import Payment
from storefront.checkout.order_states import short_state
from storefront.market.choice import start
from storefront.security import address_of, too_many


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=150, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_email(self) -> Contact:
        try:
            return normalise(self.cleaned_data["email"])
        except BadContact as problem:
            raise forms.ValidationError(str(problem)) from None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """A mail goes to every address alike: with a link for a new password, or with word that there is none to set."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["email"]
        try:
            count_asking(contact, address_of(request))
        except TooMany as problem:
            return too_many(request, problem)
        _tell(contact, request.LANGUAGE_CODE)
        return redirect("account:forgotten-sent")
    return render(
        request, "storefront/account/forgotten.html", {"form": form}, status=400 if form.is_bound else 200
    )


def _tell(contact: Contact, language: str) -> None:
    user = owner_of(contact)
    kind, url = "no_password", "/account/login/"
    if user and user.is_active and user.has_usable_password():
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        url = f"/account/new-password/{uid}/{default_token_generator.make_token(user)}/"
        kind = "new_password"
    tell_contact(contact=contact, language=language, kind=kind, key=uuid4().hex, values={}, url=url)


class NewPasswordView(PasswordResetConfirmView):
    """Sets the new password behind a link from the mail; an old or used link says so."""

    template_name = "storefront/account/new_password.html"
    success_url = reverse_lazy("account:login")

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.label_suffix = ""
        return form

    def form_valid(self, form) -> HttpResponse:
        answer = super().form_valid(form)
        tell(user=self.user, kind="password_changed", key=uuid4().hex, values={}, language=self.request.LANGUAGE_CODE)
        return answer


@never_cache
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    rows = Payment.objects.filter(order__user=request.user).select_related("order")[:100]
    drawn = [
        {
            "number": row.order.number,
            "url": f"{start()}{request.LANGUAGE_CODE}/orders/{row.order.number}/",
            "placed_at": formats.day(row.order.date_placed),
            "total": Money(row.amount, row.currency),
            "state_label": short_state(row),
        }
        for row in rows
    ]
    return render(request, "storefront/account/orders.html", {"orders": drawn})
