"""Who changes a name, a page or a group of synonyms tells the index, in the same transaction. Pieces: listing.refresh."""

from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from catalogue.models import Craft, CraftText, MaterialText, Product
from marketplace.workshops.models import Village, VillageText, Workshop, WorkshopText
from storefront.listing import version
from storefront.listing.models import ProductCard
from storefront.listing.refresh import refresh
from storefront.models import CraftPage, StoryPage, VillagePage, WorkshopPage
from storefront.search import index, storage
from storefront.search.models import SearchEntry, SynonymGroup

Kind = SearchEntry.Kind
KINDS = {Village: Kind.VILLAGE, Craft: Kind.CRAFT, Workshop: Kind.WORKSHOP}
PAGE_KINDS = {VillagePage: Kind.VILLAGE, CraftPage: Kind.CRAFT, WorkshopPage: Kind.WORKSHOP}

post_migrate.connect(storage.prepare, dispatch_uid="storefront.search.storage")


@receiver([post_save, post_delete], sender=Village)
@receiver([post_save, post_delete], sender=VillageText)
@receiver([post_save, post_delete], sender=Craft)
@receiver([post_save, post_delete], sender=CraftText)
@receiver([post_save, post_delete], sender=Workshop)
@receiver([post_save, post_delete], sender=WorkshopText)
def place_changed(sender, instance, raw=False, created=False, **kwargs) -> None:
    """Pieces and stories hold the names of their places."""
    if raw:
        return
    text = sender not in KINDS
    kind = KINDS[sender._meta.get_field("owner").related_model if text else sender]
    pk = instance.owner_id if text else instance.pk
    index.places(kind, [pk])
    if created and not text:
        return
    # Where a village's or workshop's row changed, its cards are refreshed already (listing.receivers).
    if created or kind == Kind.CRAFT:
        refresh(ProductCard.objects.filter(**{f"{kind}_id": pk}).values_list("pk", flat=True))
    if about := StoryPage.objects.filter(**{f"{kind}_id": pk}).values_list("pk", flat=True):
        index.stories(about)


@receiver([post_save, post_delete], sender=MaterialText)
def material_changed(sender, instance, raw=False, **kwargs) -> None:
    if not raw:
        made_of = Product.materials.through.objects.filter(material=instance.owner_id)
        refresh(ProductCard.objects.filter(pk__in=made_of.values("product")).values_list("pk", flat=True))


@receiver([page_published, page_unpublished])
def page_changed(sender, instance, **kwargs) -> None:
    _page_again(instance)


@receiver([page_slug_changed, post_page_move])
def address_changed(sender, instance, **kwargs) -> None:
    """The addresses of all pages below changed, too."""
    _below(instance)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def restriction_changed(sender, instance, raw=False, **kwargs) -> None:
    if not raw:
        _below(instance.page)


@receiver(post_delete, sender=StoryPage)
@receiver(post_delete, sender=VillagePage)
@receiver(post_delete, sender=CraftPage)
@receiver(post_delete, sender=WorkshopPage)
def page_deleted(sender, instance, **kwargs) -> None:
    _page_again(instance)


@receiver([post_save, post_delete], sender=SynonymGroup)
def synonyms_changed(sender, raw=False, **kwargs) -> None:
    if not raw:
        version.raise_after_commit("places")


def _below(page: Page) -> None:
    index.stories(StoryPage.objects.filter(path__startswith=page.path).values_list("pk", flat=True))
    for model, kind in PAGE_KINDS.items():
        places = model.objects.filter(path__startswith=page.path).values_list(f"{kind}_id", flat=True)
        if places:
            index.places(kind, places)


def _page_again(page: Page) -> None:
    if isinstance(page, StoryPage):
        index.stories([page.pk])
    elif type(page) in PAGE_KINDS:
        kind = PAGE_KINDS[type(page)]
        index.places(kind, [getattr(page, f"{kind}_id")])
