"""What a rule row must be like before anybody is charged by it. Pure; sentences are for the person who enters the row."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.economies.names import is_place
from marketplace.trade.landed.duty import plain
from marketplace.trade.landed.rows import ANYWHERE, Group, OfficialRate, Row, Rule, Tariff

PLACE = re.compile(r"[A-Z]{2}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# Customs unions with two letters of their own, which ISO 3166-1 keeps for them.
BLOCS = frozenset({"EU"})
HS = re.compile(r"\d{2,10}", re.ASCII)
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}", re.ASCII)
# Rate kinds → fields that they stand on.
NEEDS = {
    "percent": ("rate",),
    "per_piece": ("rate", "rate_currency"),
    "per_line": ("rate", "rate_currency"),
    "per_parcel": ("rate", "rate_currency"),
    "per_distinct_item": ("rate", "rate_currency"),
    "percent_or_weight": ("rate", "rate_per_kg", "rate_currency"),
    "excess": ("rate", "rate_per_kg", "rate_currency", "allowance", "allowance_kg"),
}
AMOUNTS = (
    "rate", "rate_per_kg", "allowance", "allowance_kg", "over", "up_to", "threshold_factor", "value_factor",
    "waived_up_to", "ad_valorem", "specific", "waiver",
)  # fmt: skip
# What a slip of the finger changes most: compared with the row before, and never zero without a second look.
RATES = ("rate", "rate_per_kg", "ad_valorem", "specific")
HUNDRED = Decimal(100)

Problem = tuple[str, str]  # column, sentence


def problems_of(row: Row) -> list[Problem]:
    """What is wrong with one row by itself, in words, by column. A draft may be incomplete, but never nonsense."""
    found = [*_dates(row), *_numbers(row), *BY_TYPE[type(row)](row)]
    if row.state == "live":
        found += _evidence(row)
    return found


def _dates(row: Row) -> Iterator[Problem]:
    if row.effective_to and row.effective_to < row.effective_from:
        yield "effective_to", _("The last day is before the first.")
    if row.reviewed_on and row.review_by and row.review_by <= row.reviewed_on:
        yield "review_by", _("The next review must be after the last one.")


def _evidence(row: Row) -> Iterator[Problem]:
    """Nobody is charged by a row that nobody can check."""
    if not row.source.strip():
        yield "source", _("A rule without a source cannot be published.")
    if not row.source_date:
        yield "source_date", _("Say when the source was read; a rule without that cannot be published.")
    if not row.review_by:
        yield "review_by", _("A rule without a review date cannot be published.")


def _numbers(row: Row) -> Iterator[Problem]:
    for name in AMOUNTS:
        value = getattr(row, name, None)
        if value is not None and value < 0:
            yield name, _("This cannot be below zero.")
    for name in ("threshold_currency", "rate_currency", "specific_currency", "waiver_currency"):
        code = getattr(row, name, "")
        if code and not CURRENCY.fullmatch(code):
            yield name, _("Write the currency's three letters, such as USD.")


def _places(row: Row, *names: str) -> Iterator[Problem]:
    """Two letters that are no place are a slip; longer codes are groups."""
    for name in names:
        value = getattr(row, name)
        for code in (value,) if isinstance(value, str) else value:
            if PLACE.fullmatch(code) and not is_place(code) and code not in BLOCS:
                yield name, _("“%(code)s” is no economy or territory that we know.") % {"code": code}


def _rule(row: Rule) -> Iterator[Problem]:
    yield from _places(row, "destination", "ship_from", "origins")
    if not CODE.fullmatch(row.code):
        yield "code", _("Write capitals, digits and hyphens, such as AU-GST-LVG.")
    if row.destination != ANYWHERE and not PLACE.fullmatch(row.destination):
        yield "destination", _("Write two letters, such as JP or EU; * is everywhere.")
    for prefix in row.hs_prefixes:
        if not HS.fullmatch(prefix):
            yield "hs_prefixes", _("HS codes are 2 to 10 digits, without dots.")
    if row.over is not None and row.up_to is not None and row.up_to <= row.over:
        yield "up_to", _("This is not more than the lower limit.")
    if (row.over is not None or row.up_to is not None) and not row.threshold_currency:
        yield "threshold_currency", _("A limit needs its currency.")
    if row.state == "live":
        yield from _complete(row)
    if bool(row.scheme) != bool(row.if_registered):
        yield "if_registered", _("Say where a registered operator collects, and under which scheme.")
    if "nothing" in (row.if_registered, row.if_not) and not row.scheme:
        yield "if_not", _("Only who is not registered under a scheme may collect nothing.")


def _complete(row: Rule) -> Iterator[Problem]:
    for name in NEEDS.get(row.rate_kind, ()):
        if getattr(row, name) in (None, ""):
            yield name, _("This kind of rate needs it.")
    if row.levy == "notice" and not row.notice:
        yield "notice", _("Choose what the notice says.")
    if row.levy == "channel" and not row.channel:
        yield "channel", _("Choose post or courier.")
    if row.rate_kind in ("hs_line", "unknown") and row.rate is not None:
        yield "rate", _("This kind of rate has no number here.")


def _tariff(row: Tariff) -> Iterator[Problem]:
    yield from _places(row, "destination")
    if not PLACE.fullmatch(row.destination):
        yield "destination", _("Write two letters, such as JP or EU.")
    if row.hs_prefix and not HS.fullmatch(row.hs_prefix):
        yield "hs_prefix", _("HS codes are 2 to 10 digits, without dots.")
    if row.ad_valorem is None and row.specific is None:
        yield "ad_valorem", _("Write a percentage, an amount per unit, or both.")
    if row.specific is not None and not (row.specific_currency and row.unit):
        yield "specific_currency", _("An amount per unit needs its currency and its unit.")


def _official(row: OfficialRate) -> Iterator[Problem]:
    yield from _places(row, "destination")
    if row.rate <= 0:
        yield "rate", _("An exchange rate is more than zero.")
    for name in ("base", "quote"):
        if not CURRENCY.fullmatch(getattr(row, name)):
            yield name, _("Write the currency's three letters, such as USD.")
    if row.base == row.quote:
        yield "quote", _("These are the same currency.")


def _group(row: Group) -> Iterator[Problem]:
    yield from _places(row, "members")
    if not CODE.fullmatch(row.code):
        yield "code", _("Write capitals, digits and hyphens, such as CPTPP.")
    if any(not PLACE.fullmatch(code) for code in row.members):
        yield "members", _("Members are two-letter codes with semicolons between them, such as JP;VN.")
    if row.waiver is not None and not row.waiver_currency:
        yield "waiver_currency", _("A limit needs its currency.")


BY_TYPE = {Rule: _rule, Tariff: _tariff, OfficialRate: _official, Group: _group}


def series_problem(row: Row, others: Iterable[Row]) -> Problem | None:
    """Whether a live row overlaps the live rows of its key, or leaves days between them without any."""
    series = sorted((*others, row), key=lambda each: (each.effective_from, each is row))
    for before, after in zip(series, series[1:], strict=False):
        if row is not before and row is not after:
            continue
        words = {"first": before.effective_from, "second": after.effective_from}
        if before.effective_to is None or before.effective_to >= after.effective_from:
            return "effective_from", _("The rows from %(first)s and from %(second)s overlap.") % words
        if before.effective_to + timedelta(days=1) < after.effective_from:
            return "effective_from", _("There are days without a row between those from %(first)s and %(second)s.") % words
    return None


def doubts(row: Row, before: Row | None, most_times: int = 100) -> list[Problem]:
    """What may be a slip of the finger: a rate of 0, above 100 %, or ``most_times`` the one before. Needs a yes."""
    found = []
    for name in RATES:
        value, old = getattr(row, name, None), getattr(before, name, None)
        if value is None or value == old:
            continue
        if value == 0:
            found.append((name, _("The rate is 0. Confirm it if it is meant.")))
        elif name in ("rate", "ad_valorem") and _is_percent(row) and value > HUNDRED:
            found.append((name, _("The rate is above 100 %%. Confirm it if it is meant.") % {}))
        elif old and not old / most_times < value < old * most_times:
            words = {"value": plain(value), "old": plain(old)}
            found.append((name, _("%(value)s is far from %(old)s, the rate before. Confirm it if it is meant.") % words))
    return found


def _is_percent(row: Row) -> bool:
    if isinstance(row, Rule):
        return row.rate_kind in ("percent", "percent_or_weight", "excess")
    return isinstance(row, Tariff)
