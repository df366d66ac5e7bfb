"""One small form for each step of describing a piece."""

from dataclasses import asdict

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from catalogue.models import Craft, Material, Product
from catalogue.text import language_name
from marketplace.workshops.details import MOST_A_MONTH, MOST_DAYS, MOST_IN_STOCK
from marketplace.workshops.drafting import Meanwhile, Sale, Thing, Words, words_of
from storefront.desk.fields import Paragraphs, WholeNumber
from storefront.desk.fields import Words as OneLine
from storefront.desk.forms import HEAVIEST_G, as_centimetres, centimetres, millimetres, named
from storefront.desk.photo_forms import PhotosForm, add_from_voice
from storefront.desk.price_forms import PricedMixin
from storefront.desk.scope import Desk
from storefront.lang import in_language
from storefront.listing.directory import get_directory

Supply = Product.Supply
WORDS = ("title", "summary", "description")
MINE, STORED = "mine", "stored"


class StepForm(forms.Form):
    """``product`` None: the piece is not begun yet (only the photos come before it)."""

    def __init__(self, data=None, files=None, *, desk: Desk, product: Product | None) -> None:
        super().__init__(data, files, label_suffix="", initial=self.known(product) if product else {})
        self.desk, self.product = desk, product
        self.prepare()

    @staticmethod
    def known(product: Product) -> dict:
        """What the draft says already."""
        return {}

    def prepare(self) -> None:
        """Choices and languages that depend on the desk."""


class PhotosStep(StepForm, PhotosForm):
    def prepare(self) -> None:
        self.take_photos_of(self.product, self.desk.request.user)

    def clean(self) -> dict:
        data = super().clean()
        # She may come back to it: only to be shown does a piece need a photo.
        if "later" not in self.data:
            self.check_number_of_photos()
        return data


