"""The chooser with which an editor puts a piece into a story: finds it by title in any language, workshop or code."""

from dataclasses import dataclass

from django import forms
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser
from wagtail.blocks import ChooserBlock

from catalogue.models import Product
from storefront import preload
from storefront.listing.cards import draw
from storefront.listing.models import ProductCard

LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class PieceRef:
    """A piece that a block knows by its id alone: on public pages, and wherever the piece itself is gone."""

    pk: int

    def __str__(self) -> str:
        return _("Piece no. %(number)s is gone from the shop") % {"number": self.pk}


def describe_piece(product: Product) -> str:
    """A piece as an editor knows it: title, code and workshop, and whether readers see it."""
    workshop = getattr(product.partner, "workshop", None)
    parts = [product.get_title(), product.upc or "", str(workshop) if workshop else ""]
    card = ProductCard.objects.filter(pk=product.pk).first()
    if card is None or not card.visible:
        parts.append(_("hidden from readers"))
    return " · ".join(part for part in parts if part)


class ProductChooserBlockBase(ChooserBlock):
    """Holds a piece's id for ever: what is gone stays as a PieceRef, which readers do not see and the editor does."""

    def to_python(self, value):
        return self.bulk_to_python([value])[0]

    def bulk_to_python(self, values):
        if preload.current() is None:
            found = super().bulk_to_python(values)
        else:
            # A public page draws cards by id, so the piece itself is not read.
            found = [None] * len(values)
        return [
            piece or (PieceRef(value) if value else None) for piece, value in zip(found, values, strict=True)
        ]

    def value_from_form(self, value):
        if value is None or isinstance(value, Product | PieceRef):
            return value
        number = int(value) if str(value).isdecimal() else 0
        if not 0 < number <= LARGEST_ID:
            return None
        return super().value_from_form(number) or PieceRef(number)

    def clean(self, value):
        # A piece that is gone must not keep an editor from saving the rest of the page.
        return value if isinstance(value, PieceRef) else super().clean(value)

    def extract_references(self, value):
        return () if isinstance(value, PieceRef) else super().extract_references(value)


class ProductChooserWidget(BaseChooser):
    """Says of the chosen piece what the editor must know of it."""

    def get_value_data(self, value):
        pk = getattr(value, "pk", value)
        product = Product.objects.select_related("partner__workshop").filter(pk=pk).first() if pk else None
        if pk and product is None:
            return {"id": pk, "edit_url": None, self.display_title_key: str(PieceRef(pk))}
        return super().get_value_data(product)

    def get_display_title(self, instance: Product) -> str:
        return describe_piece(instance)


class PieceFilterForm(BaseFilterForm):
    """Every word must occur in a title of any language, a summary, the code, or the names of workshop and village."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Title, workshop or code")}),
    )

    def filter(self, objects: QuerySet) -> QuerySet:
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        for word in self.search_query.casefold().split():
            objects = objects.filter(card__search_text__contains=word)
        return super().filter(objects)


class PieceColumn(Column):
    """One entry of the piece's card, as storefront.listing.cards.draw gives it."""

    def get_value(self, instance):
        if not hasattr(instance, "drawn"):
            instance.drawn = draw([instance.card])[0]
        return instance.drawn[self.accessor]


class PieceTitleColumn(PieceColumn, TitleColumn):
    pass


class PiecePictureColumn(PieceColumn):
    cell_template_name = "storefront/admin/picture_cell.html"


class PieceStateColumn(PieceColumn):
    def get_value(self, instance):
        return instance.card.get_state_display() if instance.card.visible else _("Hidden from readers")


class PieceViewMixin(chooser.CreationFormMixin):
    filter_form_class = PieceFilterForm

    def get_object_list(self) -> QuerySet:
        """Pieces with a card: those that have a maker and a price. Newest first."""
        pieces = Product.objects.exclude(structure=Product.CHILD).filter(card__isnull=False)
        pieces = pieces.exclude(stage=Product.Stage.DRAFT)  # its maker has not shown it to anybody yet
        return pieces.select_related("card").order_by("-card__listed_at", "-pk")

    @property
    def title_column(self):
        label = gettext_lazy("Piece")
        if self.is_multiple_choice:
            return PieceTitleColumn("title", label=label, label_prefix="chooser-modal-select")
        return PieceTitleColumn(
            "title", label=label, get_url=self.get_chosen_url, link_attrs={"data-chooser-modal-choice": True}
        )

    def get_chosen_url(self, product: Product) -> str:
        return self.append_preserved_url_parameters(reverse(self.chosen_url_name, args=(quote(product.pk),)))

    @property
    def columns(self) -> list:
        return [
            PiecePictureColumn("picture", label="", width="8%"),
            self.title_column,
            Column("code", label=gettext_lazy("Code"), accessor="upc", width="12%"),
            PieceColumn("workshop", label=gettext_lazy("Workshop")),
            PieceColumn("price_text", label=gettext_lazy("Price"), width="12%"),
            PieceStateColumn("state", label=gettext_lazy("State"), width="14%"),
        ]


class PieceChooseView(chooser.ChooseViewMixin, PieceViewMixin, chooser.BaseChooseView):
    pass


class PieceChooseResultsView(chooser.ChooseResultsViewMixin, PieceViewMixin, chooser.BaseChooseView):
    pass


class DescribedMixin:
    def get_display_title(self, instance: Product) -> str:
        return describe_piece(instance)


class PieceChosenView(DescribedMixin, chooser.ChosenView):
    def get_object(self, pk):
        return Product.objects.exclude(stage=Product.Stage.DRAFT).get(pk=pk)


class PieceChosenMultipleView(DescribedMixin, chooser.ChosenMultipleView):
    def get_objects(self, pks):
        return super().get_objects(pks).exclude(stage=Product.Stage.DRAFT)


class ProductChooserViewSet(ChooserViewSet):
    model = Product
    icon = "tag"
    choose_one_text = gettext_lazy("Choose a piece")
    choose_another_text = gettext_lazy("Choose another piece")
    edit_item_text = gettext_lazy("Edit this piece")
    choose_view_class = PieceChooseView
    choose_results_view_class = PieceChooseResultsView
    chosen_view_class = PieceChosenView
    chosen_multiple_view_class = PieceChosenMultipleView
    base_widget_class = ProductChooserWidget
    base_block_class = ProductChooserBlockBase
    per_page = 12


class ProductURLFinder(ModelAdminURLFinder):
    """Staff edit a piece in Oscar's dashboard; makers do it at their desk."""

    def construct_edit_url(self, instance: Product) -> str:
        return reverse("dashboard:catalogue-product", args=[instance.parent_id or instance.pk])


product_chooser_viewset = ProductChooserViewSet("product_chooser", url_prefix="product-chooser")
ProductChooserBlock = product_chooser_viewset.get_block_class(
    name="ProductChooserBlock", module_path="storefront.product_chooser"
)
