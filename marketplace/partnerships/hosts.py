"""Sites of an agency: named by it, proved by it or looked at by the shop, and looked at again every month.

A proof that is gone for two weeks ends. Several agencies may prove the same host: a blog that two of them write.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from marketplace import signals
from marketplace.partnerships import proofs
from marketplace.partnerships.host_names import is_wrapper, read_host, shared_domain
from marketplace.partnerships.models import Agency, AgencyHost, Part
from marketplace.partnerships.naming import ADDED, put_down
from marketplace.partnerships.proofs import PROVEN, ToWrite, what_to_write
from marketplace.partnerships.seats import seats
from marketplace.partnerships.services import forget_hosts
from marketplace.workshops.details import Refused

__all__ = [
    "ADDED",
    "Refused",
    "ToWrite",
    "add",
    "is_wrapper",
    "look",
    "look_again",
    "remove",
    "say",
    "say_each",
    "shared_domain",
    "shop_looked",
    "shop_takes_back",
    "what_to_write",
]
REMOVED, PROVED, ENDED = (
    "marketplace.agency_host_removed",
    "marketplace.agency_host_proved",
    "marketplace.agency_host_ended",
)
PAUSE = timedelta(seconds=10)  # between two looks that somebody asks for
EVERY, GRACE = timedelta(days=30), timedelta(days=14)
Proof = AgencyHost.Proof


@transaction.atomic
def add(*, agency: Agency, host: str, by) -> AgencyHost:
    """A site that waits for its proof; of a whole address the host is taken. Named twice, it is the same one. Raises Refused."""
    locked = seats.lock_for(agency, by, Part.EDIT)
    name = read_host(host)
    if known := AgencyHost.objects.filter(agency=locked, host=name).first():
        return known
    most = settings.MARKETPLACE_AGENCY["HOSTS"]
    if locked.hosts.count() >= most:
        raise Refused(_("An agency may name %(most)s sites. Please remove one first.") % {"most": most}, "host")
    return put_down(locked, name, by)


@transaction.atomic
def remove(*, agency: Agency, host: AgencyHost, by) -> None:
    """From now on it is shown there no more. Raises Refused; DoesNotExist for another agency's."""
    locked = seats.lock_for(agency, by, Part.EDIT)
    row = AgencyHost.objects.select_for_update(no_key=True).get(pk=host.pk, agency=locked)
    row.delete()
    log(instance=locked, action=REMOVED, user=by, data={"host": row.host})
    forget_hosts()


def look(*, agency: Agency, host: AgencyHost, by) -> AgencyHost:
    """Ask the DNS and the site now, for the person who waits. Not within a transaction. Raises Refused, DoesNotExist."""
    with transaction.atomic():
        locked = seats.lock_for(agency, by, Part.EDIT)
        row = AgencyHost.objects.select_for_update(no_key=True).get(pk=host.pk, agency=locked)
        now = timezone.now()
        if row.looked_at and now - row.looked_at < PAUSE:
            raise Refused(_("We have just looked. Please wait ten seconds."))
        row.looked_at = now
        row.save(update_fields=["looked_at"])
    return _write_down(row, proofs.look(row), by)


@transaction.atomic
def shop_looked(*, host: AgencyHost, by) -> AgencyHost:
    """Somebody of the shop saw the agency's page there: it counts as proved. For hosts that nobody can prove."""
    row = AgencyHost.objects.select_for_update(no_key=True).select_related("agency").get(pk=host.pk)
    if not row.is_proven:
        now = timezone.now()
        row.proof, row.proven_at, row.looked_at, row.missing_since = Proof.SHOP, now, now, None
        row.save(update_fields=["proof", "proven_at", "looked_at", "missing_since"])
        log(instance=row.agency, action=PROVED, user=by, data={"host": row.host, "proof": row.proof})
        forget_hosts()
    return row


@transaction.atomic
def shop_takes_back(*, host: AgencyHost, by) -> AgencyHost:
    """Somebody of the shop ends a proof, of whatever kind."""
    row = AgencyHost.objects.select_for_update(no_key=True).select_related("agency").get(pk=host.pk)
    _end(row, by)
    return row


