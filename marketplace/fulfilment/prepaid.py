"""Offer and levies of one consignment together: what is taxed with the order must not be taxed at the border again."""

from collections.abc import Callable

from marketplace.fulfilment.levies import PricedLevies
from marketplace.fulfilment.offers import NotShippable, ShippingOffer, Why
from marketplace.fulfilment.refusals import only_prepaid
from marketplace.trade.landed import LandedCostError, TermsRefused

Answer = ShippingOffer | NotShippable


def with_levies(
    usual: Answer, prepaid: Callable[[], Answer], levies: Callable[[ShippingOffer], PricedLevies]
) -> tuple[Answer, PricedLevies]:
    """The offer that a consignment goes by, with what is levied on it; or why it cannot go, and no levies.

    ``usual`` is on the market's terms. A parcel whose tax is collected with the order (IOSS) goes with duty and tax
    prepaid, whatever the market's terms are: ``prepaid`` is asked only then. ``levies`` may raise RateMissing.
    """
    if isinstance(usual, NotShippable):
        return usual, PricedLevies()
    try:
        return usual, levies(usual)
    except TermsRefused:
        other = prepaid()
    except LandedCostError as problem:
        return NotShippable(str(problem)), PricedLevies()
    if isinstance(other, NotShippable):
        return NotShippable(only_prepaid(usual.destination), Why.NO_DDP), PricedLevies()
    return other, levies(other)
