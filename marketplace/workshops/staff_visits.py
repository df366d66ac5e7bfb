"""Staff screens for visit days: entered by the village's own clock, called off with a reason, never deleted."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn

from catalogue.staff import (
    LanguagesPanel,
    OwnerForm,
    OwnerViewSet,
    TextViewSet,
    allow_only,
    column,
    owner_form,
)
from catalogue.wagtail_hooks import LANGUAGES
from marketplace.money import stripe_rows
from marketplace.workshops.models import VisitDay
from marketplace.workshops.models.visits import VisitDayText

# Who has it in a calendar must learn that it does not take place, so it stays.
allow_only(VisitDay, "view", "add", "change")
allow_only(VisitDayText, "view", "change", "delete")
WORDS = ("name", "summary", "meeting_point", "why_called_off")

CALLED_OFF = pgettext_lazy("visit day", "Called off")


@cache
def time_zones() -> list[tuple[str, str]]:
    """Those of places, such as Asia/Bangkok."""
    return [("", "—"), *((name, name) for name in sorted(available_timezones()) if "/" in name and "Etc/" not in name)]


class VisitForm(OwnerForm):
    """Moments are typed as the village's clocks show them, whatever the zone of the person who types."""

    time_zone = forms.ChoiceField(label=_("time zone"), choices=time_zones)
    called_off = forms.BooleanField(
        label=_("called off"), required=False, help_text=_("It stays on the page and in calendars, and says so.")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        day = self.instance
        self.initial["called_off"] = day.called_off_at is not None
        if day.pk:
            for name in ("starts_at", "ends_at"):
                self.initial[name] = timezone.make_naive(getattr(day, name), day.zone)

    def clean(self) -> dict:
        data = super().clean()
        if data.get("time_zone"):
            for name in ("starts_at", "ends_at"):
                if data.get(name):
                    data[name] = self._by_the_villages_clock(name, data[name], ZoneInfo(data["time_zone"]))
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("It ends after it begins."))
        workshop, village = data.get("workshop"), data.get("village")
        if workshop and village and workshop.village_id != village.pk:
            self.add_error("workshop", _("This workshop is in another village."))
        if data.get("called_off") and not data.get("why_called_off"):
            self.add_error("why_called_off", _("Please say why: visitors may have planned with it."))
        self._clean_price(data)
        return data

    def _by_the_villages_clock(self, name: str, typed: datetime, zone: ZoneInfo) -> datetime | None:
        """Django took what was typed for the time of the person's own zone."""
        naive = timezone.make_naive(typed) if timezone.is_aware(typed) else typed
        moment = naive.replace(tzinfo=zone)
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
            self.add_error(name, _("Clocks are put forward on that day: there is no such time."))
            return None
        return moment

    def _clean_price(self, data: dict) -> None:
        price, currency = data.get("price"), (data.get("currency") or "").upper()
        data["currency"] = currency if price is not None else ""
        if price is None:
            return
        if price <= 0:
            self.add_error("price", _("A price is above zero. Leave it empty where visitors pay nothing."))
        if currency not in stripe_rows():
            self.add_error("currency", _("Please give the three letters of a currency, such as THB."))

    def save(self, commit: bool = True) -> VisitDay:
        if self.cleaned_data["called_off"]:
            self.instance.called_off_at = self.instance.called_off_at or timezone.now()
        else:
            self.instance.called_off_at = None
        return super().save(commit)


class VisitDayViewSet(OwnerViewSet):
    model = VisitDay
    name = "visit-days"
    icon = "calendar"
    ordering = "-starts_at"
    search_fields = ["texts__name", "village__slug", "village__texts__name"]
    list_display = [
        "__str__",
        "village",
        "workshop",
        column("starts_at", _("Begins"), lambda row: row.starts_at.astimezone(row.zone), sort_key="starts_at"),
        BooleanColumn("is_published", label=_("Published")),
        column("called_off", CALLED_OFF, lambda row: row.called_off_at or ""),
        LANGUAGES,
    ]
    list_filter = ["village__economy", "is_published"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("village"), FieldPanel("workshop")]),
            MultiFieldPanel(
                [
                    FieldPanel("time_zone"),
                    FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                ],
                heading=_("When, by the village’s clock"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("source_language"),
                    *(FieldPanel(name) for name in ("name", "summary", "meeting_point")),
                ],
                heading=_("In its own language"),
            ),
            FieldRowPanel([FieldPanel("seats"), FieldPanel("price"), FieldPanel("currency")]),
            FieldPanel("is_published"),
            MultiFieldPanel([FieldPanel("called_off"), FieldPanel("why_called_off")], heading=CALLED_OFF),
            FieldPanel("is_sample"),
            LanguagesPanel(heading=_("Languages")),
        ],
        base_form_class=owner_form(VisitDayText, *WORDS, base=VisitForm),
    )

    def get_rows(self) -> QuerySet:
        rows = super().get_rows().select_related("village", "workshop__village")
        return rows.prefetch_related("village__texts__locale", "workshop__texts__locale")


class VisitDayTextViewSet(TextViewSet):
    model = VisitDayText
    menu_label = _("Visit days")
    panels = [FieldPanel(name) for name in WORDS]
