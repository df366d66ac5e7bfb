"""What a workshop does with its pieces. Each verb is one transaction; promises to buyers are never broken."""

import re
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from oscar.core.loading import get_model
from wagtail.log_actions import log
from wagtail.models import Locale, ModelLogEntry

from catalogue.classes import product_class_for
from catalogue.models import Product, ProductText
from marketplace.workshops import hands, pictures, stages, stock
from marketplace.workshops.details import MOST_DAYS, PictureChange, PieceDetails, Refused, VariantDetails
from marketplace.workshops.models import Workshop

StockRecord = get_model("partner", "StockRecord")
Supply = Product.Supply
LISTED, CHANGED = "wagtail.create", "wagtail.edit"
CODE_ATTEMPTS = 5


@transaction.atomic
def list_piece(
    *,
    workshop: Workshop,
    details: PieceDetails,
    photos: Sequence = (),
    user=None,
    key: uuid.UUID | None = None,
) -> Product:
    """Put a new piece into the shop under the workshop's next code; it is public once the workshop is open.

    The same ``key`` of the same ``user`` answers with the piece that it made before. ``photos`` are image
    files, the first is shown first. Raises Refused.
    """
    _lock(workshop)
    known = listed_before(workshop=workshop, user=user, key=key)
    if known is not None:
        return known
    check_details(details)
    if details.price is None:
        raise Refused(_("Please give a price."), "price")
    stages.check_consent(workshop)
    quantity = stock.first_quantity(details)
    product = _new_product(workshop, details)
    product.materials.set(details.materials)
    _write_words(product, details)
    _new_record(workshop, product, details, quantity)
    pictures.change(product, PictureChange(added=tuple(photos)), user)
    log(instance=product, action=LISTED, user=user, uuid=key, data=hands.of(workshop, user))
    return product


@transaction.atomic
def change_piece(
    *,
    workshop: Workshop,
    product: Product,
    details: PieceDetails,
    variants: Mapping[int, VariantDetails] | None = None,
    photos: PictureChange | None = None,
    shown: int | None = None,
    user=None,
) -> Product:
    """Change a piece; ``variants`` are keyed by the id of the variant.

    ``shown`` is the stock that the maker saw when she typed a new one (see set_stock). Raises Refused.
    """
    records = _own_records(workshop, product)
    product = _locked(product)
    check_details(details)
    quantity = stock.quantity_after(product, records, details, shown)
    fill(product, details)
    product.save()
    product.materials.set(details.materials)
    _write_words(product, details)
    for record in records:
        _change_record(record, product, details, quantity, (variants or {}).get(record.product_id))
    if not records and not product.is_parent and details.price is not None:
        _new_record(workshop, product, details, quantity)
    pictures.change(product, photos or PictureChange(), user)
    log(instance=product, action=CHANGED, user=user, data=hands.of(workshop, user))
    return product


@transaction.atomic
def set_stock(*, workshop: Workshop, product: Product, quantity: int, shown: int | None = None) -> None:
    """Set how many of a piece or variant are for sale. Raises Refused.

    ``shown`` is the number that the maker saw: when somebody bought meanwhile, her count is out of date.
    """
    records = {record.product_id: record for record in _own_records(workshop, product)}
    record = records.get(product.pk)
    if record is None:
        raise Refused(_("This piece has no price yet, so it cannot be sold."))
    stock.check(Product.objects.get(pk=product.parent_id or product.pk), record, quantity, shown)
    record.num_in_stock = quantity
    record.save(update_fields=["num_in_stock", "date_updated"])


def next_code(workshop: Workshop) -> str:
    """The next piece code, such as "SML-31": one more than the highest: gaps are not filled."""
    start = f"{workshop.code_prefix}-"
    # A maker may number her pieces in the same way: her numbers are left to her.
    own = Q(partner_id=workshop.partner_id, maker_code__regex=rf"^{re.escape(start)}[0-9]{{1,6}}$")
    rows = Product.objects.filter(Q(upc__startswith=start) | own).values_list("upc", "maker_code")
    used = [code for row in rows for code in row if code]
    used += StockRecord.objects.filter(partner_id=workshop.partner_id).values_list("partner_sku", flat=True)
    pattern = re.compile(re.escape(start) + r"([0-9]{1,9})(?:-|$)")
    numbers = [int(found.group(1)) for code in used if (found := pattern.match(code))]
    return f"{start}{max(numbers, default=0) + 1:02d}"


def listed_before(*, workshop: Workshop, user, key: uuid.UUID | None) -> Product | None:
    """The piece that list_piece made for this ``key`` of this ``user``, if it did."""
    if key is None or user is None:
        return None
    kind = ContentType.objects.get_for_model(Product)
    entries = ModelLogEntry.objects.filter(content_type=kind, action=LISTED, user=user, uuid=key)
    ids = [int(pk) for pk in entries.values_list("object_id", flat=True)]
    return Product.objects.filter(pk__in=ids, partner_id=workshop.partner_id).first()


