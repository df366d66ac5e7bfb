"""Sites of an agency, and how it proved that they are its own."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.partnerships.models.agencies import Agency


class AgencyHost(models.Model):
    """One host, exactly as it stands in the address of a page: no wildcard, ASCII, small letters."""

    class Proof(models.TextChoices):
        DNS = "dns", _("By an entry in the DNS")
        FILE = "file", _("By a file on the site")
        # A site builder's own host around the agency's page: nobody can prove it, so somebody of the shop looks.
        SHOP = "shop", _("Looked at by the shop")

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(_("host"), max_length=253, help_text=_("For example www.agency.example"))
    # Of this agency and host alone; it stands in the DNS or in a file for everybody to read.
    token = models.CharField(max_length=64, unique=True, editable=False)
    proof = models.CharField(_("proved"), max_length=4, choices=Proof.choices, blank=True)
    proven_at = models.DateTimeField(_("proved at"), null=True, blank=True)
    looked_at = models.DateTimeField(_("last looked at"), null=True, blank=True)
    # What the last look found, as a name (marketplace/partnerships/proofs.py).
    found = models.CharField(max_length=20, blank=True)
    # Since when a proof that was there is not found any more.
    missing_since = models.DateTimeField(null=True, blank=True, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["host", "pk"]
        verbose_name = _("site of an agency")
        verbose_name_plural = _("sites of agencies")
        constraints = [
            models.UniqueConstraint(fields=["agency", "host"], name="agencyhost_once"),
            models.CheckConstraint(
                condition=Q(proof="", proven_at__isnull=True) | (~Q(proof="") & Q(proven_at__isnull=False)),
                name="agencyhost_proof_has_its_time",
            ),
            models.CheckConstraint(condition=~Q(host__contains="*") & ~Q(host=""), name="agencyhost_no_wildcard"),
        ]

    def __str__(self) -> str:
        return f"{self.host} · {self.agency.code}"

    @property
    def is_proven(self) -> bool:
        return self.proven_at is not None
