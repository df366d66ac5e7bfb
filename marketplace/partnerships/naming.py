"""How a site comes among an agency's: named by its people, or taken from what it said of itself when it was opened."""

import secrets

from wagtail.log_actions import log

from marketplace.partnerships import proofs
from marketplace.partnerships.host_names import is_wrapper, read_host
from marketplace.partnerships.models import Agency, AgencyHost
from marketplace.workshops.details import Refused

ADDED = "marketplace.agency_host_added"


def put_down(agency: Agency, host: str, by) -> AgencyHost:
    """A site that waits for its proof; ``host`` as ``read_host`` gives it. Within a transaction that holds the agency."""
    found = proofs.WRAPPER if is_wrapper(host) else ""
    token = secrets.token_urlsafe(24)
    row = AgencyHost.objects.create(agency=agency, host=host, token=token, found=found, added_by=by)
    log(instance=agency, action=ADDED, user=by, data={"host": host})
    return row


def put_down_own_site(agency: Agency, by) -> None:
    """The site of its sign-up, so that only the proof is missing; nothing where that is no host of an agency's own."""
    try:
        host = read_host(agency.site)
    except Refused:
        return
    if not AgencyHost.objects.filter(agency=agency, host=host).exists():
        put_down(agency, host, by)
