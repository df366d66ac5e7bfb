"""Two views. Both answer with ``?bytes=`` bytes, so that a page of ours is measured against its own size."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from bench.floor.models import Card

ROWS = 24
WORDS = "<p>Words that every page of a shop has around its rows, in its head, its menus and its foot.</p>\n"


def rows(request: HttpRequest) -> HttpResponse:
    """Read the 24 newest cards in one statement and render them; the rest of the page is one constant text."""
    cards = Card.objects.filter(visible=True).order_by("-listed_at", "-product_id")[:ROWS]
    return render(request, "floor.html", {"cards": cards, "frame": _filler(int(request.GET["frame"]))})


def constant(request: HttpRequest) -> HttpResponse:
    """The same bytes each time, without a statement or a template."""
    return HttpResponse(_filler(int(request.GET["bytes"])))


@lru_cache(maxsize=100)
def _filler(number: int) -> str:
    return (WORDS * (number // len(WORDS) + 1))[:number]


urlpatterns = [path("rows/", rows), path("constant/", constant)]
