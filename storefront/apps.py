from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from storefront.plain_words import speak_plainly

speak_plainly()


class StorefrontConfig(AppConfig):
    name = "storefront"
    label = "storefront"
    verbose_name = _("Storefront")

    def ready(self) -> None:
        from storefront import account_changes, checks  # noqa: F401 - account_changes registers a notice
        from storefront.checkout import message_news  # noqa: F401
        from storefront.desk import bulk_news  # noqa: F401
        from storefront.desk.opening import receivers as opening_receivers  # noqa: F401
        from storefront.embeds import receivers as embed_receivers  # noqa: F401
        from storefront.listing import receivers as listing_receivers  # noqa: F401
        from storefront.market import receivers as market_receivers  # noqa: F401
        from storefront.translations import receivers as translation_receivers

        translation_receivers.connect()
        from storefront.search import receivers as search_receivers  # noqa: F401
