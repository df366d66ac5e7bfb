"""tests.settings for a server in a process of its own: what it needs to know, and the switches of drills and positive
controls, come from the environment of the test that starts it (server.py). Production refuses the switches.
"""

import os
import time

import dj_database_url
from django.utils import timezone

from storefront.caching import redis_cache
from tests.settings import *  # noqa: F403

SITE_URL = WAGTAILADMIN_BASE_URL = os.environ["RACE_SITE_URL"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DATABASES = {
    "default": dj_database_url.parse(os.environ["RACE_DATABASE_URL"], conn_max_age=60, conn_health_checks=True)
}
DATABASES["default"]["OPTIONS"] = {"connect_timeout": 2}
MARKETPLACE_DATABASE_SECONDS = float(os.environ.get("MARKETPLACE_DATABASE_SECONDS", "10"))
STRIPE_API_BASE = os.environ["RACE_STRIPE_URL"]
for switch in ("STOCK", "OFFER", "REFUND"):
    globals()[f"MARKETPLACE_TEST_SKIP_{switch}_LOCK"] = os.environ.get(f"MARKETPLACE_TEST_SKIP_{switch}_LOCK") == "1"
MARKETPLACE_TEST_PAUSE_AFTER_CHECK = float(os.environ.get("MARKETPLACE_TEST_PAUSE_AFTER_CHECK", "0"))
if redis := os.environ.get("RACE_REDIS_URL"):
    CACHES = {"default": redis_cache(redis)}
if shift := float(os.environ.get("RACE_CLOCK_SHIFT", "0")):
    # A machine whose clock is so many seconds wrong.
    right, now = time.time, timezone.now
    time.time = lambda: right() + shift
    timezone.now = lambda: now() + timezone.timedelta(seconds=shift)
