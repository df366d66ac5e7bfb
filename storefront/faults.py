"""What a reader sees when something below does not work, or when the database refuses: a sentence, never a bare 500."""

import logging
import sys
from collections.abc import Callable

from django.contrib import messages
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error as plain_error

from marketplace.payments.constraints import sentence_of

log = logging.getLogger(__name__)
RETRY_AFTER = 15  # seconds
AWAY = (OperationalError, InterfaceError)


class FaultsMiddleware:
    """The last in the list, so that what it catches has touched nothing else."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, AWAY):
            return unavailable(problem)
        if isinstance(problem, UnreadablePostError):
            # Too slow (slow_bodies.py), or gone.
            log.warning("a request did not arrive whole: %s", problem)
            sentence = _("Your message arrived too slowly. Nothing was changed. Please try again.")
            return HttpResponse(sentence, status=408, content_type="text/plain; charset=utf-8")
        if isinstance(problem, IntegrityError) and (sentence := sentence_of(problem)):
            log.warning("refused by the database: %s", sentence)
            return _refused(request, sentence)
        return None


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    """409 with the sentence; whoever filled in a form on a screen of staff goes back to it."""
    if request.method == "POST" and request.path.startswith(("/dashboard/", "/django-admin/", "/admin/")):
        messages.error(request, sentence)
        return HttpResponseRedirect(request.get_full_path())
    return render(request, "409.html", {"sentence": sentence}, status=409)


def unavailable(problem: Exception) -> HttpResponse:
    """503, and when to come again. Drawn without the database."""
    log.error("the database does not answer: %s", problem)
    return HttpResponse(
        render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: what failed outside of a view (a session, a basket's cookie) ends here as well."""
    problem = sys.exc_info()[1]
    return unavailable(problem) if isinstance(problem, AWAY) else plain_error(request)
