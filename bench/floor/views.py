"""Three views. All answer with ``?bytes=`` bytes, so that a page of ours is measured against its own size."""

from functools import lru_cache

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from bench.floor.models import Card

ROWS = 24
ASK = """
SELECT title, summary FROM bare, plainto_tsquery('simple', %s) asked
WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC, id LIMIT %s
"""
WORDS = "<p>Words that every page of a shop has around its rows, in its head, its menus and its foot.</p>\n"


def rows(request: HttpRequest) -> HttpResponse:
    """Read the 24 newest cards in one statement and render them; the rest of the page is one constant text."""
    cards = Card.objects.filter(visible=True).order_by("-listed_at", "-product_id")[:ROWS]
    return render(request, "floor.html", {"cards": cards, "frame": _filler(int(request.GET["frame"]))})


def constant(request: HttpRequest) -> HttpResponse:
    """The same bytes each time, without a statement or a template."""
    return HttpResponse(_filler(int(request.GET["bytes"])))


def words(request: HttpRequest) -> HttpResponse:
    """The best 24 texts of PostgreSQL's own full-text search for ?q=, from a plain table (bench/search.py makes it)."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, [request.GET["q"], ROWS])
        cards = [{"texts": {"en": {"title": title, "summary": summary}}} for title, summary in cursor.fetchall()]
    return render(request, "floor.html", {"cards": cards, "frame": _filler(int(request.GET["frame"]))})


@lru_cache(maxsize=100)
def _filler(number: int) -> str:
    return (WORDS * (number // len(WORDS) + 1))[:number]


urlpatterns = [path("rows/", rows), path("words/", words), path("constant/", constant)]
