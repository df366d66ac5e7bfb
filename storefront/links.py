"""The same thing in another language."""

from django.conf import settings
from django.http import HttpRequest


def same_in_languages(request: HttpRequest) -> dict[str, str]:
    """Language code → path of what ``request`` shows, for the storefront's languages in which it exists.

    Pages of the tree know their translations; every other address differs only in its language prefix.
    """
    wanted = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    page = getattr(request, "public_page", None)
    if page is not None:
        # Absent where a page is served by other hands than storefront.serving, such as a preview.
        found = getattr(page, "_request_translations", {})
        return {code: found[code] for code in wanted if found.get(code)}
    first, _slash, rest = request.path.lstrip("/").partition("/")
    if first not in wanted:
        return {}
    return {code: f"/{code}/{rest}" for code in wanted}
