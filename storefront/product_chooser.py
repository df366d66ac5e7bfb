"""The chooser with which an editor puts a piece into a story: finds it by title in any language, workshop or code."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.chooser import BaseChooseView, ChooseResultsViewMixin, ChooseViewMixin, CreationFormMixin
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.blocks import ChooserBlock

from catalogue.models import Product
from storefront import preload


@dataclass(frozen=True)
class PieceRef:
    """A piece that a block refers to, by its id alone: enough to draw its card."""

    pk: int


class ProductChooserBlockBase(ChooserBlock):
    """On public pages the id is enough; a piece that is gone becomes None."""

    def bulk_to_python(self, values):
        if preload.current() is None:
            return super().bulk_to_python(values)
        return [PieceRef(value) if value else None for value in values]

    def get_preview_value(self):
        return Product.objects.exclude(structure=Product.CHILD).order_by("pk").first()


class _SearchMixin(CreationFormMixin):
    def get_object_list(self):
        return (
            Product.objects.exclude(structure=Product.CHILD)
            .filter(card__isnull=False)
            .select_related("card", "partner")
            .order_by("-date_created", "-pk")
        )

    def filter_object_list(self, objects):
        for word in self.request.GET.get("q", "").casefold().split():
            objects = objects.filter(card__search_text__contains=word)
        return objects

    def get_filter_form_class(self):
        from django import forms

        class FilterForm(forms.Form):
            q = forms.CharField(
                label=_("Search"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Title, workshop or code")})
            )

            def filter(self, objects):
                return objects

        return FilterForm

    @property
    def columns(self):
        return [
            TitleColumn("title", label=_("Piece"), accessor="title", url_name=self.chosen_url_name, link_attrs={"data-chooser-modal-choice": True}),
            Column("code", label=_("Code"), accessor="upc"),
            Column("workshop", label=_("Workshop"), accessor="partner.name"),
            Column("state", label=_("State"), accessor="card.get_state_display"),
        ]


class ProductChooseView(ChooseViewMixin, _SearchMixin, BaseChooseView):
    pass


class ProductChooseResultsView(ChooseResultsViewMixin, _SearchMixin, BaseChooseView):
    pass


class ProductChooserViewSet(ChooserViewSet):
    model = Product
    icon = "tag"
    choose_one_text = _("Choose a piece")
    choose_another_text = _("Choose another piece")
    choose_view_class = ProductChooseView
    choose_results_view_class = ProductChooseResultsView
    base_block_class = ProductChooserBlockBase
    per_page = 12


product_chooser_viewset = ProductChooserViewSet("product_chooser", url_prefix="product-chooser")
ProductChooserBlock = product_chooser_viewset.get_block_class(name="ProductChooserBlock", module_path="storefront.product_chooser")
