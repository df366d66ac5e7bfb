"""The sentences in which a buyer is told why a carrier does not take a consignment."""

from django.utils.translation import gettext as _

from marketplace.economies.names import economy_name
from marketplace.fulfilment.offers import NotShippable, Why, Wish


def refusal(wish: Wish, why: Why, carrier: str, channel: str) -> NotShippable:
    """Whole sentences in the active language. ``channel`` is "post" or "courier"."""
    post = channel == "post"
    sentences = {
        Why.CARRIER_DOWN: _("The carrier from %(origin)s does not answer at the moment. Please try again in a while."),
        Why.TOO_LARGE: _("This parcel from %(origin)s to %(destination)s is too large for the post.")
        if post
        else _("This parcel from %(origin)s to %(destination)s is too large for the courier."),
        Why.TOO_HEAVY: _("This parcel from %(origin)s to %(destination)s is too heavy for the post.")
        if post
        else _("This parcel from %(origin)s to %(destination)s is too heavy for the courier."),
        Why.TOO_MANY: _(
            "The pieces from %(origin)s to %(destination)s would be too many parcels at once. Please order some of "
            "them later."
        ),
        Why.NO_DDP: _("From %(origin)s to %(destination)s, no carrier pays duty and tax in advance yet."),
        Why.NO_RATE: _("We cannot send from %(origin)s to %(destination)s yet."),
    }
    names = {"origin": economy_name(wish.origin), "destination": economy_name(wish.destination)}
    return NotShippable(sentences[why] % names, why, carrier)
