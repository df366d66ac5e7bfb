"""Restrictions as a process keeps them in memory: read in a few statements, asked without any."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from catalogue.export import ExportFacts
from marketplace.economies import versions
from marketplace.economies.citations import UNVERIFIED
from marketplace.economies.markets import markets_on_offer
from marketplace.economies.models import Market, RequiredLanguage
from marketplace.economies.requirements import Requirement
from marketplace.trade.hs_text import contains_words, fold
from marketplace.trade.models.restrictions import ResponsiblePerson, Restriction, prefixes
from marketplace.trade.needs import Need, check_needs

RESTRICTIONS = "restrictions"  # the name of these rows in economies.versions
Action = Restriction.Action
ANY = "any"


@dataclass(frozen=True)
class Rule:
    """A Restriction, taken apart for asking. Its columns mean what they mean there."""

    code: str
    destination: str
    ships_from: str
    channel: str
    origins: frozenset[str]
    not_origins: frozenset[str]
    hs: frozenset[str]
    hs_except: frozenset[str]
    keywords: tuple[str, ...]
    attributes: frozenset[str]
    species: tuple[str, ...]
    alcohol_over: Decimal | None
    domestic: bool
    action: str
    severity: str
    needs: tuple[Need, ...]
    text: str
    next_step: str
    learn_url: str
    source: str
    effective_from: date
    effective_to: date | None
    evidence: str = ""

    @property
    def cited(self) -> str:
        """The source, with the word for a buyer where the row itself says that nobody has checked it."""
        return f"{self.source}; unverified" if UNVERIFIED.search(self.evidence) else self.source

    def concerns(self, facts: ExportFacts, *, destination: str, channel: str, on: date) -> bool:
        """Whether the rule is about this piece on its way there. ``channel`` is post, courier or any."""
        return (
            self.effective_from <= on
            and (self.effective_to is None or on <= self.effective_to)
            and (self.domestic or facts.ships_from != destination)
            and self.ships_from in ("", facts.ships_from)
            and (not self.channel or channel in (ANY, self.channel))
            and self._is_about(facts)
        )

    def _is_about(self, facts: ExportFacts) -> bool:
        """Every column that says something agrees; what is asked fastest comes first."""
        return (
            (not self.attributes or not self.attributes.isdisjoint(facts.attributes))
            and (not self.species or any(_is_species(name, self.species) for name in facts.species))
            and (not self.origins or facts.origin in self.origins)
            and facts.origin not in self.not_origins
            and (self.alcohol_over is None or facts.alcohol_percent is None or facts.alcohol_percent > self.alcohol_over)
            and (not self.hs or _begins(facts.hs_code, self.hs))
            and not (self.hs_except and _begins(facts.hs_code, self.hs_except))
            and (not self.keywords or contains_words(facts.words, self.keywords))
        )

    @property
    def final(self) -> bool:
        """Nothing that a maker does clears it."""
        return self.action == Action.PROHIBIT and not self.needs


@dataclass(frozen=True)
class Person:
    """Somebody who answers for goods at a destination or in its bloc; ``partner_id`` None: for every workshop's."""

    destination: str
    partner_id: int | None
    valid_from: date
    valid_to: date | None = None
    name: str = ""
    address: str = ""
    email: str = ""


