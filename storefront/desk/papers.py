"""The papers of a consignment: what is needed, what still keeps it from being printed, and the files.

Customs papers and the invoice carry values by law, so a packer reads them there, and nowhere else on the desk.
"""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.economies.scripts import is_latin
from marketplace.fulfilment.all_papers import make_all_papers
from marketplace.fulfilment.declare import PaperState, make_paper, papers_of
from marketplace.fulfilment.files import file_response
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.sealing import CannotOpen
from marketplace.fulfilment.senders import change_sender, sender_of
from marketplace.registry import Unknown
from marketplace.trade.papers.refusal import PaperProblem, PaperRefused
from marketplace.workshops.models import Right
from storefront.desk.fields import Words
from storefront.desk.scope import Desk, desk_view

State = Consignment.State
OPEN = (State.PLACED, State.PACKED)
ALL, PDF = "all", "application/pdf"


@require_safe
@desk_view(needs=Right.PACK)
def paper(desk: Desk, pk: int, paper: str) -> HttpResponse:
    """One paper of an own, paid consignment as a file, or in the browser with ``?view``. 409 says why there is none.

    ``paper`` "all": every needed one that is printed, in one file.
    """
    consignment = desk.consignment(pk)
    if consignment.state == State.CANCELLED:
        raise Http404
    try:
        media_type, file_name, data = _make(consignment, paper)
    except Unknown:
        raise Http404 from None
    except PaperRefused as refused:
        return _refused(desk, consignment, refused.problems)
    except CannotOpen:
        text = _("The buyer’s customs number cannot be read at the moment. Please tell us.")
        return _refused(desk, consignment, [PaperProblem("addressee.customs_id", None, text)])
    return file_response(data, media_type, file_name, view="view" in desk.request.GET)


def _make(consignment: Consignment, paper: str) -> tuple[str, str, bytes]:
    """Media type, file name and bytes. Raises Unknown, PaperRefused, CannotOpen."""
    if paper == ALL:
        return PDF, *make_all_papers(consignment)
    made, file_name, data = make_paper(consignment, paper)
    return made.media_type, file_name, data


def _refused(desk: Desk, consignment: Consignment, problems: list[PaperProblem]) -> HttpResponse:
    context = {
        "number": consignment.number,
        "back_url": desk.url("consignment", pk=consignment.pk),
        "problems": _describe_problems(problems, desk, consignment),
    }
    return desk.render("paper_refused", context, status=409)


def describe_papers(consignment: Consignment, desk: Desk) -> dict:
    """For parts/papers.html: the needed papers, then those that may be made besides. Empty once it was called off."""
    if consignment.state == State.CANCELLED:
        return {}
    states = papers_of(consignment)
    needed = [_describe(state, desk, consignment) for state in states if state.needed]
    lost, open_ = _lost(states, consignment), [state for state in states if state.needed and not _why_lost(state, consignment)]
    whole = all(not state.problems for state in states if state.needed and state.paper.media_type == PDF)
    return {
        "all_url": desk.url("paper", pk=consignment.pk, paper=ALL) if whole else "",
        "all_name": f"{consignment.number}-papers.pdf",
        "needed": needed,
        "others": [_describe(state, desk, consignment) for state in states if not state.needed],
        "lost": lost,
        "problems": _all_problems(open_, desk, consignment),
    }


def _lost(states: list[PaperState], consignment: Consignment) -> list[str]:
    """Why needed papers can never be made any more: a sentence for each reason, with their names."""
    found: dict[str, list[str]] = {}
    for state in states:
        if state.needed and (why := _why_lost(state, consignment)):
            found.setdefault(why, []).append(str(state.paper.title))
    return [why % {"papers": formats.joined(titles)} for why, titles in found.items()]


def _why_lost(state: PaperState, consignment: Consignment) -> str:
    return next((why for row in state.problems if (why := _too_late(row, consignment))), "")


def _too_late(problem: PaperProblem, consignment: Consignment) -> str:
    """A sentence of what nobody can say any more about a parcel that has left; its number, staff can still enter."""
    if problem.where != "parcel" or problem.field == "s10" or consignment.state in OPEN:
        return ""
    if problem.field == "gross_g":
        return _("It was sent without a weight, so there is no such paper: %(papers)s.")
    return _("It was sent before all was known of the parcels, so there is no such paper: %(papers)s.")


