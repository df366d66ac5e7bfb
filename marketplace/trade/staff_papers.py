"""Staff screens for what the papers go by: limits of the forms, wording of origin statements."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet

from catalogue.staff import DeleteView, IndexView
from marketplace.trade.models import OriginStatementText, PaperRule

DATED = [
    FieldRowPanel([FieldPanel("effective_from"), FieldPanel("effective_to")], heading=_("Valid")),
    FieldRowPanel([FieldPanel("source"), FieldPanel("source_date")], heading=_("Who says so")),
]


class PaperRuleViewSet(ModelViewSet):
    model = PaperRule
    name = "paper-rules"
    menu_label = _("Limits of the papers")
    icon = "doc-full"
    index_view_class = IndexView
    delete_view_class = DeleteView
    search_backend_name = None
    search_fields = ["destination", "scheme", "source"]
    list_filter = ["kind"]
    list_display = ["kind", "destination", "scheme", "number", "unit", "effective_from", "effective_to", "source"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("kind"), FieldPanel("destination"), FieldPanel("scheme")], heading=_("Rule")),
            FieldRowPanel([FieldPanel("number"), FieldPanel("unit")], heading=_("Limit")),
            *DATED,
        ]
    )


class OriginStatementTextViewSet(ModelViewSet):
    model = OriginStatementText
    name = "origin-statements"
    menu_label = _("Origin statements")
    icon = "doc-full-inverse"
    index_view_class = IndexView
    delete_view_class = DeleteView
    search_backend_name = None
    search_fields = ["agreement", "version", "text"]
    list_filter = ["agreement", "language", "checked"]
    list_display = ["agreement", "language", "version", "checked", "effective_from", "effective_to", "source"]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "This is legal text. Copy it from the agreement, let somebody compare it, then tick “checked”: before, no "
                    "paper uses it. When the agreement changes, add a row with a new version."
                )
            ),
            FieldRowPanel([FieldPanel("agreement"), FieldPanel("language"), FieldPanel("version")], heading=_("Which")),
            FieldPanel("text"),
            FieldPanel("checked"),
            *DATED,
        ]
    )
