"""Looking for the proof that a host is an agency's own: an entry in the DNS, or a file on the site.

Both hold a text that is of this agency and host alone. Names and answers come from strangers: few bytes are read, for
few seconds, and only hosts of the open Internet are asked (marketplace/public_address.py).
"""

import logging
from dataclasses import dataclass

import dns.exception
import dns.resolver
from django.conf import settings

from marketplace import public_address
from marketplace.partnerships.host_names import is_wrapper, own_domain, without_port
from marketplace.partnerships.models import AgencyHost

logger = logging.getLogger(__name__)
LABEL, PATH = "_village-hand", "/.well-known/village-hand.txt"
MOST_BYTES, SECONDS = 4096, 10.0
MOST_RECORDS = 50
DNS_TRY, DNS_IN_ALL = 2.0, 5.0  # seconds
# What a look found. AgencyHost.found holds a proof, WRAPPER, or what each way had, as "nothing/no_answer": first the DNS,
# then the file, without it where no file is asked for.
DNS, FILE, OTHER, REDIRECT, STATUS, NOTHING, NO_ANSWER, WRAPPER = (
    *("dns", "file", "other", "redirect", "status", "nothing", "no_answer", "wrapper"),
)
PROVEN = (DNS, FILE)


@dataclass(frozen=True)
class ToWrite:
    """What proves a host, in one of two ways: a TXT record ``name`` with ``value``, or ``value`` as a line at ``url``.

    ``short``: the name as providers want it who append the domain themselves.
    """

    name: str
    short: str
    value: str
    url: str


def what_to_write(host: AgencyHost) -> ToWrite:
    """``url`` is empty for a host with a port of its own: there only the DNS can tell."""
    name = without_port(host.host)
    url = "" if ":" in host.host else f"https://{name}{PATH}"
    front = name.removesuffix(own_domain(name)).rstrip(".")
    short = f"{LABEL}.{front}" if front else LABEL
    return ToWrite(name=f"{LABEL}.{name}", short=short, value=f"village-hand={host.token}", url=url)


def look(host: AgencyHost) -> str:
    """Ask the DNS, then the site. Takes up to 15 seconds: never call it in a transaction. Answers what was found."""
    if is_wrapper(host.host):
        return WRAPPER
    wanted = what_to_write(host)
    in_dns = _in_dns(wanted)
    if in_dns == DNS or not wanted.url:
        return in_dns
    in_file = _in_file(wanted)
    return FILE if in_file == FILE else f"{in_dns}/{in_file}"


def _in_dns(wanted: ToWrite) -> str:
    try:
        answer = _resolver().resolve(f"{wanted.name}.", "TXT", search=False, lifetime=DNS_IN_ALL)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return NOTHING
    except dns.exception.DNSException:
        return NO_ANSWER
    texts = [b"".join(record.strings)[:MOST_BYTES] for record in list(answer)[:MOST_RECORDS]]
    return DNS if wanted.value.encode() in [text.strip() for text in texts] else OTHER


def _resolver() -> dns.resolver.Resolver:
    given = settings.MARKETPLACE_PROOFS
    resolver = dns.resolver.Resolver(configure=not given["NAMESERVERS"])
    if given["NAMESERVERS"]:
        resolver.nameservers, resolver.port = list(given["NAMESERVERS"]), given["NAMESERVER_PORT"]
    resolver.timeout = DNS_TRY
    return resolver


def _in_file(wanted: ToWrite) -> str:
    trusted = settings.MARKETPLACE_PROOFS["TRUSTED_ORIGINS"]
    url = trusted.get(wanted.url.removesuffix(PATH), wanted.url.removesuffix(PATH)) + PATH
    try:
        answer = public_address.ask(
            "GET",
            url,
            headers={"Accept": "text/plain", "User-Agent": "village-hand"},
            most_bytes=MOST_BYTES,
            seconds=SECONDS,
            trusted=tuple(trusted.values()),
        )
    except (public_address.BadAddress, public_address.NoAnswer) as problem:
        logger.info("A site could not be looked at: %s", problem)
        return NO_ANSWER
    if 300 <= answer.status < 400:
        return REDIRECT
    if answer.status in (404, 410):
        return NOTHING
    if answer.status != 200:
        return STATUS
    lines = answer.body.removeprefix(b"\xef\xbb\xbf").splitlines()
    return FILE if wanted.value.encode() in [line.strip() for line in lines] else OTHER
