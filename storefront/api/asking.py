"""What a request of the API asks for. Strict: whatever is not known is refused, and the refusal says what is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from marketplace.economies.markets import MarketChoice
from storefront.api.problems import bad
from storefront.embeds.pricing import pricing_for

MOST_OFFSET = 100_000
NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True)
class Resource:
    """``fields``: name → JSON schema of what a list answers; ``more``: what one thing answers beside it.

    ``filters``: parameter → (JSON schema, whether a value is one). ``priced``: it takes a currency.
    """

    name: str
    fields: Mapping[str, dict]
    more: Mapping[str, dict] = field(default_factory=dict)
    filters: Mapping[str, tuple[dict, Callable[[str], bool]]] = field(default_factory=dict)
    priced: bool = False


@dataclass(frozen=True)
class Asked:
    """``market`` None: the shop's own prices. ``fields`` are those to answer, in the resource's order."""

    lang: str
    market: MarketChoice | None
    fields: tuple[str, ...]
    filters: Mapping[str, str]
    limit: int = 0
    offset: int = 0

    @property
    def currency(self) -> str:
        return self.market.currency if self.market else settings.MARKETPLACE_CURRENCY

    def only(self, found: dict) -> dict:
        return {name: found[name] for name in self.fields}


def read(request: HttpRequest, resource: Resource, *, one: bool = False) -> Asked:
    """What is asked of a list, or of ``one`` thing. Raises Problem 400."""
    try:
        query = request.GET
    except TooManyFieldsSent:
        raise bad(_("Too many parameters."), code="unknown_parameter") from None
    known = {"lang", "fields", *(("currency",) if resource.priced else ())}
    if not one:
        known |= {"limit", "offset", *resource.filters}
    _refuse_others(query, known)
    lang = _lang(query)
    return Asked(
        lang=lang,
        market=_market(query, lang) if resource.priced else None,
        fields=_fields(query, [*resource.fields, *(resource.more if one else ())]),
        filters={} if one else _filters(query, resource),
        limit=0 if one else _number(query, "limit", settings.MARKETPLACE_API["USUAL"], 1, settings.MARKETPLACE_API["MOST"]),
        offset=0 if one else _number(query, "offset", 0, 0, MOST_OFFSET),
    )


def _refuse_others(query: QueryDict, known: set[str]) -> None:
    for name, values in query.lists():
        if name not in known:
            says = _("There is no parameter “%(name)s” here. Known are: %(known)s.")
            says %= {"name": name[:60], "known": ", ".join(sorted(known))}
            raise bad(says, parameter=name[:60], code="unknown_parameter")
        if len(values) > 1:
            raise bad(_("“%(name)s” is given twice.") % {"name": name}, parameter=name)


def _lang(query: QueryDict) -> str:
    spoken = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    lang = query.get("lang", settings.LANGUAGE_CODE)
    if lang not in spoken:
        raise bad(_("“lang” is one of: %(known)s.") % {"known": ", ".join(spoken)}, parameter="lang")
    return lang


def _market(query: QueryDict, lang: str) -> MarketChoice | None:
    currency = query.get("currency", settings.MARKETPLACE_CURRENCY)
    if not CURRENCY.fullmatch(currency):
        raise bad(_("“currency” is a code of three capitals, such as JPY."), parameter="currency")
    found = pricing_for(currency, lang)
    if found.missed:
        says = _("Nothing can be paid in %(currency)s today.") % {"currency": currency}
        raise bad(says, parameter="currency", code="currency_not_on_offer")
    return found.market


def _fields(query: QueryDict, known: list[str]) -> tuple[str, ...]:
    if "fields" not in query:
        return tuple(known)
    wanted = query["fields"].split(",")
    for name in wanted:
        if name not in known:
            says = _("There is no field “%(name)s”. Known are: %(known)s.") % {"name": name[:60], "known": ", ".join(known)}
            raise bad(says, parameter="fields")
    return tuple(name for name in known if name in wanted)


def _filters(query: QueryDict, resource: Resource) -> dict[str, str]:
    found = {}
    for name, (schema, fits) in resource.filters.items():
        if name not in query:
            continue
        if not fits(query[name]):
            allowed = ", ".join(schema.get("enum", ())) or schema.get("description", "")
            raise bad(_("“%(name)s” is: %(allowed)s.") % {"name": name, "allowed": allowed}, parameter=name)
        found[name] = query[name]
    return found


def _number(query: QueryDict, name: str, usual: int, least: int, most: int) -> int:
    text = query.get(name, str(usual))
    if not NUMBER.fullmatch(text) or not least <= int(text) <= most:
        says = _("“%(name)s” is a whole number from %(least)s to %(most)s.") % {"name": name, "least": least, "most": most}
        raise bad(says, parameter=name)
    return int(text)