def _lock(workshop: Workshop) -> None:
    """One new piece of a workshop at a time: codes do not collide and a form sent twice is seen."""
    Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)


def _own_records(workshop: Workshop, product: Product) -> list:
    """The stock records of a piece and its variants, locked in the order in which checkout locks them.

    Raises LookupError for a piece of another workshop: callers look pieces up within one.
    """
    piece = product.parent if product.is_child else product
    if piece.partner_id != workshop.partner_id:
        raise LookupError(f"Product {product.pk} is not of workshop {workshop.slug}.")
    return stock.locked_records(piece)


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)


def check_details(details: PieceDetails) -> None:
    """What no piece can be without. Raises Refused."""
    if not details.title.strip():
        raise Refused(_("Please give a title."), "title")
    if details.supply == Supply.MADE_TO_ORDER and not 1 <= (details.lead_days or 0) <= MOST_DAYS:
        raise Refused(
            _("Please say how many days you need, from 1 to %(most)s.") % {"most": MOST_DAYS}, "lead_days"
        )
    if details.price is not None and details.price <= 0:
        raise Refused(_("Please give a price above zero."), "price")


def _new_product(workshop: Workshop, details: PieceDetails) -> Product:
    product = Product(
        structure=Product.STANDALONE,
        partner_id=workshop.partner_id,
        source_language=workshop.source_language,
        origin=workshop.village.economy_id,
        is_public=Workshop.objects.filter(pk=workshop.pk, stage=Workshop.Stage.OPEN).exists(),
    )
    fill(product, details)
    save_under_free_code(product, workshop)
    return product


def slug_of(product: Product) -> str:
    """What stands in its address: its title, or its code where the title has no Latin letter."""
    return slugify(product.title)[:80].strip("-") or slugify(product.upc)


def save_under_free_code(product: Product, workshop: Workshop) -> None:
    """Somebody else may take the next code at the same moment (staff in the admin): then the one after."""
    for attempts_left in reversed(range(CODE_ATTEMPTS)):
        product.upc = next_code(workshop)
        product.slug = slug_of(product)
        try:
            with transaction.atomic():
                product.save()
            return
        except IntegrityError:
            if not attempts_left:
                raise


def _new_record(workshop: Workshop, product: Product, details: PieceDetails, quantity: int | None) -> None:
    new_record(workshop, product, details.price, quantity).save(force_insert=True)


def new_record(workshop: Workshop, product: Product, price: Decimal | None, quantity: int | None):
    """The stock row of a new piece, not saved."""
    return StockRecord(
        product=product,
        partner_id=workshop.partner_id,
        partner_sku=product.upc,
        price_currency=settings.MARKETPLACE_CURRENCY,
        price=price,
        num_in_stock=quantity,
    )


def fill(product: Product, details: PieceDetails, kind=None) -> None:
    """Everything but words, stock and pictures. The slug stays, so that links keep working.

    ``kind``: its product class, where the caller knows it already.
    """
    product.title, product.description = details.title, details.description
    product.supply = details.supply
    product.product_class = kind or product_class_for(details.supply)
    to_order = details.supply == Supply.MADE_TO_ORDER
    product.lead_days = details.lead_days if to_order else None
    product.month_capacity = details.month_capacity if to_order else None
    product.craft = details.craft
    for name in ("net_weight_g", "length_mm", "width_mm", "height_mm", "hs_code"):
        setattr(product, name, getattr(details, name))


def _write_words(product: Product, details: PieceDetails) -> None:
    write_words(product, {"title": details.title, "summary": details.summary, "description": details.description})


def write_words(product: Product, words: Mapping[str, str]) -> None:
    """The text row in the maker's own language; rows in other languages are the translators'."""
    locale, _made = Locale.objects.get_or_create(language_code=product.source_language)
    row = product.texts.filter(locale=locale).first()
    if row is None:
        others = product.texts.first()
        row = ProductText(owner=product, locale=locale)
        row.translation_key = others.translation_key if others else row.translation_key
    for name, value in words.items():
        setattr(row, name, value)
    row.save()


def _change_record(
    record, product: Product, details: PieceDetails, quantity: int | None, variant: VariantDetails | None
) -> None:
    price = variant.price if variant else None if product.is_parent else details.price
    if price is not None and price <= 0:
        raise Refused(_("Please give a price above zero."), "price")
    if price is not None:
        record.price = price
    if not product.is_parent:
        record.num_in_stock = quantity
    record.save(update_fields=["price", "num_in_stock", "date_updated"])
    if variant or product.is_parent:
        changes = {"supply": product.supply} | ({"net_weight_g": variant.net_weight_g} if variant else {})
        Product.objects.filter(pk=record.product_id).update(**changes)
