"""One piece in several sizes or colours: its variants, all in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.core.loading import get_model
from wagtail.log_actions import log

from catalogue.models import Product
from marketplace.workshops import hands, services, stock
from marketplace.workshops.details import MOST_IN_STOCK, Refused
from marketplace.workshops.models import Workshop

StockRecord = get_model("partner", "StockRecord")
MOST_VARIANTS = 40


@dataclass(frozen=True)
class VariantWish:
    """One variant as the maker wants it; ``pk`` None: a new one. Price in the shop's currency, None: as it was, or the
    piece's; ``stock`` counts where the piece is counted; net weight in grams.
    """

    pk: int | None
    size: str = ""
    colour: str = ""
    stock: int | None = None
    price: Decimal | None = None
    net_weight_g: int | None = None

    @property
    def label(self) -> str:
        return " · ".join(part for part in (self.size, self.colour) if part)


@transaction.atomic
def set_variants(
    *, workshop: Workshop, product: Product, wishes: Sequence[VariantWish], user=None
) -> Product:
    """The piece comes in exactly these variants. None: it is one piece again (drafts only).

    What was sold before stays in its orders: a variant that is left out of a piece in the shop is hidden, not deleted.
    Raises Refused.
    """
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is no piece of workshop {workshop.slug}.")
    records = stock.locked_records(product)
    piece = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    check(piece, wishes)
    known = {row.pk: row for row in piece.children.order_by("pk")}
    if not set(known).issuperset(wish.pk for wish in wishes if wish.pk is not None):
        raise LookupError("A variant of another piece.")
    usual = next((record.price for record in records if record.price is not None), None)
    if wishes:
        piece.structure = Product.PARENT
        StockRecord.objects.filter(product=piece).delete()
    for number, wish in enumerate(wishes):
        _write(workshop, piece, known.get(wish.pk), wish, usual, number)
    kept = {wish.pk for wish in wishes}
    for row in [row for row in known.values() if row.pk not in kept]:
        _leave(piece, row, [record for record in records if record.product_id == row.pk])
    if not wishes:
        piece.structure = Product.STANDALONE
    piece.save()
    log(instance=piece, action=services.CHANGED, user=user, data={"variants": len(wishes)} | (hands.of(workshop, user) or {}))
    return piece


def check(piece: Product, wishes: Sequence[VariantWish]) -> None:
    is_draft = piece.stage == Product.Stage.DRAFT
    if not piece.is_parent and not is_draft:
        raise Refused(_("A piece that is in the shop cannot get variants. Please copy it and add them to the copy."))
    if piece.is_parent and not wishes and not is_draft:
        raise Refused(_("Please keep at least one variant, or pause the piece."))
    if wishes and piece.supply == Product.Supply.ONE_OF_A_KIND:
        raise Refused(_("A piece with variants cannot be one of a kind."), "supply")
    if len(wishes) > MOST_VARIANTS:
        text = ngettext("A piece has at most %(most)s variant.", "A piece has at most %(most)s variants.", MOST_VARIANTS)
        raise Refused(text % {"most": MOST_VARIANTS})
    labels = [wish.label.casefold() for wish in wishes]
    if not all(labels):
        raise Refused(_("Please give each variant a size or a colour."), "size")
    if len(labels) != len(set(labels)):
        raise Refused(_("Two variants have the same size and colour."), "size")
    for wish in wishes:
        if wish.price is not None and wish.price <= 0:
            raise Refused(_("Please give a price above zero."), "price")
        if not piece.made_to_order and not 0 <= (wish.stock if wish.stock is not None else -1) <= MOST_IN_STOCK:
            raise Refused(_("Please say how many you have."), "stock")


def _write(
    workshop: Workshop, piece: Product, row: Product | None, wish: VariantWish, usual: Decimal | None, number: int
) -> None:
    new = row is None
    if new:
        row = Product(
            structure=Product.CHILD,
            parent=piece,
            upc=_free_code(piece, number),
            source_language=piece.source_language,
            origin=piece.origin,
        )
    row.title, row.variant_size, row.variant_colour = wish.label, wish.size, wish.colour
    row.supply, row.net_weight_g, row.is_public = piece.supply, wish.net_weight_g, True
    if new:
        # A variant has no page; its slug only has to be there.
        row.slug = row.upc.lower()
        Product.objects.filter(pk=piece.pk).update(structure=Product.PARENT)
    row.save()
    services.write_words(row, {"title": wish.label})
    record = StockRecord.objects.filter(product=row, partner_id=workshop.partner_id).first() or StockRecord(
        product=row,
        partner_id=workshop.partner_id,
        partner_sku=row.upc,
        price_currency=settings.MARKETPLACE_CURRENCY,
        price=usual,
    )
    if wish.price is not None:
        record.price = wish.price
    if piece.made_to_order:
        record.num_in_stock = None
    elif wish.stock != record.num_in_stock:
        if record.pk:
            stock.check(piece, record, wish.stock, None)
        record.num_in_stock = wish.stock
    record.save()


def _free_code(piece: Product, number: int) -> str:
    used = set(piece.children.values_list("upc", flat=True))
    return next(code for code in (f"{piece.upc}-{count}" for count in range(number + 1, number + 1_000)) if code not in used)


def _leave(piece: Product, row: Product, records: list) -> None:
    if any(record.num_allocated for record in records):
        raise Refused(_("Somebody is paying for “%(label)s” right now. Please try again in an hour.") % {"label": row.title})
    if piece.stage == Product.Stage.DRAFT:
        row.delete()
    elif row.is_public:
        row.is_public = False
        row.save(update_fields=["is_public", "date_updated"])
