"""Rules of trade as dated rows, and who changed them. The engine (trade/landed) reads them as plain rows."""

from marketplace.trade.models.duties import CustomsRate, DutyRate, TradeGroup
from marketplace.trade.models.rule_changes import RuleChange
from marketplace.trade.models.tax_rules import TaxRule

MODELS = {model.table.name: model for model in (TaxRule, DutyRate, CustomsRate, TradeGroup)}

__all__ = ["MODELS", "CustomsRate", "DutyRate", "RuleChange", "TaxRule", "TradeGroup"]
