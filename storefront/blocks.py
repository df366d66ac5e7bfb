"""What stories and place pages are made of. A product is stored by its id and drawn live; text stays text."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from storefront import block_previews as previews
from storefront import preload
from storefront.listing.cards import draw
from storefront.pictures import LARGE, WIDE, describe
from storefront.product_chooser import ProductChooserBlock


class PictureChooserBlock(ImageChooserBlock):
    """Takes pictures from what the page read beforehand; only the rest costs a statement."""

    def bulk_to_python(self, values):
        store = preload.current()
        if store is None:
            return super().bulk_to_python(values)
        preload.load_images(store, {value for value in values if value})
        return [store.images.get(value) for value in values]


class TextBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    text = blocks.RichTextBlock(features=["bold", "italic", "link", "ol", "ul"], label=_("Text"))

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs, with a heading if you like.")
        template = "storefront/blocks/text.html"
        preview_value = staticmethod(previews.text)


class PictureBlock(blocks.StructBlock):
    image = PictureChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        max_length=250, label=_("What it shows"), help_text=_("Read aloud to people who cannot see it.")
    )
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))
    credit = blocks.CharBlock(
        max_length=120, label=_("Credit"), help_text=_("Who made the picture and may be named.")
    )

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _(
            "One picture with its caption, credit and a description for people who cannot see it."
        )
        template = "storefront/blocks/picture.html"
        preview_value = staticmethod(previews.picture)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        return context | {
            "pic": describe(value["image"], LARGE, alt=value["alt"], credit=value["credit"]),
            "caption": value["caption"],
            "credit": value["credit"],
        }


class GalleryItem(blocks.StructBlock):
    image = PictureChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        max_length=250, label=_("What it shows"), help_text=_("Read aloud to people who cannot see it.")
    )
    credit = blocks.CharBlock(
        max_length=120, label=_("Credit"), help_text=_("Who made the picture and may be named.")
    )

    class Meta:
        icon = "image"
        label = _("Picture")


class GalleryBlock(blocks.StructBlock):
    pictures = blocks.ListBlock(GalleryItem(), min_num=2, max_num=8, label=_("Pictures"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

    class Meta:
        icon = "grid"
        label = _("Gallery")
        description = _("Two to eight pictures side by side.")
        template = "storefront/blocks/gallery.html"
        preview_value = staticmethod(previews.gallery)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        drawn = [
            describe(item["image"], WIDE, alt=item["alt"], credit=item["credit"])
            for item in value["pictures"]
        ]
        pics = [pic for pic in drawn if pic]
        credits = ", ".join(dict.fromkeys(pic["credit"] for pic in pics if pic["credit"]))
        return context | {"pics": pics, "caption": value["caption"], "credits": credits}


class QuoteBlock(blocks.StructBlock):
    quote = blocks.TextBlock(label=_("Quote"))
    speaker = blocks.CharBlock(max_length=120, label=_("Who says it"))
    role = blocks.CharBlock(required=False, max_length=160, label=_("Who that is"))

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("Words of a person, with name and role.")
        template = "storefront/blocks/quote.html"
        preview_value = staticmethod(previews.quote)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        return context | {"quote": value["quote"], "speaker": value["speaker"], "role": value["role"]}


class StepItem(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    text = blocks.TextBlock(label=_("Text"))
    picture = PictureChooserBlock(required=False, label=_("Picture"))
    alt = blocks.CharBlock(required=False, max_length=250, label=_("What the picture shows"))
    credit = blocks.CharBlock(required=False, max_length=120, label=_("Credit of the picture"))

    class Meta:
        icon = "list-ol"
        label = _("Step")

    def clean(self, value):
        cleaned = super().clean(value)
        missing = [name for name in ("alt", "credit") if cleaned["picture"] and not cleaned[name]]
        if missing and not self.is_deferred_validation:
            problem = ValidationError(_("A picture needs a description and a credit."))
            raise blocks.StructBlockValidationError(block_errors=dict.fromkeys(missing, problem))
        return cleaned


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, label=_("Title"))
    steps = blocks.ListBlock(StepItem(), min_num=2, max_num=12, label=_("Steps"))

    class Meta:
        icon = "list-ol"
        label = _("Steps of a craft")
        description = _("How a thing is made, step by step.")
        template = "storefront/blocks/steps.html"
        preview_value = staticmethod(previews.steps)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        steps = [
            {
                "title": step["title"],
                "text": step["text"],
                "pic": describe(step["picture"], WIDE, alt=step["alt"] or "", credit=step["credit"] or ""),
            }
            for step in value["steps"]
        ]
        return context | {"title": value["title"], "steps": steps}


class MapPointBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=160, label=_("Name of the place"))
    latitude = blocks.DecimalBlock(min_value=-90, max_value=90, decimal_places=5, label=_("Latitude"))
    longitude = blocks.DecimalBlock(min_value=-180, max_value=180, decimal_places=5, label=_("Longitude"))

    class Meta:
        icon = "site"
        label = _("Map point")
        description = _("Where it is, with a link to a map.")
        template = "storefront/blocks/map_point.html"
        preview_value = staticmethod(previews.map_point)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        lat, lon = value["latitude"], value["longitude"]
        osm = f"https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=11/{lat}/{lon}"
        # Position in per cent of an equirectangular map, for the drawn locator.
        spot = {"x": round((float(lon) + 180) / 3.6, 2), "y": round((90 - float(lat)) / 1.8, 2)}
        return context | {"label": value["label"], "lat": lat, "lon": lon, "osm_url": osm, "spot": spot}


class ProductBlock(blocks.StructBlock):
    product = ProductChooserBlock(label=_("Piece"))

    class Meta:
        icon = "tag"
        label = _("One piece")
        description = _(
            "One piece with its price and availability as they are now. A piece that is gone drops out."
        )
        template = "storefront/blocks/product.html"
        preview_value = staticmethod(previews.product)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        cards = _cards([value["product"]])
        return context | {"card": cards[0] if cards else None}


class ShelfBlock(blocks.StructBlock):
    CHOSEN, VILLAGE, WORKSHOP = "chosen", "village", "workshop"

    title = blocks.CharBlock(required=False, max_length=120, label=_("Title"))
    mode = blocks.ChoiceBlock(
        choices=[
            (CHOSEN, _("The pieces chosen below")),
            (VILLAGE, _("All of this page's village")),
            (WORKSHOP, _("All of this page's workshop")),
        ],
        default=CHOSEN,
        label=_("Which pieces"),
    )
    products = blocks.ListBlock(
        ProductChooserBlock(label=_("Piece")), default=[], max_num=24, label=_("Pieces")
    )

    class Meta:
        icon = "list-ul"
        label = _("Shelf of pieces")
        description = _("Several pieces: those you choose, or all of this village or workshop.")
        template = "storefront/blocks/shelf.html"
        preview_value = staticmethod(previews.shelf)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        if value["mode"] == self.CHOSEN:
            cards = _cards(value["products"])
        else:
            cards = (parent_context or {}).get("shelf_cards", {}).get(value["mode"], [])
        return context | {"title": value["title"], "cards": cards}


class HowBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    text = blocks.TextBlock(label=_("Text"))

    class Meta:
        icon = "help"
        label = _("Step")
        description = _("One of the home page's short explanations.")
        template = "storefront/blocks/how.html"
        preview_value = staticmethod(previews.how)


class StoryBody(blocks.StreamBlock):
    text = TextBlock()
    picture = PictureBlock()
    gallery = GalleryBlock()
    quote = QuoteBlock()
    steps = StepsBlock()
    map_point = MapPointBlock()
    product = ProductBlock()
    shelf = ShelfBlock()


def _cards(products) -> list[dict]:
    """Drawn cards of these products in their order; one that is gone or hidden drops out."""
    store = preload.current() or preload.Preloaded()
    ids = [product.pk for product in products if product is not None]
    preload.load_cards(store, set(ids))
    return draw(store.cards[pk] for pk in ids if pk in store.cards)
