"""The staff's forms for the rules of shares: a new rule, and the end of one."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from marketplace.payments.models import ShareRule
from marketplace.workshops.models import Village, Workshop

FOR_WHOM = ("workshop", "village", "economy")


class ShareRuleForm(WagtailAdminModelForm):
    """A rule for all, or for one workshop, village or economy. Placed orders keep what they were placed with."""

    class Meta:
        model = ShareRule
        fields = ["commission", "village_fund", *FOR_WHOM, "valid_from", "valid_to", "source"]
        labels = {
            "workshop": gettext_lazy("Only for this workshop"),
            "village": gettext_lazy("Only for this village"),
            "economy": gettext_lazy("Only for this economy"),
        }
        widgets = {"valid_from": AdminDateInput(), "valid_to": AdminDateInput()}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workshop"].queryset = Workshop.objects.prefetch_related("texts__locale")
        self.fields["village"].queryset = Village.objects.prefetch_related("texts__locale")

    def clean_valid_from(self):
        day = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("A rule counts from today on at the earliest: what was sold before stays as it was."))
        return day

    def clean(self) -> dict:
        data = super().clean()
        if len([name for name in FOR_WHOM if data.get(name)]) > 1:
            raise forms.ValidationError(_("A rule is for one of these at most: a workshop, a village or an economy."))
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day comes before the first."))
        commission, fund = data.get("commission"), data.get("village_fund")
        if commission is not None and fund is not None and commission + fund > 100:
            self.add_error("village_fund", _("Both together are more than the whole price."))
        return data


class EndRuleForm(WagtailAdminModelForm):
    """The last day of a rule; nothing else of it changes any more."""

    class Meta:
        model = ShareRule
        fields = ["valid_to"]
        widgets = {"valid_to": AdminDateInput()}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].required = True

    def clean_valid_to(self):
        first, today, was = self.instance.valid_from, timezone.localdate(), self.initial.get("valid_to")
        if was and was < today:
            raise forms.ValidationError(_("This rule has ended already."))
        if self.cleaned_data["valid_to"] < max(first, today):
            raise forms.ValidationError(_("The last day is today or later, and not before the rule begins."))
        return self.cleaned_data["valid_to"]
