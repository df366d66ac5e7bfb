"""The number by which customs know the person a parcel is for: sealed, and gone soon after delivery."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.models.recipient import Recipient


class CustomsId(models.Model):
    """One sealed number. Open it with customs_ids.customs_id_of and for the customs data of that parcel only."""

    recipient = models.OneToOneField(Recipient, on_delete=models.CASCADE, related_name="customs_id")
    kind = models.CharField(_("kind"), max_length=20, help_text=_("A kind of customs_ids.csv, such as kr_pccc."))
    sealed = models.TextField(_("sealed number"), editable=False)
    masked = models.CharField(_("number"), max_length=40, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("customs id")
        verbose_name_plural = _("customs ids")

    def __str__(self) -> str:
        return f"{self.kind} {self.masked}"
