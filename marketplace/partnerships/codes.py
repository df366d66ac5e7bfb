"""Codes of agencies: how they are written, how one is made, and which agency one names."""

from itertools import chain, count

from django.db import transaction
from django.utils.text import slugify

from marketplace.partnerships.memory import Kept
from marketplace.partnerships.models import Agency
from marketplace.partnerships.models.agencies import CODE

SHORTEST, LONGEST = 3, 40
# Words that stand in addresses of the desk where a code would.
RESERVED = {"join"}
# A code that was closed counts for a second more in other processes.
_codes: Kept[Agency] = Kept(seconds=1.0, most=2000)


def agency_of_code(code: str) -> Agency | None:
    """The open agency with this code, as it was at most a second ago. None for everything else, never an error.

    The row is shared by all threads: read it, do not change it.
    """
    if not is_code(code):
        return None
    return _codes.get(code, lambda: _open(code))


def is_code(code: object) -> bool:
    """Whether it is written like a code."""
    return isinstance(code, str) and len(code) <= LONGEST and bool(CODE.regex.fullmatch(code))


def is_known_as_nobodys(code: str) -> bool:
    """Whether agency_of_code() answered None for it a moment ago. Asks nobody."""
    return _codes.knows_none(code)


def look_again() -> None:
    """An agency changed: after the commit this process looks all codes up again."""
    transaction.on_commit(_codes.forget)


def free_code(name: str) -> str:
    """A code made of the agency's name that no agency has or had: their rows stay for ever."""
    latin = slugify(name.replace("đ", "d").replace("Đ", "D").replace("_", "-"))[: LONGEST - 5].strip("-")
    start = latin if len(latin) >= SHORTEST else f"agency-{latin}".strip("-")
    taken = RESERVED | set(Agency.objects.filter(code__startswith=start).values_list("code", flat=True))
    return next(one for one in chain([start], (f"{start}-{number}" for number in count(2))) if one not in taken)


def _open(code: str) -> Agency | None:
    return Agency.objects.select_related("economy").filter(code=code, stage=Agency.Stage.OPEN).first()
