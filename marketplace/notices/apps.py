from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "marketplace.notices"
    label = "marketplace_notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        # Kinds of notices, and handlers of the outbox.
        from marketplace.notices import (  # noqa: F401
            agency_receivers,
            codes,
            deadlines,
            delivery,
            digest,
            kinds,
            payout_receivers,
            receivers,
        )
