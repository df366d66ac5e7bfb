"""Who may open which address. A route that is not here fails its test by name; so does a line without a route.

The people of the matrix try everything with the ids of somebody else's things (tests/routes/world.py): a workshop in
which ``packer`` and ``bookkeeper`` work and ``maker`` does not, an order of none of them, a village whose officer and
whose editor are others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from marketplace.workshops.models import Right
from tests.routes.routes import Route

PEOPLE = ("stranger", "buyer", "maker", "packer", "bookkeeper", "officer_elsewhere", "editor", "agency")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Access:
    """``guests`` of PEOPLE come in although nothing there is theirs; ``rightful`` is whose it is, of all the cast."""

    name: str
    guests: frozenset[str]
    rightful: str


def _access(name: str, guests: Iterable[str], rightful: str) -> Access:
    return Access(name, frozenset(guests), rightful)


PUBLIC = _access("public", PEOPLE, "stranger")
# About the visitor herself: no id leads to anybody else.
SIGNED_IN = _access("signed in", set(PEOPLE) - {"stranger"}, "buyer")
# A desk of one's own, whichever that is.
SEATED = _access("some desk", ("maker", "packer", "bookkeeper"), "other_maker")
OWN_ORDER = _access("own order", (), "order_owner")
OWN_PHOTO = _access("own photo", (), "other_maker")
DESK = _access("this desk", ("packer", "bookkeeper"), "other_maker")
LISTS = _access("lists here", (), "other_maker")
PACKS = _access("packs here", ("packer",), "other_maker")
BOOKS = _access("keeps the books here", ("bookkeeper",), "other_maker")
OWNS = _access("owns it", (), "other_maker")
DESKS = {None: DESK, Right.LIST: LISTS, Right.PACK: PACKS, Right.BOOKS: BOOKS, Right.OWN: OWNS}
OFFICE = _access("some office", ("officer_elsewhere",), "officer_here")
OFFICER = _access("officer of the area", (), "officer_here")
# An agency's desk: the cast's own agency is another one than that of the address.
SOME_AGENCY = _access("some agency", ("agency",), "agency_owner")
AGENCY = _access("this agency", (), "agency_owner")
WAGTAIL = _access("writes pages", ("editor",), "staff")
STAFF = _access("staff", (), "staff")
# Whoever has no signature of the payment service is told that the request is bad.
WEBHOOK = _access("webhook", (), "nobody")


@dataclass(frozen=True)
class Rule:
    """``routes`` is a pattern of Route.key. ``ours``: every method and every absent id is tried, too."""

    routes: str
    access: Access
    ours: bool = True
    # Tables that a form of this address may write for anybody: her own basket, her own question.
    writes: tuple[str, ...] = ()


# How often somebody tried a password or a code.
TRIES = ("marketplace_notices_tries",)
STAFF_SCREENS = [
    "agencies", "agency-hosts", "agency-terms", "agency-wishes", "api-keys", "applications",
    "attention", "certificates", "consignments", "crafts", "currency-pegs", "customs-rates", "duty-rates",
    "economies", "exchange-rates", "hs-questions", "markets", "materials", "officers", "orders", "origin-evidence",
    "origin-statements", "paper-rules", "parcels", "payees", "payment-events", "payout-terms", "payouts",
    "rate-imports", "readiness", "registration-schemes", "registrations", "required-languages", "responsible-persons",
    "restrictions", "rule-changes", "share-rules", "shipping-rates", "shipping-zones", "tax-rules",
    "trade-groups", "villages", "visit-days", "workshops",
]

RULES = [
    # The shop
    Rule("/", PUBLIC),
    Rule("/desk/", PUBLIC),
    Rule("/officer/", PUBLIC),
    Rule("sitemap*", PUBLIC),
    Rule("feeds:*", PUBLIC),
    Rule("api:*", PUBLIC),
    Rule("robots", PUBLIC),
    Rule("favicon", PUBLIC),
    Rule("oembed*", PUBLIC),
    Rule("embed-*", PUBLIC),
    Rule("media", PUBLIC),
    Rule("home", PUBLIC),
    Rule("/en/%(path)s", PUBLIC),
    Rule("wagtail_serve", PUBLIC),
    Rule("wagtailcore_login", PUBLIC),
    Rule("wagtailcore_authenticate_with_password", PUBLIC),
    Rule("catalogue:*", PUBLIC),
    Rule("offer:detail", PUBLIC),
    Rule("search*", PUBLIC),
    Rule("market", PUBLIC),
    Rule("basket*", PUBLIC),
    Rule("checkout*", PUBLIC),
    Rule("order", OWN_ORDER),
    Rule("order-*", OWN_ORDER),
    Rule("stripe-webhook", WEBHOOK),
    # Accounts
    Rule("account:orders", SIGNED_IN),
    Rule("customer:summary", PUBLIC),  # leads to account:orders
    Rule("account:change*", SIGNED_IN, writes=TRIES),
    Rule("account:everywhere", SIGNED_IN, writes=TRIES),
    Rule("account:told", SIGNED_IN),
    Rule("account:push-*", SIGNED_IN),
    *(Rule(f"account:{name}", PUBLIC, writes=TRIES) for name in ("login", "logout", "code", "register", "forgotten*")),
    Rule("account:new-password", PUBLIC, writes=TRIES),
    Rule("account:stop-change", PUBLIC),
    Rule("push-worker", PUBLIC),
    Rule("voice", PUBLIC),
    # The desk
    Rule("desk:home", SEATED),
    Rule("desk:how-paid", PUBLIC),
    Rule("desk:take-over", PUBLIC),
    Rule("desk:open", PUBLIC),
    Rule("desk:open-contact", PUBLIC),
    Rule("desk:open-code", PUBLIC),
    Rule("desk:open-*", SIGNED_IN),
    Rule("desk:join", PUBLIC),
    Rule("desk:workshop", DESK),
    Rule("desk:leave", DESK),
    Rule("desk:answer", OWNS),
    Rule("desk:member*", OWNS),
    Rule("desk:invitation", OWNS),
    Rule("desk:helping*", LISTS),
    Rule("desk:waiting-photo", OWN_PHOTO),
    Rule("desk:photos", LISTS),
    Rule("desk:bulk*", LISTS),
    Rule("desk:conversation", PACKS),
    Rule("desk:payee", OWNS),
    Rule("desk:earnings*", BOOKS),
    Rule("desk:my-share", DESK),
    Rule("desk:statement*", BOOKS),
    Rule("desk:consignment*", PACKS),
    Rule("desk:paper", PACKS),
    Rule("desk:sender", PACKS),
    Rule("desk:piece*", LISTS),
    # Officers of the programme
    Rule("officer:home", OFFICE),
    Rule("officer:workshops", OFFICE),
    Rule("officer:start", OFFICE),
    Rule("officer:*", OFFICER),
    # Agencies
    Rule("/agency/", PUBLIC),
    Rule("for-agencies", PUBLIC),
    Rule("for-developers", PUBLIC),
    Rule("agency-apply", PUBLIC),
    Rule("agency:home", SOME_AGENCY),
    Rule("agency:join", PUBLIC),
    Rule("agency:*", AGENCY),
    # Staff screens of our own, in Wagtail's frame
    *(Rule(f"{name}:*", STAFF, ours=False) for name in STAFF_SCREENS),
    Rule("rates-today*", STAFF, ours=False),
    Rule("translations:*", WAGTAIL, ours=False),
    Rule("product_chooser:*", WAGTAIL, ours=False),
    # Wagtail, Django, Oscar
    Rule("wagtaildocs_serve", STAFF, ours=False),
    Rule("wagtaildocs_authenticate_with_password", PUBLIC, ours=False),
    *(Rule(f"{name}:*", STAFF, ours=False) for name in ("wagtailsites", "wagtaillocales", "wagtailusers_*", "wagtailsettings")),
    *(Rule(name, PUBLIC, ours=False, writes=TRIES) for name in ("wagtailadmin_login", "admin:login", "dashboard:login")),
    *(Rule(name, PUBLIC, ours=False) for name in ("wagtailadmin_logout", "wagtailadmin_password_reset*")),
    *(Rule(name, PUBLIC, ours=False) for name in ("wagtailadmin_sprite", "wagtailadmin_javascript_catalog")),
    Rule("wagtail*", WAGTAIL, ours=False),
    Rule("/admin/localize/*", WAGTAIL, ours=False),
    Rule("/admin/reports/page-types-usage/*", WAGTAIL, ours=False),
    Rule("/admin/test404/", WAGTAIL, ours=False),
    Rule("/admin//", WAGTAIL, ours=False),
    *(Rule(name, PUBLIC, ours=False) for name in ("admin:logout", "admin:jsi18n", "admin:javascript-catalog")),
    Rule("dashboard:logout", PUBLIC, ours=False),
    Rule("admin:*", STAFF, ours=False),
    Rule("/django-admin/*", STAFF, ours=False),
    Rule("dashboard:*", STAFF, ours=False),
]


@cache
def rule_of(route: Route) -> Rule | None:
    """The first line that fits."""
    return next((rule for rule in RULES if fnmatchcase(route.key, rule.routes)), None)
