"""What the screens for consignments and orders share: money as people write it, and screens that only show."""

from decimal import Decimal

from django.urls import path
from django.utils.translation import get_language
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from catalogue.staff import IndexView
from marketplace.money import Money, format_money


def shown(amount: Decimal | None, currency: str) -> str:
    """An amount as readers of the active language write it; empty for None."""
    return "" if amount is None else format_money(Money(amount, currency), get_language() or "en")


class MoneyColumn(Column):
    """An amount of the row in its ``currency``, sortable."""

    def __init__(self, name: str, **kwargs) -> None:
        super().__init__(name, **{"sort_key": name, "classname": "w-whitespace-nowrap"} | kwargs)

    def get_value(self, instance) -> str:
        return shown(super().get_value(instance), instance.currency)


class ShownURLFinder(ModelAdminURLFinder):
    """Leads to the screen that shows a row, for whoever may view it."""

    def get_edit_url(self, instance) -> str | None:
        policy = policy_registry.get(instance)
        if self.user and not policy.user_has_permission_for_instance(self.user, "view", instance):
            return None
        return self.construct_edit_url(instance)


class ShowViewSet(ModelViewSet):
    """A list and a screen per row; nothing is added, changed or deleted here.

    A subclass sets ``model``, ``name``, ``icon``, columns, filters and ``inspect_view_class``, and calls
    catalogue.staff.allow_only(model, "view") before.
    """

    index_view_class = IndexView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    list_per_page = 30

    @property
    def url_finder_class(self) -> type[ShownURLFinder]:
        return type("_URLFinder", (ShownURLFinder,), {"edit_url_name": self.get_url_name("inspect")})

    def get_urlpatterns(self) -> list:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path(f"inspect/<{self.pk_path_converter}:pk>/", self.inspect_view, name="inspect"),
        ]
