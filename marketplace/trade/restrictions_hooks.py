"""Staff screens for restrictions, responsible persons, papers of pieces and questions about HS codes."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, DateColumn, StatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from catalogue.staff import IndexView, allow_only, column
from marketplace.economies.staff import review_column
from marketplace.trade.models.evidence import Certificate, OriginEvidence
from marketplace.trade.models.hs import HsQuestion
from marketplace.trade.models.restrictions import ResponsiblePerson, Restriction
from marketplace.trade.readiness_staff import ReadinessViewSet
from marketplace.trade.restrictions_forms import (
    AnswerForm,
    CertificateForm,
    OfPieceForm,
    RestrictionForm,
)
from marketplace.trade.restrictions_views import (
    ExportView,
    ImportView,
    RestrictionDeleteView,
    RestrictionEditView,
    RestrictionIndexView,
)

allow_only(HsQuestion, "view", "change")


class RestrictionViewSet(ModelViewSet):
    model = Restriction
    name = "restrictions"
    icon = "warning"
    index_view_class = RestrictionIndexView
    edit_view_class = RestrictionEditView
    delete_view_class = RestrictionDeleteView
    search_backend_name = None
    search_fields = ["code", "destination", "hs", "attributes", "keywords", "species", "text", "source"]
    ordering = ("code", "effective_from")
    list_filter = ["destination", "action", "severity", "state", "channel"]
    list_per_page = 50
    list_display = [
        "code",
        column("to", gettext_lazy("To"), lambda row: row.destination or "*", sort_key="destination"),
        StatusTagColumn("get_severity_display", label=gettext_lazy("Severity"), sort_key="severity"),
        "text",
        "effective_from",
        "effective_to",
        review_column("review_by", gettext_lazy("Review by")),
        StatusTagColumn(
            "get_state_display", label=gettext_lazy("State"), sort_key="state", primary=lambda row: row.state == "live"
        ),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("code"), FieldPanel("state")]),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("destination"), FieldPanel("ships_from"), FieldPanel("channel")]),
                    FieldPanel("domestic"),
                ],
                heading=gettext_lazy("For which parcels"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("hs"),
                    FieldPanel("hs_except"),
                    FieldPanel("attributes"),
                    FieldPanel("keywords"),
                    FieldPanel("species"),
                    FieldRowPanel([FieldPanel("origins"), FieldPanel("alcohol_over")]),
                ],
                heading=gettext_lazy("For which goods"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("action"), FieldPanel("severity"), FieldPanel("needs")]),
                    FieldPanel("text"),
                    FieldPanel("next_step"),
                    FieldPanel("learn_url"),
                ],
                heading=gettext_lazy("What follows"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("source"),
                    FieldRowPanel([FieldPanel("source_date"), FieldPanel("evidence")]),
                    FieldRowPanel([FieldPanel("effective_from"), FieldPanel("effective_to"), FieldPanel("review_by")]),
                ],
                heading=gettext_lazy("Who says so, and when"),
            ),
        ],
        base_form_class=RestrictionForm,
    )

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("export/", ExportView.as_view(), name="export_csv"),
            path("import/", ImportView.as_view(), name="import_csv"),
        ]


class ResponsiblePersonViewSet(ModelViewSet):
    model = ResponsiblePerson
    name = "responsible-persons"
    icon = "user"
    index_view_class = IndexView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["name", "email", "destination"]
    list_filter = ["destination"]
    list_display = [
        "name",
        "destination",
        column("workshop", gettext_lazy("Workshop"), lambda row: row.workshop or "*"),
        "valid_from",
        "valid_to",
    ]
    panels = [
        FieldRowPanel([FieldPanel("destination"), FieldPanel("workshop")]),
        FieldPanel("name"),
        FieldPanel("address"),
        FieldPanel("email"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
    ]


class OfPieceViewSet(ModelViewSet):
    """Rows of a piece, found by its code or title."""

    index_view_class = IndexView
    copy_view_enabled = False
    search_backend_name = None
    list_per_page = 50

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = self.model._default_manager.select_related("product__partner__workshop")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)


PIECE = column("piece", gettext_lazy("Piece"), lambda row: f"{row.product.upc or ''} {row.product.title}".strip())


class CertificateViewSet(OfPieceViewSet):
    model = Certificate
    name = "certificates"
    icon = "doc-full"
    search_fields = ["number", "body", "product__upc", "product__title"]
    list_filter = ["kind", "destination"]
    list_display = [
        "__str__",
        PIECE,
        "body",
        "destination",
        "valid_to",
        BooleanColumn("checked_at", label=gettext_lazy("Checked")),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("piece_code"), FieldPanel("kind"), FieldPanel("destination")]),
            FieldRowPanel([FieldPanel("number"), FieldPanel("body")]),
            FieldRowPanel([FieldPanel("issued_on"), FieldPanel("valid_to")]),
            FieldPanel("document"),
            FieldPanel("checked"),
        ],
        base_form_class=CertificateForm,
    )


class OriginEvidenceViewSet(OfPieceViewSet):
    model = OriginEvidence
    name = "origin-evidence"
    icon = "doc-full-inverse"
    search_fields = ["agreement", "signed_by", "product__upc", "product__title"]
    list_filter = ["agreement", "criterion"]
    list_display = [
        "__str__",
        PIECE,
        "signed_by",
        "valid_from",
        "valid_to",
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("piece_code"), FieldPanel("agreement"), FieldPanel("criterion")]),
            FieldPanel("inputs"),
            FieldRowPanel([FieldPanel("signed_by"), FieldPanel("statement_version")]),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
            FieldPanel("files"),
        ],
        base_form_class=OfPieceForm,
    )


class HsQuestionViewSet(OfPieceViewSet):
    """The queue of doubts: an answer goes onto the piece as a confirmed code, and back to the maker."""

    model = HsQuestion
    name = "hs-questions"
    icon = "help"
    search_fields = ["words", "product__upc", "product__title", "decision"]
    list_filter = ["state"]
    list_display = [
        "words",
        PIECE,
        column("candidates", gettext_lazy("Candidates"), lambda row: ", ".join(row.candidates)),
        DateColumn("asked_at", label=gettext_lazy("Asked"), sort_key="asked_at"),
        StatusTagColumn(
            "get_state_display", label=gettext_lazy("State"), sort_key="state", primary=lambda row: row.state == "open"
        ),
        "decision",
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("product", read_only=True),
            FieldPanel("words", read_only=True),
            FieldPanel("materials", read_only=True),
            FieldPanel("candidates", read_only=True),
            FieldPanel("decision"),
            FieldPanel("note"),
        ],
        base_form_class=AnswerForm,
    )


class ExportGroup(ModelViewSetGroup):
    items = (
        ReadinessViewSet,
        HsQuestionViewSet,
        CertificateViewSet,
        OriginEvidenceViewSet,
        RestrictionViewSet,
        ResponsiblePersonViewSet,
    )
    menu_label = gettext_lazy("Export")
    menu_name = "export"
    menu_icon = "globe"
    menu_order = 413


class WaitingPanel(Component):
    """On the admin's first page: makers who wait for a person's answer."""

    name = "export-waiting"
    order = 56
    template_name = "marketplace/trade/waiting_panel.html"

    def get_context_data(self, parent_context) -> dict:
        return {
            "questions": HsQuestion.objects.filter(state=HsQuestion.State.OPEN).count(),
            "questions_url": f"{reverse('hs-questions:index')}?state={HsQuestion.State.OPEN}",
            "papers": Certificate.objects.filter(checked_at=None).count(),
            "papers_url": reverse("certificates:index"),
        }


@hooks.register("construct_homepage_panels")
def say_who_waits(request: HttpRequest, panels: list) -> None:
    if request.user.has_perm("marketplace_trade.change_hsquestion"):
        panels.append(WaitingPanel())


@hooks.register("register_admin_viewset")
def export() -> ExportGroup:
    return ExportGroup()
