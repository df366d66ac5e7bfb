"""What the screens for consignments and orders share: money as people write it."""

from decimal import Decimal

from django.utils.translation import get_language
from wagtail.admin.ui.tables import Column

from catalogue.staff import ShowViewSet
from marketplace.money import Money, format_money

__all__ = ["MoneyColumn", "ShowViewSet", "shown"]


def shown(amount: Decimal | None, currency: str) -> str:
    """An amount as readers of the active language write it; empty for None."""
    return "" if amount is None else format_money(Money(amount, currency), get_language() or "en")


class MoneyColumn(Column):
    """An amount of the row in its ``currency``, sortable."""

    def __init__(self, name: str, **kwargs) -> None:
        super().__init__(name, **{"sort_key": name, "classname": "w-whitespace-nowrap"} | kwargs)

    def get_value(self, instance) -> str:
        return shown(super().get_value(instance), instance.currency)
