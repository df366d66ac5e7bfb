"""Web push: a short line on the screen of a member's telephone, encrypted so that the service in between reads nothing.

Encryption (RFC 8291) and the shop's signature (VAPID, RFC 8292) are pywebpush's and py_vapid's; where it is sent to is
checked by outgoing.py.
"""

import base64
import binascii
import json
import time
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from py_vapid import Vapid02
from pywebpush import WebPusher

from marketplace.notices import outgoing
from marketplace.notices.models import PushSubscription
from marketplace.payments import outbox

TTL = 24 * 60 * 60  # seconds that the service keeps it for a telephone that is off
SIGNED_FOR = 12 * 60 * 60  # seconds; RFC 8292 allows a day
MOST_BROWSERS = 10
GONE, DOWN = (404, 410), (429,)


class BadSubscription(ValueError):
    """What a browser sent is no subscription that we can use."""


class Gone(Exception):
    """The browser is not subscribed any more."""


@dataclass(frozen=True)
class Shown:
    """What the browser gets. ``text`` holds nothing personal: it stands on a locked screen."""

    text: str
    url: str
    language: str
    tag: str


def is_offered() -> bool:
    """Whether the shop has a key to sign with."""
    return bool(settings.MARKETPLACE_PUSH.get("PRIVATE_KEY"))


def public_key() -> str:
    """The key that browsers subscribe with, base64url."""
    point = _vapid(settings.MARKETPLACE_PUSH["PRIVATE_KEY"]).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


@transaction.atomic
def subscribe(*, user, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Keep a browser of ``user``; one that was somebody else's is now hers. Of more than ten the oldest is forgotten.

    Raises BadSubscription.
    """
    try:
        outgoing.check(endpoint)
    except outgoing.BadAddress as problem:
        raise BadSubscription(str(problem)) from None
    if len(_decoded(auth)) != 16 or not _is_point(_decoded(p256dh)):
        raise BadSubscription("these are no keys")
    row, _new = PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={"user": user, "p256dh": p256dh, "auth": auth}
    )
    newest = PushSubscription.objects.filter(user=user).order_by("-made_at", "-pk").values("pk")[:MOST_BROWSERS]
    PushSubscription.objects.filter(user=user).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return row


def unsubscribe(*, user, endpoint: str) -> bool:
    """Forget a browser of ``user``; nobody else's. Answers whether it was known."""
    return PushSubscription.objects.filter(user=user, endpoint=endpoint).delete()[0] > 0


def send(row: PushSubscription, shown: Shown) -> None:
    """Raises Gone when the browser is not subscribed any more, outbox.Later, outbox.GiveUp."""
    body = json.dumps({key: value for key, value in asdict(shown).items() if key != "language"} | {"lang": shown.language})
    info = {"endpoint": row.endpoint, "keys": {"p256dh": row.p256dh, "auth": row.auth}}
    try:
        parts = outgoing.check(row.endpoint)
        status = outgoing.post(
            row.endpoint,
            body=WebPusher(info).encode(body.encode())["body"],
            headers={
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(TTL),
                "Urgency": "normal",
                **_signature(f"{parts.scheme}://{parts.netloc}"),
            },
        )
    except outgoing.BadAddress:
        raise Gone from None
    except outgoing.NoAnswer as problem:
        raise outbox.Later(f"the push service did not answer ({problem})") from None
    if status in GONE:
        raise Gone
    if status >= 500 or status in DOWN:
        raise outbox.Later(f"the push service answered {status}")
    if not 200 <= status < 300:
        raise outbox.GiveUp(f"the push service answered {status}")


def _signature(audience: str) -> dict[str, str]:
    subject = f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
    claims = {"aud": audience, "exp": int(time.time()) + SIGNED_FOR, "sub": subject}
    return _vapid(settings.MARKETPLACE_PUSH["PRIVATE_KEY"]).sign(claims)


@lru_cache(maxsize=2)
def _vapid(key: str) -> Vapid02:
    return Vapid02.from_string(key)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_point(raw: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return len(raw) == 65
