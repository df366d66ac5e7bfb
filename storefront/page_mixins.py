"""Abstract page content. A site of its own makes a thin Page class over each mixin it wants."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string

from storefront import page_contexts
from storefront.blocks import HowBlock, StoryBody
from storefront.linked_data import pages as linked_data
from storefront.public import PublicPageMixin


def _image(label):
    return models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=label,
    )


class IntroMixin(PublicPageMixin, models.Model):
    """A page with a short introduction, used as standfirst, in cards and as description for search engines."""

    intro = models.CharField(_("introduction"), max_length=300, blank=True)
    hero = _image(_("main picture"))
    hero_alt = models.CharField(_("what the main picture shows"), max_length=250, blank=True)

    class Meta:
        abstract = True

    content_panels_of_intro = [
        FieldPanel("intro"),
        MultiFieldPanel([FieldPanel("hero"), FieldPanel("hero_alt")], heading=_("Main picture")),
    ]


class HomeMixin(IntroMixin):
    how = StreamField([("step", HowBlock())], blank=True, verbose_name=_("how it works"))
    get_page_context = page_contexts.home

    class Meta:
        abstract = True

    content_panels = PublicPageMixin.title_panels + IntroMixin.content_panels_of_intro + [FieldPanel("how")]


class StoryMixin(IntroMixin):
    """A story. It stores which village, craft, workshop and pieces it is about, never their words, prices or stock."""

    village = models.ForeignKey(
        "marketplace_workshops.Village", on_delete=models.PROTECT, related_name="+", verbose_name=_("village")
    )
    craft = models.ForeignKey(
        "catalogue.Craft",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("craft"),
    )
    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("workshop"),
    )
    body = StreamField(StoryBody(), blank=True, verbose_name=_("body"))
    get_page_context = page_contexts.story
    get_linked_data = linked_data.story
    embed_kind = "story"

    class Meta:
        abstract = True

    content_panels = (
        PublicPageMixin.title_panels
        + IntroMixin.content_panels_of_intro
        + [FieldPanel("village"), FieldPanel("craft"), FieldPanel("workshop"), FieldPanel("body")]
    )


class PlaceMixin(IntroMixin):
    """What village, craft and workshop pages share: a subject and a body."""

    body = StreamField(StoryBody(), blank=True, verbose_name=_("body"))
    subject_field = ""

    class Meta:
        abstract = True


class VillageMixin(PlaceMixin):
    village = models.ForeignKey(
        "marketplace_workshops.Village", on_delete=models.PROTECT, related_name="+", verbose_name=_("village")
    )
    subject_field = "village"
    get_page_context = page_contexts.village
    get_linked_data = linked_data.village
    embed_kind = "village"

    class Meta:
        abstract = True

    content_panels = (
        PublicPageMixin.title_panels
        + [FieldPanel("village")]
        + IntroMixin.content_panels_of_intro
        + [FieldPanel("body")]
    )


class CraftMixin(PlaceMixin):
    craft = models.ForeignKey(
        "catalogue.Craft", on_delete=models.PROTECT, related_name="+", verbose_name=_("craft")
    )
    subject_field = "craft"
    get_page_context = page_contexts.craft
    get_linked_data = linked_data.craft
    embed_kind = "craft"

    class Meta:
        abstract = True

    content_panels = (
        PublicPageMixin.title_panels
        + [FieldPanel("craft")]
        + IntroMixin.content_panels_of_intro
        + [FieldPanel("body")]
    )


class WorkshopMixin(PlaceMixin):
    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("workshop"),
    )
    portrait = _image(_("portrait"))
    subject_field = "workshop"
    embed_kind = "workshop"
    served_with = ("workshop",)
    get_page_context = page_contexts.workshop
    get_linked_data = linked_data.workshop

    class Meta:
        abstract = True

    content_panels = (
        PublicPageMixin.title_panels
        + [FieldPanel("workshop")]
        + IntroMixin.content_panels_of_intro
        + [FieldPanel("portrait"), FieldPanel("body")]
    )


class StoryIndexMixin(IntroMixin):
    get_page_context = page_contexts.story_index
    content_panels = PublicPageMixin.title_panels + IntroMixin.content_panels_of_intro

    class Meta:
        abstract = True


class PlaceIndexMixin(IntroMixin):
    get_page_context = page_contexts.place_index
    content_panels = PublicPageMixin.title_panels + IntroMixin.content_panels_of_intro

    class Meta:
        abstract = True


class VillageIndexMixin(PlaceIndexMixin):
    places = "village"
    embed_kind = "map"

    class Meta:
        abstract = True


class CraftIndexMixin(PlaceIndexMixin):
    places = "craft"

    class Meta:
        abstract = True


class WorkshopIndexMixin(PlaceIndexMixin):
    places = "workshop"

    class Meta:
        abstract = True
