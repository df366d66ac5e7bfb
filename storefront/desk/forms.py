"""The form with which a maker describes a piece, and the smaller one for each variant."""

import re
import uuid
from decimal import Decimal

from django import forms
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from catalogue.models import Craft, Material, Product
from catalogue.text import language_name
from marketplace.workshops.details import (
    MOST_DAYS,
    MOST_IN_STOCK,
    MOST_PICTURES,
    PictureChange,
    PieceDetails,
    VariantDetails,
)
from marketplace.workshops.models import Workshop
from storefront.desk import drafts
from storefront.desk.fields import Paragraphs, Photos, PointNumber, WholeNumber, Words
from storefront.desk.price_forms import PricedMixin
from storefront.lang import in_language
from storefront.listing.directory import get_directory
from storefront.uploads import BadPicture, clean_picture

Supply = Product.Supply
LARGEST_CM = Decimal(500)
HEAVIEST_G = 100_000


def _centimetres(label) -> PointNumber:
    return PointNumber(label=label, least=Decimal("0.1"), most=LARGEST_CM, places=1, required=False)


class PieceForm(PricedMixin, forms.Form):
    """All of a piece on one page. ``product`` None: a new one.

    ``key`` names this filled-in form, ``shown`` the stock that the maker saw. After is_valid(): details() and
    picture_change(); when it is not valid: keep_photos().
    """

    photos = Photos(label=gettext_lazy("Photos"), required=False)
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
    length = _centimetres(gettext_lazy("Length (cm)"))
    width = _centimetres(gettext_lazy("Width (cm)"))
    height = _centimetres(gettext_lazy("Height (cm)"))
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
        self.user, self.product = user, product
        self.key, self.shown = self._read_key(), self._read_shown()
        self.kept: list[drafts.KeptPhoto] = self._find_kept()
        self.sent: list = []
        self.pictures = (
            list(product.images.select_related("picture").order_by("display_order", "pk")) if product else []
        )
        directory = get_directory(get_language())
        self.fields["craft"].choices = [("", "—"), *_named(directory.crafts)]
        materials = directory.materials
        self.fields["materials"].choices = [
            (pk, in_language(name, materials[pk].lang)) for pk, name in _named(materials)
        ]
        self.fields["title"].help_text = _("In your own words, in %(language)s. Others translate it.") % {
            "language": language_name(language)
        }
        for name in ("title", "summary", "description"):
            self.fields[name].widget.attrs["lang"] = language
        if product is not None and product.is_parent:
            # Price and stock belong to the variants.
            del self.fields["stock"]
            self.fields["supply"].choices = [
                choice for choice in Supply.choices if choice[0] != Supply.ONE_OF_A_KIND
            ]
        else:
            self.add_price(workshop, help_text=_("What the buyer pays for the piece, without shipping."))

    def clean_photos(self) -> list:
        """Every photo that can be used is in ``sent``, also when another one is refused."""
        problems = []
        for upload in self.cleaned_data["photos"][: MOST_PICTURES + 1]:
            try:
                self.sent.append(clean_picture(upload))
            except BadPicture as problem:
                problems.append(f"{upload.name}: {problem}")
        if problems:
            raise forms.ValidationError(problems)
        return self.sent

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
        if "photos" not in self.errors:
            self._check_number_of_photos()
        return data

    def _beside_the_point(self, supply: str | None) -> list[str]:
        """Fields that the chosen supply does not need: what stands in them is not even looked at."""
        if supply == Supply.MADE_TO_ORDER:
            return ["stock"]
        counted = supply == Supply.STOCK or (supply == Supply.ONE_OF_A_KIND and self.product is not None)
        return ["lead_days"] if counted else ["stock", "lead_days"]

    def _check_number_of_photos(self) -> None:
        number = len(self._staying()) + len(self.kept) + len(self.sent)
        if number == 0 and (self.product is None or self.pictures):
            self.add_error("photos", _("Please add a photo: nobody buys what they cannot see."))
        elif number > max(MOST_PICTURES, len(self.pictures)):
            message = ngettext(
                "A piece has at most %(most)s photo.", "A piece has at most %(most)s photos.", MOST_PICTURES
            )
            self.add_error("photos", message % {"most": MOST_PICTURES})

    def _read_key(self) -> uuid.UUID:
        """Sent back by the browser; anything else than one of ours makes a new one."""
        try:
            return uuid.UUID(self.data["key"])
        except (KeyError, ValueError):
            return uuid.uuid4()

    def _read_shown(self) -> int | None:
        text = self.data.get("shown", "") if self.is_bound else str(self.initial.get("stock", ""))
        return int(text) if re.fullmatch("[0-9]{1,4}", text) else None

    def _find_kept(self) -> list[drafts.KeptPhoto]:
        """Photos of an earlier attempt that the maker still wants."""
        tickets = self.data.getlist("kept")[:MOST_PICTURES] if self.is_bound else []
        return [kept for ticket in dict.fromkeys(tickets) if (kept := drafts.find(ticket, self.user))]

    def keep_photos(self) -> None:
        """The form goes back to the maker: the photos she sent wait on the server."""
        room = max(0, MOST_PICTURES - len(self.kept))
        self.kept += [drafts.keep(photo, self.user) for photo in self.sent[:room]]
        self.sent = []

    def forget_photos(self) -> None:
        """The piece is saved: nothing waits any more."""
        for kept in self.kept:
            drafts.drop(kept)

    @property
    def removed(self) -> set[int]:
        """Ids of pictures marked for removal; ids of other pieces' pictures mean nothing."""
        marked = set(self.data.getlist("remove")) if self.is_bound else set()
        return {row.pk for row in self.pictures if str(row.pk) in marked}

    @property
    def first(self) -> int | None:
        """Id of the picture to show first."""
        wanted = self.data.get("first", "") if self.is_bound else ""
        return next((row.pk for row in self.pictures if str(row.pk) == wanted), None)

    def _staying(self) -> list:
        return [row for row in self.pictures if row.pk not in self.removed]

    def picture_change(self) -> PictureChange:
        kept = [photo for row in self.kept if (photo := drafts.read(row))]
        return PictureChange(added=(*kept, *self.sent), removed=tuple(self.removed), first=self.first)

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
            net_weight_g=data["net_weight_g"],
            length_mm=_millimetres(data["length"]),
            width_mm=_millimetres(data["width"]),
            height_mm=_millimetres(data["height"]),
            hs_code=data["hs_code"],
        )


