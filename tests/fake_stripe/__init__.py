"""A stand-in for Stripe's API, payment page and webhooks, for tests and for trying the shop without money.

``python -m tests.fake_stripe --help`` runs it by itself.
"""

from .errors import ApiError
from .fake import FakeStripe
from .faults import ApiFault, Faults

__all__ = ["ApiError", "ApiFault", "FakeStripe", "Faults"]
