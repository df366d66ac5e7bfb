"""The link to an order's page that opens it without an account and in any browser. Mails to the buyer carry it.

The order's number alone opens nothing: it stands in logs, on parcels and on bank statements.
"""

from django.conf import settings
from django.core.signing import BadSignature, Signer

SALT = "marketplace.payments.order_links"


def order_key(number: str) -> str:
    """The key of an order, made from its number and SECRET_KEY: nothing is stored, and it holds as long as the order."""
    return Signer(salt=SALT).signature(number)


def opens(number: str, key: str) -> bool:
    """Whether ``key`` is that order's. Keys of SECRET_KEY_FALLBACKS still open."""
    try:
        Signer(salt=SALT).unsign(f"{number}:{key}")
    except BadSignature:
        return False
    return True


def order_url(number: str, language: str) -> str:
    """The whole address of the order's page, in ``language``, with its key."""
    return f"{settings.SITE_URL}/{language}/orders/{number}/?key={order_key(number)}"
