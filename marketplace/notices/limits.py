"""How often something may be tried. Counted in the database, so that it holds for all workers and after a restart.

    limits.count("password", account, address, most=10, seconds=900)
"""

from datetime import timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from marketplace.notices.models import Tries

LONGEST = timedelta(days=1)


class TooMany(Exception):
    """Tried too often. ``seconds``: how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many tries; again in {seconds} s")
        self.seconds = seconds


def count(*what: str, most: int, seconds: int) -> None:
    """Count one try of ``what``. Raises TooMany when there were ``most`` in the last ``seconds`` (a fixed window, at most a
    day); a try that is refused is not counted.
    """
    with transaction.atomic():
        row, now = _locked(what)
        over = row.started_at + timedelta(seconds=seconds)
        if now >= over:
            row.started_at, row.count = now, 0
        elif row.count >= most:
            raise TooMany(ceil((over - now).total_seconds()))
        row.count += 1
        row.save(update_fields=["started_at", "count"])


def look(*what: str, most: int, seconds: int) -> None:
    """The same without counting."""
    row = Tries.objects.filter(pk=_key(what)).first()
    if row is None or row.count < most:
        return
    left = (row.started_at + timedelta(seconds=seconds) - timezone.now()).total_seconds()
    if left > 0:
        raise TooMany(ceil(left))


def forget(*what: str) -> None:
    """After a success: begin anew."""
    Tries.objects.filter(pk=_key(what)).delete()


def clean() -> int:
    """Delete counts that no limit asks for any more. Answers how many."""
    return Tries.objects.filter(started_at__lt=timezone.now() - LONGEST).delete()[0]


def _key(what: tuple[str, ...]) -> str:
    return salted_hmac("marketplace.notices.limits", "\0".join(what), algorithm="sha256").hexdigest()


def _locked(what: tuple[str, ...]) -> tuple[Tries, timezone.datetime]:
    key, now = _key(what), timezone.now()
    Tries.objects.bulk_create([Tries(pk=key, started_at=now)], ignore_conflicts=True)
    return Tries.objects.select_for_update().get(pk=key), now
