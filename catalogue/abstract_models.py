"""Our fields on top of Oscar's, and the rows that hold texts per language."""

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.abstract_models import AbstractCategory as OscarCategory
from oscar.apps.catalogue.abstract_models import AbstractProduct as OscarProduct
from oscar.apps.catalogue.abstract_models import AbstractProductImage as OscarProductImage
from wagtail.models import Locale, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from catalogue.text import source_first


class TextRow(TranslatableMixin, models.Model):
    """The texts of one thing in one language; wagtail-localize translates it as it translates pages.

    A subclass adds ``owner`` (related_name ``texts``) and its text fields. The first row written is the source.
    """

    # A translator writes words; whose words they are is not hers to change.
    override_translatable_fields = [SynchronizedField("owner", overridable=False)]
    # Its owner and its language are not what an editor means by "used in", and no words refer to anything.
    wagtail_reference_index_ignore = True

    class Meta(TranslatableMixin.Meta):
        abstract = True

    @property
    def language(self) -> str:
        """Language code of this row, as in LANGUAGES."""
        return self.locale.language_code

    @property
    def words(self) -> tuple[str, ...]:
        """All that is written in this row."""
        return tuple(getattr(self, name) for name in self.word_fields())

    @classmethod
    def word_fields(cls) -> list[str]:
        """Names of the fields that hold words."""
        kinds = (models.CharField, models.TextField)
        return [field.attname for field in cls._meta.concrete_fields if isinstance(field, kinds)]

    @transaction.atomic
    def save(self, *args, **kwargs) -> None:
        """A further language joins the rows that are there, so that wagtail-localize knows them as one thing.

        Who wrote the words is recorded in the same transaction (catalogue/receivers.py).
        """
        if self._state.adding:
            known = type(self).objects.filter(owner_id=self.owner_id).values_list("translation_key", flat=True).first()
            self.translation_key = known or self.translation_key
        super().save(*args, **kwargs)


class HasTexts(models.Model):
    """Something whose words live in ``texts`` rows (see TextRow)."""

    class Meta:
        abstract = True

    source_language = models.CharField(_("source language"), max_length=12, default=settings.LANGUAGE_CODE)

    def text(self, language: str | None = None):
        """The best TextRow for ``language`` (default: the active one), or None when nothing is written yet."""
        return source_first(self, language) if self.pk else None


class AbstractCategory(OscarCategory, HasTexts):
    """A category of Oscar's. ``name`` stays its words in ``source_language``; the text row of that language follows it.

    Our own pages go by craft, village and material; shops that keep Oscar's categories have them in every language.
    """

    class Meta(OscarCategory.Meta):
        abstract = True

    @transaction.atomic
    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        locale, _new = Locale.objects.get_or_create(language_code=self.source_language)
        self.texts.update_or_create(locale=locale, defaults={"name": self.name})

    def get_name(self) -> str:
        """The name in the active language, by the operator's chain."""
        row = self.text()
        return row.name if row else self.name

    @property
    def full_name(self) -> str:
        """The names from the top down, in the active language."""
        return self._full_name_separator.join(category.get_name() for category in self.get_ancestors_and_self())


