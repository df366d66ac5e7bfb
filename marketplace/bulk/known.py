"""Pieces of one workshop with all that a table says of them, read for many at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch, QuerySet
from oscar.core.loading import get_model

from catalogue.models import Product, ProductImage, ProductText
from catalogue.text import by_language
from marketplace.bulk.models import SentPhoto
from marketplace.typed import clean_paragraphs, clean_words
from marketplace.workshops.details import PieceDetails
from marketplace.workshops.models import Workshop

StockRecord = get_model("partner", "StockRecord")


@dataclass
class Known:
    """A piece as it is now. ``texts``: language → row; ``photos``: name → (id of the ProductImage, digest or empty)."""

    product: Product
    texts: dict[str, ProductText]
    children: list[Product] = field(default_factory=list)
    photos: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """What its maker calls it."""
        return self.product.maker_code or self.product.upc or ""

    @property
    def own(self) -> ProductText:
        return self.texts.get(self.product.source_language) or ProductText(
            title=self.product.title, description=self.product.description
        )

    @cached_property
    def details(self) -> PieceDetails:
        """The piece as it is, in the form in which a change is asked for. Its price and stock stay."""
        product, own = self.product, self.own
        return PieceDetails(
            title=clean_words(product.title, lines=False),
            summary=clean_words(own.summary, lines=False),
            description=clean_paragraphs(own.description or product.description),
            supply=product.supply,
            craft=product.craft,
            materials=tuple(sorted(product.materials.all(), key=lambda row: row.pk)),
            lead_days=product.lead_days,
            month_capacity=product.month_capacity,
            net_weight_g=product.net_weight_g,
            length_mm=product.length_mm,
            width_mm=product.width_mm,
            height_mm=product.height_mm,
            hs_code=product.hs_code,
        )

    def record(self, product: Product | None = None):
        """The stock row of the piece or of a variant; None where there is none."""
        return next(iter((product or self.product).own_records), None)

    @property
    def shown_children(self) -> list[Product]:
        return [row for row in self.children if row.is_public]


def label_of(child: Product) -> tuple[str, str]:
    """Size and colour of a variant; one from before there were such columns has its label as its size."""
    if child.variant_size or child.variant_colour:
        return child.variant_size, child.variant_colour
    return child.title, ""


def whole(pieces: QuerySet[Product], workshop: Workshop) -> QuerySet[Product]:
    """``pieces`` with what ``describe`` needs: eight statements for any number of them."""
    records = StockRecord.objects.filter(partner_id=workshop.partner_id)
    stocked = Prefetch("stockrecords", queryset=records, to_attr="own_records")
    children = Product.objects.order_by("pk").prefetch_related(stocked)
    images = ProductImage.objects.select_related("sent").order_by("display_order", "pk")
    return pieces.select_related("craft").prefetch_related(
        "materials",
        stocked,
        Prefetch("children", queryset=children, to_attr="variants"),
        Prefetch("texts", queryset=ProductText.objects.select_related("locale")),
        Prefetch("images", queryset=images, to_attr="own_images"),
    )


def describe(product: Product) -> Known:
    """``product`` is one of ``whole``."""
    for row in product.texts.all():
        row.owner = product
    photos = {}
    for image in product.own_images:
        sent: SentPhoto | None = getattr(image, "sent", None)
        name = sent.name if sent else image.original.name.rpartition("/")[2]
        photos.setdefault(name, (image.pk, sent.digest if sent else ""))
    return Known(product, by_language(product.texts.all()), product.variants, photos)


def find(workshop: Workshop, codes: Iterable[str]) -> dict[str, list[Known]]:
    """Code → the pieces of this workshop that carry it, and of no other. More than one: the code says too little."""
    codes = set(codes)
    rows = Product.objects.filter(pk__in=ids_of(workshop, codes)).order_by("pk")
    found: dict[str, list[Known]] = {}
    for product in whole(rows, workshop):
        known = describe(product)
        for code in {product.maker_code, product.upc} & codes:
            found.setdefault(code, []).append(known)
    for code, several in found.items():
        own = [one for one in several if one.product.maker_code == code]
        # Her own code comes before ours.
        found[code] = own or several
    return found


def ids_of(workshop: Workshop, codes: Iterable[str]) -> set[int]:
    """Of the pieces that carry one of the codes. Two statements, each with its own index: for both at once PostgreSQL may
    read all pieces of the workshop, batch by batch.
    """
    codes, rows = list(codes), of_workshop(workshop).order_by().values_list("pk", flat=True)
    return {*rows.filter(maker_code__in=codes), *rows.filter(upc__in=codes)}


def of_workshop(workshop: Workshop) -> QuerySet[Product]:
    return Product.objects.filter(partner_id=workshop.partner_id).exclude(structure=Product.CHILD)
