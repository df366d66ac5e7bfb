"""Who saves a rate or a market says so, and a market opens and closes the destination in Oscar's addresses."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from oscar.core.loading import get_model

from marketplace.economies import versions
from marketplace.economies.models import (
    CurrencyPeg,
    Economy,
    ExchangeRate,
    Market,
    MarketChannel,
    MarketCurrency,
    Registration,
    RegistrationScheme,
)


@receiver([post_save, post_delete], sender=ExchangeRate)
@receiver([post_save, post_delete], sender=CurrencyPeg)
def rates_changed(sender, raw=False, **kwargs) -> None:
    if not raw:
        versions.touch(versions.RATES)


@receiver([post_save, post_delete], sender=Economy)
@receiver([post_save, post_delete], sender=Market)
@receiver([post_save, post_delete], sender=MarketCurrency)
@receiver([post_save, post_delete], sender=MarketChannel)
@receiver([post_save, post_delete], sender=Registration)
@receiver([post_save, post_delete], sender=RegistrationScheme)
def markets_changed(sender, raw=False, **kwargs) -> None:
    if not raw:
        versions.touch(versions.MARKETS)


@receiver(post_save, sender=Market)
def destination_changed(sender, instance: Market, raw=False, **kwargs) -> None:
    """Address forms offer what is_shipping_country says."""
    if not raw:
        places = get_model("address", "Country").objects.filter(pk=instance.destination)
        places.exclude(is_shipping_country=instance.enabled).update(is_shipping_country=instance.enabled)
