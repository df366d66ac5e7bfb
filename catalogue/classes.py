"""Oscar's product classes that the kit needs: they decide whether stock is counted."""

from oscar.core.loading import get_model

from catalogue.models import Product

ProductClass = get_model("catalogue", "ProductClass")
CLASSES = {"piece": ("Piece", True), "made-to-order": ("Made to order", False)}


def product_class_for(supply: str):
    """The product class for a Product.Supply value; stock is counted for everything but made-to-order."""
    return get_class("made-to-order" if supply == Product.Supply.MADE_TO_ORDER else "piece")


def get_class(slug: str):
    """The product class with this slug, made when missing. Raises KeyError for one that the kit does not know."""
    name, track_stock = CLASSES[slug]
    made, _created = ProductClass.objects.get_or_create(
        slug=slug, defaults={"name": name, "track_stock": track_stock, "requires_shipping": True}
    )
    return made
