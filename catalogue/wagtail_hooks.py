"""Staff screens for crafts, materials and the texts of the catalogue; marketplace.workshops puts them into the menu."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, LocaleColumn, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from catalogue.models import CategoryText, Craft, CraftText, GlossaryTerm, Material, MaterialText, ProductText
from catalogue.staff import (
    LanguagesPanel,
    OwnerViewSet,
    SnippetIndexView,
    TextViewSet,
    allow_only,
    column,
    languages_of,
    owner_form,
)

for model in (CategoryText, CraftText, MaterialText, ProductText):
    allow_only(model, "view", "change", "delete")

LANGUAGES = column("languages", _("Languages"), languages_of)
PIECES = column("pieces_count", _("Pieces"), lambda row: row.pieces_count, sort_key="pieces_count")


def words_panel(*names: str) -> MultiFieldPanel:
    """The words in the source language, with the choice of that language."""
    return MultiFieldPanel([FieldPanel(name) for name in ("source_language", *names)], heading=_("Words"))


class CraftViewSet(OwnerViewSet):
    model = Craft
    name = "crafts"
    icon = "pick"
    list_display = ["__str__", "slug", PIECES, LANGUAGES]
    edit_handler = ObjectList(
        [FieldPanel("slug"), words_panel("name", "summary"), LanguagesPanel(heading=_("Languages"))],
        base_form_class=owner_form(CraftText, "name", "summary"),
    )

    def get_rows(self) -> QuerySet:
        return super().get_rows().annotate(pieces_count=Count("pieces"))


class MaterialViewSet(OwnerViewSet):
    model = Material
    name = "materials"
    icon = "tag"
    list_display = ["__str__", "slug", PIECES, LANGUAGES]
    edit_handler = ObjectList(
        [FieldPanel("slug"), words_panel("name"), LanguagesPanel(heading=_("Languages"))],
        base_form_class=owner_form(MaterialText, "name"),
    )

    def get_rows(self) -> QuerySet:
        return super().get_rows().annotate(pieces_count=Count("pieces"))


class CraftTextViewSet(TextViewSet):
    model = CraftText
    menu_label = _("Crafts")
    panels = [FieldPanel("name"), FieldPanel("summary")]


class CategoryTextViewSet(TextViewSet):
    model = CategoryText
    menu_label = _("Categories")
    search_fields = ["name"]
    panels = [FieldPanel("name")]


class MaterialTextViewSet(TextViewSet):
    model = MaterialText
    menu_label = _("Materials")
    search_fields = ["name"]
    panels = [FieldPanel("name")]


class ProductTextViewSet(TextViewSet):
    model = ProductText
    menu_label = _("Pieces")
    search_fields = ["title", "summary", "owner__upc"]
    list_display = [
        "__str__",
        column("code", _("Code"), lambda row: row.owner.upc or ""),
        LocaleColumn(),
        UpdatedAtColumn(),
    ]
    panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("description")]

    def get_queryset(self, request) -> QuerySet:
        return ProductText.objects.select_related("owner", "locale")


class GlossaryViewSet(SnippetViewSet):
    """Words of the crafts with their fixed translations; held against every translation (catalogue/glossary.py)."""

    model = GlossaryTerm
    menu_label = _("Glossary")
    icon = "openquote"
    copy_view_enabled = False
    index_view_class = SnippetIndexView
    search_backend_name = None
    search_fields = ["term", "note", "words__word"]
    list_filter = ["language", "never_translate"]
    list_per_page = 50
    list_display = [
        "term",
        column("language", _("Language"), lambda row: row.get_language_display()),
        column("words", _("Fixed words"), lambda row: ", ".join(str(word) for word in row.words.all())),
        BooleanColumn("never_translate", label=_("Never translate")),
    ]
    panels = [
        FieldRowPanel([FieldPanel("term"), FieldPanel("language")]),
        FieldRowPanel([FieldPanel("never_translate"), FieldPanel("match_case")]),
        InlinePanel(
            "words",
            [FieldRowPanel([FieldPanel("language"), FieldPanel("word")])],
            heading=_("In other languages"),
        ),
        FieldPanel("note"),
    ]

    def get_queryset(self, request) -> QuerySet:
        return GlossaryTerm.objects.prefetch_related("words")
