import os

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

# They make stock.py sell a piece twice, for the test that proves the lock.
TEST_SWITCHES = ("MARKETPLACE_TEST_SKIP_STOCK_LOCK", "MARKETPLACE_TEST_PAUSE_AFTER_CHECK")


class PaymentsConfig(AppConfig):
    name = "marketplace.payments"
    label = "marketplace_payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        if not getattr(settings, "PRODUCTION", False):
            return
        for name in TEST_SWITCHES:
            if getattr(settings, name, None) or os.environ.get(name):
                raise ImproperlyConfigured(f"{name} is for tests only: with it a piece is sold twice. Unset it.")
