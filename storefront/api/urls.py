from django.http import Http404, HttpRequest
from django.urls import path, re_path

from storefront.api import openapi, pieces, stories, villages
from storefront.api.answers import resource


@resource
def absent(request: HttpRequest, rest: str = "") -> dict:
    """Whatever else is asked for below the API: its own 404, never the shop's page."""
    raise Http404


# Numbers have at most nine digits, so that every one of them is one of the database's. "/" at the end may be left out.
urlpatterns = [
    path("", openapi.index, name="index"),
    path("openapi.json", openapi.document, name="openapi"),
    re_path(r"^stories/?$", stories.listing, name="stories"),
    re_path(r"^stories/(?P<pk>[0-9]{1,9})/?$", stories.detail, name="story"),
    re_path(r"^villages/?$", villages.listing, name="villages"),
    re_path(r"^villages/(?P<slug>[-a-zA-Z0-9_]+)/?$", villages.detail, name="village"),
    re_path(r"^pieces/?$", pieces.listing, name="pieces"),
    re_path(r"^pieces/(?P<pk>[0-9]{1,9})/?$", pieces.detail, name="piece"),
    re_path(r"^(?P<rest>.*)$", absent, name="absent"),
]
