"""What the API refuses, and in which words."""

from django.http import HttpResponse

from storefront.api.encoding import to_json


class Problem(Exception):
    """A refusal: its HTTP status, a name for programs, a sentence for people, and which parameter it is about."""

    def __init__(self, status: int, code: str, message: str, *, parameter: str = "", headers: dict | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.parameter, self.headers = parameter, headers or {}

    def answer(self, language: str) -> HttpResponse:
        """Kept by nobody: it may be another in a moment."""
        told = {"status": self.status, "code": self.code, "message": self.message}
        if self.parameter:
            told["parameter"] = self.parameter
        headers = {"Cache-Control": "no-store", "Content-Language": language, **self.headers}
        return HttpResponse(to_json({"error": told}), status=self.status, content_type="application/json", headers=headers)


def bad(message: str, *, parameter: str = "", code: str = "bad_parameter") -> Problem:
    return Problem(400, code, message, parameter=parameter)
