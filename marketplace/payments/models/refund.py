"""Money that goes back: refunds with what they are made of, and disputes that a buyer's bank opened."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.payments.models.payment import Payment


class Refund(models.Model):
    """One way back of money, in the currency and at the amounts that were paid. Never deleted.

    Its amount counts against the payment (``Payment.refunded``) from the moment it is asked for.
    """

    class Reason(models.TextChoices):
        CANCELLED = "cancelled", _("Cancelled")
        LOST = "lost", _("Lost on the way")
        RETURNED = "returned", _("Returned")
        DAMAGED = "damaged", _("Arrived damaged")
        GOODWILL = "goodwill", _("Goodwill")
        LATE = "late", _("Paid too late")
        DISPUTE = "dispute", _("Lost dispute")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        SENDING = "sending", _("On its way")
        DONE = "done", _("Paid back")
        FAILED = "failed", _("Failed")
        ATTENTION = "attention", _("Needs attention")

    class As(models.TextChoices):
        BUYER = "buyer", _("Buyer")
        MAKER = "maker", _("Maker")
        STAFF = "staff", _("Staff")
        SYSTEM = "system", _("The shop itself")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    # One per rendered form: a double click comes back with the same key.
    key = models.CharField(max_length=120, unique=True)
    number = models.CharField(_("number"), max_length=40, unique=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REQUESTED)
    gateway_refund = models.CharField(max_length=255, blank=True, db_index=True)
    note = models.TextField(_("what happened"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_as = models.CharField(_("asked as"), max_length=6, choices=As.choices)
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["gateway_refund"], condition=~Q(gateway_refund=""), name="refund_once_per_gateway_refund"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RefundPart(models.Model):
    """What one frozen share gives back; the parts of a refund add up to its amount."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    share = models.ForeignKey(
        "marketplace_payments.ConsignmentShare", on_delete=models.PROTECT, related_name="refund_parts"
    )
    # In the refund's currency, and in the one in which the share's holder is owed.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    own_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "share"], name="refund_part_once_per_share"),
            models.CheckConstraint(condition=Q(amount__gte=0) & Q(own_amount__gte=0), name="refund_part_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.refund.number} {self.amount}"


class Dispute(models.Model):
    """A buyer's bank took the payment back, or asks to. While one is open, nothing of the order is paid out."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    class Kind(models.TextChoices):
        # A question that has taken no money yet.
        INQUIRY = "inquiry", _("Question of the bank")
        CHARGEBACK = "chargeback", _("Chargeback")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("payment"))
    gateway_dispute = models.CharField(max_length=255, unique=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=4, choices=State.choices, default=State.OPEN)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CHARGEBACK)
    # The bank's word for it, such as "product_not_received".
    reason = models.CharField(_("reason"), max_length=80, blank=True)
    due_by = models.DateTimeField(_("answer due by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_positive")]

    def __str__(self) -> str:
        return f"{self.payment.order.number} {self.get_state_display()}"
