"""What a maker told in her own voice."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models.assistance import private_files
from marketplace.workshops.own_files import delete_files_with


class VoiceNote(models.Model):
    """The story of a piece as its maker tells it. It is the original; written words that follow it say so.

    The file holds sound and nothing else (storefront.sounds). It is never changed: another recording is another row.
    """

    class Kind(models.TextChoices):
        STORY = "story", _("Story")

    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.CASCADE, related_name="voices", verbose_name=_("piece")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.STORY)
    language = models.CharField(_("language"), max_length=12)
    file = models.FileField(_("recording"), storage=private_files, upload_to="voices/%Y/%m")
    mime = models.CharField(max_length=40)
    seconds = models.PositiveSmallIntegerField(_("length in seconds"))
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    written_from_voice = models.BooleanField(
        _("written from voice"),
        default=False,
        help_text=_("The written story was typed by somebody who listened to this recording."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "kind"], name="voicenote_one_of_a_kind")]
        verbose_name = _("voice note")
        verbose_name_plural = _("voice notes")

    def __str__(self) -> str:
        return f"{self.product_id}, {self.language}, {self.made_at:%Y-%m-%d}"


delete_files_with(VoiceNote)
