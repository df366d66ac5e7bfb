"""What a piece still lacks before it can be sold to a destination: findings, each with what to do next.

One look for sale pages, basket and dispatch: ``readiness_of`` for many pieces and destinations, ``may_be_sold_to`` for
one destination, ``findings_for`` pure. Rules are kept in memory, so a call costs one statement for the pieces' facts;
a second one reads their languages, only where a destination asks for a language and the caller has not read them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from catalogue.export import ExportFacts
from catalogue.models import Product
from catalogue.text import language_name
from marketplace.economies.requirements import unmet, writers_of
from marketplace.trade.models.restrictions import Restriction
from marketplace.trade.needs import Need, is_met, next_step
from marketplace.trade.readiness_facts import facts_of
from marketplace.trade.restriction_rules import ANY, Rule, Rules, channel_to

STOPS, WARNS = "stops", "warns"
SALE, DISPATCH = "sale", "dispatch"
READINESS_PAGE, LANGUAGES_PAGE = "desk:piece-readiness", "desk:piece-languages"
Action, Severity = Restriction.Action, Restriction.Severity
Matrix = dict[int, dict[str, list["Finding"]]]


@dataclass(frozen=True)
class Finding:
    """One thing that stands between a piece and a destination. ``text`` and ``next_step`` are whole sentences.

    ``code``: hs_code, origin, material, species, net_weight, description, product_id, language, certificate,
    responsible_person, restriction or channel. ``rule`` is the restriction's code, ``field`` the field of the desk's
    form that mends it (may be empty), ``paper`` the kind of a missing certificate, ``final`` says that nothing mends it.
    """

    code: str
    severity: str
    text: str
    next_step: str = ""
    next_url_name: str = ""
    learn_url: str = ""
    source: str = ""
    destination: str = ""
    rule: str = ""
    field: str = ""
    paper: str = ""
    final: bool = False

    @property
    def stops(self) -> bool:
        return self.severity == STOPS


def findings_for(
    piece_facts: ExportFacts,
    destination: str,
    *,
    on: date,
    rules: Rules,
    channel: str = ANY,
    stage: str = SALE,
) -> list[Finding]:
    """What the piece lacks for a destination (two-letter code) on a day; empty: ready. Asks no database.

    ``channel`` is the way that parcels go there (post, courier, any); at the stage of dispatch, what only warned at the
    sale may stop the parcel, and languages do not matter any more.
    """
    found: list[Finding] = []
    for rule in rules.about(piece_facts, destination, channel=channel, on=on):
        found += _of_rule(rule, piece_facts, destination, on, rules, channel, stage)
    if stage == SALE:
        found += _of_languages(piece_facts, destination, rules)
    # The same gap under two rules is one thing to do; what stops is told first.
    ordered = sorted(found, key=lambda row: not row.stops)
    return list({(row.code, row.text, row.next_step): row for row in reversed(ordered)}.values())[::-1]


def readiness_of(
    products: Iterable[Product | int],
    destinations: Iterable[str],
    *,
    on: date,
    stage: str = SALE,
    writers: Mapping[int, dict[str, str]] | None = None,
) -> Matrix:
    """Product id → destination → findings, for pieces and variants. ``writers`` as of economies.requirements.writers_of."""
    rules, places = Rules.load(), list(dict.fromkeys(destinations))
    products = list(products)
    if writers is None and stage == SALE and any(place in rules.languages for place in places):
        writers = _writers(products)
    facts = facts_of(products, writers=writers)
    return {pk: matrix_row(known, places, on=on, rules=rules, stage=stage) for pk, known in facts.items()}


def matrix_row(
    facts: ExportFacts, destinations: Iterable[str], *, on: date, rules: Rules, stage: str = SALE
) -> dict[str, list[Finding]]:
    """Destination → findings of one piece."""
    return {
        place: findings_for(facts, place, on=on, rules=rules, channel=channel_to(place, on), stage=stage)
        for place in destinations
    }


def may_be_sold_to(
    products: Iterable[Product | int],
    destination: str,
    *,
    on: date,
    stage: str = SALE,
    writers: Mapping[int, dict[str, str]] | None = None,
) -> dict[int, list[Finding]]:
    """Product id → what stops it; products that may be sold are left out."""
    matrix = readiness_of(products, [destination], on=on, stage=stage, writers=writers)
    stopped = {pk: [row for row in places[destination] if row.stops] for pk, places in matrix.items()}
    return {pk: rows for pk, rows in stopped.items() if rows}


def _of_rule(
    rule: Rule, facts: ExportFacts, destination: str, on: date, rules: Rules, channel: str, stage: str
) -> list[Finding]:
    bloc, person = rules.bloc(destination), rules.person(facts.partner_id, destination, on) is not None
    lacking = [need for need in rule.needs if not is_met(need, facts, destination, bloc, on, person)]
    if rule.needs and not lacking:
        return []
    # What one way refuses can go the other way.
    avoidable = bool(rule.channel) and channel == ANY
    severity = WARNS if avoidable else _severity(rule, stage)
    return [
        Finding(
            code=need.code if need else _code(rule),
            severity=severity,
            text=_(rule.text),
            next_step=_next_step(rule, need, facts),
            next_url_name=READINESS_PAGE if need and need.field else "",
            learn_url=rule.learn_url,
            source=rule.cited,
            destination=destination,
            rule=rule.code,
            field=need.field if need else "",
            paper=need.detail if need and need.code == "certificate" else "",
            final=rule.final and severity == STOPS,
        )
        for need in lacking or [None]
    ]


def _severity(rule: Rule, stage: str) -> str:
    stops = rule.severity == Severity.STOPS or (rule.severity == Severity.DISPATCH and stage == DISPATCH)
    return STOPS if stops else WARNS


def _code(rule: Rule) -> str:
    return "channel" if rule.channel or rule.action == Action.CARRIER else "restriction"


def _next_step(rule: Rule, need: Need | None, facts: ExportFacts) -> str:
    own = _(rule.next_step) if rule.next_step else ""
    return own or (next_step(need, facts) if need else _("Please ask us before you send it."))


def _of_languages(facts: ExportFacts, destination: str, rules: Rules) -> list[Finding]:
    return [
        Finding(
            code="language",
            severity=STOPS,
            text=_("Its description is not in %(language)s.") % {"language": language_name(row.language)},
            next_step=_("Please write it in %(language)s, or wait for a translator.")
            % {"language": language_name(row.language)},
            next_url_name=LANGUAGES_PAGE,
            destination=destination,
            field="language",
        )
        for row in unmet(rules.languages.get(destination, ()), facts.writers)
    ]


def _writers(products: list[Product | int]) -> dict[int, dict[str, str]]:
    """Keyed by piece; a variant is described where its piece is. One statement for pieces that were read already."""
    pieces = {row.pk: row for row in products if isinstance(row, Product) and not row.is_child}
    others = {getattr(row, "pk", row) for row in products} - pieces.keys()
    if others:
        wanted = Q(pk__in=others, parent=None) | Q(children__in=others)
        pieces |= {row.pk: row for row in Product.objects.filter(wanted).distinct()}
    return writers_of(pieces.values())
