"""The product card: one row with everything a listing shows of a piece, and the version of public content."""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class ContentVersion(models.Model):
    """A counter that rises with every change that a public page may show. One row, id 1."""

    number = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.pk}: {self.number}"


class ProductCard(models.Model):
    """What a listing, a shelf or an embed shows of a piece. Written only by ``listing.refresh``; the truth is elsewhere.

    ``texts`` maps a language code to {"title", "summary"}; ``picture`` holds src, srcset, width and height.
    """

    class State(models.TextChoices):
        IN_STOCK = "in_stock", _("In stock")
        MADE_TO_ORDER = "made_to_order", _("Made to order")
        ONE_OF_A_KIND = "one_of_a_kind", _("One of a kind")
        SOLD_OUT = "sold_out", _("Sold out")

    product = models.OneToOneField(
        "catalogue.Product", primary_key=True, on_delete=models.CASCADE, related_name="card"
    )
    visible = models.BooleanField()
    code = models.CharField(max_length=64, blank=True)
    slug = models.SlugField(max_length=255)
    economy = models.CharField(max_length=2)
    village = models.ForeignKey("marketplace_workshops.Village", on_delete=models.CASCADE, related_name="+")
    workshop = models.ForeignKey("marketplace_workshops.Workshop", on_delete=models.CASCADE, related_name="+")
    craft = models.ForeignKey("catalogue.Craft", null=True, on_delete=models.SET_NULL, related_name="+")
    materials = models.CharField(max_length=120, blank=True, help_text="Ids in order, separated by blanks.")
    price = models.DecimalField(max_digits=12, decimal_places=2)
    from_price = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=State.choices)
    lead_days = models.PositiveSmallIntegerField(null=True)
    listed_at = models.DateTimeField()
    source_language = models.CharField(max_length=12)
    texts = models.JSONField(default=dict)
    picture = models.JSONField(default=dict)
    search_text = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                F("listed_at").desc(),
                F("product_id").desc(),
                condition=models.Q(visible=True),
                name="card_new",
            ),
            models.Index("price", "product", condition=models.Q(visible=True), name="card_price"),
            models.Index(
                "village", F("listed_at").desc(), condition=models.Q(visible=True), name="card_village"
            ),
            models.Index(
                "workshop", F("listed_at").desc(), condition=models.Q(visible=True), name="card_workshop"
            ),
            models.Index("craft", F("listed_at").desc(), condition=models.Q(visible=True), name="card_craft"),
            models.Index(
                "economy", F("listed_at").desc(), condition=models.Q(visible=True), name="card_economy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code or self.product_id} {self.slug}"
