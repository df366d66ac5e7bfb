"""The error a request ends with, in the shape the real API answers."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal with a Stripe-shaped body.

    ``kept`` says whether an idempotency key remembers this answer: the real API keeps what an endpoint
    answered once it had begun to work, and forgets refusals of malformed requests.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        extra: dict[str, Any] | None = None,
        kept: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        fields = {"type": kind, "code": code, "param": param, "message": message, **(extra or {})}
        self.fields = {key: value for key, value in fields.items() if value is not None}

    def body(self) -> dict[str, Any]:
        return {"error": self.fields}


def no_such(kind: str, object_id: str, param: str = "id") -> ApiError:
    return ApiError(f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param=param)


def missing(param: str) -> ApiError:
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def not_positive(param: str) -> ApiError:
    return ApiError("Invalid positive integer", code="parameter_invalid_integer", param=param)


def not_imitated(param: str) -> ApiError:
    """Refuse what the real API knows but this imitation would get wrong by ignoring it."""
    return ApiError(f"fake_stripe does not imitate '{param}'.", code="fake_stripe_not_imitated", param=param)
