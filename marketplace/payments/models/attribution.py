"""Who brought the buyer: kept with the basket until it is an order, then frozen. Nothing of it is about the buyer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Via(models.Model):
    """A visit by an agency's link. ``subject``: what was looked at, such as "story-7", or "" for another page."""

    agency = models.ForeignKey(
        "marketplace_partnerships.Agency", on_delete=models.PROTECT, related_name="+", verbose_name=_("agency")
    )
    # As it stood in the address.
    code = models.CharField(_("code"), max_length=40)
    subject = models.CharField(_("what was looked at"), max_length=40, blank=True)
    # The agency's own word for the place of its link, such as "footer".
    placement = models.CharField(_("place of the link"), max_length=40, blank=True)

    class Meta:
        abstract = True


class BasketVia(Via):
    """The last visit by an agency's link of whoever owns the basket."""

    basket = models.OneToOneField("basket.Basket", on_delete=models.CASCADE, related_name="via")
    at = models.DateTimeField(_("visited at"))

    def __str__(self) -> str:
        return f"{self.code} {self.at:%Y-%m-%d}"


class OrderVia(Via):
    """The agency that brought an order, and on which terms; written when it is placed, never changed."""

    class Excluded(models.TextChoices):
        """Why it earns nothing; read by the agency in its language."""

        OWN = "own", _("Bought by somebody of the agency")
        EXPIRED = "expired", _("More days between the visit and the order than the terms allow")
        CLOSED = "closed", _("The agency was closed when the order was placed")
        NO_TERMS = "no_terms", _("There were no terms on the day of the visit")

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="via", verbose_name=_("order"))
    visited_at = models.DateTimeField(_("visited at"))
    terms = models.ForeignKey(
        "marketplace_partnerships.AgencyTerms",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("terms"),
    )
    percent = models.DecimalField(_("of the price of goods, in percent"), max_digits=5, decimal_places=2, default=0)
    excluded = models.CharField(
        pgettext_lazy("attribution", "earns nothing because"), max_length=8, choices=Excluded.choices, blank=True
    )

    class Meta:
        verbose_name = _("order of an agency")
        verbose_name_plural = _("orders of agencies")
        indexes = [models.Index(fields=["agency", "order"], name="ordervia_by_agency")]
        constraints = [
            models.CheckConstraint(condition=~Q(excluded="") | Q(terms__isnull=False), name="ordervia_has_its_terms"),
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="ordervia_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.order.number} {self.code}"
