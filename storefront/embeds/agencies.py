"""Which codes on a card count, and who may frame the cards that carry them; kept per version of the content."""

from django.conf import settings

from marketplace.partnerships.models import Agency, AgencyHost
from storefront.embeds.kept import Keep, Unavailable

_codes = Keep(most=4)
_ancestors = Keep(most=1000)
# The shop's own pages show cards without a code: examples, and the preview at an agency's desk.
OWN = ("'self'",)


def known_code(code: str) -> str:
    """``code`` where it is that of an open agency, else empty. No statement but the first after a change.

    All codes are read at once, so that whoever asks for a million invented ones costs nothing. While the database is
    away and nothing is known, a code is believed: on a link it does no harm.
    """
    if not code:
        return ""
    try:
        known, _age = _codes.get("open", _read_codes, keepable=lambda found: True)
    except Unavailable:
        return code
    return code if code in known else ""


def _read_codes() -> frozenset[str]:
    return frozenset(Agency.objects.filter(stage=Agency.Stage.OPEN).values_list("code", flat=True))


def ancestors_for(code: str) -> tuple[str, ...] | None:
    """The hosts that may frame a card with this (known) code; None: anybody, an empty tuple: nobody."""
    only = settings.MARKETPLACE_EMBEDS_PARTNERS_ONLY
    if not code:
        return OWN if only else None
    try:
        hosts, _age = _ancestors.get((code, only), lambda: _read_hosts(code, only), keepable=lambda found: True)
    except Unavailable:
        return ()
    return hosts


def _read_hosts(code: str, only: bool) -> tuple[str, ...] | None:
    """Asked of the database: what partnerships remember may be a second old, and would stay here for a version."""
    agency = Agency.objects.filter(code=code, stage=Agency.Stage.OPEN).first()
    if agency is not None and (only or agency.partners_only):
        hosts = AgencyHost.objects.filter(agency=agency, proven_at__isnull=False)
        return tuple(sorted(hosts.values_list("host", flat=True)))
    return () if only else None


def forget() -> None:
    """Read again (tests)."""
    _codes.clear()
    _ancestors.clear()