def _describe(state: PaperState, desk: Desk, consignment: Consignment) -> dict:
    url = desk.url("paper", pk=consignment.pk, paper=state.paper.name)
    return {
        "title": state.paper.title,
        "ready": not state.problems,
        "lost": bool(_why_lost(state, consignment)),
        "url": url,
        "print_url": f"{url}?view" if state.paper.media_type == PDF else "",
    }


def _all_problems(states: list[PaperState], desk: Desk, consignment: Consignment) -> list[dict]:
    """Each problem once, with a sentence that names the papers which wait for it."""
    found: dict[PaperProblem, list[str]] = {}
    for state in states:
        for problem in dict.fromkeys(state.problems):
            found.setdefault(problem, []).append(str(state.paper.title))
    shown = _describe_problems(list(found), desk, consignment)
    rows = zip(shown, found.values(), strict=True)
    return [row | {"waiting": _waiting(titles, len(states))} for row, titles in rows]


def _waiting(titles: list[str], count: int) -> str:
    """What cannot be printed yet. ``count``: of all papers that are needed."""
    if len(titles) == count:
        return _("All papers wait for this.")
    return _("Waiting for this: %(papers)s.") % {"papers": formats.joined(titles)}


def _describe_problems(problems: list[PaperProblem], desk: Desk, consignment: Consignment) -> list[dict]:
    """Each with where it is mended; what is not the maker's to mend has no address."""
    return [{"text": problem.text, **_place(problem, desk, consignment)} for problem in problems]


def _place(problem: PaperProblem, desk: Desk, consignment: Consignment) -> dict[str, str]:
    if problem.where == "piece" and problem.piece:
        return {"url": desk.url("piece", pk=problem.piece), "link": _("Change the piece")}
    if problem.where == "parcel":
        return _place_of_parcel(problem, desk, consignment)
    if problem.where == "sender":
        return {"url": desk.url("sender"), "link": _("Change your address")}
    if problem.where == "addressee":
        return {"url": "", "link": "", "hint": _("Only the buyer can say this. Please tell us, and we ask.")}
    if problem.where == "cn23":
        return {"url": desk.url("paper", pk=consignment.pk, paper="cn23"), "link": _("Save the CN23")}
    return {"url": "", "link": "", "hint": _("This is ours to do. Please tell us.")}


def _place_of_parcel(problem: PaperProblem, desk: Desk, consignment: Consignment) -> dict[str, str]:
    url, number = desk.url("consignment", pk=consignment.pk), problem.field == "s10"
    if consignment.state in OPEN:
        if number:
            return {"url": f"{url}#{_number_field(consignment)}", "link": _("Enter the number")}
        return {"url": f"{url}#pack-weight", "link": _("Weigh the parcel")}
    if number:
        return {"url": "", "link": "", "hint": _("It has been sent. Please tell us the number, and we enter it.")}
    return {"url": "", "link": "", "hint": _("It has been sent, so this cannot be changed any more.")}


def _number_field(consignment: Consignment) -> str:
    """The id of the field that asks for it: where the parcel is packed, then where it is sent."""
    return "pack-tracking" if consignment.state == State.PLACED else "id_tracking"


class SenderForm(forms.Form):
    """Where the workshop's parcels come from, in Latin letters: customs abroad read it."""

    name = Words(label=gettext_lazy("Name of the sender"), max_length=120)
    line1 = Words(label=gettext_lazy("Street and number"), max_length=120)
    line2 = Words(label=gettext_lazy("Building, flat"), max_length=120, required=False)
    city = Words(label=gettext_lazy("Village or town"), max_length=100)
    state = Words(label=gettext_lazy("State, province or prefecture"), max_length=100, required=False)
    postcode = Words(label=gettext_lazy("Postcode"), max_length=20, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean(self) -> dict:
        data = super().clean()
        for name, value in list(data.items()):
            if value and not is_latin(value):
                self.add_error(name, _("Please use Latin letters here."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.PACK)
def sender(desk: Desk) -> HttpResponse:
    """The address on the workshop's papers. Its economy is that of the village."""
    known = sender_of(desk.workshop)
    form = SenderForm(desk.request.POST or None, initial={**vars(known.address), "name": known.name})
    if desk.request.method == "POST" and form.is_valid():
        change_sender(workshop=desk.workshop, **form.cleaned_data)
        messages.success(desk.request, _("Your address is saved. It stands on every paper from now on."))
        return redirect(desk.url("workshop"))
    status = 400 if form.is_bound else 200
    return desk.render("sender", {"form": form, "economy": economy_name(known.economy)}, status=status)
