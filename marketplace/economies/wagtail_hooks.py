"""Staff screen for economies: names and currencies are data of the kit, an operator switches economies on and off."""

from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet

from catalogue.staff import IndexView, allow_only
from marketplace.economies.models import Economy

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
