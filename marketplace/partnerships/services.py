"""Which agency a code names, where its cards may be shown, and on which terms it earns."""

from datetime import date

from django.db.models import F, Q

from marketplace.partnerships.memory import Kept
from marketplace.partnerships.models import Agency, AgencyHost, AgencyTerms
from marketplace.partnerships.models.agencies import CODE

LONGEST_CODE = 40
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
    return isinstance(code, str) and len(code) <= LONGEST_CODE and bool(CODE.regex.fullmatch(code))


def is_known_as_nobodys(code: str) -> bool:
    """Whether agency_of_code() answered None for it a moment ago. Asks nobody."""
    return _codes.knows_none(code)


def _open(code: str) -> Agency | None:
    return Agency.objects.select_related("economy").filter(code=code, stage=Agency.Stage.OPEN).first()


def allowed_hosts(agency: Agency) -> list[str]:
    """Its proven hosts as a CSP names them (host, or host:port), in the order of the alphabet."""
    rows = AgencyHost.objects.filter(agency=agency, proven_at__isnull=False)
    return sorted(rows.values_list("host", flat=True))


def terms_on(agency: Agency, day: date) -> AgencyTerms | None:
    """The terms of an agency on a day: its own, else those for all; the latest that began. None: it earns nothing."""
    rows = AgencyTerms.objects.filter(Q(agency=agency) | Q(agency=None), valid_from__lte=day)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=day))
    return rows.order_by(F("agency").asc(nulls_last=True), "-valid_from").first()
