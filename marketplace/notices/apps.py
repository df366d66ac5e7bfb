from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "marketplace.notices"
    label = "marketplace_notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        # Kinds of notices, and handlers of the outbox.
        from marketplace.notices import agency_receivers, codes, deadlines, delivery, digest, kinds, receivers  # noqa: F401
