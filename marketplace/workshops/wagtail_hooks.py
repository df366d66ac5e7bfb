"""Staff screens for villages and workshops, and the menu "Makers", which also holds the screens of the apps below."""

from django.db.models import Count, Q, QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from catalogue.staff import (
    DeleteView,
    LanguagesPanel,
    OwnerViewSet,
    TextViewSet,
    allow_only,
    column,
    owner_form,
)
from catalogue.wagtail_hooks import (
    LANGUAGES,
    CategoryTextViewSet,
    CraftTextViewSet,
    CraftViewSet,
    GlossaryViewSet,
    MaterialTextViewSet,
    MaterialViewSet,
    ProductTextViewSet,
    words_panel,
)
from marketplace.economies.wagtail_hooks import EconomyViewSet, RequiredLanguageViewSet
from marketplace.workshops.models import Application, Officer, Village, VillageText, Workshop, WorkshopText
from marketplace.workshops.staff_forms import (
    ACTIONS,
    ApplicationForm,
    MembersPanel,
    OfficerForm,
    WorkshopForm,
)
from marketplace.workshops.staff_views import ConsentFileView, HandsView, WithdrawView, WorkshopEditView
from marketplace.workshops.staff_visits import VisitDayTextViewSet, VisitDayViewSet

for model in (VillageText, WorkshopText):
    allow_only(model, "view", "change", "delete")
# An office ends, and an application becomes a workshop; neither is deleted.
allow_only(Officer, "view", "add", "change")
allow_only(Application, "view", "change")


@hooks.register("register_log_actions")
def who_works_where(actions) -> None:
    for name, label in ACTIONS.items():
        actions.register_action(name, label, label)


class VillageViewSet(OwnerViewSet):
    model = Village
    name = "villages"
    icon = "home"
    search_fields = ["slug", "texts__name", "texts__region"]
    list_display = [
        "__str__",
        "economy",
        column(
            "workshops_count", _("Workshops"), lambda row: row.workshops_count, sort_key="workshops_count"
        ),
        LANGUAGES,
        BooleanColumn("is_sample", label=_("Sample")),
    ]
    list_filter = ["economy", "is_sample"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("slug"), FieldPanel("economy")]),
            words_panel("name", "region", "summary"),
            FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")], heading=_("Place")),
            FieldPanel("is_sample"),
            LanguagesPanel(heading=_("Languages")),
        ],
        base_form_class=owner_form(VillageText, "name", "region", "summary"),
    )

    def get_rows(self) -> QuerySet:
        return super().get_rows().select_related("economy").annotate(workshops_count=Count("workshops"))


class WorkshopDeleteView(DeleteView):
    def get_hanging(self) -> list:
        """Pieces hang on Oscar's partner, which outlives the workshop."""
        return list(self.object.partner.pieces.all()[:5])


class WorkshopViewSet(OwnerViewSet):
    model = Workshop
    edit_view_class = WorkshopEditView
    delete_view_class = WorkshopDeleteView
    name = "workshops"
    icon = "group"
    search_fields = ["slug", "code_prefix", "contact", "texts__name", "members__user__email"]
    list_display = [
        "__str__",
        "village",
        "kind",
        column("code_prefix", _("Codes"), lambda row: row.code_prefix, sort_key="code_prefix"),
        column("pieces_count", _("Pieces"), lambda row: row.pieces_count, sort_key="pieces_count"),
        "stage",
        "contact",
        BooleanColumn("is_sample", label=_("Sample")),
    ]
    list_filter = ["stage", "kind", "village__economy", "is_sample"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("slug"), FieldPanel("code_prefix")]),
            FieldRowPanel([FieldPanel("village"), FieldPanel("kind")]),
            words_panel("name", "summary"),
            MultiFieldPanel(
                [FieldPanel("contact"), FieldRowPanel([FieldPanel("since"), FieldPanel("makers")])],
                heading=_("People"),
            ),
            MembersPanel(
                heading=_("Members"), help_text=_("They work for this workshop at the makers' desk.")
            ),
            FieldPanel("is_sample"),
            LanguagesPanel(heading=_("Languages")),
        ],
        base_form_class=owner_form(WorkshopText, "name", "summary", base=WorkshopForm),
    )

    def get_rows(self) -> QuerySet:
        rows = (
            super().get_rows().select_related("village", "partner").prefetch_related("village__texts__locale")
        )
        pieces = Count("partner__pieces", filter=~Q(partner__pieces__structure="child"))
        return rows.annotate(pieces_count=pieces)

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("hands/<int:pk>/", HandsView.as_view(), name="hands"),
            path("hands/<int:pk>/consent/<int:consent>/", ConsentFileView.as_view(), name="consent_file"),
            path("hands/<int:pk>/withdraw/<int:consent>/", WithdrawView.as_view(), name="withdraw_consent"),
        ]


