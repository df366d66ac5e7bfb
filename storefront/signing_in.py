"""Signing in and up: by a code to a telephone or mailbox, or by a password. What a stranger types is answered alike
whether somebody has that contact or not.
"""

from contextlib import suppress
from dataclasses import asdict, dataclass

from django import forms
from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from marketplace.notices import codes
from marketplace.notices.accounts import NeedsPassword, Wishes, account_of
from marketplace.notices.contacts import BadContact, Contact, normalise
from marketplace.notices.models import LoginCode
from marketplace.workshops.models import Officer
from marketplace.workshops.rights import has_seat
from storefront.agency.seats import has_agency
from storefront.security import address_of, forgive, take_try, too_many

BACKEND = "marketplace.notices.auth.ContactBackend"
KEPT = "signing_in"
# Where a number without + most likely is called.
SPOKEN_IN = {"vi": "VN", "th": "TH", "ja": "JP", "id": "ID", "ko": "KR", "zh-hant": "TW"}


@dataclass(frozen=True)
class Coming:
    """Somebody to whom a code was sent, as this browser's session knows her. ``password``: as Django keeps it."""

    kind: str
    value: str
    ticket: str
    then: str = ""
    name: str = ""
    password: str = ""

    @property
    def contact(self) -> Contact:
        return Contact(self.kind, self.value)


def read_contact(request: HttpRequest, text: str) -> Contact:
    """Raises BadContact."""
    return normalise(text, SPOKEN_IN.get(request.LANGUAGE_CODE, ""))


def after_signing_in(user) -> str:
    """Her desk, her office, her agency or her orders."""
    if has_seat(user):
        return reverse("desk:home")
    if Officer.objects.of(user).exists():
        return reverse("officer:home")
    if has_agency(user):
        return reverse("agency:home")
    return reverse("account:orders")


def _send(request: HttpRequest, contact: Contact, **more: str) -> HttpResponse:
    """Raises codes.TooMany."""
    ticket = codes.send_code(
        contact=contact, purpose=LoginCode.Purpose.SIGN_IN, language=request.LANGUAGE_CODE, sender=address_of(request)
    )
    request.session[KEPT] = asdict(Coming(contact.kind, contact.value, ticket, **more))
    return redirect("account:code")


def _safe(request: HttpRequest, url: str) -> str:
    """``url`` where it leads to a page of ours; else nothing."""
    allowed = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=allowed, require_https=request.is_secure()) else ""


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """Two ways on one page: a password, or the button that sends a code."""

    template_name = "storefront/account/login.html"

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["username"].label = _("E-mail or telephone number")
        form.fields["username"].widget = forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        )
        form.label_suffix = ""
        form.error_messages = form.error_messages | {
            "invalid_login": _(
                "E-mail or telephone number and password do not fit together. Capital letters matter in the password."
            )
        }
        return form

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        typed = request.POST.get("username", "")[:254]
        try:
            contact = read_contact(request, typed)
        except BadContact as problem:
            contact = None
            if "code" in request.POST:
                return self._refuse(str(problem))
        try:
            if "code" in request.POST:
                return _send(request, contact, then=_safe(request, request.POST.get("next", "")))
            take_try(request, contact.value if contact else typed)
        except codes.TooMany as problem:
            return too_many(request, problem)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        """A number as people type it becomes the one that the account has."""
        kwargs = super().get_form_kwargs()
        if "data" in kwargs:
            kwargs["data"] = kwargs["data"].copy()
            # Staff have names that are neither.
            with suppress(BadContact):
                kwargs["data"]["username"] = read_contact(self.request, kwargs["data"].get("username", "")).value
        return kwargs

    def form_valid(self, form) -> HttpResponse:
        forgive(self.request, form.cleaned_data["username"])
        return super().form_valid(form)

    def _refuse(self, sentence: str) -> HttpResponse:
        form = self.get_form()
        form.errors.clear()
        form.errors["username"] = form.error_class([sentence])
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs) -> dict:
        to_desk = self.get_redirect_url().startswith(reverse("desk:home"))
        return super().get_context_data(**kwargs) | {"for_makers": to_desk}

    def get_default_redirect_url(self) -> str:
        return after_signing_in(self.request.user)


class RegisterForm(forms.Form):
    contact = forms.CharField(
        label=gettext_lazy("E-mail or telephone number"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("We send a code there. It shows that it is yours."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least nine characters. Leave it empty to sign in with a code each time."),
    )

    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.request = request

    def clean_contact(self) -> Contact:
        try:
            return read_contact(self.request, self.cleaned_data["contact"])
        except BadContact as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean_password(self) -> str:
        if password := self.cleaned_data["password"]:
            validate_password(password)
        return password


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Nothing is made before the code is right; the session keeps the rest, the password as a hash."""
    form = RegisterForm(request.POST or None, request=request)
    then = _safe(request, request.POST.get("next", request.GET.get("next", "")))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = make_password(data["password"]) if data["password"] else ""
        try:
            return _send(request, data["contact"], then=then, name=data["name"], password=kept)
        except codes.TooMany as problem:
            return too_many(request, problem)
    status = 400 if form.is_bound else 200
    return render(request, "storefront/account/register.html", {"form": form, "next": then}, status=status)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
        error_messages={"required": gettext_lazy("Please type the code of six digits.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


def _coming(request: HttpRequest) -> Coming | None:
    kept = request.session.get(KEPT)
    return Coming(**kept) if isinstance(kept, dict) else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The page for the code that was sent; also sends another."""
    coming = _coming(request)
    if coming is None:
        return redirect("account:login")
    form = CodeForm(request.POST if request.method == "POST" and "again" not in request.POST else None)
    try:
        if "again" in request.POST:
            more = {name: value for name, value in asdict(coming).items() if name not in ("kind", "value", "ticket")}
            return _send(request, coming.contact, **more)
        if form.is_bound and form.is_valid() and _is_right(request, coming, form):
            return _enter(request, coming)
    except codes.TooMany as problem:
        return too_many(request, problem)
    except NeedsPassword:
        form.add_error(None, _("This account is signed in to with its password."))
    context = {"form": form, "contact": coming.contact.masked, "by_phone": coming.kind == "phone", "minutes": codes.MINUTES}
    return render(request, "storefront/account/code.html", context, status=400 if form.is_bound else 200)


def _is_right(request: HttpRequest, coming: Coming, form: CodeForm) -> bool:
    right = codes.check_code(
        contact=coming.contact,
        purpose=LoginCode.Purpose.SIGN_IN,
        code=form.cleaned_data["code"],
        ticket=coming.ticket,
        sender=address_of(request),
    )
    if not right:
        form.add_error("code", _("This is not the code, or it is too old. Please look again, or ask for a new one."))
    return right


def _enter(request: HttpRequest, coming: Coming) -> HttpResponse:
    """Raises NeedsPassword."""
    wishes = Wishes(coming.name, coming.password, request.LANGUAGE_CODE)
    user, _new = account_of(contact=coming.contact, wishes=wishes)
    request.session.pop(KEPT, None)
    login(request, user, backend=BACKEND)
    return redirect(coming.then or after_signing_in(user))
