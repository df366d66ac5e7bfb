"""The worklist's screen and what its buttons do."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from catalogue.text import language_name
from marketplace.safe_tables import stream_csv
from marketplace.workshops.models import Village
from storefront.translations import things, worklist
from storefront.translations.asked import agencies_waiting

MAY = "wagtail_localize.submit_translation"
AT_MOST = worklist.PER_PAGE


class FilterForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    village = forms.ModelChoiceField(
        label=gettext_lazy("Village"),
        required=False,
        queryset=Village.objects.prefetch_related("texts__locale"),
        empty_label=gettext_lazy("All"),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        all_of_them = ("", _("All"))
        codes = settings.MARKETPLACE_STOREFRONT_LANGUAGES
        self.fields["language"].choices = [all_of_them, *((code, language_name(code)) for code in codes)]
        models = (*things.text_models(), *things.page_models())
        kinds = [(model._meta.label_lower, capfirst(worklist.kind_name(model))) for model in models]
        self.fields["kind"].choices = [all_of_them, *kinds]
        self.fields["state"].choices = [
            all_of_them,
            *((code, worklist.state_name(code)) for code in things.STATES),
        ]

    def filters(self) -> worklist.Filters:
        """What was chosen; nonsense counts as not chosen."""
        self.full_clean()
        found = self.cleaned_data
        village = found.get("village")
        q = found.get("q", "").replace("\x00", "")
        return worklist.Filters(
            found.get("language", ""),
            found.get("kind", ""),
            village.pk if village else None,
            found.get("state", ""),
            q,
        )


@permission_required(MAY, raise_exception=True)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The worklist; with ``export=csv`` the same rows as a file."""
    form = FilterForm(request.GET)
    filters = form.filters()
    if request.GET.get("export") == "csv":
        return _as_csv(filters)
    counts = worklist.counts(filters)
    number, pages = _page(request, counts[filters.state or "all"])
    items = worklist.page_of(filters, number)
    names = {village.pk: str(village) for village in form.fields["village"].queryset}
    asked = agencies_waiting(items)
    rows = [
        {
            "item": item,
            "village": names.get(item.village_id, ""),
            "language": language_name(item.language),
            "asked": asked.get(item.code, 0),
        }
        for item in items
    ]
    states = [
        (code, worklist.state_name(code), counts[code], _with(request, state=code)) for code in things.STATES
    ]
    context = {
        "form": form,
        "filters": filters,
        "rows": rows,
        "states": states,
        "total": counts["all"],
        "number": number,
        "pages": pages,
        "all_url": _with(request, state=""),
        "previous_url": _with(request, page=number - 1) if number > 1 else "",
        "next_url": _with(request, page=number + 1) if number < pages else "",
        "csv_url": _with(request, export="csv"),
        "machine_on": getattr(settings, "WAGTAILLOCALIZE_MACHINE_TRANSLATOR", None) is not None,
        "here": request.get_full_path(),
    }
    return render(request, "storefront/translations/worklist.html", context)


def _page(request: HttpRequest, total: int) -> tuple[int, int]:
    pages = max(1, -(-total // worklist.PER_PAGE))
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return min(max(number, 1), pages), pages


def _with(request: HttpRequest, **changes) -> str:
    values = {name: value for name, value in request.GET.items() if name not in ("page", "export")} | changes
    return "?" + urlencode({name: value for name, value in values.items() if value != ""})


def _as_csv(filters: worklist.Filters) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(filters), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="translations.csv"'
    return response


def _lines(filters: worklist.Filters) -> Iterator[bytes]:
    head = [_("Title"), _("Kind"), _("Language"), _("State"), _("Views"), _("Reason")]
    # The mark at the start tells spreadsheets that this is UTF-8.
    return stream_csv(head, (_cells(item) for item in worklist.every(filters)), bom=True)


def _cells(item: worklist.Item) -> list[str]:
    states = ", ".join(item.state_names)
    return [item.name, item.kind_name, item.language, states, str(item.views), item.reason]
