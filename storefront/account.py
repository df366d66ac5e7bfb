"""Accounts: sign up, log in, log out, own orders."""

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.views import LoginView, PasswordResetConfirmView, PasswordResetView
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from marketplace import formats
from marketplace.money import Money
from marketplace.payments.models import Payment
from storefront.checkout.order_states import short_state
from storefront.market.choice import start

User = get_user_model()


class EmailLoginView(LoginView):
    """Logs in by e-mail; members of a workshop land on their desk."""

    template_name = "storefront/account/login.html"

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["username"].label = _("E-mail")
        form.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
        form.label_suffix = ""
        form.error_messages = form.error_messages | {
            "invalid_login": _(
                "E-mail and password do not fit together. Capital letters matter in the password."
            )
        }
        return form

    def get_default_redirect_url(self) -> str:
        if self.request.user.memberships.exists():
            return reverse("desk:home")
        return super().get_default_redirect_url()


class ForgottenView(PasswordResetView):
    """Sends a link to set a new password; says the same whether the e-mail is known or not."""

    template_name = "storefront/account/forgotten.html"
    email_template_name = "storefront/account/forgotten_mail.txt"
    subject_template_name = "storefront/account/forgotten_subject.txt"
    success_url = reverse_lazy("account:forgotten-sent")
    # The host that was asked may be forged; the configured one is not.
    extra_email_context = {"site_url": settings.SITE_URL, "shop": settings.MARKETPLACE_SHOP_NAME}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["email"].label = _("E-mail")
        form.label_suffix = ""
        return form


class NewPasswordView(PasswordResetConfirmView):
    """Sets the new password behind a link from the mail; an old or used link says so."""

    template_name = "storefront/account/new_password.html"
    success_url = reverse_lazy("account:login")

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.label_suffix = ""
        return form


class RegisterForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=150, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least nine characters."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is an account with this e-mail. Please log in."))
        return email

    def save(self):
        """The new user; None, with an error on the form, when the same address came twice at the same moment."""
        data = self.cleaned_data
        try:
            with transaction.atomic():
                return User.objects.create_user(
                    data["email"], data["email"], data["password"], first_name=data["name"]
                )
        except IntegrityError:
            self.add_error("email", _("There is an account with this e-mail. Please log in."))
            return None

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]


@sensitive_post_parameters()
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (user := form.save()):
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("account:orders")
    return render(
        request, "storefront/account/register.html", {"form": form}, status=400 if form.is_bound else 200
    )


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
