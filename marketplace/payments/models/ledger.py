"""The books: double entry, append-only. A journal entry's postings add up to zero in each of its currencies."""

from django.core.exceptions import FieldError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    """What the money is. Plus is debit: what the shop has or is owed. Minus is credit: what it owes."""

    BUYER_CLEARING = "buyer_clearing", _("With the payment service")
    WORKSHOP_PAYABLE = "workshop_payable", _("Owed to workshops")
    AGENCY_PAYABLE = "agency_payable", _("Owed to agencies")
    COMMISSION = "commission", _("The shop's commission")
    VILLAGE_FUND = "village_fund", _("Owed to village funds")
    TAX_PAYABLE = "tax_payable", _("Owed taxes")
    DUTY_PAYABLE = "duty_payable", _("Owed duties")
    FEE_PAYABLE = "fee_payable", _("Owed fees of customs and carriers")
    CARRIER_PAYABLE = "carrier_payable", _("Owed to carriers")
    # What goes out of one currency and into another; its balance is the exchange difference.
    EXCHANGE = "exchange", _("Exchange")
    REFUNDS = "refunds", _("Refunds on their way")
    DISPUTES = "disputes", _("Disputed with the bank")
    PAYOUTS_IN_TRANSIT = "payouts_in_transit", _("Payouts on their way")
    BANK = "bank", _("Bank")
    PAYMENT_FEES = "payment_fees", _("Fees of the payment service")


class OnlyAppended(models.QuerySet):
    """Rows that are written once. The database refuses changes, too (constraints.py)."""

    def update(self, **values) -> int:
        raise FieldError("The books are only added to.")

    def delete(self):
        raise FieldError("The books are only added to.")


class Written(models.Model):
    """A row of the books: saved once, then read."""

    objects = OnlyAppended.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise FieldError("The books are only added to.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise FieldError("The books are only added to.")


class JournalEntry(Written):
    """One event of money. ``key`` says which, so that it is written once: "paid:K7MQ9-…"."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Order paid")
        REFUND = "refund", _("Refund")
        REFUND_SENT = "refund_sent", _("Refund sent")
        REFUND_FAILED = "refund_failed", _("Refund failed")
        DISPUTE = "dispute", _("Dispute")
        SETTLED = "settled", _("Settled by the payment service")
        PAYOUT = "payout", _("Payout")
        PAYOUT_PAID = "payout_paid", _("Payout arrived")
        PAYOUT_FAILED = "payout_failed", _("Payout failed")
        CORRECTION = "correction", _("Correction")

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    payment = models.ForeignKey(
        "marketplace_payments.Payment", null=True, on_delete=models.PROTECT, related_name="entries"
    )
    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", null=True, on_delete=models.PROTECT, related_name="entries"
    )
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        # There are few, and a maker's page asks for them.
        indexes = [models.Index(fields=["id"], condition=models.Q(kind="correction"), name="journalentry_corrections")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class Posting(Written):
    """One line of an entry: ``amount`` in ``currency``, plus for debit and minus for credit."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(_("account"), max_length=20, choices=Account.choices)
    holder = models.CharField(_("whose"), max_length=80, blank=True)
    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", null=True, on_delete=models.PROTECT, related_name="postings"
    )
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        ordering = ["entry", "id"]
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        # The entry for a statement's month, the amount so that a sum needs no look at the rows.
        indexes = [
            models.Index(fields=["account", "holder", "currency", "entry", "amount"], name="posting_by_account")
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="posting_not_zero")]

    def __str__(self) -> str:
        return f"{self.account} {self.holder} {self.amount} {self.currency}".replace("  ", " ")
