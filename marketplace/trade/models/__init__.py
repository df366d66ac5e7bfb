"""What trade keeps: rules, restrictions, evidence, questions."""

from marketplace.trade.models.evidence import Certificate, OriginEvidence, TariffCode
from marketplace.trade.models.hs import HsDecision, HsQuestion
from marketplace.trade.models.papers import OriginStatementText, PaperRule
from marketplace.trade.models.restrictions import ResponsiblePerson, Restriction
from marketplace.trade.models.rules import CustomsRate, DutyRate, RuleChange, TaxRule, TradeGroup

__all__ = [
    "Certificate",
    "CustomsRate",
    "DutyRate",
    "HsDecision",
    "HsQuestion",
    "OriginEvidence",
    "OriginStatementText",
    "PaperRule",
    "ResponsiblePerson",
    "Restriction",
    "RuleChange",
    "TariffCode",
    "TaxRule",
    "TradeGroup",
]
