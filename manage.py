#!/usr/bin/env python
"""Runs the reference site."""

import gc
import os
import sys

if __name__ == "__main__":
    # Models and the states of migrations are many and stay; walking through them again and again is an eighth of `migrate`.
    gc.set_threshold(200_000, 50, 1_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
