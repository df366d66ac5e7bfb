"""What a WSGI server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from storefront.patience import limit_waiting
from storefront.slow_bodies import in_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
limit_waiting()
application = in_time(get_wsgi_application())
# What is loaded by now stays for good: the collector need not walk through it during requests, nor after every
# 700 new objects, which is once or twice a page.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
