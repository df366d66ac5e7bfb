from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnershipsConfig(AppConfig):
    name = "marketplace.partnerships"
    label = "marketplace_partnerships"
    verbose_name = _("Agencies")

    def ready(self) -> None:
        from marketplace.partnerships import erasure  # noqa: F401
