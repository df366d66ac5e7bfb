"""The landed-cost engine: pure, Decimal only, no database. See docs/landed-cost.md for the guarantee and the algorithm."""

from marketplace.trade.landed.book import RuleBook
from marketplace.trade.landed.engine import landed_cost
from marketplace.trade.landed.facts import (
    Applied,
    Goods,
    LandedCost,
    LandedCostError,
    Levy,
    Shipment,
    TermsRefused,
    Unknown,
    Warn,
)
from marketplace.trade.landed.rows import Group, OfficialRate, Rule, Tariff

__all__ = [
    "Applied",
    "Goods",
    "Group",
    "LandedCost",
    "LandedCostError",
    "Levy",
    "OfficialRate",
    "Rule",
    "RuleBook",
    "Shipment",
    "Tariff",
    "TermsRefused",
    "Unknown",
    "Warn",
    "landed_cost",
]