class VariantForm(PricedMixin, forms.Form):
    """Price and weight of one variant; ``label`` is the maker's name for it."""

    net_weight_g = WholeNumber(
        label=gettext_lazy("Weight in grams"), least=1, most=HEAVIEST_G, required=False
    )

    def __init__(self, *args, product: Product, workshop: Workshop, **kwargs) -> None:
        super().__init__(*args, label_suffix="", prefix=f"variant-{product.pk}", **kwargs)
        self.product = product
        self.add_price(workshop)
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
        "net_weight_g": product.net_weight_g,
        "hs_code": product.hs_code,
        "length": _as_centimetres(product.length_mm),
        "width": _as_centimetres(product.width_mm),
        "height": _as_centimetres(product.height_mm),
    }
    if record is not None:
        values["price"] = record.price
        if not product.made_to_order:
            values["stock"] = record.num_in_stock or 0
    return values


def _named(places: dict) -> list[tuple[int, str]]:
    return sorted(((pk, place.name) for pk, place in places.items()), key=lambda row: row[1].casefold())


def _millimetres(centimetres: Decimal | None) -> int | None:
    return None if centimetres is None else int(centimetres * 10)


def _as_centimetres(millimetres: int | None) -> str:
    return "" if millimetres is None else f"{Decimal(millimetres) / 10:f}"
