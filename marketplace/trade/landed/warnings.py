"""What the buyer or the operator should know beside the amounts."""

from collections.abc import Callable
from decimal import Decimal

from marketplace.trade.landed.choosing import Chosen
from marketplace.trade.landed.context import Context
from marketplace.trade.landed.facts import LandedCost, Warn
from marketplace.trade.landed.rows import Rule


def warnings_for(
    ctx: Context,
    chosen: list[Chosen],
    result: LandedCost,
    noted: list[Warn],
    other_side: Callable[[bool], LandedCost],
) -> tuple[Warn, ...]:
    """In the order in which they matter; each once."""
    found = [
        *_exceeds(ctx, result),
        *noted,
        *_near(ctx, chosen, result, other_side),
        *_changes(ctx, result),
        *_notices(ctx, chosen),
        *_uncollected(ctx, chosen),
        *_sub_region(ctx),
        *_doubled(chosen),
    ]
    return tuple({(row.code, row.rule_id, str(sorted(row.facts.items(), key=str))): row for row in found}.values())


def _exceeds(ctx: Context, result: LandedCost) -> list[Warn]:
    """Duty of more than the goods are worth: nobody should learn that from the postman."""
    duty, value = result.total("duty").amount, ctx.total * ctx.to_levies
    if duty <= value:
        return []
    codes = [levy.rule_id for levy in result.levies if levy.kind == "duty"]
    return [Warn("duty_exceeds_value", codes[0], {"duty": result.total("duty")})]


def _near(ctx: Context, chosen: list[Chosen], result: LandedCost, other_side: Callable) -> list[Warn]:
    """Both outcomes where the value is close to a threshold: the customs rate or a parcel's postage may tip it."""
    found, known = [], {}
    for near in (near for choice in chosen for near in choice.near):
        if near.row.levy == "notice":
            continue
        if near.below not in known:
            known[near.below] = other_side(near.below)
        other = known[near.below]
        if other.applied == result.applied:
            continue
        facts = {
            "limit": near.limit,
            "currency": near.row.threshold_currency,
            "now": result.total(),
            "other": other.total() if other.is_known else None,
        }
        found.append(Warn("threshold_near", "", facts))
    return found


def _changes(ctx: Context, result: LandedCost) -> list[Warn]:
    """Rows that start, or end, while the parcel travels: the border goes by the day of arrival."""
    arrives = ctx.shipment.arrives
    if arrives is None or arrives <= ctx.on:
        return []
    used = {ref for row in result.applied for ref in row.refs}
    found = [
        Warn("rule_changes", row.code, {"on": row.effective_from})
        for row in ctx.book.changes(ctx.destination, ctx.on, arrives)
        if row.levy not in ("notice", "channel") and _concerns(ctx, row)
    ]
    for row in _rows(ctx, used):
        if row.effective_to is not None and row.effective_to < arrives:
            found.append(Warn("rule_ends", row.code, {"on": row.effective_to}))
    return found


def _concerns(ctx: Context, row: Rule) -> bool:
    ships = ctx.shipment.ship_from
    goods = any(
        not row.hs_prefixes or line.hs.startswith(row.hs_prefixes)
        for line in ctx.lines
        if not row.origins or ctx.book.includes(row.origins, line.goods.origin, ctx.on)
    )
    meant = row.channel in ("", ctx.channel) and row.sub_region in ("", ctx.shipment.sub_region)
    return goods and meant and (not row.ship_from or ctx.book.includes(row.ship_from, ships, ctx.on))


def _rows(ctx: Context, refs: set[str]) -> list[Rule]:
    rows = {row for line in ctx.lines for row in ctx.book.candidates(ctx.destination, ctx.on, line.hs)}
    return sorted((row for row in rows if row.ref in refs), key=lambda row: row.ref)


def _notices(ctx: Context, chosen: list[Chosen]) -> list[Warn]:
    rows = dict.fromkeys(row for choice in chosen for row in choice.aside if row.levy == "notice")
    return [
        Warn(row.notice, row.code, _notice_facts(row))
        for row in rows
        if row.notice != "adds_up" or ctx.shipment.siblings
    ]


def _notice_facts(row: Rule) -> dict:
    return {"count": row.rate, "limit": row.allowance, "currency": row.rate_currency}


def _uncollected(ctx: Context, chosen: list[Chosen]) -> list[Warn]:
    """The operator is not registered where a registered one would collect."""
    rows = dict.fromkeys(
        row for choice in chosen for row in choice.rows.values() if row.scheme and ctx.place(row) == "nothing"
    )
    schemes = dict.fromkeys((row.scheme, row.code) for row in rows if row.rate_kind != "nil")
    return [Warn("not_registered", code, {"scheme": scheme}) for scheme, code in schemes]


def _sub_region(ctx: Context) -> list[Warn]:
    """The tax hangs on a province that is not known yet."""
    if ctx.shipment.sub_region:
        return []
    rows = (row for line in ctx.lines for row in ctx.book.candidates(ctx.destination, ctx.on, line.hs))
    rates: list[Decimal] = [row.rate for row in rows if row.sub_region and row.rate is not None]
    return [Warn("sub_region_unknown", "", {"destination": ctx.destination})] if rates else []


def _doubled(chosen: list[Chosen]) -> list[Warn]:
    codes = dict.fromkeys(code for choice in chosen for code in choice.doubled.values())
    return [Warn("double_tax_risk", code) for code in codes]
