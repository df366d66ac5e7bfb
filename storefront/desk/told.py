"""How you are told: a member's own page. It is hers, not a workshop's; so officers and buyers have it, too."""

from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace import formats
from marketplace.notices import push
from marketplace.notices.contacts import EMAIL, PHONE, Contact, contacts_of
from marketplace.notices.models import Preference, PushSubscription
from marketplace.notices.preferences import Reader, choose, economy_of, reader_of, zones_of


def _hours() -> list[tuple[int, str]]:
    midnight = datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone())
    return [(hour, formats.clock(midnight.replace(hour=hour))) for hour in range(24)]


class ToldForm(forms.Form):
    how = forms.ChoiceField(
        label=gettext_lazy("When do you want to be told?"), choices=Preference.How.choices, widget=forms.RadioSelect
    )
    by_mail = forms.BooleanField(label=gettext_lazy("By e-mail"), required=False)
    by_sms = forms.BooleanField(label=gettext_lazy("By SMS"), required=False)
    by_push = forms.BooleanField(label=gettext_lazy("On the screens of your telephones"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("In which language?"), required=False)
    digest_hour = forms.TypedChoiceField(label=gettext_lazy("The daily message comes at"), coerce=int)
    quiet_from = forms.TypedChoiceField(
        label=gettext_lazy("Quiet from"),
        coerce=int,
        help_text=gettext_lazy("What is not urgent waits until the morning. The same hour twice: never quiet."),
    )
    quiet_to = forms.TypedChoiceField(label=gettext_lazy("Quiet until"), coerce=int)
    time_zone = forms.ChoiceField(label=gettext_lazy("Your clock"))

    def __init__(self, *args, reader: Reader, contacts: list[Contact], browsers: int, **kwargs) -> None:
        super().__init__(*args, label_suffix="", initial=_initial(reader), **kwargs)
        for name in ("digest_hour", "quiet_from", "quiet_to"):
            self.fields[name].choices = _hours()
        # In their own words: who reads only one of them finds hers.
        known = dict.fromkeys([*settings.MARKETPLACE_STOREFRONT_LANGUAGES, *filter(None, [reader.chosen.language])])
        codes = [(code, get_language_info(code)["name_local"]) for code in known]
        self.fields["language"].choices = [("", _("The language of my workshop")), *codes]
        zones = zones_of(economy_of(reader.user)) or [str(reader.zone)]
        self.fields["time_zone"].choices = [(zone, zone.rsplit("/", 1)[-1].replace("_", " ")) for zone in zones]
        kinds = {contact.kind for contact in contacts}
        wanted = {"by_mail": EMAIL in kinds, "by_sms": PHONE in kinds, "by_push": browsers, "time_zone": len(zones) > 1}
        for name, is_there in wanted.items():
            if not is_there:
                del self.fields[name]

    def clean(self) -> dict:
        data = super().clean()
        ways = [name for name in ("by_mail", "by_sms", "by_push") if name in self.fields]
        if ways and not self.errors and not any(data[name] for name in ways):
            raise forms.ValidationError(_("Please choose one way at least, or you would miss an order."))
        return data


def _initial(reader: Reader) -> dict:
    chosen = reader.chosen
    names = ("how", "by_mail", "by_sms", "by_push", "language", "digest_hour", "quiet_from", "quiet_to")
    return {name: getattr(chosen, name) for name in names} | {"time_zone": str(reader.zone)}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def told(request: HttpRequest) -> HttpResponse:
    reader, contacts = reader_of(request.user), contacts_of(request.user)
    browsers = PushSubscription.objects.filter(user=request.user).count()
    form = ToldForm(
        request.POST if request.method == "POST" else None, reader=reader, contacts=contacts, browsers=browsers
    )
    if form.is_bound and form.is_valid():
        choose(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. We tell you in this way from now on."))
        return redirect("account:told")
    context = {
        "form": form,
        "contacts": [contact.value for contact in contacts],
        "browsers": browsers,
        "push_key": push.public_key() if push.is_offered() else "",
        "works": request.user.memberships.exists(),
    }
    return render(request, "storefront/desk/told.html", context, status=400 if form.is_bound else 200)
