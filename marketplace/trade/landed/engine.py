"""Landed cost of one consignment: which rows decide, what they ask, who collects it where."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from marketplace.money import Money, allocate
from marketplace.trade.landed.amounts import ZERO, Priced, price
from marketplace.trade.landed.book import RuleBook
from marketplace.trade.landed.choosing import Chosen, choose
from marketplace.trade.landed.context import ONE, Context, Line, NoRateKnown
from marketplace.trade.landed.facts import (
    Applied,
    Convert,
    LandedCost,
    Levy,
    Shipment,
    TermsRefused,
    Unknown,
    Warn,
)
from marketplace.trade.landed.rows import Rule
from marketplace.trade.landed.warnings import warnings_for

# Duty is computed before the taxes whose base includes it; this is also the order in which rules are named.
ORDER = ("duty", "vat", "sales_tax", "data", "fee")
# What every destination must say something about; its silence is not zero.
NEEDED = ("duty", "vat")
# What is due without any import, too; the rest of the rows is about goods that come in from abroad.
INSIDE = ("sales_tax",)

Group = tuple[str, str, str]  # slot, code, place


def landed_cost(
    shipment: Shipment,
    rules: RuleBook,
    registrations: Iterable,
    convert: Convert,
    *,
    near: Decimal = Decimal("0.05"),
) -> LandedCost:
    """Duty, taxes and fees of a consignment by the rows in force on its day.

    ``registrations``: the operator's (``scheme``, ``number``, ``valid_from``, ``valid_to``). ``near``: the share of a
    threshold within which the other outcome is told, too. Raises LandedCostError for a question without meaning, and
    TermsRefused where DAP would make the buyer pay twice.
    """
    registrations = tuple(registrations)
    run = _Run(shipment, rules, registrations, convert, near)
    result = run.result()
    if result.stays_in:
        return result
    return replace(result, warnings=warnings_for(run.ctx, run.chosen, result, run.warnings, _other_side(run, near)))


def _other_side(run: "_Run", near: Decimal):
    """Answers what the levies come to on the other side of a threshold that the values are close to."""

    def other(below: bool) -> LandedCost:
        nudge = ONE + (near + near) * (1 if below else -1)
        ctx = run.ctx
        return _Run(ctx.shipment, ctx.book, run.registrations, run.convert, near, nudge).result()

    return other


class _Run:
    """One pass over the slots of a consignment."""

    def __init__(self, shipment, rules, registrations, convert, near, nudge=ONE) -> None:
        self.registrations, self.convert = registrations, convert
        self.warnings: list[Warn] = []
        self.unknown: list[Unknown] = []
        self.levies: list[Levy] = []
        self.applied: list[Applied] = []
        self.chosen: list[Chosen] = []
        self.duties: dict[str, Decimal] = {}
        self.without_duty: set[str] = set()
        self.stays_in = rules.stays_in(shipment.ship_from, shipment.destination, shipment.on)
        try:
            self.ctx = Context(shipment, rules, registrations, convert, nudge)
        except NoRateKnown:
            self.ctx = Context(replace(shipment, levy_currency=""), rules, registrations, convert, nudge)
            self._nothing_known()
        else:
            self._decide(near)

    def result(self) -> LandedCost:
        currency = self.ctx.currency
        open_border = any(row.collected == "border" and row.amount for row in self.levies)
        incoterm = "DAP" if open_border or self.unknown else "DDP"
        return LandedCost(
            currency, tuple(self.levies), tuple(self.unknown), (), incoterm, tuple(self.applied), self.stays_in
        )

    def _nothing_known(self) -> None:
        """The goods' value in the destination's currency is unknown, and so is everything that follows from it."""
        refs = tuple(line.goods.ref for line in self.ctx.lines)
        if self.stays_in:
            return
        self.unknown = [Unknown(kind, "", "no_rate", refs) for kind in NEEDED]

    def _decide(self, margin: Decimal) -> None:
        self.chosen = [choose(self.ctx, line, margin) for line in self.ctx.lines]
        groups = self._groups()
        for kind in INSIDE if self.stays_in else ORDER:
            for key in sorted(groups, key=lambda key: (key[0] != kind, key[0], key[1])):
                rows = groups[key]
                if next(iter(rows)).levy == kind:
                    self._settle(kind, key, rows)
            if kind in NEEDED:
                self._say_what_is_missing(kind)

    def _groups(self) -> dict[Group, dict[Rule, list[Line]]]:
        groups: dict[Group, dict[Rule, list[Line]]] = {}
        for line, chosen in zip(self.ctx.lines, self.chosen, strict=True):
            for slot, row in chosen.rows.items():
                if self.stays_in and row.levy not in INSIDE:
                    continue
                rows = groups.setdefault((slot, row.code, self._place(row)), {})
                rows.setdefault(row, []).append(line)
        return groups

    def _place(self, row: Rule) -> str:
        """Where the levy is collected on the shipment's terms. Raises TermsRefused."""
        place, terms = self.ctx.place(row), self.ctx.shipment.terms
        if row.ddp_only and terms == "DAP" and place == "checkout":
            raise TermsRefused(
                f"{row.code}: duty and tax are paid with the order, so this parcel must go DDP, or they are paid twice."
            )
        if place == "border" and terms == "DDP":
            return "checkout"
        if place == "checkout" and terms == "DAP" and not row.scheme:
            return "border"
        return place

    def _say_what_is_missing(self, kind: str) -> None:
        blocked: dict[tuple[str, str], list[str]] = {}
        for line, chosen in zip(self.ctx.lines, self.chosen, strict=True):
            if kind not in chosen.rows:
                why = ("no_rate", chosen.blocked[kind]) if kind in chosen.blocked else ("no_rule", "")
                blocked.setdefault(why, []).append(line.goods.ref)
        for (why, code), refs in blocked.items():
            self._miss(kind, code, why, tuple(refs))

    def _miss(self, kind: str, code: str, why: str, refs: tuple[str, ...], at_least: Money | None = None) -> None:
        self.unknown.append(Unknown(kind, code, why, refs, at_least))
        if kind == "duty":
            self.without_duty.update(refs)

    def _settle(self, kind: str, key: Group, rows: dict[Rule, list[Line]]) -> None:
        _slot, code, place = key
        total, refs, estimate = Priced(), [], False
        for row, lines in rows.items():
            refs.append(row.ref)
            if not row.reviewed(self.ctx.on):
                total.missing += [(line, "review_expired") for line in lines]
            elif kind == "data" or row.rate_kind == "nil" or place == "nothing":
                estimate = estimate or row.doubtful
            else:
                estimate = self._price(row, lines, total) or estimate
        first = next(iter(rows))
        outcome = self._book(kind, first, place, total, refs, estimate)
        self._report_missing(kind, code, total)
        self.applied.append(
            Applied(code, kind, tuple(refs), outcome, first.cited, first.source, first.source_date)
        )

    def _price(self, row: Rule, lines: list[Line], total: Priced) -> bool:
        """Adds what a row asks; answers whether that is an estimate."""
        found = price(self.ctx, row, lines, self.duties)
        if row.adds_duty:
            lines_open = [line for line, _amount in found.parts if line.goods.ref in self.without_duty]
            found.missing += [(line, "needs_duty") for line in lines_open]
        total.parts += found.parts
        total.base += found.base
        total.texts += [text for text in found.texts if text not in total.texts]
        total.missing += found.missing
        total.tariffs += found.tariffs
        self.warnings += found.warnings
        currencies = (row.rate_currency,) if row.rate_currency else ()
        doubtful = row.doubtful or any(tariff.doubtful for tariff in found.tariffs)
        return doubtful or self.ctx.is_estimate(*currencies)

    def _book(self, kind: str, row: Rule, place: str, total: Priced, refs: list[str], estimate: bool) -> str:
        """Writes the levy down; answers the outcome."""
        open_lines = {line.goods.ref for line, _why in total.missing}
        parts = [(line, amount) for line, amount in total.parts if line.goods.ref not in open_lines]
        if kind == "data":
            return "data"
        if not parts:
            return "unknown" if open_lines else ("nothing" if place == "nothing" else "nil")
        amount = self.ctx.rounded(sum((amount for _line, amount in parts), ZERO))
        if row.waived_up_to is not None and self._is_waived(row, amount):
            return "nil"
        refs += [tariff.ref for tariff in dict.fromkeys(total.tariffs)]
        shares = self._shares(Money(amount, self.ctx.currency), parts)
        if kind == "duty":
            for ref, share in shares.items():
                self.duties[ref] = self.duties.get(ref, ZERO) + share.amount
        self.levies.append(self._levy(kind, row, place, total, shares, tuple(refs), estimate))
        return "levy"

    def _levy(self, kind, row: Rule, place: str, total: Priced, shares, refs, estimate: bool) -> Levy:
        registration = self.ctx.registration(row.scheme)
        source = total.tariffs[0] if total.tariffs else row
        return Levy(
            kind=kind,
            rule_id=row.code,
            label=row.label,
            amount=sum(shares.values(), Money(ZERO, self.ctx.currency)),
            base=self.ctx.money(total.base),
            rate_text="; ".join(total.texts),
            collected=place,
            collector="marketplace" if registration and place == "checkout" else row.collector,
            estimate=estimate,
            source=source.source,
            source_date=source.source_date,
            shares=shares,
            refs=refs,
            registration=registration.number if registration and place == "checkout" else "",
        )

    def _is_waived(self, row: Rule, amount: Decimal) -> bool:
        try:
            limit = self.ctx.to_levy(row.waived_up_to, row.threshold_currency or self.ctx.currency)
        except NoRateKnown:
            return False
        return amount <= limit

    def _shares(self, amount: Money, parts: list[tuple[Line, Decimal]]) -> dict[str, Money]:
        """Per line by largest remainder; several parts of one line count together."""
        weights: dict[str, Decimal] = {}
        for line, exact in parts:
            weights[line.goods.ref] = weights.get(line.goods.ref, ZERO) + exact
        if not any(weights.values()):
            return dict.fromkeys(weights, amount)
        return dict(zip(weights, allocate(amount, list(weights.values())), strict=True))

    def _report_missing(self, kind: str, code: str, total: Priced) -> None:
        whys: dict[str, list[str]] = {}
        for line, why in total.missing:
            whys.setdefault(why, []).append(line.goods.ref)
        for why, refs in whys.items():
            known = sum((amount for line, amount in total.parts if line.goods.ref in refs), ZERO)
            at_least = Money(self.ctx.rounded(known), self.ctx.currency) if known else None
            self._miss(kind, code, why, tuple(refs), at_least)


