"""Whole answers for cards and oEmbed, given before anything else looks at the request: no SQL, no session, no template.

An answer is true for one moment (storefront/embeds/moment.py): it never outlives a change by more than a second. While
the database is away the last one stays; one with prices only as long as prices may be old.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from marketplace.partnerships import counting
from storefront.embeds import moment
from storefront.embeds.asked import CARDS, OEMBED, Asked, Refused, asked_by
from storefront.embeds.shelf import Shelf
from storefront.etags import is_known
from storefront.security import address_of

# While the database is away a kept card stays; its prices only this long. Seconds.
PRICES_LAST = 6 * 3600
# Of every request alone.
NEVER_KEPT = ("Set-Cookie", "X-Request-ID")


class Shown(NamedTuple):
    """What an answer shows: the subject as it is counted ("story-7"; empty: none), and whether it names a price."""

    subject: str = ""
    priced: bool = False


@dataclass
class Answer:
    """``confirmed_at`` (seconds, monotonic) is when it was last known to be true."""

    body: bytes
    headers: dict[str, str]
    shown: Shown
    moment: moment.Moment
    confirmed_at: float

    def respond(self, request: HttpRequest) -> HttpResponse:
        if is_known(request, self.headers["ETag"]):
            # The headers of a 304 replace those of the stored answer, so the same ones have to travel.
            kept = {
                name: value
                for name, value in self.headers.items()
                if name not in ("Content-Type", "Content-Length")
            }
            return HttpResponseNotModified(headers=kept)
        return HttpResponse(self.body, headers=self.headers)


def weigh(answer: Answer) -> int:
    """Bytes in memory, about."""
    return len(answer.body) + sum(len(name) + len(value) + 100 for name, value in answer.headers.items()) + 500


class Answers:
    """Whole answers, bounded by MARKETPLACE_EMBEDS_CACHE_MB; 0 switches them off."""

    def __init__(self) -> None:
        self._shelf: Shelf[Answer] = Shelf(0, weigh)

    @property
    def enabled(self) -> bool:
        self._shelf.room = settings.MARKETPLACE_EMBEDS_CACHE_MB * 1_048_576
        return self._shelf.room > 0

    def find(self, key: tuple) -> Answer | None:
        """A kept answer that is true now; while the database is away, one that may still be shown."""
        answer = self._shelf.get(key)
        if answer is None:
            return None
        try:
            now = moment.now()
        except Exception:
            old = time.monotonic() - answer.confirmed_at
            return None if answer.shown.priced and old >= PRICES_LAST else answer
        if answer.moment != now:
            return None
        answer.confirmed_at = time.monotonic()
        return answer

    def keep(self, key: tuple, response: HttpResponse, made_for: moment.Moment) -> Answer | None:
        """The answer that was kept; None for what is not kept (errors, redirects)."""
        shown = getattr(response, "embed_shown", None)
        if shown is None or response.status_code != 200 or response.cookies or "ETag" not in response:
            return None
        headers = {name: value for name, value in response.items() if name not in NEVER_KEPT}
        answer = Answer(response.content, headers, shown, made_for, time.monotonic())
        self._shelf.put(key, answer)
        return answer

    def clear(self) -> None:
        self._shelf.clear()


answers = Answers()


class EmbedAnswersMiddleware:
    """Stands above everything but health and request ids, so that what the others add is kept with the answer."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not (path.startswith(CARDS) or path in OEMBED) or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        try:
            asked = asked_by(request)
        except (Refused, ValueError):
            asked = None
        if asked is None:
            return self.get_response(request)
        response, shown = self._answer(request, asked)
        if shown.subject and asked.options.via and not asked.format:
            _count(request, asked, shown.subject)
        return response

    def _answer(self, request: HttpRequest, asked: Asked) -> tuple[HttpResponse, Shown]:
        key = (asked, request.META.get("HTTP_HOST", ""), request.is_secure())
        if not answers.enabled:
            response = self.get_response(request)
            return response, getattr(response, "embed_shown", Shown())
        answer = answers.find(key)
        if answer is None:
            response, answer = self._make(request, key)
            if answer is None:
                return response, getattr(response, "embed_shown", Shown())
        return answer.respond(request), answer.shown

    def _make(self, request: HttpRequest, key: tuple) -> tuple[HttpResponse, Answer | None]:
        try:
            now = moment.now()
        except Exception:
            return self.get_response(request), None
        # The whole answer is wanted, also by somebody who has it: others have not. Answer.respond() compares.
        known = request.META.pop("HTTP_IF_NONE_MATCH", None)
        response = self.get_response(request)
        if known is not None:
            request.META["HTTP_IF_NONE_MATCH"] = known
        return response, answers.keep(key, response, now)


def _count(request: HttpRequest, asked: Asked, subject: str) -> None:
    """One view for the agency. Costs no SQL; who asks not to be tracked is left out."""
    if request.method != "GET":
        return
    meta = request.META
    dnt = meta.get("HTTP_DNT") == "1" or meta.get("HTTP_SEC_GPC") == "1" or "dnt=1" in meta.get("QUERY_STRING", "")
    visitor = counting.Visitor(address_of(request), meta.get("HTTP_USER_AGENT", ""), dnt)
    counting.view(code=asked.options.via, subject=subject, language=asked.language, visitor=visitor)
