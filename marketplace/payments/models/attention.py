"""What no program may decide: a row per matter that waits for a person's answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AttentionQuerySet(models.QuerySet):
    def open(self) -> "AttentionQuerySet":
        return self.filter(closed_at__isnull=True)


class Attention(models.Model):
    """One matter that needs a person. ``kind`` names it; words for it come from the registry (attention.py).

    ``details`` are what its sentences are filled with: ids, amounts as text, no names or addresses.
    """

    kind = models.CharField(_("what happened"), max_length=60)
    # The same matter is opened once, however often it is noticed.
    key = models.CharField(max_length=200, unique=True)
    details = models.JSONField(default=dict)
    payment = models.ForeignKey(
        "marketplace_payments.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="attention"
    )
    event = models.ForeignKey(
        "marketplace_payments.InboxEvent", null=True, blank=True, on_delete=models.PROTECT, related_name="attention"
    )
    refund = models.ForeignKey(
        "marketplace_payments.Refund", null=True, blank=True, on_delete=models.PROTECT, related_name="attention"
    )
    payout = models.ForeignKey(
        "marketplace_payments.Payout", null=True, blank=True, on_delete=models.PROTECT, related_name="attention"
    )
    opened_at = models.DateTimeField(_("noticed"), default=timezone.now)
    closed_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # Null with a closed row: the matter settled itself, and the system says so.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.CharField(_("answer"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = AttentionQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("matter that needs attention")
        verbose_name_plural = _("matters that need attention")
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(closed_at__isnull=True), name="attention_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, answer="") | (Q(closed_at__isnull=False) & ~Q(answer="")),
                name="attention_closed_with_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