@dataclass(frozen=True)
class Rules:
    """All live rules and what else readiness asks of the database, under one version of the rows."""

    by_prefix: Mapping[tuple[str, str], tuple[Rule, ...]] = field(default_factory=dict)
    others: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    languages: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    persons: tuple[Person, ...] = ()
    blocs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Restriction], **more) -> "Rules":
        """From rows, saved or not."""
        by_prefix, others = defaultdict(list), defaultdict(list)
        for rule in map(_rule, rows):
            for prefix in rule.hs:
                by_prefix[rule.destination, prefix].append(rule)
            if not rule.hs:
                others[rule.destination].append(rule)
        frozen = {key: tuple(found) for key, found in by_prefix.items()}
        return cls(frozen, {key: tuple(found) for key, found in others.items()}, **more)

    @classmethod
    def load(cls) -> "Rules":
        """Kept in memory until rows change; no statement of its own then, beside a look for the version now and then."""
        return _load(versions.current(RESTRICTIONS), versions.current(versions.MARKETS))

    def bloc(self, destination: str) -> str:
        """The customs union of a destination, such as EU; empty for none."""
        return self.blocs.get(destination, "")

    def about(self, facts: ExportFacts, destination: str, *, channel: str, on: date) -> Iterator[Rule]:
        """The rules for a piece on its way to a destination, each once, by code."""
        found: dict[tuple[str, date], Rule] = {}
        for place in {"", destination, self.bloc(destination)}:
            candidates = [*self.others.get(place, ())]
            for length in range(2, len(facts.hs_code) + 1):
                candidates += self.by_prefix.get((place, facts.hs_code[:length]), ())
            for rule in candidates:
                if rule.concerns(facts, destination=destination, channel=channel, on=on):
                    found[rule.code, rule.effective_from] = rule
        return iter(rule for _key, rule in sorted(found.items()))

    def person(self, partner_id: int | None, destination: str, on: date) -> Person | None:
        """Who is responsible at the destination, or in its bloc, for a workshop's pieces; its own before the shop's."""
        places = (destination, self.bloc(destination))
        found = [
            row
            for row in self.persons
            if row.destination in places
            and row.partner_id in (None, partner_id)
            and row.valid_from <= on
            and (row.valid_to is None or on <= row.valid_to)
        ]
        return min(found, key=lambda row: row.partner_id is None, default=None)


def channel_to(destination: str, on: date) -> str:
    """The way that parcels go there on a day: post, courier or any. Kept in memory with the markets."""
    return _channels(on, versions.current(versions.MARKETS)).get(destination, ANY)


@lru_cache(maxsize=8)
def _channels(on: date, _token: str) -> dict[str, str]:
    return {offer.destination: offer.channel for offer in markets_on_offer(on)}


@lru_cache(maxsize=2)
def _load(*_tokens: str) -> Rules:
    languages = defaultdict(list)
    for row in RequiredLanguage.objects.values_list("destination", "language", "machine_counts"):
        languages[row[0]].append(Requirement(*row))
    names = ("destination", "workshop__partner_id", "valid_from", "valid_to", "name", "address", "email")
    persons = ResponsiblePerson.objects.order_by("pk").values_list(*names)
    return Rules.of(
        Restriction.objects.filter(state=Restriction.State.LIVE),
        languages={place: tuple(rows) for place, rows in languages.items()},
        persons=tuple(Person(*row) for row in persons),
        blocs=dict(Market.objects.exclude(bloc="").values_list("destination", "bloc")),
    )


def _rule(row: Restriction) -> Rule:
    negated = row.origins.startswith("!")
    origins = frozenset(row.origins.removeprefix("!").split())
    same = ("code", "destination", "ships_from", "channel", "alcohol_over", "domestic", "action", "severity")
    same += ("text", "next_step", "learn_url", "source", "evidence", "effective_from", "effective_to")
    return Rule(
        origins=frozenset() if negated else origins,
        not_origins=origins if negated else frozenset(),
        hs=prefixes(row.hs),
        hs_except=prefixes(row.hs_except),
        keywords=tuple(fold(word) for word in row.keywords.split(";") if word.strip()),
        attributes=frozenset(row.attributes.split()),
        species=tuple(part.strip().casefold() for part in row.species.split(",") if part.strip()),
        needs=check_needs(row.needs),
        **{name: getattr(row, name) for name in same},
    )


def _begins(code: str, beginnings: frozenset[str]) -> bool:
    return any(code[:length] in beginnings for length in range(2, len(code) + 1))


def _is_species(name: str, listed: tuple[str, ...]) -> bool:
    """A listed genus takes in its species: "Dalbergia" is "Dalbergia nigra", but not "Dalbergiella"."""
    return f"{name.casefold()} ".startswith(tuple(f"{part} " for part in listed))
