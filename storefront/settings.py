"""Settings of the reference site. Everything that differs between machines comes from the environment.

``SITE_MODE=production`` (see ``docs/deployment.md``) switches on the safe settings and refuses to start without
the ones that must be chosen by the operator.
"""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from oscar.defaults import *  # noqa: F403

from marketplace.defaults import *  # noqa: F403
from storefront.caching import redis_cache
from storefront.environment import (
    boolean,
    csv,
    further_languages,
    machine_translator,
    one_of,
    pii_keys,
    push_key,
    required_in_production,
    sms_backend,
    whole_number,
)
from storefront.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))

PRODUCTION = one_of("SITE_MODE", ["development", "production"], "development") == "production"
DEBUG = boolean("DEBUG", default=not PRODUCTION)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG is on in production. Unset DEBUG or set it to 0.")

SECRET_KEY = required_in_production(
    "SECRET_KEY",
    PRODUCTION,
    "dev-only-key-that-is-long-enough-but-never-secret-0123456789",
    hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'",
    min_length=50,
)
MARKETPLACE_PII_KEYS = pii_keys(PRODUCTION, SECRET_KEY)
PORT = whole_number("PORT", 8000)
# The address that readers type. Links in mails, canonical links and Stripe's return address use it, never the Host header.
SITE_URL = required_in_production(
    "SITE_URL", PRODUCTION, f"http://127.0.0.1:{PORT}", hint="For example https://shop.example"
).rstrip("/")
if PRODUCTION and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must start with https:// in production.")
SITE_HOST = SITE_URL.split("://", 1)[1].split("/")[0].split(":")[0]
ALLOWED_HOSTS = csv(
    "ALLOWED_HOSTS", [SITE_HOST] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", SITE_HOST]
)
CSRF_TRUSTED_ORIGINS = csv("CSRF_TRUSTED_ORIGINS", [SITE_URL])

INSTALLED_APPS = [
    "storefront.apps.StorefrontConfig",
    "marketplace.economies.apps.EconomiesConfig",
    "marketplace.workshops.apps.WorkshopsConfig",
    "marketplace.bulk.apps.BulkConfig",
    "marketplace.partnerships.apps.PartnershipsConfig",
    "marketplace.trade.apps.TradeConfig",
    "marketplace.fulfilment.apps.FulfilmentConfig",
    "marketplace.payments.apps.PaymentsConfig",
    "marketplace.notices.apps.NoticesConfig",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "modelcluster",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.humanize",
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "oscar.apps.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "storefront.forks.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "storefront.forks.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
]
# Oscar's partner models are used as they are; only the price strategy is ours, so its migrations stay Oscar's.
MIGRATION_MODULES = {"partner": "oscar.apps.partner.migrations"}

MIDDLEWARE = [
    "storefront.health.HealthMiddleware",
    "storefront.logs.RequestIdMiddleware",
    # Cards on other people's pages are answered before anything else looks.
    "storefront.embeds.quick.EmbedAnswersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "storefront.middleware.FramingMiddleware",
    "storefront.market.middleware.MarketMiddleware",
    "storefront.middleware.StorefrontLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "storefront.upload_limits.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "storefront.via.BasketMiddleware",
    "storefront.via.ViaMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "storefront.faults.FaultsMiddleware",
]
ROOT_URLCONF = "storefront.urls"
WSGI_APPLICATION = "storefront.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storefront.context.site",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        required_in_production(
            "DATABASE_URL",
            PRODUCTION,
            f"sqlite:///{VAR_DIR / 'db.sqlite3'}",
            hint="For example postgres://user:password@host/name",
        ),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A writer waits for another instead of failing; readers never block.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A server that is gone is found out soon (see storefront/patience.py).
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 2}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": redis_cache(REDIS_URL)}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTHENTICATION_BACKENDS = [
    "marketplace.notices.auth.ContactBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 9}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account:login"
LOGIN_REDIRECT_URL = "account:orders"
LOGOUT_REDIRECT_URL = "/"

