"""Who a parcel is for, beyond what Oscar's ShippingAddress holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recipient(models.Model):
    """The Latin side of an order's address, asked for and never made from the other script; and whether it is a gift.

    Oscar's address keeps what the buyer wrote: last_name the whole name, line1, line2, line3 the district, line4 the city,
    state the area's code, postcode, phone_number (E.164) and notes.
    """

    address = models.OneToOneField("order.ShippingAddress", on_delete=models.CASCADE, related_name="recipient")
    latin_given = models.CharField(_("given name in Latin letters"), max_length=120, blank=True)
    latin_family = models.CharField(_("family name in Latin letters"), max_length=120, blank=True)
    latin_line1 = models.CharField(_("street in Latin letters"), max_length=200, blank=True)
    latin_line2 = models.CharField(_("building in Latin letters"), max_length=200, blank=True)
    latin_district = models.CharField(_("district in Latin letters"), max_length=100, blank=True)
    latin_city = models.CharField(_("city in Latin letters"), max_length=100, blank=True)
    latin_state = models.CharField(_("state or province in Latin letters"), max_length=100, blank=True)
    gift = models.BooleanField(_("gift"), default=False, help_text=_("No prices on the packing slip."))

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")

    def __str__(self) -> str:
        return f"{self.latin_given} {self.latin_family}".strip() or self.address.last_name
