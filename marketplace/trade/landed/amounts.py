"""What one row asks for the lines that it decides about, exact and before rounding, by the kind of its rate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.trade.landed.context import Context, Line, NoRateKnown
from marketplace.trade.landed.duty import GRAMS, HUNDRED, Duty, line_duty, plain, tariff_text, why_not
from marketplace.trade.landed.facts import Warn
from marketplace.trade.landed.rows import Rule, Tariff

ZERO = Decimal(0)


@dataclass
class Priced:
    """Exact amounts per line in the levy currency, and what could not be priced, with the reason."""

    parts: list[tuple[Line, Decimal]] = field(default_factory=list)
    base: Decimal = ZERO
    texts: list[str] = field(default_factory=list)
    missing: list[tuple[Line, str]] = field(default_factory=list)
    tariffs: list[Tariff] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)

    def add(self, line: Line, amount: Decimal, base: Decimal, text: str) -> None:
        self.parts.append((line, amount))
        self.base += base
        if text not in self.texts:
            self.texts.append(text)


def price(ctx: Context, row: Rule, lines: list[Line], duties: Mapping[str, Decimal]) -> Priced:
    """``duties``: what each line (by its reference) pays in duty, for rows whose base includes it."""
    found = Priced()
    left = [line for line in lines if not _waived(ctx, row, line)]
    if len(left) < len(lines) and not left:
        return found
    try:
        KINDS[row.rate_kind](ctx, row, left, duties, found)
    except NoRateKnown:
        found = Priced(missing=[(line, "no_rate") for line in left])
    return found


def _waived(ctx: Context, row: Rule, line: Line) -> bool:
    """Whether a proven preference frees the line from this levy (US surcharges do not touch USMCA goods)."""
    return bool(row.waived_by) and line.goods.preference in row.waived_by and not why_not(ctx, line)


def _percent(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    for line in lines:
        duty = duties.get(line.goods.ref, ZERO) if row.adds_duty else ZERO
        base = ctx.basis(line, row.value_basis, row.value_factor) + duty
        found.add(line, base * row.rate / HUNDRED, base, f"{plain(row.rate)} %")


def _hs_line(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    for line in lines:
        duty: Duty = line_duty(ctx, row, line)
        if duty.warning:
            found.warnings.append(duty.warning)
        if duty.amount is None:
            found.missing.append((line, duty.why))
            continue
        found.tariffs.append(duty.tariff)
        base = ctx.basis(line, row.value_basis, row.value_factor)
        found.add(line, duty.amount, base, tariff_text(duty.tariff))


def _per_piece(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    each = ctx.to_levy(row.rate, row.rate_currency)
    pieces = sum(line.goods.quantity for line in lines)
    for line in lines:
        text = _times(row, pieces)
        found.add(line, each * line.goods.quantity, ctx.basis(line, row.value_basis), text)


def _per_line(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    each = ctx.to_levy(row.rate, row.rate_currency)
    for line in lines:
        found.add(line, each, ctx.basis(line, row.value_basis), _times(row, len(lines)))


def _per_parcel(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    parcels = ctx.shipment.parcels
    _shared_out(ctx, row, lines, ctx.to_levy(row.rate, row.rate_currency) * parcels, _times(row, parcels), found)


def _per_distinct(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    each = ctx.to_levy(row.rate, row.rate_currency)
    items: dict[tuple, list[Line]] = {}
    for line in lines:
        items.setdefault(_item_key(row, line), []).append(line)
    for same in items.values():
        _shared_out(ctx, row, same, each, _times(row, len(items)), found)


def _item_key(row: Rule, line: Line) -> tuple:
    """What counts as one tariff item; sources differ, so the row says it."""
    goods = line.goods
    further = {"hs6_origin": (goods.origin,), "hs6_description_origin": (goods.description, goods.origin)}
    return (line.hs[:6], *further.get(row.item_key, ()))


def _percent_or_weight(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    value = sum(ctx.basis(line, row.value_basis, row.value_factor) for line in lines)
    weight = ctx.to_levy(row.rate_per_kg, row.rate_currency) * _kilograms(ctx, lines)
    text = f"{plain(row.rate)} %, ≥ {row.rate_currency} {plain(row.rate_per_kg)}/kg"
    _shared_out(ctx, row, lines, max(value * row.rate / HUNDRED, weight), text, found)


def _excess(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    value = sum(ctx.basis(line, row.value_basis, row.value_factor) for line in lines)
    over = max(ZERO, value - ctx.to_levy(row.allowance, row.rate_currency))
    heavier = max(ZERO, _kilograms(ctx, lines) - row.allowance_kg)
    weight = ctx.to_levy(row.rate_per_kg, row.rate_currency) * heavier
    allowed = f"{row.rate_currency} {plain(row.allowance)}, {plain(row.allowance_kg)} kg"
    text = f"{plain(row.rate)} %, ≥ {row.rate_currency} {plain(row.rate_per_kg)}/kg (> {allowed})"
    _shared_out(ctx, row, lines, max(over * row.rate / HUNDRED, weight), text, found)


def _unknown(ctx: Context, row: Rule, lines: list[Line], duties: Mapping, found: Priced) -> None:
    found.missing = [(line, row.notice or "own_rules") for line in lines]


def _shared_out(ctx: Context, row: Rule, lines: list[Line], amount: Decimal, text: str, found: Priced) -> None:
    """An amount for several lines together, by their value."""
    value = sum(line.value for line in lines)
    for line in lines:
        base = ctx.basis(line, row.value_basis, row.value_factor)
        found.add(line, amount * line.value / value, base, text)


def _kilograms(ctx: Context, lines: list[Line]) -> Decimal:
    """The parcel's weight; the lines' own when they are only a part of it."""
    if len(lines) == len(ctx.lines):
        return ctx.shipment.weight_g / GRAMS
    return sum(line.goods.net_weight_g for line in lines) / GRAMS


def _times(row: Rule, number: int) -> str:
    return f"{row.rate_currency} {plain(row.rate)} × {number}"


KINDS: dict[str, Callable[..., None]] = {
    "percent": _percent,
    "hs_line": _hs_line,
    "per_piece": _per_piece,
    "per_line": _per_line,
    "per_parcel": _per_parcel,
    "per_distinct_item": _per_distinct,
    "percent_or_weight": _percent_or_weight,
    "excess": _excess,
    "unknown": _unknown,
}
