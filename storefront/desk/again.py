"""Asked again: before money, members or the way to reach her are changed, a person shows that it is still she.

    @desk_view(needs=Right.OWN)
    @ask_again
    def payee(desk: Desk) -> HttpResponse: …

Her password (or a code, where she has none) counts for MARKETPLACE_ASK_AGAIN_MINUTES in this session. What she had typed
comes along in the page itself, never in the session; passwords in it she types again. A right answer gives the session a
new key, so that a copied cookie is worth nothing from then on.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial, wraps

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from marketplace.notices import codes, contacts
from marketplace.notices.limits import TooMany
from storefront.desk.scope import Desk
from storefront.security import address_of, forgive, take_try, too_many

KEPT = "asked_again"
ANSWER, SEND, METHOD = "again-answer", "again-send", "again-method"
PURPOSE, TICKET = "again", "again_ticket"
LONGEST = 200


def is_fresh(request: HttpRequest) -> bool:
    """Whether this person answered within the last minutes, in this session."""
    kept = request.session.get(KEPT)
    if not isinstance(kept, dict) or kept.get("user") != request.user.pk:
        return False
    return 0 <= time.time() - kept.get("at", 0) < 60 * settings.MARKETPLACE_ASK_AGAIN_MINUTES


def ask_again(view: Callable | None = None, *, drop: Iterable[str] = ()) -> Callable:
    """``view(desk or request, …)`` for somebody who has just shown that it is she. ``drop``: fields not carried along."""
    if view is None:
        return partial(ask_again, drop=drop)

    @wraps(view)
    def wrapper(first: Desk | HttpRequest, *args, **kwargs) -> HttpResponse:
        request = _request_of(first)
        request.sensitive_post_parameters = "__ALL__"
        if is_fresh(request):
            _strip(request)
            return view(first, *args, **kwargs)
        if request.method != "POST" or not (ANSWER in request.POST or SEND in request.POST):
            return _ask(first, drop, status=403 if request.method == "POST" else 200)
        try:
            refused = _answer(first, request, drop)
        except TooMany as problem:
            wrong = SEND not in request.POST
            if wrong:
                logout(request)
            return too_many(request, problem, signed_out=wrong)
        if refused is not None:
            return refused
        if request.POST.get(METHOD) == "GET":
            return redirect(request.get_full_path())
        _strip(request)
        return view(first, *args, **kwargs)

    return wrapper


def _answer(first: Desk | HttpRequest, request: HttpRequest, drop: Iterable[str]) -> HttpResponse | None:
    """None: it was right. Raises TooMany."""
    if SEND in request.POST and not request.user.has_usable_password():
        return _send(first, request, drop)
    take_try(request, request.user.pk)
    if not _is_right(request):
        return _ask(first, drop, why=_why(request), status=400)
    forgive(request, request.user.pk)
    request.session.pop(TICKET, None)
    request.session[KEPT] = {"user": request.user.pk, "at": int(time.time())}
    request.session.cycle_key()
    return None


def _is_right(request: HttpRequest) -> bool:
    answer = request.POST.get(ANSWER, "")[:LONGEST]
    if request.user.has_usable_password():
        return request.user.check_password(answer)
    contact, ticket = _contact(request), request.session.get(TICKET, "")
    if contact is None or not ticket:
        return False
    return codes.check_code(contact=contact, purpose=PURPOSE, code=answer, ticket=ticket)


def _why(request: HttpRequest) -> str:
    if request.user.has_usable_password():
        return _("This is not your password.")
    return _("This is not the code, or it is too old.")


def _send(first: Desk | HttpRequest, request: HttpRequest, drop: Iterable[str]) -> HttpResponse:
    """Raises TooMany."""
    contact = _contact(request)
    if contact is None:
        return _ask(first, drop, why=_("We know no telephone or e-mail of yours. Please ask the shop."), status=400)
    request.session[TICKET] = codes.send_code(
        contact=contact, purpose=PURPOSE, language=request.LANGUAGE_CODE, sender=address_of(request)
    )
    return _ask(first, drop, sent=True)


def _contact(request: HttpRequest) -> contacts.Contact | None:
    return next(iter(contacts.contacts_of(request.user)), None)


def _ask(
    first: Desk | HttpRequest, drop: Iterable[str], *, why: str = "", sent: bool = False, status: int = 200
) -> HttpResponse:
    request = _request_of(first)
    posted = request.method == "POST"
    method = request.POST.get(METHOD, "POST") if posted else "GET"
    context = {
        "by_code": not request.user.has_usable_password(),
        "sent": sent or (posted and ANSWER in request.POST),
        "why": why,
        "method": "GET" if method == "GET" else "POST",
        "carried": list(_carried(request, drop)) if posted else [],
        "here": request.get_full_path(),
    }
    if not isinstance(first, HttpRequest):
        return first.render("again", context | {"frame": first.frame}, status=status)
    frame = {"frame": "storefront/layout/personal.html"}
    return render(request, "storefront/desk/again.html", context | frame, status=status)


def _request_of(first: Desk | HttpRequest) -> HttpRequest:
    """Of a desk (a workshop's or an agency's: whatever has ``request``, ``render`` and ``frame``), or itself."""
    return first if isinstance(first, HttpRequest) else first.request


def _carried(request: HttpRequest, drop: Iterable[str]) -> Iterable[tuple[str, str]]:
    """What was typed, except for passwords: these are typed again."""
    for name, values in request.POST.lists():
        if name != "csrfmiddlewaretoken" and not name.startswith("again-") and "password" not in name and name not in drop:
            yield from ((name, value) for value in values)


def _strip(request: HttpRequest) -> None:
    """The view sees only what its own form has."""
    if request.method == "POST":
        data = request.POST.copy()
        for name in [name for name in data if name.startswith("again-")]:
            del data[name]
        data._mutable = False
        request.POST = data
