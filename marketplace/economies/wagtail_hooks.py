"""Staff screens: economies and required languages (in the menu of marketplace.workshops), and the menu "Markets"."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from catalogue.staff import IndexView, allow_only
from marketplace.economies.models import Economy, RequiredLanguage
from marketplace.economies.staff_markets import MarketViewSet, RegistrationViewSet, SchemeViewSet
from marketplace.economies.staff_rates import (
    CurrencyPegViewSet,
    ExchangeRateViewSet,
    RateImportViewSet,
    TodayViewSet,
)

allow_only(Economy, "view", "change")


class EconomyViewSet(ModelViewSet):
    model = Economy
    name = "economies"
    icon = "globe"
    index_view_class = IndexView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["code", "name"]
    list_display = ["__str__", "code", "currency", BooleanColumn("enabled")]
    list_filter = ["enabled"]
    list_per_page = 50
    panels = [
        FieldPanel("name", read_only=True),
        FieldPanel("code", read_only=True),
        FieldPanel("currency", read_only=True),
        FieldPanel("languages", read_only=True),
        FieldPanel("enabled"),
    ]


class RequiredLanguageViewSet(ModelViewSet):
    model = RequiredLanguage
    name = "required-languages"
    icon = "comment"
    index_view_class = IndexView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["destination", "language", "source"]
    list_display = ["destination", "language", BooleanColumn("machine_counts"), "source"]
    list_filter = ["destination", "language"]
    list_per_page = 50
    panels = [
        FieldPanel("destination"),
        FieldPanel("language"),
        FieldPanel("machine_counts"),
        FieldPanel("source"),
    ]


class MarketsGroup(ModelViewSetGroup):
    items = (
        MarketViewSet,
        RegistrationViewSet,
        SchemeViewSet,
        TodayViewSet,
        ExchangeRateViewSet,
        RateImportViewSet,
        CurrencyPegViewSet,
    )
    menu_label = _("Markets")
    menu_name = "markets-group"
    menu_icon = "globe"
    menu_order = 412


@hooks.register("register_admin_viewset")
def markets() -> MarketsGroup:
    return MarketsGroup()
