"""How an order is paid, and the inbox of what the payment service told us."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PaymentQuerySet(models.QuerySet):
    def overdue(self, now) -> "PaymentQuerySet":
        """Unpaid, and their reservation has run out at ``now``."""
        return self.unpaid().filter(expires_at__lte=now)

    def unpaid(self) -> "PaymentQuerySet":
        """Their stock is held and their money has not come."""
        return self.filter(state__in=(Payment.State.PENDING, Payment.State.PROCESSING))


class Payment(models.Model):
    """The payment of one order: frozen amount, reservation deadline and where it stands. Never deleted.

    ``state`` is written by states.advance alone, which knows the ways that there are.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for payment")
        PROCESSING = "processing", _("Payment on its way")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Not paid in time")
        CANCELLED = "cancelled", _("Cancelled")
        ATTENTION = "attention", _("Needs attention")
        REFUNDED = "refunded", _("Paid back")

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="payment")
    # One per rendered review page: a double click or a second tab comes back with the same key.
    idempotency_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    language = models.CharField(_("language"), max_length=12)
    # Of the amount, what went back to the buyer or is on its way there.
    refunded = models.DecimalField(_("paid back"), max_digits=12, decimal_places=2, default=0)
    expires_at = models.DateTimeField(_("reserved until"))
    gateway_session = models.CharField(max_length=255, blank=True, db_index=True)
    gateway_payment = models.CharField(max_length=255, blank=True, db_index=True)
    pay_url = models.URLField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("what happened"), blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")), name="payment_refunded_at_most_its_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.number} {self.get_state_display()}"


class InboxEvent(models.Model):
    """One event from the payment service, stored before it is acted upon; its id makes a second delivery harmless."""

    class Outcome(models.TextChoices):
        RECEIVED = "received", _("Received")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Ignored")
        QUARANTINED = "quarantined", _("Put aside for a person")

    event_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=120)
    payload = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.RECEIVED)
    reason = models.CharField(max_length=300, blank=True)
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="events")

    class Meta:
        ordering = ["-received_at", "-id"]
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
