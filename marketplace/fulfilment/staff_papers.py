"""The papers of a consignment for staff: the same files that its maker has."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View
from wagtail.log_actions import log

from marketplace.fulfilment.declare import make_paper, papers_of
from marketplace.fulfilment.files import file_response
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.sealing import CannotOpen
from marketplace.registry import Unknown
from marketplace.trade.papers.refusal import PaperRefused

MAY_SEE = "marketplace_fulfilment.view_consignment"


def papers_shown(consignment: Consignment, url_of) -> list[dict]:
    """For papers.html: title, address (``url_of(name)``), whether it is needed, and what is missing."""
    return [
        {
            "title": state.paper.title,
            "url": url_of(state.paper.name),
            "needed": state.needed,
            "problems": list(dict.fromkeys(problem.text for problem in state.problems)),
        }
        for state in papers_of(consignment)
    ]


@method_decorator(never_cache, name="dispatch")
class PaperView(View):
    """One paper as a file. Opening the buyer's customs id for it is recorded in the log."""

    http_method_names = ["get", "head"]
    template_name = "marketplace/fulfilment/paper_refused.html"

    def get(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        consignment = get_object_or_404(Consignment.objects.select_related("order__payment", "workshop__partner"), pk=pk)
        try:
            paper, file_name, data = make_paper(consignment, name)
        except Unknown:
            raise Http404 from None
        except PaperRefused as refused:
            return self._refused(consignment, [problem.text for problem in refused.problems])
        except CannotOpen:
            return self._refused(consignment, [_("The customs id of the addressee cannot be opened: its key is missing.")])
        log(instance=consignment, action="wagtail.edit", user=request.user, data={"paper": name})
        return file_response(data, paper.media_type, file_name, view="view" in request.GET)

    def _refused(self, consignment: Consignment, problems: list[str]) -> HttpResponse:
        context = {"consignment": consignment, "problems": list(dict.fromkeys(problems))}
        return render(self.request, self.template_name, context, status=409)
