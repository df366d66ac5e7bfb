"""The pieces with texts, pictures, stock and variants."""

from datetime import UTC, datetime, time
from decimal import Decimal

from django.conf import settings
from oscar.core.loading import get_model

from catalogue.classes import product_class_for
from catalogue.models import Craft, Material, Product, ProductImage, ProductText
from marketplace.workshops.models import Workshop
from storefront.demo import content
from storefront.demo.drawing import of_piece
from storefront.demo.load.images import by_name
from storefront.demo.load.places import ascii_slug, write_texts
from storefront.listing.refresh import refresh

StockRecord = get_model("partner", "StockRecord")


def load_pieces() -> int:
    """Insert or correct every piece of the demo. Answers their number."""
    workshops = {row.slug: row for row in Workshop.objects.select_related("partner", "village")}
    crafts, materials = _by_slug(Craft), _by_slug(Material)
    ids = []
    for slug, row in content.pieces():
        product = _load_piece(row, workshops[slug], crafts[row["craft"]])
        product.materials.set(materials[name] for name in row["materials"])
        _load_pictures(product, row)
        ids.append(product.pk)
    refresh(ids)
    return len(ids)


def _by_slug(model) -> dict:
    return {row.slug: row for row in model.objects.all()}


def _load_piece(row: dict, workshop: Workshop, craft: Craft) -> Product:
    source = next(iter(row["text"]))
    words = row["text"][source]
    variants = row.get("variant", [])
    length, width, height = (*row.get("size_mm", ()), None, None, None)[:3]
    product = Product.objects.filter(upc=row["code"]).first() or Product(upc=row["code"])
    values = {
        "title": words["title"],
        "description": "\n\n".join(words["description"]),
        "slug": ascii_slug(row["text"]["en"]["title"], row["code"]),
        "structure": Product.PARENT if variants else Product.STANDALONE,
        "product_class": product_class_for(row["supply"]),
        "source_language": source,
        "partner": workshop.partner,
        "craft": craft,
        "supply": row["supply"],
        "lead_days": row.get("lead_days"),
        "month_capacity": row.get("month_capacity"),
        "net_weight_g": row["net_weight_g"],
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "origin": workshop.village.economy_id,
        **for_customs(row),
    }
    for name, value in values.items():
        setattr(product, name, value)
    product.save()
    listed = datetime.combine(datetime.fromisoformat(row["listed"]).date(), time(9), UTC)
    Product.objects.filter(pk=product.pk).update(date_created=listed)
    write_texts(ProductText, product, {code: _text(text) for code, text in row["text"].items()})
    if variants:
        for variant in variants:
            _load_variant(product, variant, workshop, source)
    else:
        _stock(product, row["code"], workshop, row["price"], row.get("stock"))
    return product


def for_customs(row: dict) -> dict:
    """Fields of a piece that customs ask about; pieces that nobody is sure of have no HS code."""
    return {
        "hs_code": row.get("hs_code", ""),
        "customs_description": row["customs_description"],
        "species": row.get("species", ""),
        "contains": row.get("contains", []),
        "maker_code": row["maker_code"],
    }


def _text(text: dict) -> dict:
    return {
        "title": text["title"],
        "summary": text["summary"],
        "description": "\n\n".join(text.get("description", [])),
    }


def _load_variant(parent: Product, row: dict, workshop: Workshop, source: str) -> None:
    child = Product.objects.filter(upc=row["code"]).first() or Product(upc=row["code"])
    child.structure, child.parent = Product.CHILD, parent
    child.title, child.slug = row["label"][source], ascii_slug(row["code"], row["code"])
    child.source_language, child.supply = source, parent.supply
    child.net_weight_g = row.get("net_weight_g")
    child.save()
    write_texts(ProductText, child, {code: {"title": label} for code, label in row["label"].items()})
    _stock(child, row["code"], workshop, row["price"], row.get("stock"))


def _stock(product: Product, code: str, workshop: Workshop, price: str, number: int | None) -> None:
    """A stock record; one that exists keeps its stock, since people may have bought meanwhile."""
    StockRecord.objects.get_or_create(
        partner=workshop.partner,
        partner_sku=code,
        defaults={
            "product": product,
            "price_currency": settings.MARKETPLACE_CURRENCY,
            "price": Decimal(price),
            "num_in_stock": number,
        },
    )


def _load_pictures(product: Product, row: dict) -> None:
    known = set(product.images.values_list("code", flat=True))
    for number, picture in enumerate(of_piece(row)):
        if picture.name not in known:
            image = by_name()[picture.name]
            ProductImage.objects.create(
                product=product,
                code=picture.name,
                picture=image,
                original=image.file.name,
                display_order=number,
            )
