"""Where things are made and who makes them: villages and workshops."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.abstract_models import HasTexts, TextRow


class Village(HasTexts):
    """A village of the programme. Coordinates are WGS 84 degrees."""

    slug = models.SlugField(_("slug"), unique=True)
    economy = models.ForeignKey(
        "marketplace_economies.Economy",
        on_delete=models.PROTECT,
        related_name="villages",
        verbose_name=_("economy"),
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    is_sample = models.BooleanField(_("sample"), default=False, help_text=_("Invented for the demo."))

    class Meta:
        ordering = ["slug"]
        verbose_name = _("village")
        verbose_name_plural = _("villages")

    def __str__(self) -> str:
        row = self.text()
        return row.name if row else self.slug


class VillageText(TextRow):
    owner = models.ForeignKey(Village, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)
    region = models.CharField(_("region"), max_length=160, blank=True)
    summary = models.TextField(_("summary"), blank=True)

    class Meta(TextRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "locale"], name="villagetext_once_per_language")
        ]

    def __str__(self) -> str:
        return self.name


class Workshop(HasTexts):
    """A maker: household, group or co-operative. One-to-one with Oscar's partner, who owns stock and order lines.

    Its pieces are public only while it is open: an officer of the village's programme opens it (see Decision).
    """

    class Stage(models.TextChoices):
        APPLIED = "applied", _("Waits for the officer")
        OPEN = "open", _("Open")
        DECLINED = "declined", _("Declined")
        CLOSED = "closed", _("Closed")

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", _("Household")
        GROUP = "group", _("Group")
        COOPERATIVE = "cooperative", _("Co-operative")
        WORKSHOP = "workshop", pgettext_lazy("kind of group", "Workshop")

    partner = models.OneToOneField("partner.Partner", on_delete=models.PROTECT, related_name="workshop")
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, related_name="workshops", verbose_name=_("village")
    )
    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.WORKSHOP)
    contact = models.CharField(_("contact person"), max_length=120, blank=True)
    since = models.PositiveSmallIntegerField(_("working since"), null=True, blank=True)
    makers = models.PositiveSmallIntegerField(_("number of makers"), default=1)
    code_prefix = models.CharField(_("prefix of piece codes"), max_length=6, unique=True)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, default=Stage.OPEN)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True, editable=False)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Member", related_name="workshops")
    is_sample = models.BooleanField(_("sample"), default=False, help_text=_("Invented for the demo."))

    class Meta:
        ordering = ["slug"]
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")

    def __str__(self) -> str:
        row = self.text()
        return row.name if row else self.slug

    @property
    def is_open(self) -> bool:
        return self.stage == self.Stage.OPEN


class WorkshopText(TextRow):
    owner = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=160)
    summary = models.TextField(_("summary"), blank=True)

    class Meta(TextRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "locale"], name="workshoptext_once_per_language")
        ]

    def __str__(self) -> str:
        return self.name
