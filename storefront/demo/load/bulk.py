"""Generated pieces in several languages, for load work: 100,000 in minutes."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from oscar.core.loading import get_model

from catalogue.classes import product_class_for
from catalogue.models import Craft, Material, Product, ProductImage, ProductText
from marketplace.workshops.models import Workshop
from storefront.demo import content
from storefront.demo.load.places import locale
from storefront.listing import version
from storefront.listing.models import ProductCard
from storefront.listing.refresh import build_card, products_for_cards, write

StockRecord = get_model("partner", "StockRecord")
BATCH = 2_000
START = datetime(2024, 1, 1, tzinfo=UTC)


def load_many(number: int) -> int:
    """Add generated pieces until there are ``number`` of them; answers how many were added."""
    present = Product.objects.filter(upc__startswith="GEN-").count()
    maker = _Maker()
    for start in range(present, number, BATCH):
        with transaction.atomic():
            maker.add(range(start, min(start + BATCH, number)))
    version.raise_after_commit("pieces")
    return max(0, number - present)


class _Maker:
    """Writes batches of rows that follow the demo's own pieces in craft, words and pictures."""

    def __init__(self) -> None:
        workshops = {row.slug: row for row in Workshop.objects.select_related("partner", "village")}
        crafts = {row.slug: row for row in Craft.objects.all()}
        self.models = [(row, workshops[slug], crafts[row["craft"]]) for slug, row in content.pieces()]
        self.materials = {row.slug: row.pk for row in Material.objects.all()}
        self.images = {
            image.product.upc: image.picture
            for image in ProductImage.objects.filter(display_order=0).select_related("product", "picture")
        }
        self.pictures = dict(ProductCard.objects.exclude(picture={}).values_list("code", "picture"))

    def add(self, numbers: range) -> None:
        chosen = [(number, *self.models[number * 7919 % len(self.models)]) for number in numbers]
        products = Product.objects.bulk_create([self._product(*one) for one in chosen])
        pairs = list(zip(products, chosen, strict=True))
        ProductText.objects.bulk_create(text for product, one in pairs for text in self._texts(product, *one))
        StockRecord.objects.bulk_create([self._stock(product, *one) for product, one in pairs])
        through = Product.materials.through
        through.objects.bulk_create(
            through(product_id=product.pk, material_id=self.materials[name])
            for product, one in pairs
            for name in one[1]["materials"]
        )
        ProductImage.objects.bulk_create(
            ProductImage(product=product, picture=image, original=image.file.name, display_order=0)
            for product, one in pairs
            if (image := self.images.get(one[1]["code"]))
        )
        self._cards([product.pk for product in products])

    def _cards(self, ids: list[int]) -> None:
        cards = [card for product in products_for_cards().filter(pk__in=ids) if (card := build_card(product))]
        write(cards)

    @staticmethod
    def _product(number: int, row: dict, workshop: Workshop, craft: Craft) -> Product:
        source = next(iter(row["text"]))
        length, width, height = (*row.get("size_mm", ()), None, None, None)[:3]
        return Product(
            upc=f"GEN-{number:06d}",
            title=f"{row['text'][source]['title']} {number}",
            slug=f"generated-{number}",
            structure=Product.STANDALONE,
            product_class=product_class_for(row["supply"]),
            source_language=source,
            partner=workshop.partner,
            craft=craft,
            supply=row["supply"],
            lead_days=row.get("lead_days"),
            net_weight_g=row["net_weight_g"],
            length_mm=length,
            width_mm=width,
            height_mm=height,
            hs_code=row.get("hs_code", ""),
            origin=workshop.village.economy_id,
            date_created=START + timedelta(minutes=number),
        )

    @staticmethod
    def _texts(
        product: Product, number: int, row: dict, workshop: Workshop, craft: Craft
    ) -> list[ProductText]:
        texts, key = [], None
        for code, text in row["text"].items():
            made = ProductText(
                owner=product,
                locale=locale_once(code),
                title=f"{text['title']} {number}",
                summary=text["summary"],
                description="\n\n".join(text["description"]),
            )
            key = key or made.translation_key
            made.translation_key = key
            texts.append(made)
        return texts

    @staticmethod
    def _stock(product: Product, number: int, row: dict, workshop: Workshop, craft: Craft):
        chance = random.Random(number)
        price = Decimal(row["price"]) * chance.randint(50, 180) / 100
        stock = (
            None
            if row["supply"] == "made_to_order"
            else 1
            if row["supply"] == "one_of_a_kind"
            else chance.randint(0, 40)
        )
        return StockRecord(
            product=product,
            partner=workshop.partner,
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
