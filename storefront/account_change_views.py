"""The pages behind account_changes: e-mail, telephone, password, signing out everywhere, and the link that stops a change."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.notices.codes import TooMany, check_code, send_code
from marketplace.notices.contacts import EMAIL, PHONE, BadContact, Contact, contacts_of, normalise
from storefront import account_changes
from storefront.desk.again import ask_again
from storefront.desk.fields import Words
from storefront.security import address_of, forgive, take_try, too_many

# Kind of contact → what its page is called.
KINDS = {
    EMAIL.value: gettext_lazy("Change your e-mail"),
    PHONE.value: gettext_lazy("Change your telephone number"),
}
ASKED = "new_contact"
PURPOSE = "confirm"
BOTH = ["GET", "HEAD", "POST"]


class ContactForm(forms.Form):
    contact = Words(max_length=254)

    def __init__(self, kind: str, economy: str, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.kind, self.economy = kind, economy
        field = self.fields["contact"]
        if kind == EMAIL:
            field.label = _("Your new e-mail")
            field.widget = forms.EmailInput(attrs={"autocomplete": "email"})
        else:
            field.label = _("Your new telephone number")
            field.widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})

    def clean_contact(self) -> Contact:
        try:
            contact = normalise(self.cleaned_data["contact"], self.economy)
        except BadContact as problem:
            raise forms.ValidationError(str(problem)) from None
        if contact.kind != self.kind:
            wanted = _("Please give an e-mail address.") if self.kind == EMAIL else _("Please give a telephone number.")
            raise forms.ValidationError(wanted)
        return contact


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The six digits"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class PasswordForm(forms.Form):
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least nine characters."),
    )

    def __init__(self, user, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        validate_password(self.cleaned_data["new_password"], self.user)
        return self.cleaned_data["new_password"]


@require_safe
@never_cache
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """How she is reached, and what she can change."""
    known = contacts_of(request.user)
    rows = [
        {"kind": kind, "title": title, "value": next((row.value for row in known if row.kind == kind), "")}
        for kind, title in KINDS.items()
    ]
    context = {"rows": rows, "has_password": request.user.has_usable_password()}
    return render(request, "storefront/account/changes.html", context)


@require_http_methods(BOTH)
@never_cache
@login_required
@ask_again
def contact(request: HttpRequest, kind: str) -> HttpResponse:
    """Step one: the new contact. A code goes to it, whoever's it is."""
    if kind not in KINDS:
        raise Http404
    form = ContactForm(kind, _economy(request), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        new = form.cleaned_data["contact"]
        try:
            ticket = send_code(
                contact=new, purpose=PURPOSE, language=request.LANGUAGE_CODE, sender=address_of(request)
            )
        except TooMany as problem:
            return too_many(request, problem)
        request.session[ASKED] = {"contact": list(new), "ticket": ticket}
        return redirect("account:change-contact-code", kind=kind)
    context = {"form": form, "title": KINDS[kind], "button": _("Send me a code")}
    return render(request, "storefront/account/changes_form.html", context, status=400 if form.is_bound else 200)


@require_http_methods(BOTH)
@never_cache
@login_required
@ask_again
def contact_code(request: HttpRequest, kind: str) -> HttpResponse:
    """Step two: the code that came to the new contact. From then on it counts."""
    asked = request.session.get(ASKED)
    if kind not in KINDS or not asked or asked["contact"][0] != kind:
        return redirect("account:changes")
    new = Contact(*asked["contact"])
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            right = check_code(
                contact=new,
                purpose=PURPOSE,
                code=form.cleaned_data["code"],
                ticket=asked["ticket"],
                sender=address_of(request),
            )
            if right:
                account_changes.change_contact(user=request.user, contact=new, language=request.LANGUAGE_CODE)
        except TooMany as problem:
            return too_many(request, problem)
        except account_changes.CannotChange as problem:
            form.add_error("code", str(problem))
        else:
            if right:
                del request.session[ASKED]
                messages.success(request, _("Saved. Your old contacts were told."))
                return redirect("account:changes")
            form.add_error("code", _("This is not the code, or it is too old."))
    context = {"form": form, "title": KINDS[kind], "button": _("Save"), "sent_to": new.masked}
    return render(request, "storefront/account/changes_form.html", context, status=400 if form.is_bound else 200)


@require_http_methods(BOTH)
@never_cache
@login_required
@ask_again
def password(request: HttpRequest) -> HttpResponse:
    """A new password, or the first. All other sessions end; this one goes on."""
    form = PasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        account_changes.change_password(user=request.user, password=form.cleaned_data["new_password"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed. Wherever else you were signed in, you are signed out."))
        return redirect("account:changes")
    context = {"form": form, "title": _("Change your password"), "button": _("Save")}
    return render(request, "storefront/account/changes_form.html", context, status=400 if form.is_bound else 200)


@sensitive_post_parameters()
@require_http_methods(BOTH)
@never_cache
@login_required
def everywhere(request: HttpRequest) -> HttpResponse:
    """Ends every session of hers, this one too. The password itself stays."""
    wrong = False
    if request.method == "POST":
        typed = request.POST.get("password", "")[:200]
        if request.user.has_usable_password():
            try:
                take_try(request, request.user.pk)
            except TooMany as problem:
                logout(request)
                return too_many(request, problem, signed_out=True)
            wrong = not request.user.check_password(typed)
        if not wrong:
            forgive(request, request.user.pk)
            account_changes.end_sessions(user=request.user, password=typed)
            logout(request)
            return redirect("account:login")
    context = {"has_password": request.user.has_usable_password(), "wrong": wrong}
    return render(request, "storefront/account/changes_everywhere.html", context, status=400 if wrong else 200)


@require_http_methods(BOTH)
@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link that the old contact got: a question first, since mail programs open links by themselves."""
    found = account_changes.find_change(token)
    if request.method == "POST" and account_changes.stop_change(token=token):
        logout(request)
        return render(request, "storefront/account/changes_stop.html", {"done": True})
    until = formats.day(found.until) if found else ""
    context = {"done": False, "until": until}
    return render(request, "storefront/account/changes_stop.html", context, status=200 if found else 404)


def _economy(request: HttpRequest) -> str:
    """Where her workshop is: numbers without + are read as they are dialled there."""
    first = request.user.memberships.select_related("workshop__village").order_by("pk").first()
    return first.workshop.village.economy_id if first else ""


patterns = [
    path("security/", page, name="changes"),
    path("security/password/", password, name="change-password"),
    path("security/everywhere/", everywhere, name="everywhere"),
    path("security/<slug:kind>/", contact, name="change-contact"),
    path("security/<slug:kind>/code/", contact_code, name="change-contact-code"),
    path("stop/<str:token>/", stop, name="stop-change"),
]
