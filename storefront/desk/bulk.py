"""Many pieces at once: a table goes out, comes back, is looked at, and is taken over when its maker says yes."""

from collections.abc import Callable
from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.bulk import runs, tasks
from marketplace.bulk.columns import BadTable
from marketplace.bulk.exporting import Table, report_csv
from marketplace.bulk.images import BadPhotos
from marketplace.bulk.models import ImportRow, ImportRun
from marketplace.typed import clean_words
from marketplace.workshops.models import Right
from storefront.desk import pieces
from storefront.desk.scope import Desk, desk_view
from storefront.paging import describe_paging
from storefront.private_files import NOBODY_KEEPS_IT, inert
from storefront.upload_limits import takes_uploads

State, Outcome = ImportRun.State, ImportRow.Outcome
PER_PAGE, RECENT = 50, 10
# A run of which nothing was heard for so long was killed.
SILENT = timedelta(minutes=1)
LOOK_AGAIN = 5  # seconds
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_BYTES = settings.MARKETPLACE_IMPORT_MOST_BYTES + settings.MARKETPLACE_IMPORT_MOST_ZIP_BYTES


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Your table (CSV or XLSX)"),
        error_messages={
            "required": gettext_lazy("Please choose a file."),
            "empty": gettext_lazy("This file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )
    photos = forms.FileField(
        label=gettext_lazy("Photos in a ZIP file"),
        required=False,
        help_text=gettext_lazy("Only if your table names photos."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )


@takes_uploads(most_bytes=MOST_BYTES, largest_file=settings.MARKETPLACE_IMPORT_MOST_ZIP_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def start(desk: Desk) -> HttpResponse:
    """What to do, and the files of the last weeks; a POST brings a file."""
    form = FileForm(label_suffix="")
    if desk.request.method == "POST":
        form = FileForm(desk.request.POST, desk.request.FILES, label_suffix="")
        if form.is_valid() and (run := _begun(desk, form)) is not None:
            return redirect(desk.url("bulk-run", pk=run.pk))
    recent = _runs(desk).exclude(state=State.DROPPED)[:RECENT]
    context = {"form": form, "runs": [_describe(desk, run) for run in recent]}
    return desk.render("bulk", context, status=400 if form.errors else 200)


def _begun(desk: Desk, form: FileForm) -> ImportRun | None:
    waiting = list(runs.unconfirmed(desk.workshop).values_list("file_name", flat=True))
    try:
        run = runs.begin(
            workshop=desk.workshop,
            user=desk.request.user,
            language=get_language(),
            file=form.cleaned_data["file"],
            photos=form.cleaned_data["photos"],
        )
    except BadTable as problem:
        form.add_error("photos" if isinstance(problem, BadPhotos) else "file", str(problem))
        return None
    for name in waiting:
        messages.info(desk.request, _("“%(file)s” was put aside. Nobody had said yes to it yet.") % {"file": name})
    if run.state == State.CHECKING:
        tasks.start(run)
    return run


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def run(desk: Desk, pk: int) -> HttpResponse:
    """Where an import stands and what becomes of each row; a POST does ``action``."""
    found = get_object_or_404(_runs(desk), pk=pk)
    if found.state == State.DROPPED:
        # Somebody sent another file meanwhile, or this window is an old one.
        messages.info(desk.request, _("“%(file)s” is no longer here. You can send it again.") % {"file": found.file_name})
        return redirect(desk.url("bulk"))
    if desk.request.method == "POST":
        act = ACTIONS.get(desk.request.POST.get("action", ""))
        return act(desk, found) if act else HttpResponseBadRequest()
    response = desk.render("bulk_run", _context(desk, found))
    if found.is_under_way:
        # Works without scripts, too.
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def _do(desk: Desk, found: ImportRun, change: Callable[[], None]) -> HttpResponse:
    try:
        change()
    except (runs.NotNow, BadTable) as problem:
        messages.error(desk.request, str(problem))
    else:
        tasks.start(found)
    return redirect(desk.url("bulk-run", pk=found.pk))


def _write(desk: Desk, found: ImportRun) -> HttpResponse:
    return _do(desk, found, lambda: runs.start_writing(found))


def _encoding(desk: Desk, found: ImportRun) -> HttpResponse:
    return _do(desk, found, lambda: runs.choose_encoding(found, desk.request.POST.get("encoding", "")))


def _sign(desk: Desk, found: ImportRun) -> HttpResponse:
    return _do(desk, found, lambda: runs.choose_sign(found, desk.request.POST.get("sign", "")))


def _go_on(desk: Desk, found: ImportRun) -> HttpResponse:
    if found.is_under_way:
        tasks.start(found)
    return redirect(desk.url("bulk-run", pk=found.pk))


def _drop(desk: Desk, found: ImportRun) -> HttpResponse:
    runs.drop(found)
    messages.success(desk.request, _("The file is thrown away."))
    return redirect(desk.url("bulk"))


ACTIONS = {"write": _write, "encoding": _encoding, "sign": _sign, "go_on": _go_on, "drop": _drop}


@require_safe
@desk_view(needs=Right.LIST)
def report(desk: Desk, pk: int) -> HttpResponseBase:
    """The report as CSV."""
    found = get_object_or_404(_runs(desk).exclude(state=State.DROPPED), pk=pk)
    return _download(StreamingHttpResponse(report_csv(found)), "csv", f"import-{found.pk}-report")


@require_safe
@desk_view(needs=Right.LIST)
def template(desk: Desk, kind: str) -> HttpResponseBase:
    """An empty table with the headings of the page's language."""
    return _table(Table(desk.workshop), kind, f"{desk.workshop.slug}-empty")


@require_safe
@desk_view(needs=Right.LIST)
def export(desk: Desk, kind: str) -> HttpResponseBase:
    """The pieces that the list would show with the same ``q`` and ``state``; without them all, also those put away."""
    words = clean_words(desk.request.GET.get("q", "")[:100], lines=False)
    state = desk.request.GET.get("state", "")
    rows = desk.pieces().order_by("pk")
    if words or state in pieces.STATES:
        rows = pieces.found(desk, words, state if state in pieces.STATES else "").select_related(None).prefetch_related(None)
    return _table(Table(desk.workshop, rows), kind, f"{desk.workshop.slug}-{timezone.localdate():%Y-%m-%d}")


def _table(table: Table, kind: str, name: str) -> HttpResponseBase:
    if kind not in KINDS:
        raise Http404
    response = FileResponse(table.xlsx()) if kind == "xlsx" else StreamingHttpResponse(table.csv())
    return _download(response, kind, name)


def _download(response: HttpResponseBase, kind: str, name: str) -> HttpResponseBase:
    response["Content-Type"] = KINDS[kind]
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = NOBODY_KEEPS_IT
    return inert(response)


def _runs(desk: Desk):
    return ImportRun.objects.filter(workshop=desk.workshop).select_related("workshop__village__economy")


def _describe(desk: Desk, found: ImportRun) -> dict:
    return {
        "url": desk.url("bulk-run", pk=found.pk),
        "file": found.file_name,
        "state": found.state,
        "label": found.get_state_display(),
        "at": found.created_at,
        "counts": found.counts,
    }


def _context(desk: Desk, found: ImportRun) -> dict:
    here = desk.url("bulk-run", pk=found.pk)
    chosen = desk.request.GET.get("show", "")
    rows = found.report.all()
    if chosen in Outcome.values:
        rows = rows.filter(outcome=chosen)
    page = Paginator(rows, PER_PAGE).get_page(desk.request.GET.get("page"))
    filters = [{"label": _("All"), "url": here, "current": chosen not in Outcome.values, "count": sum(found.counts.values())}]
    filters += [
        {"label": label, "url": f"{here}?show={value}", "current": chosen == value, "count": found.counts[value]}
        for value, label in Outcome.choices
    ]
    return {
        "run": _describe(desk, found)
        | {
            "language": found.language,
            "done": found.position,
            "total": found.total,
            "under_way": found.is_under_way,
            "silent": found.is_under_way and timezone.now() - found.moved_at > SILENT,
            "writes": found.state == State.WRITING,
            "to_write": found.new + found.changed,
            "unknown": found.unknown,
            "two_ways": found.two_ways and found.state == State.CHECKED,
            "why": found.why,
            "report_url": desk.url("bulk-report", pk=found.pk),
        },
        "readings": runs.doubts(found) if found.state == State.ASKING else [],
        "rows": [_describe_row(row) for row in page],
        "filters": filters,
        "paging": describe_paging(page, desk.request),
    }


def _describe_row(row: ImportRow) -> dict:
    changes = [note for note in row.notes if len(note) == 3]
    return {
        "number": row.number,
        "code": row.code,
        "outcome": row.outcome,
        "label": row.get_outcome_display(),
        "read": changes if row.outcome == Outcome.NEW else [],
        "changes": changes if row.outcome != Outcome.NEW else [],
        "reasons": [note for note in row.notes if len(note) == 2],
    }
