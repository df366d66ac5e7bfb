"""Finds and serves pages of the tree in few statements."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail import hooks
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve

from storefront.public import public_page, public_path, root_paths


def find_page(path: str, language: str) -> Page | None:
    """The live page at ``path`` (below the language) with ``translations`` set: language code → path. Two statements."""
    root = root_paths().get(language)
    if root is None:
        return None
    url_path = root + (path.strip("/") + "/" if path.strip("/") else "")
    same = Page.objects.filter(url_path=url_path, locale__language_code=language).values("translation_key")[:1]
    rows = list(Page.objects.filter(translation_key__in=same, live=True).select_related("locale", "content_type"))
    base = next((row for row in rows if row.url_path == url_path and row.locale.language_code == language), None)
    if base is None:
        return None
    page = base.specific
    page._request_translations = {
        row.locale.language_code: public_path(row.url_path, row.locale.language_code) for row in rows
    }
    return page


@public_page
def serve_page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Serves a page of the tree under the active language; anything that is not a plain live page goes Wagtail's way."""
    page = find_page(path, get_language())
    if page is None:
        return wagtail_serve(request, path)
    request.public_page = page
    for check in hooks.get_hooks("before_serve_page"):
        answer = check(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    return page.serve(request)


