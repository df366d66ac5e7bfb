"""Which pieces do not go to the economy of the market whose prices a card shows."""

from django.utils.translation import gettext as _

from catalogue.models import Product
from marketplace.economies.names import economy_name
from storefront.feeds.merchant.sending import sending_to
from storefront.listing.models import ProductCard
from storefront.market.choice import current


def not_sent(cards: list[ProductCard], rows: list[dict]) -> dict[int, str]:
    """Piece → the words of its page (market/door.py). ``rows`` are drawn, with ``price`` in the active market's currency.

    Six statements at most, none without a destination.
    """
    market = current()
    if not market.destination or not cards:
        return {}
    pieces = Product.objects.in_bulk([card.pk for card in cards])
    cards = [card for card in cards if card.pk in pieces]
    sending = sending_to(market, pieces.values(), cards)
    words = _("This piece cannot be sent to %(to)s") % {"to": economy_name(market.destination)}
    prices = {row["pk"]: row["price"] for row in rows}
    return {pk: words for pk, piece in pieces.items() if not sending.of(piece, prices[pk]).goes}
