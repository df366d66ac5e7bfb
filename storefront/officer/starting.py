"""An officer begins a workshop for a maker of her area who cannot list herself."""

import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.text import language_name
from marketplace.workshops import assisting
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Village, Workshop
from storefront.desk.fields import Words
from storefront.listing.refresh import once_at_the_end
from storefront.officer.keys import key_of
from storefront.officer.scope import Office, officer_view


class StartForm(forms.Form):
    """For whom, and where she works. ``villages`` are those that may be chosen; with one, nothing is asked."""

    maker_name = Words(
        label=gettext_lazy("Name of the maker"),
        max_length=120,
        error_messages={"required": gettext_lazy("Please give the name of the maker.")},
    )
    name = Words(
        label=gettext_lazy("Name of her workshop"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("If it has none, leave this empty: then it is called as she is."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Who works there"), choices=Workshop.Kind.choices, initial=Workshop.Kind.HOUSEHOLD
    )
    language = forms.ChoiceField(label=gettext_lazy("Her language"))

    def __init__(self, villages: list[Village], *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.villages = {str(row.pk): row for row in villages}
        self.fields["language"].choices = [(code, language_name(code)) for code, _name in settings.LANGUAGES]
        self.fields["language"].initial = _language_of(villages)
        if len(villages) != 1:
            self.fields["village"] = forms.ChoiceField(
                label=_("Village"), choices=[("", "—"), *((pk, str(row)) for pk, row in self.villages.items())]
            )

    @property
    def village(self) -> Village:
        return self.villages[self.cleaned_data["village"]] if "village" in self.fields else next(iter(self.villages.values()))


def _language_of(villages: list[Village]) -> str:
    """What people speak there: the first language of their economy; where there are several, that of the page."""
    known = dict(settings.LANGUAGES)
    first = {next((code for code in row.economy.languages if code in known), "") for row in villages}
    return (first.pop() if len(first) == 1 else "") or get_language()


@require_http_methods(["GET", "HEAD", "POST"])
@officer_view
def page(office: Office) -> HttpResponse:
    """The same form sent twice begins one workshop."""
    villages = list(office.villages())
    form = StartForm(villages, office.request.POST or None)
    key = key_of(office.request.POST)
    if form.is_valid() and key:
        try:
            with once_at_the_end():
                helped = begin(form, by=office.officer_for(form.village), user=office.request.user, key=key)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(office.request, _("The workshop is there. First record that she agrees."))
            return redirect("desk:helping", workshop=helped.workshop.slug)
    context = {"form": form, "key": key or uuid.uuid4()}
    return office.render("start", context, status=400 if office.request.method == "POST" else 200)


def begin(form: StartForm, **by):
    """As marketplace.workshops.assisting.start."""
    values = {name: form.cleaned_data[name] for name in ("maker_name", "name", "kind", "language")}
    return assisting.start(village=form.village, **values, **by)
