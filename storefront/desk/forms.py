"""The form with which a maker describes a piece, and the smaller one for each variant."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from catalogue.models import Craft, Material, Product
from catalogue.text import language_name
from marketplace.workshops.details import (
    MOST_A_MONTH,
    MOST_DAYS,
    MOST_IN_STOCK,
    PieceDetails,
    VariantDetails,
)
from marketplace.workshops.models import Workshop
from storefront.desk.fields import Paragraphs, PointNumber, WholeNumber, Words
from storefront.desk.photo_forms import PhotosForm, add_from_voice
from storefront.desk.price_forms import PricedMixin
from storefront.desk.what_i_receive import Calculator
from storefront.lang import in_language
from storefront.listing.directory import get_directory

Supply = Product.Supply
LARGEST_CM = Decimal(500)
HEAVIEST_G = 100_000


def centimetres(label) -> PointNumber:
    return PointNumber(
        label=label, least=Decimal("0.1"), most=LARGEST_CM, places=1, required=False, example=Decimal("18.5")
    )


class PieceForm(PricedMixin, PhotosForm):
    """All of a piece on one page. ``product`` None: a new one.

    ``key`` names this filled-in form, ``shown`` the stock that the maker saw. After is_valid(): details() and
    picture_change(); when it is not valid: keep_photos().
    """

    title = Words(label=gettext_lazy("Title"), max_length=255)
    summary = Words(
        label=gettext_lazy("In one sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    description = Paragraphs(label=gettext_lazy("Description"), max_length=10_000, required=False)
    craft = forms.ChoiceField(label=gettext_lazy("Craft"))
    materials = forms.MultipleChoiceField(
        label=gettext_lazy("Materials"), widget=forms.CheckboxSelectMultiple
    )
    length = centimetres(gettext_lazy("Length (cm)"))
    width = centimetres(gettext_lazy("Width (cm)"))
    height = centimetres(gettext_lazy("Height (cm)"))
    net_weight_g = WholeNumber(
        label=gettext_lazy("Weight in grams"),
        least=1,
        most=HEAVIEST_G,
        help_text=gettext_lazy("The piece alone, without packing. Shipping is worked out from it."),
    )
    supply = forms.ChoiceField(
        label=gettext_lazy("How it is sold"), choices=Supply.choices, widget=forms.RadioSelect
    )
    stock = WholeNumber(
        label=gettext_lazy("How many can be bought now?"),
        least=0,
        most=MOST_IN_STOCK,
        error_messages={"required": gettext_lazy("Please say how many you have.")},
        help_text=gettext_lazy("Do not count what is already sold."),
    )
    lead_days = WholeNumber(
        label=gettext_lazy("Days until it can be sent"),
        least=1,
        most=MOST_DAYS,
        error_messages={"required": gettext_lazy("Please say how many days you need.")},
        help_text=gettext_lazy("For a piece made to order."),
    )
    month_capacity = WholeNumber(
        label=gettext_lazy("How many can you make in a month?"),
        least=1,
        most=MOST_A_MONTH,
        required=False,
        help_text=gettext_lazy("When more are ordered, the buyer is told a later day before she pays."),
    )
    hs_code = Words(
        label=gettext_lazy("HS code"),
        max_length=14,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "The customs number of the goods, 6 digits or more. Leave it empty if you do not know it."
        ),
    )

    def __init__(
        self, *args, user, language: str, workshop: Workshop, product: Product | None = None, **kwargs
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.take_photos_of(product, user)
        self.shown = self._read_shown()
        directory = get_directory(get_language())
        self.fields["craft"].choices = [("", "—"), *named(directory.crafts)]
        materials = directory.materials
        self.fields["materials"].choices = [
            (pk, in_language(name, materials[pk].lang)) for pk, name in named(materials)
        ]
        self.fields["title"].help_text = _("In your own words, in %(language)s. Others translate it.") % {
            "language": language_name(language)
        }
        for name in ("title", "summary", "description"):
            self.fields[name].widget.attrs["lang"] = language
        add_from_voice(self, product)
        if product is not None and product.is_parent:
            # Price and stock belong to the variants.
            del self.fields["stock"]
            self.fields["supply"].choices = [
                choice for choice in Supply.choices if choice[0] != Supply.ONE_OF_A_KIND
            ]
        else:
            self.add_price(workshop, help_text=_("What the buyer pays for the piece, without shipping."))

    def clean_hs_code(self) -> str:
        code = self.cleaned_data["hs_code"].replace(".", "").replace(" ", "")
        if code and not (code.isascii() and code.isdigit() and len(code) in (6, 8, 10)):
            raise forms.ValidationError(_("An HS code has 6, 8 or 10 digits."))
        return code

    def clean(self) -> dict:
        data = super().clean()
        for name in self._beside_the_point(data.get("supply")):
            self.errors.pop(name, None)
            data[name] = None
        self.check_number_of_photos()
        return data

    def _beside_the_point(self, supply: str | None) -> list[str]:
        """Fields that the chosen supply does not need: what stands in them is not even looked at."""
        if supply == Supply.MADE_TO_ORDER:
            return ["stock"]
        to_order = ["lead_days", "month_capacity"]
        counted = supply == Supply.STOCK or (supply == Supply.ONE_OF_A_KIND and self.product is not None)
        return to_order if counted else ["stock", *to_order]

    def _read_shown(self) -> int | None:
        text = self.data.get("shown", "") if self.is_bound else str(self.initial.get("stock", ""))
        return int(text) if re.fullmatch("[0-9]{1,4}", text) else None

    def _typed_stock(self) -> int | None:
        """None where nothing was said or changed: then what was sold meanwhile stays sold."""
        typed = self.cleaned_data.get("stock")
        return None if self.product and typed == self.shown else typed

    def details(self) -> PieceDetails:
        data = self.cleaned_data
        return PieceDetails(
            title=data["title"],
            summary=data["summary"],
            description=data["description"],
            supply=data["supply"],
            price=data.get("price"),
            stock=self._typed_stock(),
            craft=Craft.objects.get(pk=data["craft"]),
            materials=tuple(Material.objects.filter(pk__in=data["materials"])),
            lead_days=data["lead_days"],
            month_capacity=data["month_capacity"],
            net_weight_g=data["net_weight_g"],
            length_mm=millimetres(data["length"]),
            width_mm=millimetres(data["width"]),
            height_mm=millimetres(data["height"]),
            hs_code=data["hs_code"],
        )


class VariantForm(PricedMixin, forms.Form):
    """Price and weight of one variant; ``label`` is the maker's name for it."""

    net_weight_g = WholeNumber(
        label=gettext_lazy("Weight in grams"), least=1, most=HEAVIEST_G, required=False
    )

    def __init__(self, *args, product: Product, workshop: Workshop, calculator: Calculator, **kwargs) -> None:
        super().__init__(*args, label_suffix="", prefix=f"variant-{product.pk}", **kwargs)
        self.product = product
        self.add_price(workshop, calculator)
        self.order_fields(["price", "receive", "worked_for", "net_weight_g"])

    def details(self) -> VariantDetails:
        return VariantDetails(
            price=self.cleaned_data["price"], net_weight_g=self.cleaned_data["net_weight_g"]
        )


def initial_of(product: Product, text, record) -> dict:
    """The form's values for a piece; ``text`` is its row in the maker's language, ``record`` its stock."""
    values = {
        "title": product.title,
        "summary": text.summary if text else "",
        "description": text.description if text else product.description,
        "craft": product.craft_id,
        "materials": [row.pk for row in product.materials.all()],
        "supply": product.supply,
        "lead_days": product.lead_days,
        "month_capacity": product.month_capacity,
        "net_weight_g": product.net_weight_g,
        "hs_code": product.hs_code,
        "length": as_centimetres(product.length_mm),
        "width": as_centimetres(product.width_mm),
        "height": as_centimetres(product.height_mm),
    }
    if record is not None:
        values["price"] = record.price
        if not product.made_to_order:
            values["stock"] = record.num_in_stock or 0
    return values


def named(places: dict) -> list[tuple[int, str]]:
    return sorted(((pk, place.name) for pk, place in places.items()), key=lambda row: row[1].casefold())


def millimetres(centimetres: Decimal | None) -> int | None:
    return None if centimetres is None else int(centimetres * 10)


def as_centimetres(millimetres: int | None) -> Decimal | str:
    return "" if millimetres is None else Decimal(millimetres) / 10
