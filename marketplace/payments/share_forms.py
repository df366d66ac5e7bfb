"""The staff's forms for the rules of shares: a new rule, and the end of one."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.staff_periods import LastDayForm, PeriodForm
from marketplace.payments.models import ShareRule
from marketplace.workshops.models import Village, Workshop

FOR_WHOM = ("workshop", "village", "economy")


class ShareRuleForm(PeriodForm):
    """A rule for all, or for one workshop, village or economy. Placed orders keep what they were placed with."""

    too_early = gettext_lazy("A rule counts from today on at the earliest: what was sold before stays as it was.")

    class Meta(PeriodForm.Meta):
        model = ShareRule
        fields = ["commission", "village_fund", *FOR_WHOM, "valid_from", "valid_to", "source"]
        labels = {
            "workshop": gettext_lazy("Only for this workshop"),
            "village": gettext_lazy("Only for this village"),
            "economy": gettext_lazy("Only for this economy"),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workshop"].queryset = Workshop.objects.prefetch_related("texts__locale")
        self.fields["village"].queryset = Village.objects.prefetch_related("texts__locale")

    def clean(self) -> dict:
        data = super().clean()
        if len([name for name in FOR_WHOM if data.get(name)]) > 1:
            raise forms.ValidationError(_("A rule is for one of these at most: a workshop, a village or an economy."))
        commission, fund = data.get("commission"), data.get("village_fund")
        if commission is not None and fund is not None and commission + fund > 100:
            self.add_error("village_fund", _("Both together are more than the whole price."))
        return data


class EndRuleForm(LastDayForm):
    ended = gettext_lazy("This rule has ended already.")
    too_early = gettext_lazy("The last day is today or later, and not before the rule begins.")

    class Meta(LastDayForm.Meta):
        model = ShareRule
