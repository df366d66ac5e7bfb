"""Crafts, materials, pictures and pieces."""

from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile
from oscar.core.loading import get_model
from PIL import Image
from wagtail.images import get_image_model

from catalogue.classes import product_class_for
from catalogue.models import Craft, Material, Product, ProductImage
from marketplace.workshops.models import Workshop
from storefront.listing.refresh import once_at_the_end
from tests.factories.places import make_workshop
from tests.factories.texts import Words, number, per_language, write_texts

StockRecord = get_model("partner", "StockRecord")


def make_craft(slug: str = "", *, name: Words = "Lacquer", summary: Words = "") -> Craft:
    (craft,) = Craft.objects.bulk_create([Craft(slug=slug or f"craft-{number()}")])  # no signal: nobody knows it yet
    write_texts(craft, name=name, summary=summary)
    return craft


def make_material(slug: str = "", *, name: Words = "Bamboo") -> Material:
    material = Material.objects.create(slug=slug or f"material-{number()}")
    write_texts(material, name=name)
    return material


def make_picture(*, title: str = "A picture", size: tuple[int, int] = (120, 150), colour: str = "firebrick"):
    """A Wagtail image with a real, small JPEG file."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return get_image_model().objects.create(
        title=title, file=ContentFile(file.getvalue(), f"picture-{number()}.jpg")
    )


# What customs asks of every piece (marketplace.trade.readiness).
EXPORTABLE = {"net_weight_g": 400, "hs_code": "691200", "customs_description": "Bowl of stoneware for the table"}


@once_at_the_end()
def make_piece(
    workshop: Workshop | None = None,
    *,
    title: Words = "Red bowl",
    summary: Words = "",
    description: Words = "",
    price: str = "48.00",
    stock: int = 5,
    supply: str = Product.Supply.STOCK,
    variants: dict[str, tuple[str, int]] | None = None,
    craft: Craft | None = None,
    materials: Iterable[Material] = (),
    pictures: int = 0,
    code: str = "",
    source: str = "en",
    **fields,
) -> Product:
    """A piece of ``workshop`` (or of a new one), for sale at ``price`` in the shop's currency.

    ``supply`` "made_to_order" counts no stock; ``variants`` maps a label to its price and stock.
    """
    workshop = workshop or make_workshop()
    titles = per_language(title, source)
    piece = Product.objects.create(
        structure=Product.PARENT if variants else Product.STANDALONE,
        product_class=product_class_for(supply),
        upc=code or f"{workshop.code_prefix}-{number()}",
        title=titles.get(source) or next(iter(titles.values())),
        source_language=source,
        partner=workshop.partner,
        craft=craft,
        supply=supply,
        **EXPORTABLE | {"origin": workshop.village.economy_id} | _lead(supply) | fields,
    )
    write_texts(piece, title=titles, summary=summary, description=description)
    piece.materials.set(materials)
    for _picture in range(pictures):
        _hang(piece, make_picture(title=piece.title))
    for label, (own_price, own_stock) in (variants or {}).items():
        _make_variant(piece, label, own_price, own_stock)
    if not variants:
        _sell(piece, price, stock)
    return piece


def _lead(supply: str) -> dict:
    return {"lead_days": 21} if supply == Product.Supply.MADE_TO_ORDER else {}


def _make_variant(piece: Product, label: str, price: str, stock: int) -> None:
    variant = Product.objects.create(
        structure=Product.CHILD,
        parent=piece,
        title=label,
        upc=f"{piece.upc}-{number()}",
        source_language=piece.source_language,
        partner=piece.partner,
    )
    write_texts(variant, title=label)
    _sell(variant, price, stock)


def _sell(piece: Product, price: str, stock: int) -> None:
    counted = piece.get_product_class().track_stock
    StockRecord.objects.create(
        product=piece,
        partner=piece.partner,
        partner_sku=piece.upc,
        price_currency=settings.MARKETPLACE_CURRENCY,
        price=Decimal(price),
        num_in_stock=stock if counted else None,
    )


def _hang(piece: Product, picture) -> None:
    ProductImage.objects.create(
        product=piece, original=picture.file.name, picture=picture, display_order=piece.images.count()
    )
