"""Personal numbers are sealed (Fernet: AES-128-CBC with HMAC-SHA256) before they are kept anywhere.

MARKETPLACE_PII_KEYS holds the keys, the newest first: it seals, all of them open.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.views.decorators.debug import sensitive_variables


class CannotOpen(Exception):
    """What was sealed cannot be opened: its key is gone, or it was changed. The message is for the operator."""


@sensitive_variables()
def seal(text: str) -> str:
    """``text`` as a token that only our keys open; the same text gives another token each time."""
    return _box().encrypt(text.encode()).decode()


@sensitive_variables()
def unseal(token: str) -> str:
    """What ``seal`` was given. Raises CannotOpen."""
    try:
        return _box().decrypt(token.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise CannotOpen(
            "This value was sealed with a key that is not in MARKETPLACE_PII_KEYS, or it was changed. "
            "Add the old key behind the new one, separated by a comma."
        ) from None


@sensitive_variables()
def reseal(token: str) -> str:
    """The same content under the newest key. Raises CannotOpen."""
    return seal(unseal(token))


@sensitive_variables()
def _box() -> MultiFernet:
    if not settings.MARKETPLACE_PII_KEYS:
        raise ImproperlyConfigured("MARKETPLACE_PII_KEYS is empty: nothing personal can be sealed or opened.")
    return MultiFernet([Fernet(key) for key in settings.MARKETPLACE_PII_KEYS])
