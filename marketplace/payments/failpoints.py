"""Named points at which a drill lets the process die, as a power cut would. Without the switch they cost a comparison.

``MARKETPLACE_TEST_FAILPOINT`` (environment or setting) names one; production refuses to start with it (apps.py).
"""

import os

from django.conf import settings

# Where each stands is in its name: the verb, and what has just been done.
POINTS = (
    "place.after_stock",
    "place.after_order",
    "place.after_commit",
    "pay.after_session",
    "pay.after_saved",
    "confirm.after_event",
    "confirm.after_paid",
    "confirm.after_commit",
    "refund.after_asked",
    "refund.after_sent",
)
KILLED = 137  # what a shell reports of a process that got SIGKILL
_WANTED = os.environ.get("MARKETPLACE_TEST_FAILPOINT", "") or getattr(settings, "MARKETPLACE_TEST_FAILPOINT", "")


def reached(name: str) -> None:
    """Die here if the drill says so: no clean-up, no rollback, no answer."""
    if _WANTED and name == _WANTED:
        os._exit(KILLED)