class OfficerViewSet(ModelViewSet):
    """Who vouches for the workshops of a village or an economy."""

    model = Officer
    name = "officers"
    icon = "clipboard-list"
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["title", "user__email", "user__first_name", "user__last_name"]
    list_display = ["__str__", "title", "since", "ended_at"]
    list_filter = ["economy"]
    edit_handler = ObjectList(
        [
            FieldPanel("email"),
            FieldRowPanel([FieldPanel("village"), FieldPanel("economy")]),
            FieldPanel("title"),
            FieldPanel("ended"),
        ],
        base_form_class=OfficerForm,
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows = Officer.objects.select_related("user", "village", "economy").prefetch_related("village__texts__locale")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)


class ApplicationViewSet(ModelViewSet):
    """Groups whose village the register does not know yet. Once one is named, each has its workshop."""

    model = Application
    name = "applications"
    icon = "mail"
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["name", "village_asked", "person"]
    list_display = ["name", "village_asked", "economy", "person", "sent_at"]
    list_filter = ["economy"]
    edit_handler = ObjectList(
        [
            FieldPanel("name", read_only=True),
            FieldRowPanel([FieldPanel("village_asked", read_only=True), FieldPanel("economy", read_only=True)]),
            FieldPanel("person", read_only=True),
            FieldPanel("village"),
        ],
        base_form_class=ApplicationForm,
    )

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows = Application.objects.filter(sent_at__isnull=False, workshop=None).select_related("economy")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)


class VillageTextViewSet(TextViewSet):
    model = VillageText
    menu_label = _("Villages")
    search_fields = ["name", "region", "summary"]
    panels = [FieldPanel("name"), FieldPanel("region"), FieldPanel("summary")]


class WorkshopTextViewSet(TextViewSet):
    model = WorkshopText
    menu_label = _("Workshops")
    panels = [FieldPanel("name"), FieldPanel("summary")]


class MakersGroup(ModelViewSetGroup):
    items = (
        VillageViewSet,
        WorkshopViewSet,
        VisitDayViewSet,
        ApplicationViewSet,
        OfficerViewSet,
        CraftViewSet,
        MaterialViewSet,
        EconomyViewSet,
        RequiredLanguageViewSet,
    )
    menu_label = _("Makers")
    menu_name = "makers"
    menu_icon = "group"
    menu_order = 400


class TextsGroup(SnippetViewSetGroup):
    """Rows of text in every language; wagtail-localize translates them, as it does stories."""

    items = (
        ProductTextViewSet,
        VillageTextViewSet,
        WorkshopTextViewSet,
        VisitDayTextViewSet,
        CraftTextViewSet,
        MaterialTextViewSet,
        CategoryTextViewSet,
        GlossaryViewSet,
    )
    menu_label = _("Translations")
    menu_name = "texts"
    menu_icon = "globe"
    menu_order = 405


@hooks.register("register_admin_viewset")
def makers() -> MakersGroup:
    return MakersGroup()


register_snippet(TextsGroup)
