"""One mail or one SMS on its way. Used by handlers of the outbox only: what fails here is tried again there."""

import re
import unicodedata
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from marketplace.notices.backends import SmsDown, SmsRefused, get_sms
from marketplace.payments import outbox

# The alphabet of plain SMS (3GPP TS 23.038); signs of the second row count twice.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("\f^{}\\[~]|€")
# What fits: one message alone, and two that are joined; in signs of GSM, and in UTF-16 units for all other scripts.
GSM_ONE, GSM_TWO, WIDE_ONE, WIDE_TWO = 160, 306, 70, 134


def site_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""


def send_mail(*, to: str, subject: str, text: str, key: str) -> None:
    """A plain mail whose Message-ID is made of ``key``. Raises what the mail server says."""
    body = f"{text}\n\n{settings.MARKETPLACE_SHOP_NAME}\n"
    letter = EmailMessage(one_line(subject), body, to=[to], headers={"Message-ID": outbox.message_id(f"{key}:{to}")})
    letter.send(fail_silently=False)


def send_sms(*, to: str, text: str, key: str, last: str = "") -> None:
    """``text`` with ``last`` (a link) in a line of its own, as short as two SMS. Raises outbox.Later, outbox.GiveUp."""
    try:
        get_sms().send(to=to, text=shorten(text, last), key=key)
    except SmsDown as problem:
        raise outbox.Later(str(problem)) from None
    except SmsRefused as problem:
        raise outbox.GiveUp(str(problem)) from None


def one_line(text: str) -> str:
    """A title may hold line breaks; a subject may not."""
    return re.sub(r"\s+", " ", text).strip()


def sms_parts(text: str) -> int:
    """How many SMS ``text`` takes."""
    length, one, joined = _length(text), *((GSM_ONE, GSM_TWO) if _is_gsm(text) else (WIDE_ONE, WIDE_TWO))
    return 1 if length <= one else -(-length // (joined // 2))


def shorten(text: str, last: str = "") -> str:
    """``text`` and below it ``last``, in at most two SMS: of the text as much as fits, of the last line all."""
    text = one_line(text)
    end = f"\n{last}" if last else ""
    if sms_parts(text + end) <= 2:
        return text + end
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sms_parts(_cut(text, middle) + end) <= 2 else (low, middle - 1)
    return (_cut(text, low) + end).strip()


def _cut(text: str, length: int) -> str:
    """The beginning of ``text``; a mark stays with the letter that it belongs to."""
    while 0 < length < len(text) and unicodedata.category(text[length]).startswith("M"):
        length -= 1
    return text[:length].rstrip() + "..." if length else ""


def _is_gsm(text: str) -> bool:
    return all(sign in GSM or sign in GSM_TWICE for sign in text)


def _length(text: str) -> int:
    if _is_gsm(text):
        return sum(2 if sign in GSM_TWICE else 1 for sign in text)
    return len(text.encode("utf-16-le")) // 2
