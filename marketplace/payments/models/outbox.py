"""What is still to be told or asked of the outside: mails and calls, kept until they are done."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet):
    def due(self, now) -> "OutboxQuerySet":
        """Waiting, and not put off to later than ``now``; the oldest first."""
        return self.filter(state=OutboxMessage.State.WAITING, next_at__lte=now).order_by("next_at", "pk")


class OutboxMessage(models.Model):
    """One mail or one call, written in the transaction that makes it necessary. Done at least once, never lost.

    ``payload`` holds ids and amounts only, no names or addresses: whoever does the message reads those when it is done.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Given up")

    kind = models.CharField(_("kind"), max_length=60)
    # Ours, and sent along where the other side knows such keys: a repeat then has no second effect.
    key = models.CharField(_("key"), max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    payment = models.ForeignKey(
        "marketplace_payments.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="outbox"
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            # Of a million messages a handful wait: only those are looked through.
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="outbox_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="outbox_done_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