# Languages: LANGUAGES are those that content may be written in; the storefront answers in those of
# MARKETPLACE_STOREFRONT_LANGUAGES (docs/languages.md).
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("ja", _("Japanese")),
    ("vi", _("Vietnamese")),
    ("th", _("Thai")),
    ("es", _("Spanish")),
    ("zh-hant", _("Traditional Chinese")),
    ("id", _("Indonesian")),
    ("ko", _("Korean")),
]
MARKETPLACE_STOREFRONT_LANGUAGES = csv("STOREFRONT_LANGUAGES", MARKETPLACE_STOREFRONT_LANGUAGES)  # noqa: F405
LANGUAGES += further_languages(MARKETPLACE_STOREFRONT_LANGUAGES, LANGUAGES)
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
# A page that was sent to the translators stays a draft in their language until they publish it.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = machine_translator(PRODUCTION)
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Without collectstatic, and whatever DEBUG says: the demo shows readers real error pages.
WHITENOISE_USE_FINDERS = not PRODUCTION
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # No address leads here: consents, recordings, import files. Views read them for those who may.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": Path(os.environ.get("PRIVATE_ROOT", VAR_DIR / "private")), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SITE_ID = 1
WAGTAIL_SITE_NAME = MARKETPLACE_SHOP_NAME  # noqa: F405
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Nobody outside learns who works here.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
MARKETPLACE_IMPORT = {
    "PICTURES": "storefront.uploads.clean_picture",
    "RECEIVE": "storefront.desk.bulk_prices.price_for",
    "TOGETHER": "storefront.listing.refresh.once_at_the_end",
}
WAGTAILIMAGES_MAX_UPLOAD_SIZE = MARKETPLACE_UPLOAD_MAX_BYTES  # noqa: F405
WAGTAILIMAGES_MAX_IMAGE_PIXELS = MARKETPLACE_UPLOAD_MAX_PIXELS  # noqa: F405
WAGTAILIMAGES_WEBP_QUALITY = 78
WAGTAILIMAGES_IMAGE_FORM_BASE = "storefront.editor_pictures.EditorImageForm"
WAGTAILIMAGES_JPEG_QUALITY = 82
WAGTAILEMBEDS_FINDERS = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
# Oscar's own index is not used, so nothing listens to saves on its behalf.
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"

OSCAR_SHOP_NAME = MARKETPLACE_SHOP_NAME  # noqa: F405
OSCAR_SHOP_TAGLINE = ""
OSCAR_DEFAULT_CURRENCY = MARKETPLACE_CURRENCY  # noqa: F405
OSCAR_HOMEPAGE = "/"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_SLUG_ALLOW_UNICODE = False
OSCAR_THUMBNAILER = "catalogue.thumbnails.RenditionThumbnailer"
OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = None
OSCAR_DASHBOARD_NAVIGATION = [
    *OSCAR_DASHBOARD_NAVIGATION,  # noqa: F405
    {
        "label": _("Stories and makers"),
        "icon": "fas fa-book-open",
        "url_name": "wagtailadmin_home",
        "access_fn": lambda user, *rest: user.has_perm("wagtailadmin.access_admin"),
    },
]
OSCAR_INITIAL_ORDER_STATUS = "pending"
OSCAR_INITIAL_LINE_STATUS = "pending"
# Only payments/states.py moves an order; nobody does by hand in Oscar's dashboard.
OSCAR_ORDER_STATUS_PIPELINE = dict.fromkeys(
    ("pending", "processing", "paid", "expired", "cancelled", "attention", "refunded"), ()
)
OSCAR_FROM_EMAIL = os.environ.get("MAIL_FROM", "shop@shop.example")
DEFAULT_FROM_EMAIL = OSCAR_FROM_EMAIL
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = whole_number("EMAIL_PORT", 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = boolean("EMAIL_USE_TLS", default=False)
MARKETPLACE_SMS = sms_backend(PRODUCTION)
MARKETPLACE_PUSH = {"PRIVATE_KEY": push_key(PRODUCTION, SECRET_KEY), "TRUSTED_ORIGINS": ()}

# Stripe. STRIPE_API_BASE points at the fake server in the demo and in the tests; empty means Stripe itself.
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "")
# The economy in which the Stripe account was opened: from there it can pay out to some, and to others not.
MARKETPLACE_PLATFORM_ECONOMY = os.environ.get("PLATFORM_ECONOMY", "" if PRODUCTION else "US")
STRIPE_SECRET_KEY = required_in_production(
    "STRIPE_SECRET_KEY", PRODUCTION, "sk_test_fake", hint="The secret key of your Stripe account (sk_live_…)."
)
STRIPE_WEBHOOK_SECRETS = csv("STRIPE_WEBHOOK_SECRETS", [] if PRODUCTION else ["whsec_fake"])
if PRODUCTION and not STRIPE_WEBHOOK_SECRETS:
    raise ImproperlyConfigured(
        "STRIPE_WEBHOOK_SECRETS is empty. Set it to the signing secret of your webhook (whsec_…)."
    )

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "storefront.errors.csrf_failure"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "storefront.upload_limits.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
if PRODUCTION:
    # __Host- names: the cookie belongs to this host alone and travels only over TLS.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OSCAR_BASKET_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = boolean("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = (
        ("HTTP_X_FORWARDED_PROTO", "https") if boolean("BEHIND_TLS_PROXY", default=False) else None
    )
    # Behind a proxy everybody's address is the proxy's; what it saw itself is the last entry of X-Forwarded-For.
    MARKETPLACE_PROXIES = 1 if SECURE_PROXY_SSL_HEADER else 0
    SECURE_HSTS_SECONDS = whole_number("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

LOGGING = logging_config(
    production=PRODUCTION, level=os.environ.get("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")
)
SILENCED_SYSTEM_CHECKS = [
    # FramingMiddleware sends X-Frame-Options in the place of Django's middleware.
    "security.W002",
    # Wagtail and Oscar dashboards frame their own previews, so same-origin framing is meant; cards have their own rule.
    "security.W019",
]
