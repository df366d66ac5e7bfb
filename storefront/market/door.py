"""What the product page says of the whole price to the destination that was chosen."""

from django.utils import timezone

from catalogue.models import Product
from marketplace.economies.names import economy_name
from marketplace.economies.quote_rates import QuoteRates, RateMissing
from marketplace.fulfilment.export import read_export
from marketplace.fulfilment.offers import NotShippable
from marketplace.fulfilment.one_piece import OnePiece, price_at_door
from marketplace.fulfilment.refusals import stops
from marketplace.money import Money
from storefront.checkout.price_lines import arrival_text, describe_levies
from storefront.listing.models import ProductCard
from storefront.market.choice import current
from storefront.market.prices import selling_price


def at_your_door(product: Product, card: ProductCard, written: dict[str, str]) -> dict:
    """{"to", "refusals": [{"text", "source"}]} or {"to", "goods", "shipping", "shipping_name", "levies", "total"}.

    Empty without a destination. ``written``: language → who wrote the piece's words. Three statements.
    """
    market = current()
    if not market.destination:
        return {}
    found = {"to": economy_name(market.destination), "refusals": []}
    rates = QuoteRates(timezone.localdate())
    known = read_export([product], market.destination, on=rates.on, writers={product.pk: written})
    why_not = stops(product, market.destination, rates.on, known)
    if why_not:
        return found | {"refusals": [{"text": finding.text, "source": finding.source} for finding in why_not]}
    try:
        price = price_at_door(
            product=product,
            price=selling_price(Money(card.price, card.currency)),
            origin=card.economy,
            workshop_id=card.workshop_id,
            list_currency=card.currency,
            market=market,
            rates=rates,
            known=known,
        )
    except RateMissing as missing:
        return found | {"refusals": [{"text": missing.no_rate.text, "source": ""}]}
    if isinstance(price, NotShippable):
        return found | {"refusals": [{"text": price.reason, "source": ""}]}
    return found | {
        "goods": price.goods,
        "shipping": price.postage,
        "shipping_name": price.shipping.label,
        "arrives": arrival_text([OnePiece(product, price.goods.amount)], price.shipping, rates.on),
        "levies": describe_levies(price.levies),
        "total": price.total,
    }
