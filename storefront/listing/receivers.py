"""Who changes a piece tells its card, in the same transaction; who changes a page or a name raises the version."""

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from oscar.core.loading import get_model
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from catalogue.models import (
    Craft,
    CraftText,
    Material,
    MaterialText,
    Product,
    ProductImage,
    ProductText,
    TranslationRecord,
)
from marketplace.economies.models import RequiredLanguage
from marketplace.signals import pieces_changed, stock_held
from marketplace.workshops.models import Assistance, Officer, Village, VillageText, Workshop, WorkshopText
from storefront.listing import version
from storefront.listing.models import ProductCard
from storefront.listing.refresh import refresh

StockRecord = get_model("partner", "StockRecord")
Image = get_image_model()


def _card_id(product: Product) -> int:
    return product.parent_id or product.pk


@receiver(post_save, sender=Product)
@receiver(post_delete, sender=Product)
def product_changed(sender, instance, raw=False, **kwargs) -> None:
    if not raw:
        refresh([_card_id(instance)])


@receiver(post_save, sender=StockRecord)
@receiver(post_delete, sender=StockRecord)
def stock_changed(sender, instance, raw=False, created=True, **kwargs) -> None:
    """A sale mostly changes how many there are, and no card says that: it is not built anew then."""
    if not raw:
        _show_again([instance.product_id] if created else _untrue([instance]))


@receiver(pieces_changed)
def pieces_were_written(sender, ids, **kwargs) -> None:
    refresh(ids)


@receiver(stock_held)
def stock_was_held(sender, records, **kwargs) -> None:
    """The same for all rows of an order."""
    _show_again(_untrue(records))


def _untrue(records) -> list[int]:
    """Products of these stock rows whose card no longer says what the row says. One statement."""
    cards = ProductCard.objects.filter(product__in=[record.product_id for record in records], from_price=False)
    known = {card.pk: card for card in cards.only("price", "currency", "state")}
    return [record.product_id for record in records if not _still_true(known.get(record.product_id), record)]


def _show_again(products: list[int]) -> None:
    """Build the cards of these products anew; without any, pages alone look again."""
    if products:
        pieces = Product.objects.filter(pk__in=products).order_by().values_list("parent_id", "pk")
        refresh({parent or pk for parent, pk in pieces}, words=False)
    else:
        version.raise_after_commit("pieces")


def _still_true(card: ProductCard | None, record) -> bool:
    """Whether the card of a piece without variants says this price, and that it can be had as this record has it."""
    if card is None or (card.price, card.currency) != (record.price, record.price_currency):
        return False
    counted = card.state != ProductCard.State.MADE_TO_ORDER
    return not counted or (record.net_stock_level > 0) == (card.state != ProductCard.State.SOLD_OUT)


@receiver(post_save, sender=ProductText)
@receiver(post_delete, sender=ProductText)
def text_changed(sender, instance, raw=False, **kwargs) -> None:
    if not raw:
        refresh([_card_id(instance.owner)])


@receiver(post_save, sender=ProductImage)
@receiver(post_delete, sender=ProductImage)
def picture_changed(sender, instance, raw=False, **kwargs) -> None:
    if not raw:
        refresh([instance.product_id], words=False)


@receiver(m2m_changed, sender=Product.materials.through)
def materials_changed(sender, instance, action, reverse, **kwargs) -> None:
    if action.startswith("post_") and not reverse:
        refresh([_card_id(instance)])


@receiver([post_save, post_delete], sender=Workshop)
@receiver([post_save, post_delete], sender=Village)
@receiver([post_save, post_delete], sender=WorkshopText)
@receiver([post_save, post_delete], sender=VillageText)
def place_changed(sender, instance, raw=False, created=False, **kwargs) -> None:
    if raw:
        return
    version.raise_after_commit("places")
    if created:
        return
    owner = getattr(instance, "owner", instance)
    field = "village" if isinstance(owner, Village) else "workshop"
    refresh(ProductCard.objects.filter(**{field: owner.pk}).values_list("pk", flat=True))


@receiver([post_save, post_delete], sender=Craft)
@receiver([post_save, post_delete], sender=CraftText)
@receiver([post_save, post_delete], sender=Material)
@receiver([post_save, post_delete], sender=MaterialText)
@receiver([post_save, post_delete], sender=RequiredLanguage)
@receiver([post_save, post_delete], sender=Assistance)
@receiver([post_save, post_delete], sender=Officer)
def name_changed(sender, instance, raw=False, **kwargs) -> None:
    if not raw:
        version.raise_after_commit("places")


@receiver([post_save, post_delete], sender=TranslationRecord)
def provenance_changed(sender, instance, raw=False, **kwargs) -> None:
    """What a piece's page says of its translation; pages are published when theirs changes."""
    if not raw:
        version.raise_after_commit("pieces")


@receiver([page_published, page_unpublished, page_slug_changed, post_page_move])
@receiver([post_save, post_delete], sender=PageViewRestriction)
@receiver([post_save, post_delete], sender=Site)
def page_changed(sender, **kwargs) -> None:
    version.raise_after_commit("places")


@receiver(post_save, sender=Image)
def image_changed(sender, instance, raw=False, created=False, **kwargs) -> None:
    if not raw and not created:
        _picture_again(instance.pk)


@receiver(post_delete, sender=Image.get_rendition_model())
def rendition_gone(sender, instance, **kwargs) -> None:
    _picture_again(instance.image_id)


def _picture_again(pk: int) -> None:
    """Another file or focus: what shows the picture asks for its sizes anew."""
    version.raise_after_commit("places")
    refresh(ProductImage.objects.filter(picture=pk).values_list("product_id", flat=True), words=False)


@receiver(post_delete)
def page_deleted(sender, instance, **kwargs) -> None:
    if isinstance(instance, Page):
        version.raise_after_commit("places")
