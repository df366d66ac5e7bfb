"""Keys of the read-only API: made, found by what a request carries, withdrawn.

A key is ``vh_`` + 9 signs + ``_`` + 40 signs. Up to the second "_" it is its name (``prefix``); of the rest, 238 bits, a
SHA-256 is kept: nobody can try so many, so it needs no salt and no slow hash.
"""

import hashlib
import re
from hmac import compare_digest

from django.utils import timezone

from marketplace.partnerships.memory import Kept
from marketplace.partnerships.models import ApiKey

SHAPE = re.compile(r"(vh_[a-z0-9]{9})_([A-Za-z0-9]{40})", re.ASCII)
LONGEST = 53
# A key that was withdrawn opens for so many seconds more in other processes.
_keys: Kept[ApiKey] = Kept(seconds=5.0, most=2000)


def find(key: str) -> ApiKey | None:
    """The key that a request names, with its agency; None for what is none, was withdrawn, or is a closed agency's.

    As it was at most 5 seconds ago. The row is shared by all threads: read it, do not change it.
    """
    if not isinstance(key, str) or len(key) > LONGEST or not (shape := SHAPE.fullmatch(key)):
        return None
    prefix, hashed = shape[1], _hash(shape[2])
    # Kept under both: a wrong secret behind a known prefix is kept as wrong, and hides the right one from nobody.
    return _keys.get(f"{prefix} {hashed}", lambda: _find(prefix, hashed))


def _find(prefix: str, hashed: str) -> ApiKey | None:
    row = ApiKey.objects.select_related("agency").filter(prefix=prefix, withdrawn_at=None).first()
    if row is None or not compare_digest(row.key_hash, hashed) or (row.agency is not None and not row.agency.is_open):
        return None
    today = timezone.now().date()
    if row.last_used_on != today:
        ApiKey.objects.filter(pk=row.pk).update(last_used_on=today)
        row.last_used_on = today
    return row


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
