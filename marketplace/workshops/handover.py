"""A printed code by which a maker takes over the workshop that somebody began for her.

Digits only: they are the same on every keyboard, a telephone's number pad writes them, they can be read out in any
language, and none looks like another in print. Twenty of them are 66 bits.
"""

import hashlib
import time
import unicodedata
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace.workshops import assisting, hands
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Assistance, HandoverCode, Member
from marketplace.workshops.opening import name_her
from marketplace.workshops.rights import assistances_of

DIGITS = 20
VALID = timedelta(days=90)
# What is taken for a digit when somebody reads it off paper.
LOOKALIKES = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "i": "1", "B": "8", "S": "5", "Z": "2"})


class WrongCode(Refused):
    """Never made, used, run out, or of a help that has ended: whoever types it is not told which."""


@transaction.atomic
def make_code(*, assistance: Assistance, user, key: uuid.UUID) -> tuple[str, HandoverCode]:
    """A new code for the maker, such as "4821 0093 7716 5520 3147"; one that was open before is void.

    The same ``key`` answers with the same code as long as it is open, so that a page loaded twice prints one. Only a
    hash is kept. Raises LookupError for somebody who does not list here.
    """
    helped = assisting.open_for(assistance, user)
    code, now = _derive(helped, key), timezone.now()
    waiting = helped.codes.filter(used_at=None, expires_at__gt=now)
    known = waiting.filter(code_hash=_hash(code)).first()
    if known is not None:
        return grouped(code), known
    if helped.codes.filter(code_hash=_hash(code)).exists():
        raise Refused(_("This code does not work any more. Please make a new one."))
    waiting.update(expires_at=now)
    made = HandoverCode.objects.create(
        assistance=helped, code_hash=_hash(code), made_by=user, made_at=now, expires_at=now + VALID
    )
    log(instance=helped.workshop, action=assisting.CHANGED, user=user, data={"code": made.pk, "for": helped.maker_name})
    return grouped(code), made


@transaction.atomic
def take_over(*, code: str, user, name: str = "") -> Assistance:
    """``user`` becomes the owner of the workshop that the code is for; who listed for her lists no more.

    An account without a name gets ``name``, else the maker's as her helper wrote it.
    Whoever comes second with the same code is told what all wrong codes are told. Raises WrongCode, or Refused for
    whoever lists there herself.
    """
    found = HandoverCode.objects.filter(code_hash=_hash(digits_of(code))).values_list("assistance", flat=True).first()
    if found is None:
        raise _wrong()
    rows = Assistance.objects.select_related("workshop", "officer__user", "cooperative")
    if not getattr(settings, "MARKETPLACE_TEST_SKIP_HANDOVER_LOCK", False):
        rows = rows.select_for_update(no_key=True, of=("self",))
    helped, now = rows.get(pk=found), timezone.now()
    row = helped.codes.get(code_hash=_hash(digits_of(code)))
    if helped.ended_at or row.used_at or now >= row.expires_at:
        raise _wrong()
    if any(other.pk == helped.pk for other in assistances_of(user)):
        raise Refused(_("You list for this maker. The code is for her: she types it herself."), "code")
    # A pause between check and write, set only by the race test's positive control.
    time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))
    row.used_at, row.used_by = now, user
    row.save(update_fields=["used_at", "used_by"])
    helped.ended_at = now
    helped.save(update_fields=["ended_at"])
    Member.objects.update_or_create(workshop=helped.workshop, user=user, defaults={"is_owner": True})
    name_her(user, name.strip() or helped.maker_name)
    log(
        instance=helped.workshop,
        action=assisting.CHANGED,
        user=user,
        data={"taken_over": helped.pk, "for": helped.maker_name, "by": hands.helper_name(helped)},
    )
    return helped


def grouped(code: str) -> str:
    """In groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def digits_of(typed: str) -> str:
    """What was meant: digits of any script, look-alikes, blanks and dashes; empty for what cannot be a code."""
    signs = "".join(typed[:200].split()).translate(LOOKALIKES)
    text = "".join(str(unicodedata.digit(sign, sign)) for sign in signs if sign not in "-–—.·")
    return text if text.isascii() and text.isdigit() and len(text) == DIGITS else ""


def _derive(assistance: Assistance, key: uuid.UUID) -> str:
    made = salted_hmac("handover-code", f"{assistance.pk}:{key.hex}", algorithm="sha256").hexdigest()
    return f"{int(made, 16) % 10**DIGITS:0{DIGITS}d}"


def _hash(code: str) -> str:
    """66 random bits need no slow hash."""
    return hashlib.sha256(f"handover:{code}".encode()).hexdigest()


def _wrong() -> WrongCode:
    return WrongCode(_("This code does not open a workshop. Please look at each number, or ask for a new code."), "code")
