"""Languages that an agency asks for: its wishes in words."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.text import language_name
from marketplace import formats
from marketplace.partnerships import words
from marketplace.partnerships.models import Agency, Part, WordsAsked
from marketplace.partnerships.services import Refused
from storefront.agency.card_choice import as_query, read_choice
from storefront.agency.examples import Shown, recall_subject
from storefront.agency.forms import AskForm
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.agency.titles import titles_of
from storefront.embeds.kinds import kinds

SHOWN = 20


def waiting_for(agency: Agency, subject: str) -> dict[str, int]:
    """Languages in which ``subject`` is asked for and not there yet → the wish."""
    rows = WordsAsked.objects.filter(agency=agency, subject=subject, answered_at=None)
    return dict(rows.values_list("language", "pk"))


def describe_wishes(agency: Agency) -> list[dict]:
    """The newest wishes, answered or not, in the reader's language."""
    rows = list(agency.words_asked.all()[:SHOWN])
    titles = titles_of({row.subject for row in rows}, get_language())
    return [
        {
            "pk": row.pk,
            "title": titles[row.subject].text,
            "lang": titles[row.subject].lang,
            "kind": row.subject.rpartition("-")[0],
            "number": row.subject.rpartition("-")[2],
            "language": language_name(row.language),
            "code": row.language,
            "asked": formats.day(row.asked_at),
            "answered": formats.day(row.answered_at) if row.answered_at else "",
        }
        for row in rows
    ]


@require_POST
@agency_view(needs=Part.EDIT)
def ask(desk: AgencyDesk, kind: str, pk: int) -> HttpResponse:
    """A wish for a language. The same wish twice is one; one that is refused is shown again as it was typed.

    The query has what was chosen in the builder, which is shown again with it.
    """
    language, form = desk.request.POST.get("language", ""), AskForm(desk.request.POST)
    shown = recall_subject(kind, get_language(), pk) if kind in kinds else None
    if shown is None or language not in dict(settings.LANGUAGES):
        raise Http404
    back = f"{desk.url('card', kind=kind, pk=pk)}?{as_query(read_choice(desk.agency.code, desk.request.GET))}#words"
    if form.is_valid() and _asked(desk, shown, language, form):
        done = _("Asked for %(language)s. We tell you here when it is there.")
        messages.success(desk.request, done % {"language": language_name(language)})
        return redirect(back)
    context = {"form": form, "subject": shown.subject, "language": language_name(language), "back": back}
    return desk.render("wish", context, status=400)


def _asked(desk: AgencyDesk, shown: Shown, language: str, form: AskForm) -> bool:
    """Whether the wish is there now; if not, the form says why."""
    note = form.cleaned_data["note"]
    try:
        words.ask(agency=desk.agency, subject=shown.subject.name, language=language, note=note, by=desk.request.user)
    except Refused as problem:
        form.add_error("note" if problem.field == "note" else None, str(problem))
    return not form.errors
