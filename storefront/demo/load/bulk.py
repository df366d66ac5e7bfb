"""Generated pieces in several languages, for load work: 100,000 in a few minutes."""

import multiprocessing
import os
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import prefetch_related_objects
from oscar.core.loading import get_model

from catalogue.classes import product_class_for
from catalogue.models import Craft, Material, Product, ProductImage, ProductText
from catalogue.record_missing import record_rows
from marketplace.workshops.models import Workshop
from storefront.demo import content
from storefront.demo.load.pieces import for_customs
from storefront.demo.load.places import locale
from storefront.listing import version
from storefront.listing.refresh import build_card, descriptions, write
from storefront.pictures import Loaded, load_pictures
from storefront.search import index, storage
from storefront.search.names import Names, read_names

StockRecord = get_model("partner", "StockRecord")
Through = Product.materials.through
BATCH = 2_000
START = datetime(2024, 1, 1, tzinfo=UTC)
# Spreads the numbers over the demo's pieces; a prime, so that none is left out.
STRIDE = 7919


@dataclass(frozen=True)
class Model:
    """A piece of the demo that generated ones follow in craft, words and picture."""

    row: dict
    workshop: Workshop
    craft: Craft
    materials: list[Material]
    product_class: object
    original: str
    picture: Loaded | None


def load_many(number: int) -> int:
    """Add generated pieces until there are ``number`` of them; answers how many were added.

    On all cores where the database takes several writers and nothing is to be undone together.
    """
    present = Product.objects.filter(upc__startswith="GEN-").count()
    starts = range(present, number, BATCH)
    batches = [range(start, min(start + BATCH, number)) for start in starts]
    with storage.filling(number - present):
        if connection.vendor == "postgresql" and len(batches) > 1 and not connection.in_atomic_block:
            _in_processes(batches)
        else:
            _add_batches(batches)
    version.raise_after_commit("pieces")
    return max(0, number - present)


def _in_processes(batches: list[range]) -> None:
    """A share of the batches in each process; raises what went wrong in one."""
    number = min(os.cpu_count() or 1, len(batches))
    # A connection cannot be shared with a child.
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(number) as pool:
        pool.map(_add_batches, [batches[first::number] for first in range(number)], chunksize=1)


def _add_batches(batches: list[range]) -> None:
    models, names = _models(), read_names()
    for numbers in batches:
        with transaction.atomic():
            _add([(one, models[one * STRIDE % len(models)]) for one in numbers], names)


def _models() -> list[Model]:
    """Pieces that may cross a border: those without an HS code have no copies."""
    workshops = {row.slug: row for row in Workshop.objects.select_related("partner__workshop__village")}
    partners = [row.partner for row in workshops.values()]
    prefetch_related_objects(partners, "workshop__texts__locale", "workshop__village__texts__locale")
    crafts = {row.slug: row for row in Craft.objects.all()}
    materials = {row.slug: row for row in Material.objects.all()}
    classes = {supply: product_class_for(supply) for supply in Product.Supply.values}
    shown = ProductImage.objects.filter(display_order=0).values_list("product__upc", "original", "picture_id")
    images = {code: (original, picture) for code, original, picture in shown}
    pictures = load_pictures(picture for _original, picture in images.values())
    models = []
    for slug, row in content.pieces():
        if not row.get("hs_code"):
            continue
        original, picture = images.get(row["code"], ("", None))
        made_of = [materials[name] for name in row["materials"]]
        kind = classes[row["supply"]]
        models.append(Model(row, workshops[slug], crafts[row["craft"]], made_of, kind, original, pictures.get(picture)))
    return models


def _add(chosen: list[tuple[int, Model]], names: Names) -> None:
    """Write the pieces with all their rows, table by table."""
    products = Product.objects.bulk_create([_product(number, model) for number, model in chosen])
    made = list(zip(products, chosen, strict=True))
    for product, (number, model) in made:
        # As products_for_cards would read them: a card is made of what is at hand.
        product._prefetched_objects_cache = {
            "texts": _texts(product, number, model),
            "stockrecords": [_stock(product, number, model)],
            "images": [SimpleNamespace(picture=model.picture)],
            "materials": model.materials,
        }
    StockRecord.objects.bulk_create(_each(products, "stockrecords"))
    ProductText.objects.bulk_create(_each(products, "texts"))
    record_rows(_each(products, "texts"))
    ProductImage.objects.bulk_create(
        ProductImage(product=product, picture_id=model.picture.pk, original=model.original, display_order=0)
        for product, (_number, model) in made
        if model.picture
    )
    Through.objects.bulk_create(
        Through(product_id=product.pk, material_id=material.pk)
        for product, (_number, model) in made
        for material in model.materials
    )
    cards = [card for product in products if (card := build_card(product))]
    write(cards)
    index.new_pieces(cards, {product.pk: descriptions(product) for product in products}, names)


def _each(products: list[Product], name: str) -> Iterable:
    return [row for product in products for row in getattr(product, name).all()]


def _product(number: int, model: Model) -> Product:
    row = model.row
    source = next(iter(row["text"]))
    length, width, height = (*row.get("size_mm", ()), None, None, None)[:3]
    return Product(
        upc=f"GEN-{number:06d}",
        title=f"{row['text'][source]['title']} {number}",
        slug=f"generated-{number}",
        structure=Product.STANDALONE,
        product_class=model.product_class,
        source_language=source,
        partner=model.workshop.partner,
        craft=model.craft,
        supply=row["supply"],
        lead_days=row.get("lead_days"),
        net_weight_g=row["net_weight_g"],
        length_mm=length,
        width_mm=width,
        height_mm=height,
        origin=model.workshop.village.economy_id,
        **for_customs(row) | {"maker_code": ""},
        date_created=START + timedelta(minutes=number),
    )


def _texts(product: Product, number: int, model: Model) -> list[ProductText]:
    """All with one translation key, so that wagtail-localize knows them as one thing."""
    texts: list[ProductText] = []
    for code, text in model.row["text"].items():
        same = {"translation_key": texts[0].translation_key} if texts else {}
        texts.append(
            ProductText(
                owner=product,
                locale=locale_once(code),
                title=f"{text['title']} {number}",
                summary=text["summary"],
                description="\n\n".join(text.get("description", [])),
                **same,
            )
        )
    return texts


def _stock(product: Product, number: int, model: Model):
    chance, supply = random.Random(number), model.row["supply"]
    price = Decimal(model.row["price"]) * chance.randint(50, 180) / 100
    stock = None if supply == "made_to_order" else 1 if supply == "one_of_a_kind" else chance.randint(0, 40)
    return StockRecord(
        product=product,
        partner=model.workshop.partner,
        partner_sku=product.upc,
        price_currency=settings.MARKETPLACE_CURRENCY,
        price=price.quantize(Decimal("0.01")),
        num_in_stock=stock,
    )


_locales: dict = {}


def locale_once(code: str):
    if code not in _locales:
        _locales[code] = locale(code)
    return _locales[code]
