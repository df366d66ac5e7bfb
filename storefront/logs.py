"""The log: in production one JSON object per line, in development lines to read; never a person's data or a secret.

Each line has the time (UTC), level, logger and message, the id of the request that it belongs to, and the reference of
the order where one is known: said by ``extra={"order": …}``, named in the message, or part of the request's address.
"""

import json
import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from marketplace.masking import mask

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# As placing.new_reference makes them.
ORDER = re.compile(r"(?<![\w-])[2-9A-HJKMNP-Z]{5}(?:-[2-9A-HJKMNP-Z]{5}){2}(?![\w-])")
# The last part of such an address lets anybody in who knows it.
SECRET_PATHS = re.compile(r"(/new-password/)[^\s\"',?]+")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_request_order: ContextVar[str] = ContextVar("request_order", default="")


class RequestIdMiddleware:
    """Gives each request an id, for its log lines and its answer: the proxy's X-Request-ID where that is a sane one."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request.id = given if SANE.fullmatch(given) else uuid.uuid4().hex
        order = ORDER.search(request.path_info)
        tokens = _request_id.set(request.id), _request_order.set(order[0] if order else "")
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(tokens[0])
            _request_order.reset(tokens[1])
        response.headers[HEADER] = request.id
        return response


def clean(text: str) -> str:
    """``text`` as it may be logged."""
    return mask(SECRET_PATHS.sub(r"\1[secret]", text))


def facts_of(record: logging.LogRecord) -> dict[str, str]:
    """What a line says, in the order in which it says it; without what is empty."""
    message = record.getMessage()
    found = ORDER.search(message)
    facts = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": clean(message),
        "order": str(getattr(record, "order", "") or (found[0] if found else _request_order.get())),
        "request": _request_id.get(),
    }
    return {name: value for name, value in facts.items() if value or name == "message"}


class _Formatter(logging.Formatter):
    def _trouble(self, record: logging.LogRecord) -> str:
        """The traceback. It is made anew for each line: the standard one is kept at the record as it was."""
        trouble = [self.formatException(record.exc_info)] if record.exc_info else []
        trouble += [self.formatStack(record.stack_info)] if record.stack_info else []
        return clean("\n".join(trouble))


class JsonFormatter(_Formatter):
    """One line, whatever the message holds: nobody can write a second line into the log."""

    def format(self, record: logging.LogRecord) -> str:
        facts, trouble = facts_of(record), self._trouble(record)
        return json.dumps(facts | ({"exception": trouble} if trouble else {}), ensure_ascii=False)


class LineFormatter(_Formatter):
    """For people at a terminal. Line breaks of a message are indented, so that they cannot pass for lines of their own."""

    def format(self, record: logging.LogRecord) -> str:
        facts, trouble = facts_of(record), self._trouble(record)
        line = " ".join(facts[name].replace("\n", "\n    ") for name in ("time", "level", "logger", "message"))
        about = " ".join(f"{name}={facts[name]}" for name in ("order", "request") if name in facts)
        return line + (f"  [{about}]" if about else "") + (f"\n{trouble}" if trouble else "")


def logging_config(*, production: bool, level: str) -> dict:
    """The setting LOGGING. Everything goes to the standard error stream, where services and containers read it.

    Django's own handlers are left out: one mails whole requests, with all that people typed, to the administrators.
    """
    formatter = JsonFormatter if production else LineFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # gunicorn's own words would come in a form of their own.
            "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # These would write what they send and get: addresses, keys.
            "stripe": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "django.db.backends": {"level": "WARNING"},
            # Two lines for every task, one for every saved stock record.
            "django_tasks": {"level": "WARNING"},
            "oscar.alerts": {"level": "WARNING"},
        },
    }
