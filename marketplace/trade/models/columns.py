"""The columns that several rule tables share."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


def amount(label, text: str = "") -> models.DecimalField:
    """A number of zero or more, or empty."""
    return models.DecimalField(
        label, max_digits=20, decimal_places=6, null=True, blank=True, help_text=text,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip


def currency(label) -> models.CharField:
    return models.CharField(label, max_length=3, blank=True, help_text=_("Three letters, such as USD."))
