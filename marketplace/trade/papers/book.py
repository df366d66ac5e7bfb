"""The rows that count on a day, read once, so that everything after is a pure function of them and a Declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from django.db.models import Q

from catalogue.export import ExportFacts
from marketplace.economies.rates import NoRate, rate_between
from marketplace.money import Money
from marketplace.trade.models.papers import OriginStatementText, PaperRule
from marketplace.trade.papers.declaration import Declaration, Line, Parcel
from marketplace.trade.papers.words import VagueWords, vague_words
from marketplace.trade.restriction_rules import ANY, Action, Rules

# The Special Drawing Right of the International Monetary Fund, in which the postal union counts.
SDR = "XDR"


@dataclass(frozen=True)
class Rule:
    """One valid PaperRule. ``destination`` is an economy, a bloc or empty."""

    kind: str
    destination: str = ""
    scheme: str = ""
    number: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class Statement:
    """The wording of an origin statement. ``checked``: somebody compared it with the agreement."""

    version: str
    text: str
    checked: bool = True


@dataclass(frozen=True)
class PaperBook:
    """``statements`` by agreement and language. ``restrictions`` say which data a destination asks for.

    ``to_sdr`` answers None where no rate is known.
    """

    rules: tuple[Rule, ...] = ()
    statements: Mapping[tuple[str, str], Statement] = field(default_factory=dict)
    restrictions: Rules = field(default_factory=Rules)
    words: VagueWords = field(default_factory=vague_words)
    to_sdr: Callable[[Money], Decimal | None] = lambda _money: None

    @classmethod
    def load(cls, on: date) -> "PaperBook":
        """What is valid ``on`` a day: two statements, and what is kept in memory of restrictions and rates."""
        valid = Q(effective_from__lte=on) & (Q(effective_to=None) | Q(effective_to__gte=on))
        rules = PaperRule.objects.filter(valid).order_by("effective_from")
        texts = OriginStatementText.objects.filter(valid).order_by("checked", "effective_from")
        return cls(
            tuple(Rule(row.kind, row.destination, row.scheme, row.number, row.unit) for row in rules),
            {(row.agreement, row.language): Statement(row.version, row.text, row.checked) for row in texts},
            Rules.load(),
            to_sdr=partial(in_sdr, on=on),
        )

    def data_needed(self, declaration: Declaration, line: Line) -> list[tuple[str, str]]:
        """What the destination asks to know of a line on that day, such as ("hs", "10") or ("sku", "")."""
        facts = ExportFacts(ships_from=declaration.sender.economy, origin=line.origin, hs_code=line.hs)
        rules = self.restrictions.about(facts, declaration.addressee.economy, channel=ANY, on=declaration.on)
        needs = (need for rule in rules if rule.action == Action.DATA for need in rule.needs)
        return list(dict.fromkeys((need.name, need.detail) for need in needs))

    def _bloc(self, declaration: Declaration) -> str:
        return self.restrictions.bloc(declaration.addressee.economy)

    def number(self, kind: str, declaration: Declaration, unit: str) -> Decimal | None:
        """The number of the rule that lies nearest: the destination's own, its bloc's, everywhere's; the latest of each."""
        found = [rule for rule in self._for(kind, declaration) if rule.unit == unit and rule.number is not None]
        nearness = {declaration.addressee.economy: 2, self._bloc(declaration): 1} | {"": 0}
        # The rows come by their first day, and of equals max takes the first.
        return max(reversed(found), key=lambda rule: nearness[rule.destination]).number if found else None

    def applies(self, kind: str, declaration: Declaration, scheme: str = "") -> bool:
        return any(rule.scheme in ("", scheme) for rule in self._for(kind, declaration))

    def small_enough_for_cn22(self, declaration: Declaration) -> bool:
        """Whether each parcel is known to be within the limits. No limit, no rate, no weight: not known."""
        most_sdr = self.number("cn22-value", declaration, SDR)
        most_g = self.number("cn22-weight", declaration, "g")
        if most_sdr is None or most_g is None or not declaration.parcels:
            return False
        return all(self._small(declaration.of(parcel), parcel, most_sdr, most_g) for parcel in declaration.parcels)

    def _small(self, part: Declaration, parcel: Parcel, most_sdr: Decimal, most_g: Decimal) -> bool:
        if not part.lines or not parcel.gross_g or parcel.gross_g > most_g:
            return False
        if len({line.value.currency for line in part.lines}) > 1:
            return False
        value = self.to_sdr(part.value)
        return value is not None and value <= most_sdr

    def _for(self, kind: str, declaration: Declaration) -> list[Rule]:
        places = {"", declaration.addressee.economy, self._bloc(declaration)}
        return [rule for rule in self.rules if rule.kind == kind and rule.destination in places]


def in_sdr(money: Money, *, on: date) -> Decimal | None:
    """``money`` in Special Drawing Rights at the rate of a day; None where there is no fresh rate."""
    rate = rate_between(money.currency, SDR, on=on)
    return None if isinstance(rate, NoRate) else money.amount * rate.value
