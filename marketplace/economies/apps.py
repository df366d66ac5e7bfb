from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EconomiesConfig(AppConfig):
    name = "marketplace.economies"
    label = "marketplace_economies"
    verbose_name = _("Economies")

    def ready(self) -> None:
        from marketplace.economies import checks, receivers  # noqa: F401
