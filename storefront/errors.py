"""Refusals in the reader's words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came from elsewhere or waited too long."""
    return render(request, "403.html", {"reason": "csrf"}, status=403)
