"""A rate that a person looked up."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.economies.judging import check, too_far
from marketplace.economies.models import ExchangeRate
from marketplace.economies.models.rates import MANUAL
from marketplace.economies.rates import Rate, rate_between
from marketplace.economies.services.sample import sample_values
from marketplace.economies.sources import BadRates, RateRow


@transaction.atomic
def add_rate(*, base: str, quote: str, value: Decimal, on: date, source: str, user=None) -> ExchangeRate:
    """Enter 1 ``base`` = ``value`` ``quote`` for a day. Raises ValidationError with the reason."""
    row = ExchangeRate(
        base=base, quote=quote, value=value, on=on, source=source, origin=MANUAL, entered_by=user
    )
    check_manual(row)
    row.full_clean()
    row.save()
    return row


def check_manual(row: ExchangeRate) -> None:
    """Whether a person's rate can be believed. Raises ValidationError by field."""
    if row.on > timezone.localdate():
        raise ValidationError({"on": _("This day is in the future.")})
    try:
        check(RateRow(row.base, row.quote, row.value, row.on, "", row.source), timezone.localdate())
    except BadRates as problem:
        raise ValidationError({"value": _("Please check both currencies and the rate: it must be above zero.")}) from problem
    known = ExchangeRate.objects.filter(base=row.base, quote=row.quote, on__lte=row.on).exclude(pk=row.pk)
    last = known.order_by("-on").values_list("on", "value").first() or sample_values().get((row.base, row.quote))
    last = last or _crossed(row)
    if last and too_far(row.value, last[1], settings.MARKETPLACE_RATE_MOST_TIMES):
        far = _("This is far from the last rate, %(value)s on %(date)s. Are the currencies the right way round?")
        raise ValidationError({"value": far % {"value": f"{last[1].normalize():f}", "date": last[0]}})


def _crossed(row: ExchangeRate) -> tuple[date, Decimal] | None:
    """What other rows say of these two currencies: a pair that was never entered may be known over a third."""
    found = rate_between(row.base, row.quote, on=row.on)
    return (found.on, found.value) if isinstance(found, Rate) else None
