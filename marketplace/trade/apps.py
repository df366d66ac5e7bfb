from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TradeConfig(AppConfig):
    name = "marketplace.trade"
    label = "marketplace_trade"
    verbose_name = _("Trade")

    def ready(self) -> None:
        from marketplace.trade import readiness_receivers

        readiness_receivers.connect()
