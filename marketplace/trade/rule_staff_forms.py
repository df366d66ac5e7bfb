"""Filters and forms of the staff's screens for rule tables."""

from datetime import timedelta
from decimal import Decimal

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from marketplace.economies.names import economy_name
from marketplace.trade.landed.duty import plain
from marketplace.trade.models import CustomsRate, DutyRate, RuleChange, TaxRule, TradeGroup

REVIEW_AHEAD_DAYS = 60  # "due soon" on the screens


def place_name(code: str) -> str:
    """A destination as staff read it: an economy's name, a bloc's code."""
    return _("everywhere") if code == "*" else f"{economy_name(code)} ({code})"


def due(rows: QuerySet, days: int = 0) -> QuerySet:
    """Live rows whose review date has passed, or will have in so many days."""
    return rows.filter(state="live", review_by__lt=timezone.localdate() + timedelta(days=days))


def _destinations(model):
    def choices():
        codes = model.objects.order_by().values_list("destination", flat=True).distinct()
        return sorted(((code, place_name(code)) for code in codes), key=lambda pair: str(pair[1]))

    return choices


UNUSUAL = _("Rates of 0, above 100 % or a hundred times the one before, and days without a row, are refused without this.")


class RowForm(WagtailAdminModelForm):
    """Numbers as people write them: 10, not 10.000000. ``asks``: something needs a yes, and the form shows its box."""

    asks = False
    confirm = forms.BooleanField(
        label=_("What is marked above is meant"), required=False,
        help_text=UNUSUAL,
    )  # fmt: skip

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.initial.items():
            if isinstance(value, Decimal):
                self.initial[name] = Decimal(plain(value))


class DatedFilters(WagtailFilterSet):
    valid_on = django_filters.DateFilter(label=_("Valid on"), method="on_day", widget=AdminDateInput)
    review = django_filters.ChoiceFilter(
        label=_("Review"), method="by_review", choices=[("due", _("due")), ("soon", _("due in 60 days"))]
    )

    def on_day(self, rows: QuerySet, name: str, day) -> QuerySet:
        open_end = Q(effective_to__isnull=True) | Q(effective_to__gte=day)
        return rows.filter(open_end, effective_from__lte=day)

    def by_review(self, rows: QuerySet, name: str, which: str) -> QuerySet:
        return due(rows, REVIEW_AHEAD_DAYS if which == "soon" else 0)


class TaxRuleFilters(DatedFilters):
    destination = django_filters.ChoiceFilter(label=_("Destination"), choices=_destinations(TaxRule))

    class Meta:
        model = TaxRule
        fields = ["destination", "levy", "valid_on", "review", "state", "confidence", "rate_kind"]


class DutyRateFilters(DatedFilters):
    destination = django_filters.ChoiceFilter(label=_("Destination"), choices=_destinations(DutyRate))

    class Meta:
        model = DutyRate
        fields = ["destination", "agreement", "valid_on", "review", "state", "confidence"]


class CustomsRateFilters(DatedFilters):
    destination = django_filters.ChoiceFilter(label=_("Destination"), choices=_destinations(CustomsRate))

    class Meta:
        model = CustomsRate
        fields = ["destination", "base", "quote", "valid_on", "review", "state"]


class TradeGroupFilters(DatedFilters):
    class Meta:
        model = TradeGroup
        fields = ["kind", "valid_on", "review", "state"]


class RuleChangeFilters(WagtailFilterSet):
    at = django_filters.DateFromToRangeFilter(label=_("When"), widget=DateRangePickerWidget)

    class Meta:
        model = RuleChange
        fields = ["table_name", "action", "at"]


class UploadForm(forms.Form):
    """A whole table as CSV."""

    file = forms.FileField(
        label=_("CSV file (UTF-8)"), help_text=_("As this page gives it out. It is taken whole or not at all.")
    )
    confirm = forms.BooleanField(
        label=_("Unusual rates and days without a row are meant"), required=False,
        help_text=UNUSUAL,
    )  # fmt: skip
    partial = forms.BooleanField(
        label=_("The file holds only some rows"), required=False,
        help_text=_("The others stay as they are. Without this, a file that lacks rows is refused."),
    )  # fmt: skip
