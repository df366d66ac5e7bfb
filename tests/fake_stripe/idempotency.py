"""Idempotency keys as the real API treats them: first answer kept a day, other parameters refused."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .errors import ApiError
from .state import State
from .wire import Answer, Call

LIFETIME = 24 * 3600  # seconds
LONGEST = 255


class Keys:
    """Every method expects the caller to hold the state's lock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._running: set[str] = set()

    def begin(self, key: str, call: Call) -> Answer | None:
        """Return the first answer again, or None when this call is the first and now runs.

        Raises ``ApiError``: 409 while the first call runs, 400 idempotency_error for another address or
        other parameters.
        """
        if len(key) > LONGEST:
            text = f"Idempotency keys can be at most {LONGEST} characters long."
            raise ApiError(text, kind="idempotency_error")
        if key in self._running:
            raise ApiError(
                f"There is currently another in-progress request using this Idempotent Key: {key}",
                status=409,
                code="idempotency_key_in_use",
                kind="idempotency_error",
            )
        kept = self._state.keys.get(key)
        if kept is None or kept["created"] <= self._state.now() - LIFETIME:
            self._running.add(key)
            return None
        self._compare(key, kept, call)
        headers = {"Content-Type": "application/json", "Idempotent-Replayed": "true"}
        if kept["status"] >= 500:
            headers["Stripe-Should-Retry"] = "false"
        return Answer(kept["status"], kept["body"].encode(), headers)

    def keep(self, key: str, call: Call, answer: Answer) -> None:
        self._state.keys[key] = {
            "created": self._state.now(),
            "path": call.path,
            "fingerprint": _fingerprint(call),
            "status": answer.status,
            "body": answer.body.decode(),
        }

    def end(self, key: str) -> None:
        self._running.discard(key)

    def _compare(self, key: str, kept: dict[str, Any], call: Call) -> None:
        text = None
        if kept["path"] != call.path:
            text = f"for the same endpoint they were first used for ('{kept['path']}' vs. '{call.path}')"
        elif kept["fingerprint"] != _fingerprint(call):
            text = "with the same parameters they were first used with"
        if text:
            raise ApiError(
                f"Keys for idempotent requests can only be used {text}. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )


def _fingerprint(call: Call) -> str:
    return hashlib.sha256(json.dumps(sorted(call.pairs)).encode()).hexdigest()
