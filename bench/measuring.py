"""Measures in rounds, A B C D then D C B A, so that what the machine does meanwhile meets all of them alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from bench.client import Sample, measure


@dataclass(frozen=True)
class Plan:
    """How long: rounds, seconds of one measurement with one reader and with ``CLIENTS``."""

    rounds: int
    alone: float
    together: float


FULL, QUICK = Plan(4, 1.0, 2.0), Plan(2, 0.4, 0.6)
CLIENTS = 8


@dataclass(frozen=True)
class Target:
    """A server (its port), a path, and the name to ask for."""

    port: int
    path: str
    name: str = "127.0.0.1"

    def sample(self, clients: int, seconds: float) -> Sample:
        return measure(self.port, self.path, name=self.name, clients=clients, seconds=seconds)


@dataclass
class Series:
    """All rounds of one target."""

    alone: list[Sample] = field(default_factory=list)
    together: list[Sample] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """Milliseconds, one reader: the median of the rounds' medians."""
        return 1000 * median(percentile(sample.times, 0.5) for sample in self.alone)

    @property
    def p95(self) -> float:
        return 1000 * median(percentile(sample.times, 0.95) for sample in self.alone)

    @property
    def per_second(self) -> float:
        return median(sample.per_second for sample in self.together)

    @property
    def size(self) -> int:
        """Bytes of an answer, head included."""
        return self.together[0].size

    @property
    def busy(self) -> float:
        """The largest share of a core that the generator needed."""
        return max(sample.busy for sample in self.together)


@dataclass(frozen=True)
class Ratio:
    """Median, least and most of the rounds' own ratios."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.least:.2f}..{self.most:.2f})"


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def in_turns(targets: dict[str, Target], plan: Plan) -> dict[str, Series]:
    """Measure all ``targets`` in each round, in turn from first to last and from last to first."""
    found = {name: Series() for name in targets}
    for target in targets.values():
        target.sample(CLIENTS, 0.3)  # every worker has met the page
    for name, target in _rounds(targets, plan.rounds):
        found[name].alone.append(target.sample(1, plan.alone))
        found[name].together.append(target.sample(CLIENTS, plan.together))
    return found


def _rounds(targets: dict[str, Target], rounds: int) -> Iterator[tuple[str, Target]]:
    for number in range(rounds):
        names = list(targets) if number % 2 == 0 else list(reversed(targets))
        yield from ((name, targets[name]) for name in names)


def throughput(ours: Series, other: Series) -> Ratio:
    """How many times as many answers a second ``ours`` gave, with ``CLIENTS`` readers."""
    return _ratio([a.per_second / b.per_second for a, b in zip(ours.together, other.together, strict=True)])


def latency(ours: Series, other: Series) -> Ratio:
    """How many times as long ``ours`` took, with one reader."""
    pairs = zip(ours.alone, other.alone, strict=True)
    return _ratio([percentile(a.times, 0.5) / percentile(b.times, 0.5) for a, b in pairs])


def _ratio(values: list[float]) -> Ratio:
    return Ratio(median(values), min(values), max(values))
