"""The registry with the kit's own routes in it: importing this registers them, in the order in which they are offered."""

from marketplace.payments.payouts import bank_file, cash, cooperative, mobile, stripe_transfer  # noqa: F401
from marketplace.payments.payouts.routes import routes

__all__ = ["routes"]
