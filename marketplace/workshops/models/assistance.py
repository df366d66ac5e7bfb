"""Listing for a maker who cannot do it herself: who helps, what she agreed to, and how she takes over."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models.officers import Officer
from marketplace.workshops.models.places import Workshop


def private_files():
    """Where files lie that no address leads to; a view reads them for those who may."""
    return storages["private"]


class Assistance(models.Model):
    """An officer or a co-operative lists for a workshop until its maker takes over or the help ends."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="assistances")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, null=True, blank=True, related_name="assistances")
    cooperative = models.ForeignKey(
        Workshop, on_delete=models.CASCADE, null=True, blank=True, related_name="assisting"
    )
    maker_name = models.CharField(_("name of the maker"), max_length=120)
    since = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Of the form that asked for it: the same form sent twice starts one workshop.
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(officer=None, cooperative__isnull=False) | Q(officer__isnull=False, cooperative=None),
                name="assistance_by_one_side",
            ),
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(ended_at=None), name="assistance_one_at_a_time"
            ),
        ]
        verbose_name = _("assistance")
        verbose_name_plural = _("assistances")

    def __str__(self) -> str:
        return f"{self.workshop.slug}: {self.officer or self.cooperative}"


class Consent(models.Model):
    """A maker's yes to being listed by somebody else: who said it, when, in which language, with a voice note or a photo
    of her signature. Never changed; it may be withdrawn.
    """

    class Kind(models.TextChoices):
        VOICE = "voice", _("Voice note")
        SIGNATURE = "signature", _("Photo of a signature")

    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="consents")
    maker_name = models.CharField(_("name of the maker"), max_length=120)
    language = models.CharField(_("language"), max_length=12)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    file = models.FileField(_("recording"), storage=private_files, upload_to="consents/%Y/%m")
    said_on = models.DateField(_("said on"))
    # What she agreed to, as it was read to her, and which edition of these words it was.
    words = models.TextField(_("what was read to her"), blank=True, editable=False)
    words_version = models.CharField(_("edition of these words"), max_length=12, blank=True, editable=False)
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self.maker_name}, {self.recorded_at:%Y-%m-%d}"


class HandoverCode(models.Model):
    """A printed code by which the maker takes her workshop over. Only a hash of it is kept; it works once."""

    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("handover code")
        verbose_name_plural = _("handover codes")

    def __str__(self) -> str:
        return f"{self.assistance.workshop.slug}, {self.made_at:%Y-%m-%d}"
