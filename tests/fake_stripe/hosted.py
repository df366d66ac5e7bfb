"""The pages a buyer is sent to: payment, and the bank's check."""

from __future__ import annotations

import hmac
import re
from urllib.parse import urlencode

from . import checkout, intents, pages
from .errors import ApiError
from .objects import Object
from .state import State
from .texts import language
from .wire import Answer, Call, redirect

_PAGE = re.compile(r"/(pay|authenticate)/(\w+)/?")
_SETTLING = {"arrive": True, "lapse": False}


def answer(state: State, call: Call) -> Answer:
    """Answer GET and POST of ``/pay/<session>`` and ``/authenticate/<intent>``."""
    match = _PAGE.fullmatch(call.path)
    browser = call.headers.get("Accept-Language", "")
    show = {"pay": _pay, "authenticate": _authenticate}[match[1]] if match else None
    if match is None or show is None:
        return pages.note_page("missing", language(None, browser), status=404)
    with state.call():
        checkout.expire_due(state)
        try:
            return show(state, call, match[2])
        except ApiError:
            return pages.note_page("missing", language(None, browser), status=404)


def _pay(state: State, call: Call, session_id: str) -> Answer:
    session = state.get("sessions", session_id)
    hidden = state.hidden[session_id]
    lang = language(session["locale"], call.headers.get("Accept-Language", ""))
    if call.method == "POST":
        return _choose(state, call, session, lang)
    if session["status"] != "open":
        waiting = checkout.awaits_money(state, session)
        return pages.closed_page(session, lang, waiting=waiting, nonce=hidden["nonce"])
    intent = state.tables["intents"].get(session["payment_intent"] or "", {})
    return pages.payment_page(session, hidden, intent.get("last_payment_error"), lang)


def _choose(state: State, call: Call, session: Object, lang: str) -> Answer:
    page = checkout.page_url(state, session)
    if not _is_fresh(call, state.hidden[session["id"]]["nonce"]):
        return pages.note_page("stale", lang, status=403, link=page, label="again")
    outcome = dict(call.pairs).get("outcome", "")
    if outcome in _SETTLING:
        checkout.settle(state, session["id"], succeeded=_SETTLING[outcome])
        return redirect(page)
    try:
        return redirect(checkout.attempt(state, session["id"], outcome))
    except ValueError:
        return pages.note_page("stale", lang, status=400, link=page, label="again")


def _authenticate(state: State, call: Call, intent_id: str) -> Answer:
    intent = state.get("intents", intent_id)
    hidden = state.hidden.get(intent_id, {})
    session = state.tables["sessions"].get(hidden.get("session", ""))
    lang = language(session and session["locale"], call.headers.get("Accept-Language", ""))
    if call.method == "POST":
        if not _is_fresh(call, hidden.get("nonce", "")):
            return pages.note_page("stale", lang, status=403)
        passed = dict(call.pairs).get("outcome") == "3ds-complete"
        return redirect(_finish(state, intent, passed=passed))
    if not intents.awaits_3ds(intent):
        return redirect(_finish(state, intent, passed=False))
    return pages.authentication_page(intent, hidden["nonce"], lang)


def _finish(state: State, intent: Object, *, passed: bool) -> str:
    """Pass on the bank's answer, if it is still wanted, and return where the browser goes."""
    hidden = state.hidden.get(intent["id"], {})
    if hidden.get("session"):
        return checkout.finish_3ds(state, intent, passed=passed)
    intents.finish_3ds(state, intent, passed=passed)
    back = hidden.get("return_url") or f"{state.base_url}/"
    query = urlencode(
        {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
        }
    )
    return f"{back}{'&' if '?' in back else '?'}{query}"


def _is_fresh(call: Call, nonce: str) -> bool:
    given = dict(call.pairs).get("nonce", "")
    return bool(nonce) and hmac.compare_digest(given.encode(), nonce.encode())