class AbstractProduct(OscarProduct, HasTexts):
    """A piece. ``title`` and ``description`` stay the maker's own words in ``source_language``."""

    class Supply(models.TextChoices):
        STOCK = "stock", _("In stock")
        MADE_TO_ORDER = "made_to_order", _("Made to order")
        ONE_OF_A_KIND = "one_of_a_kind", _("One of a kind")

    class Stage(models.TextChoices):
        """What its maker wants with it. ``is_public`` tells whether it is so: only a live piece can be public."""

        DRAFT = "draft", _("Draft")
        LIVE = "live", _("In the shop")
        PAUSED = "paused", _("Paused")
        ARCHIVED = "archived", _("Put away")

    class Contains(models.TextChoices):
        """What carriers and customs ask about. The values are what rules of trade refer to."""

        ALCOHOL = "alcohol", _("Alcohol to drink")
        FOOD = "food", _("Food or drink")
        ANIMAL = "animal", _("Parts of animals (leather, horn, shell, feather, bone)")
        REPTILE = "reptile", _("Skin of reptiles")
        RAW_PLANT = "raw_plant", _("Plant parts that are not treated (seeds, bark, straw, raw wood)")
        FLAMMABLE = "flammable", _("Something that burns easily (oil, lacquer, perfume)")
        LITHIUM_INSTALLED = "lithium_installed", _("A lithium battery, built in")
        LITHIUM_LOOSE = "lithium_loose", _("A loose lithium battery")
        MAGNETIC = "magnetic", _("A strong magnet")
        BLADE = "blade", _("A blade")
        CHILD_PRODUCT = "child_product", _("A thing for children under 14")
        ANTIQUE = "antique", _("A thing over 100 years old")

    partner = models.ForeignKey(
        "partner.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="pieces", verbose_name=_("maker")
    )
    craft = models.ForeignKey(
        "catalogue.Craft", null=True, blank=True, on_delete=models.PROTECT, related_name="pieces", verbose_name=_("craft")
    )
    materials = models.ManyToManyField("catalogue.Material", blank=True, related_name="pieces", verbose_name=_("materials"))
    supply = models.CharField(_("supply"), max_length=16, choices=Supply.choices, default=Supply.STOCK)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, default=Stage.LIVE)
    month_capacity = models.PositiveSmallIntegerField(
        _("capacity per month"), null=True, blank=True, help_text=_("Made to order: how many in a calendar month.")
    )
    lead_days = models.PositiveSmallIntegerField(
        _("lead time in days"), null=True, blank=True, help_text=_("Made to order: days until it can be sent.")
    )
    variant_size = models.CharField(_("size of this variant"), max_length=80, blank=True)
    variant_colour = models.CharField(_("colour of this variant"), max_length=80, blank=True)
    net_weight_g = models.PositiveIntegerField(
        _("net weight in grams"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    length_mm = models.PositiveIntegerField(_("length in millimetres"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width in millimetres"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height in millimetres"), null=True, blank=True)
    hs_code = models.CharField(
        _("HS code"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^\d{6}(\d{2}){0,2}$", _("An HS code has 6, 8 or 10 digits."))],
        help_text=_("Harmonized System code of the World Customs Organization; 6 digits are the same everywhere."),
    )
    # The code that a person of the staff found right. A code that was changed since is not confirmed any more.
    hs_confirmed = models.CharField(_("confirmed HS code"), max_length=10, blank=True, editable=False)
    origin = models.CharField(_("economy of origin"), max_length=2, blank=True, help_text=_("Two-letter code."))
    customs_description = models.CharField(
        _("description for customs"),
        max_length=120,
        blank=True,
        help_text=_("In English: what it is, what it is made of, what it is for."),
    )
    species = models.CharField(
        _("species"),
        max_length=300,
        blank=True,
        help_text=_("Scientific names of the plants and animals it is made of, with commas between them."),
    )
    contains = models.JSONField(_("contains"), default=list, blank=True, help_text=_("Values of Contains."))
    alcohol_percent = models.DecimalField(
        _("alcohol in percent of the volume"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    gtin = models.CharField(_("GTIN (bar code)"), max_length=14, blank=True)
    maker_code = models.CharField(
        _("the maker’s own number"),
        max_length=40,
        blank=True,
        help_text=_("What the workshop calls the piece; empty: the piece code is used."),
    )

    class Meta(OscarProduct.Meta):
        abstract = True
        indexes = [models.Index(fields=["partner", "maker_code"], name="product_own_code")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_public=False) | models.Q(stage="live"), name="product_public_only_while_live"
            )
        ]

    @property
    def made_to_order(self) -> bool:
        return self.supply == self.Supply.MADE_TO_ORDER

    def get_absolute_url(self) -> str:
        """The piece's page; a variant has none of its own."""
        return self.parent.get_absolute_url() if self.is_child else super().get_absolute_url()

    def get_title(self) -> str:
        """The title in the active language; the maker's own words where it is not translated.

        A variant answers with its piece's title and its own label.
        """
        row = self.text()
        own = (row.title if row else "") or self.title
        if not self.is_child:
            return own
        return " · ".join(part for part in (self.parent.get_title(), own) if part)

    @property
    def own_title(self) -> str:
        """The maker's own words, whatever language the page is in."""
        return f"{self.parent.title} · {self.title}" if self.is_child else self.title


class AbstractProductImage(OscarProductImage):
    """A picture of a piece. ``picture`` is the Wagtail image that all renditions come from; ``original`` is its file."""

    picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL if hasattr(settings, "WAGTAILIMAGES_IMAGE_MODEL") else "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("picture"),
    )

    class Meta(OscarProductImage.Meta):
        abstract = True
