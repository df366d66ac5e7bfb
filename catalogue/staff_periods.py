"""The staff's forms for what is in force from a day to a day (server's time zone): both days count.

What was sold under it stays as it was, so nothing begins or ends before today, and nothing but its end changes later.
"""

from datetime import date
from typing import ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput


class PeriodForm(WagtailAdminModelForm):
    """Something new, with ``valid_from`` and an optional ``valid_to``. ``too_early`` (lazy): said of a first day in the past."""

    too_early: ClassVar[str]

    class Meta:
        widgets: ClassVar[dict] = {"valid_from": AdminDateInput(), "valid_to": AdminDateInput()}

    def clean_valid_from(self) -> date:
        day = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise forms.ValidationError(self.too_early)
        return day

    def clean(self) -> dict:
        data = super().clean()
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day comes before the first."))
        return data


class LastDayForm(WagtailAdminModelForm):
    """The last day; nothing else changes any more. ``ended`` and ``too_early`` (lazy) are said of what cannot be."""

    ended: ClassVar[str]
    too_early: ClassVar[str]

    class Meta:
        fields: ClassVar[list[str]] = ["valid_to"]
        widgets: ClassVar[dict] = {"valid_to": AdminDateInput()}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].required = True

    def clean_valid_to(self) -> date:
        first, today, was = self.instance.valid_from, timezone.localdate(), self.initial.get("valid_to")
        if was and was < today:
            raise forms.ValidationError(self.ended)
        if self.cleaned_data["valid_to"] < max(first, today):
            raise forms.ValidationError(self.too_early)
        return self.cleaned_data["valid_to"]