def look_again(now: datetime | None = None) -> Iterator[AgencyHost]:
    """For the daily command: proofs older than a month, and every day those that were missing the last time."""
    now = now or timezone.now()
    due = Q(looked_at__lte=now - EVERY) | Q(missing_since__isnull=False) | Q(looked_at=None)
    rows = AgencyHost.objects.filter(due, proof__in=(Proof.DNS, Proof.FILE)).select_related("agency")
    for row in rows.order_by("looked_at", "pk"):
        yield _write_down(row, proofs.look(row), None, now)


def say(host: AgencyHost) -> str:
    """What the last look found, in the reader's language; empty where nobody has looked."""
    return " ".join(say_each(host))


def say_each(host: AgencyHost) -> list[str]:
    """The same, one sentence for each way that was tried. Where nobody has a DNS of her own, an empty one is not told."""
    whole = {
        "": [],
        proofs.DNS: [_("The entry in the DNS is there.")],
        proofs.FILE: [_("The file on the site is there.")],
        proofs.WRAPPER: [
            _("This is a host of your site builder, so nobody can prove it. Somebody of the shop will look at it.")
        ],
    }
    if host.found in whole:
        return whole[host.found]
    in_dns, _slash, in_file = host.found.partition("/")
    said = [_of_file().get(in_file, "")]
    if in_dns == proofs.OTHER or not shared_domain(host.host):
        said.insert(0, _of_dns().get(in_dns, ""))
    return [sentence for sentence in said if sentence]


def _of_dns() -> dict[str, str]:
    return {
        proofs.NOTHING: _("DNS: there is no such entry yet. A new one may take some hours to be seen."),
        proofs.OTHER: _("DNS: there is an entry, but with another text. Please compare it sign by sign."),
        proofs.NO_ANSWER: _("DNS: we got no answer. Please try again later."),
    }


def _of_file() -> dict[str, str]:
    return {
        proofs.NOTHING: _("File: there is none at this address (404)."),
        proofs.OTHER: _("File: there is one, but with another text. Please compare it sign by sign."),
        proofs.REDIRECT: _("File: the site sends us to another address. The file must be on this host itself."),
        proofs.STATUS: _("File: the site answered with an error, so we could not read it."),
        proofs.NO_ANSWER: _("File: we got no answer from the site. It must answer on https, for everybody."),
    }


def ends_at(host: AgencyHost) -> datetime | None:
    """When a proof that is missing ends; None while nothing is missing."""
    return host.missing_since + GRACE if host.is_proven and host.missing_since else None


@transaction.atomic
def _write_down(host: AgencyHost, found: str, by, now: datetime | None = None) -> AgencyHost:
    """A proof that was looked at by the shop stays, whatever is found; a host that was removed meanwhile stays removed."""
    now = now or timezone.now()
    row = AgencyHost.objects.select_for_update(no_key=True).select_related("agency").filter(pk=host.pk).first()
    if row is None:
        return host
    row.found, row.looked_at = found, now
    if found in PROVEN:
        _prove(row, found, now, by)
    elif row.proof in (Proof.DNS, Proof.FILE):
        _miss(row, now, by)
    row.save(update_fields=["found", "looked_at", "missing_since"])
    return row


def _prove(row: AgencyHost, found: str, now: datetime, by) -> None:
    row.missing_since = None
    if row.is_proven:
        return
    row.proof, row.proven_at = Proof(found), now
    row.save(update_fields=["proof", "proven_at"])
    log(instance=row.agency, action=PROVED, user=by, data={"host": row.host, "proof": row.proof})
    forget_hosts()


def _miss(row: AgencyHost, now: datetime, by) -> None:
    if row.missing_since is None:
        row.missing_since = now
        signals.agency_host_missing.send(sender=AgencyHost, host=row, ends_at=now + GRACE)
    elif now - row.missing_since >= GRACE:
        _end(row, by)
        signals.agency_host_missing.send(sender=AgencyHost, host=row, ends_at=None)


def _end(row: AgencyHost, by) -> None:
    if not row.is_proven:
        return
    before = row.proof
    row.proof, row.proven_at, row.missing_since = "", None, None
    row.save(update_fields=["proof", "proven_at", "missing_since"])
    log(instance=row.agency, action=ENDED, user=by, data={"host": row.host, "proof": before})
    forget_hosts()
