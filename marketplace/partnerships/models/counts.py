"""What is known of an agency's cards: counts per day, and the languages that it asked for. Nothing of it is personal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.partnerships.models.agencies import Agency


class CardCount(models.Model):
    """Of one day (of the server's time zone), agency, subject ("story-7") and language: how often seen and followed."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField(_("day"))
    subject = models.CharField(_("subject"), max_length=40)
    language = models.CharField(_("language"), max_length=12)
    views = models.PositiveIntegerField(_("views"), default=0)
    clicks = models.PositiveIntegerField(_("clicks"), default=0)

    class Meta:
        ordering = ["-day", "subject", "language"]
        verbose_name = _("count of cards")
        verbose_name_plural = _("counts of cards")
        constraints = [
            models.UniqueConstraint(fields=["agency", "day", "subject", "language"], name="cardcount_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agency.code} {self.day} {self.subject} {self.language}"


class WordsAsked(models.Model):
    """An agency asks for a subject in a language. Once while it waits; ``answered_at`` when the words are there."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="words_asked")
    subject = models.CharField(_("subject"), max_length=40)
    language = models.CharField(_("language"), max_length=12)
    note = models.CharField(_("note"), max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("wish for a language")
        verbose_name_plural = _("wishes for a language")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "subject", "language"],
                condition=Q(answered_at__isnull=True),
                name="wordsasked_once_while_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency.code} {self.subject} {self.language}"
