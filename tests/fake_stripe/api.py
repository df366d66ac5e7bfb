"""One API call from the door to the answer: key, faults, idempotency, work."""

from __future__ import annotations

import copy
import secrets
import threading

from . import checkout, routes
from .errors import ApiError
from .faults import ApiFault
from .forms import nest
from .idempotency import Keys
from .reading import expanded
from .schema import check
from .state import Request, State
from .wire import Answer, Call, json_answer


def _rate_limit() -> ApiError:
    return ApiError("Request rate limit exceeded.", status=429, code="rate_limit")


def _server_error() -> ApiError:
    return ApiError("An unknown error occurred.", status=500, kind="api_error")


_DOOR = {"429": _rate_limit, "500": _server_error}


class Api:
    """Answers calls below ``/v1/``. ``closing`` ends the waits of ``timeout`` faults early."""

    def __init__(self, state: State, closing: threading.Event) -> None:
        self._state, self._closing = state, closing
        self._keys = Keys(state)

    def answer(self, call: Call) -> Answer:
        request = self._record(call)
        try:
            answer = self._admitted(call, request)
        except ApiError as error:
            answer = json_answer(error.status, error.body())
        request.status = answer.status
        request.replayed = "Idempotent-Replayed" in answer.headers
        answer.headers["Request-Id"] = f"req_{secrets.token_hex(7)}"
        if request.idempotency_key:
            answer.headers["Idempotency-Key"] = request.idempotency_key
        return answer

    def _record(self, call: Call) -> Request:
        key = call.headers.get("Idempotency-Key") if call.method == "POST" else None
        try:
            params = nest(call.pairs)
        except ApiError:
            params = {}
        request = Request(call.method, call.path, params, key or None)
        with self._state.lock:
            self._state.requests.append(request)
        return request

    def _admitted(self, call: Call, request: Request) -> Answer:
        _authenticate(call)
        with self._state.lock:
            fault = self._state.faults.take(call.method, call.path)
        if fault and fault.kind in _DOOR:
            raise _DOOR[fault.kind]()
        if request.idempotency_key is None:
            return self._faulty(call, fault, None)
        with self._state.lock:
            replay = self._keys.begin(request.idempotency_key, call)
        if replay:
            return replay
        try:
            return self._faulty(call, fault, request.idempotency_key)
        finally:
            with self._state.lock:
                self._keys.end(request.idempotency_key)

    def _faulty(self, call: Call, fault: ApiFault | None, key: str | None) -> Answer:
        kind = fault.kind if fault else ""
        if self._state.faults.latency:
            self._closing.wait(self._state.faults.latency)
        if fault and kind == "timeout":
            self._closing.wait(fault.seconds)
        answer = self._work(call, key, spoil=kind == "500_kept")
        answer.lost = kind == "lost_response"
        return answer

    def _work(self, call: Call, key: str | None, *, spoil: bool) -> Answer:
        with self._state.call(key):
            try:
                answer, kept = json_answer(200, self._carry_out(call)), True
            except ApiError as error:
                answer, kept = json_answer(error.status, error.body()), error.kept
            if spoil:
                error, kept = _server_error(), True
                answer = json_answer(error.status, error.body(), Stripe_Should_Retry="false")
            if key and kept:
                self._keys.keep(key, call, answer)
            return answer

    def _carry_out(self, call: Call) -> dict[str, object]:
        checkout.expire_due(self._state)
        route, ids = routes.find(call.method, call.path)
        params = check(nest(call.pairs), route.params)
        paths = params.pop("expand", None) or []
        done = route.verb(self._state, copy.deepcopy(params), *ids)
        return expanded(self._state, done, paths)


def _authenticate(call: Call) -> None:
    scheme, _, key = call.headers.get("Authorization", "").partition(" ")
    if not key:
        raise ApiError("You did not provide an API key.", status=401)
    if scheme != "Bearer" or not key.startswith("sk_test_"):
        raise ApiError(f"Invalid API Key provided: {key[:8]}**** (sk_test_ keys only).", status=401)
