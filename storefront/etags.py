"""Whether a reader has an answer already (RFC 9110, 13.1.2)."""

from django.http import HttpRequest
from django.utils.http import parse_etags


def is_known(request: HttpRequest, etag: str) -> bool:
    """True where ``If-None-Match`` names ``etag`` (with its quotes), or is ``*``.

    Weak and strong ones are alike here: proxies that compress an answer make its ETag weak.
    """
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if not asked:
        return False
    known = parse_etags(asked)
    return known == ["*"] or etag.removeprefix("W/") in {given.removeprefix("W/") for given in known}
