"""What makes a card safe to frame anywhere: its script, its policy, its headers. And who may frame it."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe

from storefront.embeds.addresses import origin_of
from storefront.embeds.agencies import ancestors_for

SCRIPT = Path(__file__).with_name("card.js")
CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=86400"


@lru_cache(maxsize=1)
def script() -> SafeString:
    """The card's script, to stand inside ``<script>`` byte for byte as it was hashed."""
    return mark_safe(SCRIPT.read_text("utf-8"))


@lru_cache(maxsize=1)
def script_hash() -> str:
    digest = b64encode(sha256(script().encode()).digest()).decode()
    return f"'sha256-{digest}'"


def content_security_policy(ancestors: tuple[str, ...] | None = None) -> str:
    """Only our pictures and styles and this one script.

    ``ancestors``: the only hosts that may frame the card (none of them: nobody). None: no frame-ancestors at all, since
    "frame-ancestors *" does not match sandboxed parents, and its absence does.
    """
    own, media, static = "'self'", origin_of(settings.MEDIA_URL), origin_of(settings.STATIC_URL)
    rules = {
        "default-src": ["'none'"],
        "img-src": [own, media],
        "style-src": [own, static],
        "script-src": [own, script_hash()],
        "font-src": [own, static],
        "connect-src": [own],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    if ancestors is not None:
        rules["frame-ancestors"] = list(ancestors) or ["'none'"]
    return "; ".join(f"{name} {' '.join(filter(None, sources))}" for name, sources in rules.items())


def frameable(response: HttpResponse, language: str, via: str = "") -> HttpResponse:
    """Marks the answer as one that others may frame, with everything that makes this harmless.

    ``via``: the known code of the agency whose card it is; an agency may keep its cards to its own sites.
    """
    response["Content-Security-Policy"] = content_security_policy(ancestors_for(via))
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    response["Content-Language"] = language
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    response.framing_allowed = True
    return response
