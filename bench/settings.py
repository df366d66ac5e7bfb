"""The reference site in production mode, as ``make serve`` runs it, with a database and media folder of the bench's own.

Readers' https ends at a proxy; the load generator says so in ``X-Forwarded-Proto``, as the proxy would.
"""

import os

from storefront.settings import *  # noqa: F403

MARKETPLACE_PAGE_CACHE_MB = MARKETPLACE_EMBEDS_CACHE_MB = int(os.environ["BENCH_PAGE_CACHE_MB"])
# Only the storefront's own files are needed: collecting the others takes longer than measuring.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [BASE_DIR / "storefront" / "static"]  # noqa: F405
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # noqa: F405
# Mails are written, not sent.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
