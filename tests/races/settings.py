"""tests.settings for a server in a process of its own: what it needs to know, and the two switches of the positive
control, come from the environment of the test that starts it (server.py). Production refuses both switches.
"""

import os

import dj_database_url

from tests.settings import *  # noqa: F403

SITE_URL = WAGTAILADMIN_BASE_URL = os.environ["RACE_SITE_URL"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DATABASES = {"default": dj_database_url.parse(os.environ["RACE_DATABASE_URL"], conn_max_age=60)}
STRIPE_API_BASE = os.environ["RACE_STRIPE_URL"]
MARKETPLACE_TEST_SKIP_STOCK_LOCK = os.environ.get("MARKETPLACE_TEST_SKIP_STOCK_LOCK") == "1"
MARKETPLACE_TEST_PAUSE_AFTER_CHECK = float(os.environ.get("MARKETPLACE_TEST_PAUSE_AFTER_CHECK", "0"))
