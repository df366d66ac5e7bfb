"""Finds and serves pages of the tree in few statements."""

from django.apps import apps
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail import hooks
from wagtail.models import Page, PageViewRestriction
from wagtail.views import serve as wagtail_serve

from storefront.embeds.discovery import discovery
from storefront.listing.directory import get_directory
from storefront.public import public_page


def find_page(path: str, language: str) -> Page | None:
    """The live page at ``path`` (below the language); None also for one that is not for everyone. Two statements.

    ``_request_translations`` holds its addresses: language code → path.
    """
    directory = get_directory(language)
    root = directory.roots.get(language)
    if root is None:
        return None
    url_path = root + (path.strip("/") + "/" if path.strip("/") else "")
    same = Page.objects.filter(url_path=url_path, locale__language_code=language).values("translation_key")[:1]
    rows = Page.objects.filter(translation_key__in=same, live=True).values_list(
        "pk", "url_path", "locale__language_code", "content_type__app_label", "content_type__model", _restrictions()
    )
    found = {row[2]: row for row in rows}
    pk, own_path, _language, app, model, restricted = found.get(language, (0, "", "", "", "", True))
    if restricted or own_path != url_path:
        return None
    model = apps.get_model(app, model)
    page = model.objects.select_related("locale", *getattr(model, "served_with", ())).get(pk=pk)
    page._request_translations = {code: directory.path_of(row[1], code) for code, row in found.items()}
    return page


def is_restricted(page: Page) -> bool:
    """Whether the page, or a part of the tree that it lies in, is not for everyone. One statement."""
    return Page.objects.filter(_restrictions(), pk=page.pk).exists()


def _restrictions() -> Exists:
    """The same, as a condition on pages. An alias has the restrictions of the page it repeats."""
    above = Q(path__startswith=F("page__path")) | Q(path__startswith=F("page__aliases__path"))
    return Exists(PageViewRestriction.objects.alias(path=ExpressionWrapper(OuterRef("path"), CharField())).filter(above))


@public_page
def serve_page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Serves a page of the tree under the active language; anything that is not a plain live page goes Wagtail's way."""
    page = find_page(path, get_language())
    if page is None:
        return wagtail_serve(request, path)
    request.public_page = page
    if getattr(page, "embed_kind", ""):
        request.oembed = discovery(page.public_url)
    for check in hooks.get_hooks("before_serve_page"):
        answer = check(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    return page.serve(request)


