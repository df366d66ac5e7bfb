"""What of each consignment is owed to its workshop and its agency now: the sum of its postings, so that nobody adds up years."""

from django.db import models
from django.db.models import Q

from marketplace.payments.models.ledger import Account


class Owed(models.Model):
    """Kept by ledger.post in the transaction that posts, and by nothing else; check_invariants compares it with the books.

    ``amount``: plus is owed to the holder, minus was given back after it was paid out; zero is even. ``consignment`` is
    None for what belongs to none. ``subject`` names the row where a consignment cannot.
    """

    subject = models.CharField(max_length=120, unique=True)
    account = models.CharField(max_length=20, choices=Account.choices, default=Account.WORKSHOP_PAYABLE)
    holder = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    consignment = models.ForeignKey(
        "marketplace_fulfilment.Consignment", null=True, on_delete=models.PROTECT, related_name="owed"
    )
    amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        indexes = [
            models.Index(
                fields=["holder", "currency", "consignment", "amount"], condition=~Q(amount=0), name="owed_and_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.amount}"
