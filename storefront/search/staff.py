"""The staff screen for words that mean the same."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from catalogue.staff import column
from storefront.search.models import SynonymGroup


class SynonymViewSet(SnippetViewSet):
    model = SynonymGroup
    menu_label = _("Words for search")
    icon = "search"
    add_to_admin_menu = True
    menu_order = 430
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["name", "words"]
    list_per_page = 50
    list_display = [
        "name",
        column("words", _("Words that mean the same"), lambda row: ", ".join(row.terms)),
        BooleanColumn("active", label=_("In use")),
    ]
    panels = [FieldPanel("name"), FieldPanel("words"), FieldPanel("active")]
