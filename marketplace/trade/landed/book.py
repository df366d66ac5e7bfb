"""All live rows of the rule tables, indexed so that a question costs the same in a small book and in a large one."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from marketplace.trade.landed.rows import ANYWHERE, Group, OfficialRate, Rule, Tariff

DAYS_KEPT = 400  # of (destination, day) remembered; more than a shop asks about between two changes of the rules
SHORTEST, LONGEST = 0, 10  # digits of an HS prefix

ByPrefix = dict[str, tuple[Rule, ...]]


class RuleBook:
    """Answers which rows are in force. Build it once for a version of the rows, and share it: it is never changed."""

    def __init__(
        self,
        rules: Iterable[Rule] = (),
        tariffs: Iterable[Tariff] = (),
        official: Iterable[OfficialRate] = (),
        groups: Iterable[Group] = (),
    ) -> None:
        self._rules: dict[str, list[Rule]] = _listed(rules, lambda row: row.destination)
        self._tariffs = _listed(tariffs, lambda row: (row.destination, row.agreement, row.hs_prefix))
        self._official = _listed(official, lambda row: row.key)
        self._groups = _listed(groups, lambda row: row.code)
        self._days: dict[tuple[str, date], ByPrefix] = {}
        self._starts = {place: _starts(rows) for place, rows in self._rules.items()}

    @classmethod
    def load(cls, on: date | None = None) -> "RuleBook":
        """The book of the database's live rows, kept in memory until a row changes (one statement when kept).

        It holds all days: the engine reads the rows of the shipment's day, and those that start while it travels.
        """
        from marketplace.trade.books import current_book

        return current_book()

    def knows(self, destination: str) -> bool:
        """Whether any levy was ever recorded for the destination or a bloc that it belongs to."""
        places = (destination, *(code for code in self._groups if self._member(code, destination)))
        return any(row.levy != "channel" for place in places for row in self._rules.get(place, ()))

    def places(self, destination: str, on: date) -> tuple[str, ...]:
        """Whose rows count at a destination that day: its own, its blocs', everybody's."""
        blocs = (code for code in self._groups if (group := self.group(code, on)) and group.kind == "bloc")
        return (destination, *(code for code in blocs if self.includes((code,), destination, on)), ANYWHERE)

    def candidates(self, destination: str, on: date, hs: str = "") -> Iterator[Rule]:
        """Rows in force at a destination for goods of an HS code, those for longer prefixes first."""
        known = self._in_force(destination, on)
        for length in range(min(len(hs), LONGEST), SHORTEST - 1, -1):
            yield from known.get(hs[:length], ())

    def tariff(self, destination: str, hs: str, agreement: str, on: date) -> Tariff | None:
        """The duty row with the longest prefix; the destination's own before its bloc's."""
        for place in self.places(destination, on):
            for length in range(min(len(hs), LONGEST), SHORTEST - 1, -1):
                for row in self._tariffs.get((place, agreement, hs[:length]), ()):
                    if row.in_force(on):
                        return row
        return None

    def official_rate(self, destination: str, base: str, quote: str, on: date) -> OfficialRate | None:
        """The customs rate that counts at the destination that day."""
        for place in self.places(destination, on):
            for row in self._official.get((place, base, quote), ()):
                if row.in_force(on):
                    return row
        return None

    def group(self, code: str, on: date) -> Group | None:
        """A bloc or an agreement as it is on a day."""
        return next((row for row in self._groups.get(code, ()) if row.in_force(on)), None)

    def includes(self, codes: Sequence[str], economy: str, on: date) -> bool:
        """Whether ``codes`` (economies or groups) name the economy."""
        if economy in codes:
            return True
        groups = (self.group(code, on) for code in codes if code in self._groups)
        return any(group is not None and economy in group.members for group in groups)

    def stays_in(self, ship_from: str, destination: str, on: date) -> str:
        """The economy or customs union (bloc) whose border a parcel never crosses; empty where it crosses one."""
        if ship_from == destination:
            return destination
        blocs = (code for code in self.places(destination, on)[1:-1] if self.includes((code,), ship_from, on))
        return next(blocs, "")

    def usual_channel(self, destination: str, on: date) -> str:
        """How parcels usually go there that day: "post", "courier", or empty when no row says so."""
        rows = [row for row in self.candidates(destination, on) if row.levy == "channel"]
        rows.sort(key=lambda row: (row.destination != ANYWHERE, row.priority))
        return rows[-1].channel if rows else ""

    def changes(self, destination: str, on: date, until: date) -> Iterator[Rule]:
        """Rows that start after a day, up to and including another."""
        for place in self.places(destination, on):
            days, rows = self._starts.get(place, ((), ()))
            yield from rows[bisect_right(days, on) : bisect_right(days, until)]

    def _member(self, code: str, economy: str) -> bool:
        return any(economy in row.members for row in self._groups[code] if row.kind == "bloc")

    def _in_force(self, destination: str, on: date) -> ByPrefix:
        known = self._days.get((destination, on))
        if known is None:
            if len(self._days) >= DAYS_KEPT:
                self._days.clear()
            known = self._days[destination, on] = self._index(destination, on)
        return known

    def _index(self, destination: str, on: date) -> ByPrefix:
        found: dict[str, list[Rule]] = {}
        for place in self.places(destination, on):
            for row in self._rules.get(place, ()):
                if row.in_force(on):
                    for prefix in row.hs_prefixes or ("",):
                        found.setdefault(prefix, []).append(row)
        return {prefix: tuple(rows) for prefix, rows in found.items()}


def _listed(rows: Iterable, key) -> dict:
    """Live rows by key, the newest first."""
    found: dict = {}
    for row in rows:
        if row.state == "live":
            found.setdefault(key(row), []).append(row)
    for listed in found.values():
        listed.sort(key=lambda row: row.effective_from, reverse=True)
    return found


def _starts(rows: list[Rule]) -> tuple[list[date], list[Rule]]:
    ordered = sorted(rows, key=lambda row: row.effective_from)
    return [row.effective_from for row in ordered], ordered
