"""A piece that is still being described: each small step is kept by itself, in whatever order they come."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from oscar.core.loading import get_model
from wagtail.log_actions import log

from catalogue.classes import product_class_for
from catalogue.models import Craft, Material, Product
from marketplace.workshops import hands, pictures, services
from marketplace.workshops.details import MOST_A_MONTH, MOST_DAYS, MOST_IN_STOCK, PictureChange, Refused
from marketplace.workshops.models import Workshop
from marketplace.workshops.variants import VariantWish, set_variants

StockRecord = get_model("partner", "StockRecord")
Supply = Product.Supply


@dataclass(frozen=True)
class Words:
    """The piece in its maker's own words and language."""

    title: str
    summary: str = ""
    description: str = ""


    @property
    def stamps(self) -> dict[str, str]:
        """For each field a digest of its words, to be told apart later."""
        return {name: sha256(words.encode()).hexdigest()[:16] for name, words in asdict(self).items()}


class Meanwhile(Exception):
    """Somebody else changed the same ``fields`` to other words after the form was opened; they are in ``stored``."""

    def __init__(self, stored: Words, fields: tuple[str, ...]) -> None:
        super().__init__(fields)
        self.stored, self.fields = stored, fields


@dataclass(frozen=True)
class Thing:
    """What it is made of and how big: grams and millimetres, None where she does not know yet."""

    craft: Craft
    materials: tuple[Material, ...]
    net_weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@dataclass(frozen=True)
class Sale:
    """How it is sold. ``stock`` for counted pieces, days and pieces a month for those made to order."""

    supply: str
    stock: int | None = None
    lead_days: int | None = None
    month_capacity: int | None = None


@transaction.atomic
def begin(*, workshop: Workshop, user, key: uuid.UUID, photos: PictureChange | None = None) -> Product:
    """A new draft under the workshop's next code. The same ``key`` of the same ``user`` answers with the same draft."""
    Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    known = services.listed_before(workshop=workshop, user=user, key=key)
    if known is not None:
        return known
    product = Product(
        structure=Product.STANDALONE,
        partner_id=workshop.partner_id,
        source_language=workshop.source_language,
        origin=workshop.village.economy_id,
        product_class=product_class_for(Supply.STOCK),
        stage=Product.Stage.DRAFT,
        is_public=False,
    )
    services.save_under_free_code(product, workshop)
    log(instance=product, action=services.LISTED, user=user, uuid=key, data=hands.of(workshop, user))
    if photos is not None:
        pictures.change(product, photos, user)
    return product


@transaction.atomic
def set_photos(*, workshop: Workshop, product: Product, photos: PictureChange, user=None) -> Product:
    """Raises Refused when there would be too many."""
    draft = _draft(workshop, product)
    pictures.change(draft, photos, user)
    return _kept(workshop, draft, user)


@transaction.atomic
def set_words(
    *, workshop: Workshop, product: Product, words: Words, opened: Mapping[str, str] | None = None, user=None
) -> Product:
    """``opened`` are the stamps of the words that she was shown: what she left as it was, stays as it is now.

    Raises Refused without a title, and Meanwhile where she and somebody else changed the same words.
    """
    draft = _draft(workshop, product)
    if opened is not None:
        words = _merged(words, words_of(draft), opened)
    if not words.title.strip():
        raise Refused(_("Please give a title."), "title")
    draft.title, draft.description = words.title, words.description
    # Nobody has a link to a draft yet: its address follows its name.
    draft.slug = services.slug_of(draft)
    services.write_words(
        draft, {"title": words.title, "summary": words.summary, "description": words.description}
    )
    return _kept(workshop, draft, user)


def words_of(product: Product) -> Words:
    """As they are kept, in the maker's language."""
    row = product.texts.filter(locale__language_code=product.source_language).first()
    return Words(product.title, row.summary if row else "", product.description)


def _merged(typed: Words, stored: Words, opened: Mapping[str, str]) -> Words:
    now, then = stored.stamps, typed.stamps
    hers = {name for name in now if then[name] != opened.get(name)}
    both = tuple(name for name in now if name in hers and now[name] not in (opened.get(name), then[name]))
    if both:
        raise Meanwhile(stored, both)
    return replace(stored, **{name: getattr(typed, name) for name in hers})


@transaction.atomic
def set_thing(*, workshop: Workshop, product: Product, thing: Thing, user=None) -> Product:
    draft = _draft(workshop, product)
    draft.craft = thing.craft
    for name in ("net_weight_g", "length_mm", "width_mm", "height_mm"):
        setattr(draft, name, getattr(thing, name))
    draft.materials.set(thing.materials)
    return _kept(workshop, draft, user)


@transaction.atomic
def set_sale(*, workshop: Workshop, product: Product, sale: Sale, user=None) -> Product:
    """Raises Refused where the number, the days or the capacity that this way of selling needs is missing."""
    draft = _draft(workshop, product)
    _check_sale(draft, sale)
    to_order = sale.supply == Supply.MADE_TO_ORDER
    draft.supply, draft.product_class = sale.supply, product_class_for(sale.supply)
    draft.lead_days = sale.lead_days if to_order else None
    draft.month_capacity = sale.month_capacity if to_order else None
    if draft.is_parent:
        draft.children.update(supply=sale.supply)
    else:
        record = _record(workshop, draft)
        record.num_in_stock = None if to_order else 1 if sale.supply == Supply.ONE_OF_A_KIND else sale.stock
        record.save()
    return _kept(workshop, draft, user)


