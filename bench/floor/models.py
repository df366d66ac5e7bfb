from django.db import models


class Card(models.Model):
    """The shop's own table of cards, as any Django app would read it."""

    product_id = models.IntegerField(primary_key=True)
    visible = models.BooleanField()
    slug = models.CharField(max_length=255)
    economy = models.CharField(max_length=2)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16)
    listed_at = models.DateTimeField()
    texts = models.JSONField()
    picture = models.JSONField()

    class Meta:
        managed = False
        db_table = "storefront_productcard"

    def __str__(self) -> str:
        return self.slug
