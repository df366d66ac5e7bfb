import os

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

# For the tests that prove the locks and kill the shop; what each would do in production.
TEST_SWITCHES = {
    "MARKETPLACE_TEST_SKIP_STOCK_LOCK": "a piece is sold twice",
    "MARKETPLACE_TEST_SKIP_OFFER_LOCK": "an offer is used more often than it may be",
    "MARKETPLACE_TEST_SKIP_REFUND_LOCK": "money is paid back twice",
    "MARKETPLACE_TEST_SKIP_HANDOVER_LOCK": "one code makes two owners",
    "MARKETPLACE_TEST_SKIP_OWNERS_LOCK": "a workshop loses its last owner",
    "MARKETPLACE_TEST_PAUSE_AFTER_CHECK": "every order waits",
    "MARKETPLACE_TEST_FAILPOINT": "the shop kills itself",
}


class PaymentsConfig(AppConfig):
    name = "marketplace.payments"
    label = "marketplace_payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from marketplace.payments import constraints, order_rows, services  # noqa: F401 - handlers of the outbox, words of attention
        from marketplace.payments.payouts import known, payees  # noqa: F401 - routes, and handlers of the outbox

        constraints.teach_forms()
        order_rows.connect_reports()
        pre_migrate.connect(constraints.step_aside, sender=self)
        post_migrate.connect(constraints.install, sender=self)
        self.refuse_test_switches()

    @staticmethod
    def refuse_test_switches() -> None:
        """Raises ImproperlyConfigured in production."""
        if not getattr(settings, "PRODUCTION", False):
            return
        for name, effect in TEST_SWITCHES.items():
            if getattr(settings, name, None) or os.environ.get(name):
                raise ImproperlyConfigured(f"{name} is for tests only: with it {effect}. Unset it.")