@transaction.atomic
def set_price(*, workshop: Workshop, product: Product, price: Decimal, user=None) -> Product:
    """``price`` in the shop's currency, for the piece or for all its variants that have none of their own yet."""
    draft = _draft(workshop, product)
    if price <= 0:
        raise Refused(_("Please give a price above zero."), "price")
    if draft.is_parent:
        StockRecord.objects.filter(product__parent=draft, partner_id=workshop.partner_id).update(price=price)
    else:
        record = _record(workshop, draft)
        record.price = price
        record.save()
    return _kept(workshop, draft, user)


@transaction.atomic
def duplicate(*, workshop: Workshop, product: Product, user, key: uuid.UUID) -> Product:
    """A draft with all that ``product`` says, variants too, under codes of its own; photos and stock are not copied.

    A photo shows one piece, and a number counts one heap: there is none of the copy yet, of a single piece there is one.
    """
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is no piece of workshop {workshop.slug}.")
    copy = begin(workshop=workshop, user=user, key=key)
    if copy.title:  # made by the same key before
        return copy
    for name in COPIED:
        setattr(copy, name, getattr(product, name))
    copy.slug = services.slug_of(copy)
    copy.materials.set(product.materials.all())
    services.write_words(copy, asdict(words_of(product)))
    copy.save()
    if product.is_parent:
        return set_variants(workshop=workshop, product=copy, wishes=_wishes(product), user=user)
    known = product.stockrecords.first()
    if known is not None:
        record = _record(workshop, copy)
        record.price, record.num_in_stock = known.price, _none_yet(copy)
        record.save()
    return _kept(workshop, copy, user)


def _none_yet(piece: Product) -> int | None:
    """None where pieces are made when somebody orders."""
    return None if piece.made_to_order else int(piece.supply == Supply.ONE_OF_A_KIND)


def _wishes(product: Product) -> list[VariantWish]:
    rows = product.children.filter(is_public=True).order_by("pk").prefetch_related("stockrecords")
    return [
        VariantWish(
            pk=None,
            size=row.variant_size or ("" if row.variant_colour else row.title),
            colour=row.variant_colour,
            stock=_none_yet(product),
            price=next((record.price for record in row.stockrecords.all()), None),
            net_weight_g=row.net_weight_g,
        )
        for row in rows
    ]


@transaction.atomic
def discard(*, workshop: Workshop, product: Product) -> None:
    """Throw a draft away, photos too. Raises Refused for a piece that was in the shop: orders and links know it."""
    draft = _draft(workshop, product)
    pictures.change(draft, PictureChange(removed=tuple(draft.images.values_list("pk", flat=True))))
    draft.delete()


COPIED = (
    *("title", "description", "source_language", "product_class", "craft", "supply", "lead_days", "month_capacity"),
    *("net_weight_g", "length_mm", "width_mm", "height_mm", "hs_code", "hs_confirmed", "origin", "customs_description"),
    *("species", "contains", "alcohol_percent"),
)


def _draft(workshop: Workshop, product: Product) -> Product:
    """The piece, locked. Raises Refused when it has left the drafts (another window put it into the shop)."""
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is no piece of workshop {workshop.slug}.")
    draft = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    if draft.stage != Product.Stage.DRAFT:
        raise Refused(_("This piece is no draft any more. Please open it in the list of pieces."))
    return draft


def _kept(workshop: Workshop, draft: Product, user) -> Product:
    draft.save()
    log(instance=draft, action=services.CHANGED, user=user, data=hands.of(workshop, user))
    return draft


def _record(workshop: Workshop, draft: Product):
    """Its stock row, new where there is none; not saved."""
    known = StockRecord.objects.filter(product=draft, partner_id=workshop.partner_id).first()
    return known or StockRecord(
        product=draft,
        partner_id=workshop.partner_id,
        partner_sku=draft.upc,
        price_currency=settings.MARKETPLACE_CURRENCY,
    )


def _check_sale(draft: Product, sale: Sale) -> None:
    if sale.supply == Supply.MADE_TO_ORDER:
        if not 1 <= (sale.lead_days or 0) <= MOST_DAYS:
            text = _("Please say how many days you need, from 1 to %(most)s.") % {"most": MOST_DAYS}
            raise Refused(text, "lead_days")
        if sale.month_capacity is not None and not 1 <= sale.month_capacity <= MOST_A_MONTH:
            text = _("Please say how many you can make in a month, from 1 to %(most)s.") % {"most": MOST_A_MONTH}
            raise Refused(text, "month_capacity")
    elif draft.is_parent:
        if sale.supply == Supply.ONE_OF_A_KIND:
            raise Refused(_("A piece with variants cannot be one of a kind."), "supply")
    elif sale.supply == Supply.STOCK and not 0 <= (-1 if sale.stock is None else sale.stock) <= MOST_IN_STOCK:
        raise Refused(_("Please say how many you have."), "stock")
