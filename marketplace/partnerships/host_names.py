"""Names of hosts as people type them, and as they stand in the address of a page: ASCII, small letters, whose they are.

What names a whole registry or a site builder's shared domain (co.th, wixsite.com) is told by the Public Suffix List.
"""

import ipaddress
import re
import unicodedata
from functools import cache
from urllib.parse import SplitResult, urlsplit

import idna
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from publicsuffixlist import PublicSuffixList

from marketplace.workshops.details import Refused

LONGEST_HOST, LONGEST_LABEL, LONGEST_SITE = 253, 63, 300
# Names that mean something inside of one network only (RFC 6761, RFC 6762, RFC 8375, ICANN on .internal).
PRIVATE = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".onion", ".test", ".invalid")
# Hosts that site builders put around what people paste into their pages. No customer can write into them or into their
# DNS, and the Public Suffix List does not name them. Seen at Wix and at Google Sites.
WRAPPERS = ("filesusr.com", "usrfiles.com", "googleusercontent.com")
NUMERIC = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
# The beginning of an address, up to its path.
PLACE = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?[^/?#]*", re.ASCII | re.IGNORECASE)
PORTS = {"http": 80, "https": 443}


def read_host(text: str) -> str:
    """``host`` or ``host:port`` as a CSP names it, of what somebody typed or copied from an address bar. Raises Refused.

    What follows the host (a path, a query) is left out: see ``follows``.
    """
    parts = _split(PLACE.match(text.strip())[0], "host")
    host = _own(parts, "host")
    port = _port(parts)
    host = host if port is None else f"{host}:{port}"
    if len(host) > LONGEST_HOST:
        raise Refused(_("This name is too long for a host."), "host")
    return host


def follows(text: str) -> str:
    """What stands behind the host in an address: "" for a host alone, "/th/?a=1"."""
    rest = PLACE.sub("", text.strip(), count=1)
    return "" if rest == "/" else rest


def read_site(text: str) -> str:
    """The address of a site, with its scheme; a bare host is taken for https. Raises Refused."""
    parts = _split(text, "site")
    host, port = _own(parts, "site"), _port(parts)
    place = host if port is None else f"{host}:{port}"
    url = iri_to_uri(parts._replace(scheme=parts.scheme or "https", netloc=place, fragment="").geturl())
    if len(url) > LONGEST_SITE:
        raise Refused(_("This address is too long."), "site")
    return url


def without_port(host: str) -> str:
    return host.partition(":")[0]


def in_own_letters(host: str) -> str:
    """làng-nghề.vn of xn--lng-ngh-8va1699d.vn; "" for a name that has no other letters."""
    if "xn--" not in host:
        return ""
    name, colon, port = host.partition(":")
    try:
        return f"{idna.decode(name)}{colon}{port}"
    except (idna.IDNAError, UnicodeError):
        return ""


def is_wrapper(host: str) -> bool:
    """Whether nobody but a site builder can prove this host, so that somebody of the shop has to look at it."""
    return without_port(host).endswith(tuple(f".{name}" for name in WRAPPERS))


def own_domain(host: str) -> str:
    """The part of a name that somebody registered, such as agency.example of www.agency.example."""
    return _suffixes().privatesuffix(without_port(host)) or without_port(host)


def shared_domain(host: str) -> str:
    """The domain of a site builder below which a host stands (wixsite.com), where its customer has no DNS; else ""."""
    own = own_domain(host)
    return "" if own == _registries().privatesuffix(own) else own.partition(".")[2]


def _split(text: str, field: str) -> SplitResult:
    text = text.strip()
    if len(text) > LONGEST_SITE:
        raise Refused(_("This address is too long."), field)
    wrong = Refused(_("Please write the address of a site, such as www.agency.example."), field)
    if not text or not text.isprintable() or any(sign in " \\<>\"'`;," for sign in text):
        raise wrong
    if "*" in text:
        raise Refused(_("Please name each host by itself: a star for many of them is not possible."), field)
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("", *PORTS) or parts.port == 0:
        raise wrong
    if "@" in parts.netloc:
        raise Refused(_("Please write the address without a name or password before it."), field)
    return parts


def _own(parts: SplitResult, field: str) -> str:
    """The host in ASCII: a public name of somebody's own. Raises Refused."""
    given = parts.hostname or ""
    if parts.netloc.startswith("[") or _is_numeric(given):
        raise Refused(_("An address in numbers cannot be used. Please write the name of the site."), field)
    host = _ascii(given, field)
    if _is_numeric(host):
        raise Refused(_("An address in numbers cannot be used. Please write the name of the site."), field)
    if "." not in host or f".{host}".endswith(PRIVATE):
        raise Refused(_("Only names that everybody can reach can be used, such as www.agency.example."), field)
    if host in WRAPPERS or _suffixes().privatesuffix(host) is None:
        raise Refused(
            _("%(host)s belongs to very many sites. Please write your own name in front, as in your-agency.%(host)s.")
            % {"host": host},
            field,
        )
    return host


def _ascii(given: str, field: str) -> str:
    if len(given) > LONGEST_HOST:
        raise Refused(_("This name is too long for a host."), field)
    if any(_is_long(label) for label in given.split(".")):
        text = _("This name is too long: from one dot to the next there are at most %(most)s letters.")
        raise Refused(text % {"most": LONGEST_LABEL}, field)
    try:
        # IDNA 2008, after the mapping that browsers do (UTS 46): capital letters, full-width signs.
        host = idna.encode(given.removesuffix("."), uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise Refused(_("This is not the name of a host: it holds signs that no such name has."), field) from None
    if len(host) > LONGEST_HOST:
        raise Refused(_("This name is too long for a host."), field)
    return host.lower()


def _is_long(label: str) -> bool:
    """Whether a part of a name has too many letters, as it stands in the DNS (RFC 1035; RFC 3492 for other scripts)."""
    label = unicodedata.normalize("NFKC", label)
    written = label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
    return len(written) > LONGEST_LABEL


def _is_numeric(host: str) -> bool:
    """Whether a browser reads it as an IP address, in any of the ways in which one can be written."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2].lower()))
    return True


def _port(parts: SplitResult) -> int | None:
    return None if parts.port in (None, PORTS[parts.scheme or "https"]) else parts.port


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
