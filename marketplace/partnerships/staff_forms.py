"""The staff's forms: the decision about an agency, its name, an invitation, terms and keys."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

from catalogue.staff_periods import LastDayForm, PeriodForm
from marketplace.partnerships import api_keys, hosts, services, words
from marketplace.partnerships.models import Agency, AgencyTerms, ApiKey
from marketplace.partnerships.seats import seats

TERMS_ADDED, TERMS_ENDED, LIMIT = (
    "marketplace.agency_terms_added",
    "marketplace.agency_terms_ended",
    "marketplace.api_key_limit",
)
# What the log calls the acts of this app (wagtail_hooks registers them).
ACTIONS = {
    services.APPLIED: gettext_lazy("Asked for a place as an agency"),
    services.ASKED_AGAIN: gettext_lazy("Asked again for a place as an agency"),
    services.DECIDED: gettext_lazy("Decided about an agency"),
    services.CHANGED: gettext_lazy("Changed what an agency says of itself"),
    services.RENAMED: gettext_lazy("Renamed an agency"),
    services.PARTNERS_ONLY: gettext_lazy("Changed where cards of an agency are shown"),
    seats.actions.invited: gettext_lazy("Invited somebody to an agency"),
    seats.actions.withdrawn: gettext_lazy("Withdrew an invitation to an agency"),
    seats.actions.joined: gettext_lazy("Joined an agency"),
    seats.actions.changed: gettext_lazy("Changed the parts of somebody in an agency"),
    seats.actions.removed: gettext_lazy("Removed somebody from an agency"),
    seats.actions.left: gettext_lazy("Left an agency"),
    hosts.ADDED: gettext_lazy("Named a site of an agency"),
    hosts.REMOVED: gettext_lazy("Removed a site of an agency"),
    hosts.PROVED: gettext_lazy("Proved a site of an agency"),
    hosts.ENDED: gettext_lazy("Ended the proof of a site of an agency"),
    words.ASKED: gettext_lazy("Asked for a language"),
    words.TAKEN_BACK: gettext_lazy("Took a wish for a language back"),
    api_keys.MADE: gettext_lazy("Made a key of the API"),
    api_keys.WITHDRAWN: gettext_lazy("Withdrew a key of the API"),
    LIMIT: gettext_lazy("Changed how often a key of the API may ask"),
    TERMS_ADDED: gettext_lazy("Added terms for agencies"),
    TERMS_ENDED: gettext_lazy("Ended terms for agencies"),
}


class DecisionForm(forms.Form):
    """What an agency becomes, and why. ``seen`` is the stage that the person had before her."""

    stage = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy("The agency reads it in its language. To open one, none is needed."),
    )
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=services.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The agency reads it as you write it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, agency: Agency, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            Agency.Stage.OPEN: _("Open it"),
            Agency.Stage.DECLINED: _("Decline it"),
            Agency.Stage.CLOSED: _("Close it"),
        }
        offered = services.NEXT[agency.stage]
        reasons = [reason for stage in offered for reason in services.REASONS[stage]]
        self.fields["stage"].choices = [(stage.value, labels[stage]) for stage in offered]
        self.fields["reason"].choices = [("", "–"), *((reason.value, reason.label) for reason in reasons)]
        self.initial["seen"] = agency.stage
        self._agency = agency

    def clean(self) -> dict:
        """Whoever decides about what is not so any more reads what was decided, not that her choice is none."""
        given = super().clean()
        if given.get("seen") not in ("", self._agency.stage):
            self._errors.clear()
            self.add_error(None, services.say_meanwhile(self._agency))
            # The form that is shown again is about what she reads now.
            self.data = self.data.copy()
            self.data.update({"seen": self._agency.stage})
            self.data.pop("stage", None)
        return given


class NameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)


class OwnerForm(forms.Form):
    """Staff invite an owner, where an agency has lost all of its people."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        spoken = dict(settings.LANGUAGES)
        self.fields["language"].choices = [(code, spoken[code]) for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES]


class TermsForm(PeriodForm):
    """Terms from a day on, for one agency or for all. Orders keep those with which they were placed."""

    too_early = gettext_lazy("Terms count from today on at the earliest: what was sold before stays as it was.")

    class Meta(PeriodForm.Meta):
        model = AgencyTerms
        fields = ["agency", "percent", "days", "valid_from", "valid_to", "source"]
        labels = {"agency": gettext_lazy("Only for this agency")}

    def clean(self) -> dict:
        data = super().clean()
        first = data.get("valid_from")
        if first and AgencyTerms.objects.filter(agency=data.get("agency"), valid_from=first).exists():
            self.add_error("valid_from", _("There are terms from this day on already."))
        return data


class EndTermsForm(LastDayForm):
    ended = gettext_lazy("These terms have ended already.")
    too_early = gettext_lazy("The last day is today or later, and not before the terms begin.")

    class Meta(LastDayForm.Meta):
        model = AgencyTerms


class NewKeyForm(WagtailAdminModelForm):
    class Meta:
        model = ApiKey
        fields = ["name", "agency"]
        labels = {"agency": gettext_lazy("Agency (empty: a developer’s)")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.filter(stage=Agency.Stage.OPEN)


class LimitForm(WagtailAdminModelForm):
    """How often a key may ask; nothing else of it changes."""

    class Meta:
        model = ApiKey
        fields = ["per_minute"]

    def clean_per_minute(self) -> int:
        number = self.cleaned_data["per_minute"]
        if not 1 <= number <= 100_000:
            raise forms.ValidationError(_("Please give a number from 1 to 100,000."))
        return number
