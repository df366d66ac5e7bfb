"""Keys of the read-only API: made, found by what a request carries, withdrawn.

A key is ``vh_`` + 9 signs + ``_`` + 40 signs. Up to the second "_" it is its name (``prefix``); of the rest, 238 bits, a
SHA-256 is kept: nobody can try so many, so it needs no salt and no slow hash.
"""

import hashlib
import re
import string
import uuid
from datetime import date
from hmac import compare_digest

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace.partnerships.memory import Kept
from marketplace.partnerships.models import Agency, ApiKey, Part
from marketplace.partnerships.seats import seats
from marketplace.typed import clean_words
from marketplace.workshops.details import Refused

MADE, WITHDRAWN = "marketplace.api_key_made", "marketplace.api_key_withdrawn"
SHAPE = re.compile(r"(vh_[a-z0-9]{9})_([A-Za-z0-9]{40})", re.ASCII)
LONGEST = 53
# A key that was withdrawn opens for so many seconds more in other processes.
_keys: Kept[ApiKey] = Kept(seconds=5.0, most=2000)


@transaction.atomic
def make(
    *, agency: Agency | None, name: str, by, by_staff: bool = False, form: uuid.UUID | None = None
) -> tuple[ApiKey, str]:
    """A new key, and the whole of it: this is the only time that anybody sees it.

    The same ``form`` of an agency again, also at the same moment, makes no other: the whole of it is "" then.
    Without an agency it is a developer's, and only the shop's staff make one (``by_staff``). Raises Refused.
    """
    locked = None
    if agency is not None:
        locked = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk) if by_staff else _locked_for(agency, by)
        if not locked.is_open:
            raise Refused(_("Only an open agency can have keys."))
        if form and (known := locked.api_keys.filter(form=form).first()):
            return known, ""
        most = settings.MARKETPLACE_AGENCY["KEYS"]
        if locked.api_keys.filter(withdrawn_at=None).count() >= most:
            raise Refused(_("An agency may have %(most)s keys. Please withdraw one first.") % {"most": most})
    elif not by_staff:
        raise Refused(_("Only the shop gives out keys without an agency."))
    name = clean_words(name, lines=False)
    if not name or len(name) > 120:
        raise Refused(_("Please say what the key is for, in at most 120 letters."), "name")
    prefix = f"vh_{get_random_string(9, string.ascii_lowercase + string.digits)}"
    secret = get_random_string(40)
    row = ApiKey.objects.create(agency=locked, name=name, prefix=prefix, key_hash=_hash(secret), made_by=by, form=form)
    log(instance=locked or row, action=MADE, user=by, data={"key": row.pk, "prefix": prefix})
    return row, f"{prefix}_{secret}"


@transaction.atomic
def withdraw(*, key: ApiKey, by, agency: Agency | None = None, by_staff: bool = False) -> None:
    """It opens nothing from now on, in this process; in others for five seconds more. Twice changes nothing.

    ``agency``: whose owner or editor asks. Raises Refused; DoesNotExist for another agency's key.
    """
    rows = ApiKey.objects.select_for_update(of=("self",), no_key=True).select_related("agency")
    if not by_staff:
        if agency is None:
            raise Refused(_("Only the shop withdraws keys without an agency."))
        rows = rows.filter(agency=_locked_for(agency, by))
    row = rows.get(pk=key.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        log(instance=row.agency or row, action=WITHDRAWN, user=by, data={"key": row.pk, "prefix": row.prefix})
        transaction.on_commit(_keys.forget)


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
    _note_use(row, timezone.localdate())
    return row


def _note_use(row: ApiKey, today: date) -> None:
    """Once a day, and never back: what a second process wrote a moment before stays."""
    if row.last_used_on != today:
        older = Q(last_used_on=None) | Q(last_used_on__lt=today)
        ApiKey.objects.filter(older, pk=row.pk).update(last_used_on=today)
        row.last_used_on = today


def _locked_for(agency: Agency, by) -> Agency:
    return seats.lock_for(agency, by, Part.EDIT)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
