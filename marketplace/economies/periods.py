"""Rows that are valid from a day to a day, both included; without a last day, for ever."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _


def valid_on(on: date) -> Q:
    """Rows that are valid on a day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def overlapping(row: Model, **same) -> bool:
    """Whether another row with the same fields shares a day with ``row``. Raises ValidationError for a backward period."""
    if row.valid_to and row.valid_to < row.valid_from:
        raise ValidationError({"valid_to": _("The last day is before the first.")})
    others = type(row).objects.filter(**same).exclude(pk=row.pk)
    others = others.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from))
    return others.filter(valid_from__lte=row.valid_to).exists() if row.valid_to else others.exists()
