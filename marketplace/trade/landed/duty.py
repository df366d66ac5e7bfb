"""Duty by tariff line: the longest HS prefix, or the rate of an agreement where its proof holds."""

from dataclasses import dataclass
from decimal import Decimal

from marketplace.trade.landed.context import Context, Line, NoRateKnown
from marketplace.trade.landed.facts import Warn
from marketplace.trade.landed.rows import Rule, Tariff

HUNDRED = Decimal(100)
GRAMS = Decimal(1000)


@dataclass(frozen=True)
class Duty:
    """Duty of one line in the levy currency, exact; ``why`` instead of an amount where it is unknown."""

    amount: Decimal | None
    tariff: Tariff | None = None
    why: str = ""
    warning: Warn | None = None


def line_duty(ctx: Context, row: Rule, line: Line) -> Duty:
    """What the tariff asks for a line on the row's value basis."""
    claim = line.goods.preference
    preferred, warning = None, None
    if claim:
        refusal = "channel" if row.no_claims else why_not(ctx, line)
        preferred = None if refusal else ctx.book.tariff(ctx.destination, line.hs, claim, ctx.on)
        if refusal or preferred is None:
            facts = {"agreement": claim, "goods": line.goods.ref, "why": refusal or "no_rate"}
            warning = Warn("preference_refused", row.code, facts)
    general = ctx.book.tariff(ctx.destination, line.hs, "", ctx.on)
    found = [_priced(ctx, row, line, tariff) for tariff in (preferred, general) if tariff is not None]
    known = [duty for duty in found if duty.amount is not None]
    if not known:
        return Duty(None, None, found[0].why if found else "no_duty_line", warning)
    best = min(known, key=lambda duty: duty.amount)
    return Duty(best.amount, best.tariff, "", warning)


def why_not(ctx: Context, line: Line) -> str:
    """Why the claimed agreement gives no preference to a line; empty when it does."""
    goods, shipment = line.goods, ctx.shipment
    agreement = ctx.book.group(goods.preference, ctx.on)
    if agreement is None or agreement.kind != "agreement":
        return "unknown_agreement"
    if not agreement.reviewed(ctx.on):
        return "review_expired"
    for place in (shipment.ship_from, goods.origin, shipment.destination):
        if place not in agreement.members:
            return "not_covered"
    if goods.evidence_until is not None and ctx.on <= goods.evidence_until:
        return ""
    return "" if _waived(ctx, agreement) else "no_evidence"


def _waived(ctx: Context, agreement) -> bool:
    """Whether the consignment is small enough to need no proof of origin."""
    if agreement.waiver is None:
        return False
    try:
        return ctx.total * ctx.rate(ctx.given, agreement.waiver_currency) <= agreement.waiver
    except NoRateKnown:
        return False


def _priced(ctx: Context, row: Rule, line: Line, tariff: Tariff) -> Duty:
    if not tariff.reviewed(ctx.on):
        return Duty(None, tariff, "review_expired")
    base = ctx.basis(line, row.value_basis, row.value_factor)
    ad_valorem = base * (tariff.ad_valorem or Decimal(0)) / HUNDRED
    if tariff.specific is None:
        return Duty(ad_valorem, tariff)
    if tariff.unit == "kg" and not line.goods.net_weight_g:
        return Duty(None, tariff, "no_weight")
    units = line.goods.net_weight_g / GRAMS if tariff.unit == "kg" else Decimal(line.goods.quantity)
    try:
        specific = ctx.to_levy(tariff.specific * units, tariff.specific_currency)
    except NoRateKnown:
        return Duty(None, tariff, "no_rate")
    return Duty(max(ad_valorem, specific) if tariff.combine == "max" else ad_valorem + specific, tariff)


def tariff_text(tariff: Tariff) -> str:
    """The rate as people write it, such as "12 %" or "EUR 2.5/kg"."""
    parts = [f"{plain(tariff.ad_valorem)} %"] if tariff.ad_valorem is not None else []
    if tariff.specific is not None:
        parts.append(f"{tariff.specific_currency} {plain(tariff.specific)}/{tariff.unit}")
    text = (" / " if tariff.combine == "max" else " + ").join(parts)
    return f"{text} ({tariff.agreement})" if tariff.agreement else text


def plain(value: Decimal | None) -> str:
    """A number without exponent or empty decimals: 7.50 is "7.5"."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
