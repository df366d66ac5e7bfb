"""The contract with whoever carries an SMS, in our words.

    MARKETPLACE_SMS = {"BACKEND": "marketplace.notices.backends.http.HttpSms", "OPTIONS": {"url": "https://…"}}

A backend is made with OPTIONS as keywords. ``send`` returns when the message was taken over. It raises ``SmsDown`` when
nothing is known or the other side asks to wait: the same message is sent again later, with the same key. ``SmsRefused``
is a definite no: a person is called. Neither exception's text holds the number or the message.
"""

from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string


class SmsDown(Exception):
    """Not sent, or nobody knows; try again."""


class SmsRefused(Exception):
    """Will never be sent."""


class Sms(Protocol):
    def send(self, *, to: str, text: str, key: str) -> None:
        """Send ``text`` to ``to`` (E.164). A repeat has the same ``key`` and must not reach anybody twice where the
        service can tell. Bounded in time. Raises SmsDown, SmsRefused.
        """


@lru_cache(maxsize=1)
def get_sms() -> Sms:
    """The backend of MARKETPLACE_SMS. Raises ImportError, and TypeError for options that it does not know."""
    chosen = settings.MARKETPLACE_SMS
    return import_string(chosen["BACKEND"])(**chosen.get("OPTIONS", {}))


def _forget(setting: str, **kwargs) -> None:
    if setting == "MARKETPLACE_SMS":
        get_sms.cache_clear()


setting_changed.connect(_forget, dispatch_uid="marketplace.notices.backends")