class WordsStep(StepForm):
    title = OneLine(label=gettext_lazy("What do you call it?"), max_length=255)
    summary = OneLine(
        label=gettext_lazy("In one sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What should somebody know who sees it for the first time?"),
    )
    description = Paragraphs(
        label=gettext_lazy("Its story"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Who makes it? How? What is it for? Short sentences are good."),
    )

    # A stamp of each of the words that were shown.
    seen = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    @staticmethod
    def known(product: Product) -> dict:
        words = words_of(product)
        return asdict(words) | {"seen": " ".join(words.stamps.values())}

    def prepare(self) -> None:
        language = self.product.source_language
        self.fields["title"].help_text = _("In your own words, in %(language)s. Others translate it.") % {
            "language": language_name(language)
        }
        for name in WORDS:
            self.fields[name].widget.attrs["lang"] = language
        add_from_voice(self, self.product)

    def opened(self) -> dict[str, str] | None:
        """After is_valid(): the stamps of what she was shown. What shall stay as somebody else wrote it is not hers."""
        stamps = self.cleaned_data["seen"].split()
        if len(stamps) != len(WORDS):
            return None
        hers = self.words().stamps
        left = {name for name in WORDS if self.data.get(f"which_{name}") == STORED}
        return {name: hers[name] if name in left else stamp for name, stamp in zip(WORDS, stamps, strict=True)}

    def ask_which(self, other: Meanwhile) -> None:
        """Her words stay in their fields; below each stands what somebody else wrote, to choose from."""
        self.data = self.data.copy()
        self.data["seen"] = " ".join(other.stored.stamps.values())
        for name in other.fields:
            which = f"which_{name}"
            theirs = getattr(other.stored, name) or _("No words")
            choices = [(MINE, _("What I typed now")), (STORED, theirs)]
            self.fields[which] = forms.ChoiceField(
                label=_("“%(field)s”: which words shall stay?") % {"field": self.fields[name].label},
                choices=choices,
                widget=forms.RadioSelect,
            )
            self.data[which] = MINE
            self.add_error(which, _("Somebody saved other words here meanwhile. Choose, and save again."))
        self.order_fields([row for name in WORDS for row in (name, f"which_{name}")])

    def words(self) -> Words:
        data = self.cleaned_data
        return Words(title=data["title"], summary=data["summary"], description=data["description"])


class ThingStep(StepForm):
    craft = forms.ChoiceField(label=gettext_lazy("Which craft is it?"))
    materials = forms.MultipleChoiceField(
        label=gettext_lazy("What is it made of?"), widget=forms.CheckboxSelectMultiple
    )
    net_weight_g = WholeNumber(
        label=gettext_lazy("Weight in grams"),
        least=1,
        most=HEAVIEST_G,
        help_text=gettext_lazy("The piece alone, without packing. Shipping is worked out from it."),
    )
    length = centimetres(gettext_lazy("Length (cm)"))
    width = centimetres(gettext_lazy("Width (cm)"))
    height = centimetres(gettext_lazy("Height (cm)"))

    @staticmethod
    def known(product: Product) -> dict:
        return {
            "craft": product.craft_id,
            "materials": [row.pk for row in product.materials.all()],
            "net_weight_g": product.net_weight_g,
            "length": as_centimetres(product.length_mm),
            "width": as_centimetres(product.width_mm),
            "height": as_centimetres(product.height_mm),
        }

    def prepare(self) -> None:
        directory = get_directory(get_language())
        self.fields["craft"].choices = [("", "—"), *named(directory.crafts)]
        materials = directory.materials
        self.fields["materials"].choices = [
            (pk, in_language(name, materials[pk].lang)) for pk, name in named(materials)
        ]
        if self.product.craft_id is None:
            # Most workshops make the same kind of thing again.
            last = self.desk.pieces().exclude(craft=None).order_by("-date_created", "-pk").first()
            if last:
                self.initial |= {"craft": last.craft_id, "materials": [row.pk for row in last.materials.all()]}

    def thing(self) -> Thing:
        data = self.cleaned_data
        return Thing(
            craft=Craft.objects.get(pk=data["craft"]),
            materials=tuple(Material.objects.filter(pk__in=data["materials"])),
            net_weight_g=data["net_weight_g"],
            length_mm=millimetres(data["length"]),
            width_mm=millimetres(data["width"]),
            height_mm=millimetres(data["height"]),
        )


class SaleStep(StepForm):
    supply = forms.ChoiceField(label=gettext_lazy("How do you sell it?"), widget=forms.RadioSelect)
    stock = WholeNumber(
        label=gettext_lazy("How many have you now?"),
        least=0,
        most=MOST_IN_STOCK,
        error_messages={"required": gettext_lazy("Please say how many you have.")},
    )
    lead_days = WholeNumber(
        label=gettext_lazy("Days until it can be sent"),
        least=1,
        most=MOST_DAYS,
        error_messages={"required": gettext_lazy("Please say how many days you need.")},
    )
    month_capacity = WholeNumber(
        label=gettext_lazy("How many can you make in a month?"),
        least=1,
        most=MOST_A_MONTH,
        required=False,
        help_text=gettext_lazy("When more are ordered, the buyer is told a later day before she pays."),
    )

    @staticmethod
    def known(product: Product) -> dict:
        record = None if product.is_parent else product.stockrecords.first()
        # What was never said is asked, not proposed: a draft begins as "in stock".
        said = product.is_parent or record is not None
        return {
            "supply": product.supply if said else "",
            "stock": record.num_in_stock if record else None,
            "lead_days": product.lead_days,
            "month_capacity": product.month_capacity,
        }

    def prepare(self) -> None:
        self.fields["supply"].choices = [
            (Supply.STOCK, _("I have some of them")),
            (Supply.MADE_TO_ORDER, _("I make it when somebody orders")),
            *([] if self.product.is_parent else [(Supply.ONE_OF_A_KIND, _("There is only this one"))]),
        ]
        if self.product.is_parent:
            # Each variant has a number of its own.
            del self.fields["stock"]

    def clean(self) -> dict:
        data = super().clean()
        needed = {Supply.STOCK: {"stock"}, Supply.MADE_TO_ORDER: {"lead_days", "month_capacity"}}
        for name in {"stock", "lead_days", "month_capacity"} - needed.get(data.get("supply"), set()):
            self.errors.pop(name, None)
            data[name] = None
        return data

    def sale(self) -> Sale:
        return Sale(**self.cleaned_data)


class PriceStep(PricedMixin, StepForm):
    """What she wants to receive comes first; the price follows from it."""

    @staticmethod
    def known(product: Product) -> dict:
        rows = product.children.all() if product.is_parent else [product]
        prices = [record.price for row in rows for record in row.stockrecords.all() if record.price is not None]
        return {"price": min(prices)} if prices else {}

    def prepare(self) -> None:
        self.add_price(self.desk.workshop, help_text=_("What the buyer pays for the piece, without shipping."))
        self.fields["receive"].help_text = _("The price that buyers pay is worked out from it.")
        self.order_fields(["receive", "price", "worked_for"])
