"""Thin Page classes over the mixins, the product card and the version of public content."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from storefront import page_mixins as mixins
from storefront.listing.models import ContentVersion, ProductCard
from storefront.search.models import SearchEntry, SynonymGroup
from storefront.translations.models import MachineFailure, ViewCount

__all__ = ["ContentVersion", "MachineFailure", "ProductCard", "SearchEntry", "SynonymGroup", "ViewCount"]


class HomePage(mixins.HomeMixin, Page):
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "storefront.StoryIndexPage",
        "storefront.VillageIndexPage",
        "storefront.CraftIndexPage",
        "storefront.WorkshopIndexPage",
    ]
    template = "storefront/home_page.html"

    class Meta:
        verbose_name = _("home page")


class StoryIndexPage(mixins.StoryIndexMixin, Page):
    parent_page_types = ["storefront.HomePage"]
    subpage_types = ["storefront.StoryPage"]
    max_count_per_parent = 1
    template = "storefront/story_index_page.html"

    class Meta:
        verbose_name = _("story index")


class StoryPage(mixins.StoryMixin, Page):
    parent_page_types = ["storefront.StoryIndexPage"]
    subpage_types: list[str] = []
    template = "storefront/story_page.html"

    class Meta:
        verbose_name = _("story")


class VillageIndexPage(mixins.VillageIndexMixin, Page):
    parent_page_types = ["storefront.HomePage"]
    subpage_types = ["storefront.VillagePage"]
    max_count_per_parent = 1
    template = "storefront/place_index_page.html"

    class Meta:
        verbose_name = _("village index")


class VillagePage(mixins.VillageMixin, Page):
    parent_page_types = ["storefront.VillageIndexPage"]
    subpage_types: list[str] = []
    template = "storefront/village_page.html"

    class Meta:
        verbose_name = _("village page")


class CraftIndexPage(mixins.CraftIndexMixin, Page):
    parent_page_types = ["storefront.HomePage"]
    subpage_types = ["storefront.CraftPage"]
    max_count_per_parent = 1
    template = "storefront/place_index_page.html"

    class Meta:
        verbose_name = _("craft index")


class CraftPage(mixins.CraftMixin, Page):
    parent_page_types = ["storefront.CraftIndexPage"]
    subpage_types: list[str] = []
    template = "storefront/craft_page.html"

    class Meta:
        verbose_name = _("craft page")


class WorkshopIndexPage(mixins.WorkshopIndexMixin, Page):
    parent_page_types = ["storefront.HomePage"]
    subpage_types = ["storefront.WorkshopPage"]
    max_count_per_parent = 1
    template = "storefront/place_index_page.html"

    class Meta:
        verbose_name = _("workshop index")


class WorkshopPage(mixins.WorkshopMixin, Page):
    parent_page_types = ["storefront.WorkshopIndexPage"]
    subpage_types: list[str] = []
    template = "storefront/workshop_page.html"

    class Meta:
        verbose_name = _("workshop page")
