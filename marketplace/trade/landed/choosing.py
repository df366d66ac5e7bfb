"""Which rows decide about a line: of every slot the most special one in force whose threshold the values meet."""

from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.trade.landed.context import Context, Line, NoRateKnown
from marketplace.trade.landed.rows import ANYWHERE, Rule

# Rows that cost nothing and decide nothing by themselves.
ASIDE = ("notice", "channel")


@dataclass
class Near:
    """A threshold that the goods come close to; ``below`` says on which side they are."""

    row: Rule
    value: Decimal
    limit: Decimal
    below: bool


@dataclass
class Chosen:
    """Slot → the row that decides there, for one line."""

    rows: dict[str, Rule] = field(default_factory=dict)
    aside: list[Rule] = field(default_factory=list)
    # Slots where a value could not be compared with a threshold, with the row's code.
    blocked: dict[str, str] = field(default_factory=dict)
    # Slots where a row that collects at the border gave way to one that collected at checkout, with the loser's code.
    doubled: dict[str, str] = field(default_factory=dict)
    near: list[Near] = field(default_factory=list)


def choose(ctx: Context, line: Line, margin: Decimal) -> Chosen:
    """The rows for a line. ``margin``: which share of a threshold counts as near it (0.05: five per cent)."""
    found = Chosen()
    ranked: dict[str, list[tuple[tuple, Rule]]] = {}
    for row in ctx.book.candidates(ctx.destination, ctx.on, line.hs):
        if not _is_meant(ctx, row, line):
            continue
        try:
            inside = _within(ctx, row, line, margin, found.near)
        except NoRateKnown:
            found.blocked[row.slot] = row.code
            continue
        if inside and row.levy in ASIDE:
            found.aside.append(row)
        elif inside:
            ranked.setdefault(row.slot, []).append((_rank(row, line.hs), row))
    for slot, rows in ranked.items():
        rows.sort(key=lambda pair: pair[0])
        winner = found.rows[slot] = rows[-1][1]
        _note_double(ctx, found, slot, winner, [row for _rank_of, row in rows[:-1]])
    return found


def _is_meant(ctx: Context, row: Rule, line: Line) -> bool:
    """Whether the row is about goods, places, channel and operator such as these, whatever the value."""
    shipment = ctx.shipment
    return (
        row.channel in ("", ctx.channel)
        and row.sub_region in ("", shipment.sub_region)
        and (not row.ship_from or ctx.book.includes(row.ship_from, shipment.ship_from, ctx.on))
        and (not row.origins or ctx.book.includes(row.origins, line.goods.origin, ctx.on))
        and ctx.place(row) != "skip"
    )


def _within(ctx: Context, row: Rule, line: Line, margin: Decimal, near: list[Near]) -> bool:
    if row.over is None and row.up_to is None:
        return True
    value = ctx.threshold_value(row, line)
    for limit in (row.over, row.up_to):
        if limit and abs(value - limit) <= limit * margin:
            near.append(Near(row, value, limit, _below(row, value, limit)))
    low = row.over is None or value > row.over or (row.over_includes and value == row.over)
    high = row.up_to is None or value < row.up_to or (not row.up_to_excludes and value == row.up_to)
    return low and high


def _below(row: Rule, value: Decimal, limit: Decimal) -> bool:
    exact_is_above = row.over_includes if limit == row.over else row.up_to_excludes
    return value < limit or (value == limit and not exact_is_above)


def _rank(row: Rule, hs: str) -> tuple:
    """The greatest wins: the longest HS prefix, the operator's own priority, then whatever else narrows a row."""
    prefix = max((len(code) for code in row.hs_prefixes if hs.startswith(code)), default=0)
    return (
        prefix,
        row.priority,
        bool(row.origins),
        bool(row.ship_from),
        bool(row.sub_region),
        bool(row.channel),
        row.destination != ANYWHERE,
        len(row.destination) == 2,  # an economy's own row before its bloc's
        row.effective_from,
        row.code,
    )


def _note_double(ctx: Context, found: Chosen, slot: str, winner: Rule, losers: list[Rule]) -> None:
    """A good taxed at checkout in a parcel that the border would tax: it may be charged again without the number."""
    if winner.levy != "vat" or ctx.place(winner) != "checkout":
        return
    for row in losers:
        if ctx.place(row) == "border" and row.rate_kind != "nil":
            found.doubled[slot] = row.code
