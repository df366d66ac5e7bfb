"""The staff's forms for rates and markets."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from wagtail.admin.forms.models import WagtailAdminModelForm

from marketplace.economies.services.manual import check_manual


class CapitalsMixin:
    """Codes may be typed in small letters."""

    capitals: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in self.capitals:
            field = self.fields[name]
            field.to_python = lambda value, plain=field.to_python: (plain(value) or "").upper()


class ExchangeRateForm(CapitalsMixin, WagtailAdminModelForm):
    capitals = ("base", "quote")

    def clean(self) -> dict:
        data = super().clean()
        if not self.errors:
            for name in ("base", "quote", "value", "on", "source"):
                setattr(self.instance, name, data[name])
            check_manual(self.instance)
        return data

    def save(self, commit: bool = True):
        self.instance.entered_by = self.for_user
        return super().save(commit)


class CurrencyPegForm(CapitalsMixin, WagtailAdminModelForm):
    capitals = ("currency", "anchor")


class MarketForm(CapitalsMixin, WagtailAdminModelForm):
    """``languages`` are typed with blanks between them; the ways of parcels of one market never share a day."""

    capitals = ("destination", "bloc")
    languages = forms.CharField(
        label=_("Languages"), required=False, help_text=_("Codes, the most usual first, such as: en fr")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["languages"] = " ".join(self.instance.languages or [])
        # Another destination is another market.
        self.fields["destination"].disabled = bool(self.instance.pk)

    def clean_languages(self) -> list[str]:
        return self.cleaned_data["languages"].lower().split()

    def clean_destination(self) -> str:
        code = self.cleaned_data["destination"]
        if code and not get_model("address", "Country").objects.filter(pk=code).exists():
            raise ValidationError(_("No parcel can go there: this code is no destination here."))
        return code

    def is_valid(self) -> bool:
        good = super().is_valid()
        if good and self._channels_overlap():
            self.add_error(None, _("Two ways of parcels share a day. Please end one before the next begins."))
            return False
        return good

    def _channels_overlap(self) -> bool:
        rows = [
            (form.cleaned_data["valid_from"], form.cleaned_data.get("valid_to"))
            for form in self.formsets["channels"].forms
            if form.cleaned_data.get("valid_from") and not form.cleaned_data.get("DELETE")
        ]
        rows.sort(key=lambda row: row[0])
        return any(end is None or start <= end for (_start, end), (start, _end) in zip(rows, rows[1:], strict=False))
