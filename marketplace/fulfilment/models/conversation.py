"""What buyer and maker write to each other about one consignment."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.models.consignment import Consignment


def private_files():
    """Where files lie that no address leads to; a view reads them for those who may."""
    return storages["private"]


class Message(models.Model):
    """One message: a ready-made phrase, free words, a photo, or several of these. Never changed once it is written.

    A phrase is kept by its code and read in the reader's language; words stay in the writer's, with translations beside.
    """

    class Side(models.TextChoices):
        BUYER = "buyer", _("Buyer")
        MAKER = "maker", _("Maker")
        SHOP = "shop", _("Shop")

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(_("side"), max_length=5, choices=Side.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("text"), blank=True)
    phrase = models.CharField(_("phrase"), max_length=40, blank=True, help_text=_("A code of phrases.py."))
    # What the phrase names, as JSON: {"date": "2026-12-01"}.
    values = models.JSONField(default=dict, blank=True)
    photo = models.FileField(_("photo"), storage=private_files, upload_to="messages/%Y/%m", blank=True)
    # Of the form that it was written in: a second click finds the first one's message.
    key = models.UUIDField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # By the other side: it answered, or said that it has read this.
    read_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["consignment", "side", "key"], name="message_once_per_form"),
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(phrase="") | ~Q(photo=""), name="message_says_something"
            ),
        ]
        indexes = [
            models.Index(fields=["consignment"], condition=Q(side="buyer", read_at=None), name="message_of_buyer_waits"),
            models.Index(fields=["consignment", "side", "created_at"], name="message_by_side"),
        ]

    def __str__(self) -> str:
        return f"{self.consignment.number}: {self.side}, {self.created_at:%Y-%m-%d}"


class MessageTranslation(models.Model):
    """The words of a message in another language, by a machine. The original is always shown with it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("text"))
    tool = models.CharField(_("translated by"), max_length=80)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("translation of a message")
        verbose_name_plural = _("translations of messages")
        constraints = [
            models.UniqueConstraint(fields=["message", "language"], name="message_once_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} → {self.language}"


class DispatchPhoto(models.Model):
    """How a parcel looked when it left: for the maker, the shop, and the buyer who says that it arrived broken."""

    consignment = models.ForeignKey(Consignment, on_delete=models.CASCADE, related_name="photos")
    parcel = models.ForeignKey(
        "marketplace_fulfilment.Parcel", null=True, blank=True, on_delete=models.SET_NULL, related_name="photos"
    )
    file = models.FileField(_("photo"), storage=private_files, upload_to="dispatch/%Y/%m")
    # SHA-256 of the file: the same photo sent twice is one.
    digest = models.CharField(max_length=64, editable=False)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["taken_at", "pk"]
        verbose_name = _("photo of a parcel")
        verbose_name_plural = _("photos of parcels")
        constraints = [
            models.UniqueConstraint(fields=["consignment", "digest"], name="dispatchphoto_once"),
        ]

    def __str__(self) -> str:
        return f"{self.consignment.number}, {self.taken_at:%Y-%m-%d}"
