"""The reference site's settings on the tests' own machinery: nothing of the developer's environment or data is used."""

import atexit
import os
import shutil
import tempfile

# Everything the site writes (pictures, mails) goes into a folder of this run; child processes inherit it.
VAR = tempfile.mkdtemp(prefix="tests-var-")
os.mkdir(f"{VAR}/static")
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
for name in (
    "DATABASE_URL",
    "MEDIA_ROOT",
    "SITE_MODE",
    "DEBUG",
    "REDIS_URL",
    "SECRET_KEY",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "PORT",
    "MACHINE_TRANSLATOR",
    "MARKETPLACE_PII_KEYS",
    "PLATFORM_ECONOMY",
    "SMS_GATEWAY_URL",
    "SMS_GATEWAY_AUTHORIZATION",
    "VAPID_PRIVATE_KEY",
):
    os.environ.pop(name, None)
os.environ |= {"VAR_DIR": VAR, "STRIPE_API_BASE": "http://127.0.0.1:9", "STRIPE_SECRET_KEY": "sk_test_fake"}

from storefront.settings import *  # noqa: E402, F403

DEBUG = False
SITE_URL = WAGTAILADMIN_BASE_URL = "http://testserver"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# The address is filled in when the first test asks for the database (conftest.py).
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "marketplace"}}
INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # noqa: F405 - tests/management/commands/flush.py
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MARKETPLACE_SMS = {"BACKEND": "marketplace.notices.backends.memory.MemorySms", "OPTIONS": {}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every test's client builds the middleware anew, and would list all static files each time.
WHITENOISE_AUTOREFRESH = True
# The index of Wagtail's own admin search, which no test asks, would be written three times for each page.
WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False  # noqa: F405
# Written when a test says so (counting.flush()), never from a thread beside it.
MARKETPLACE_COUNTING = {"SECONDS": 0}
