"""What a piece's page tells machines: the piece, and what it is sold for in the market that the page is in."""

from collections.abc import Mapping

from catalogue.models import Product
from marketplace.money import Money
from storefront.linked_data import nodes
from storefront.listing.directory import Directory
from storefront.listing.models import ProductCard
from storefront.market.choice import current

# A thing over a hundred years old is not new.
OLD = Product.Contains.ANTIQUE


def product(piece: Product, context: Mapping, directory: Directory, address: str) -> list[dict]:
    """``context`` is what catalogue/product.html draws; ``address`` the path of the page, in its market."""
    card: ProductCard = piece.card
    words, workshop = context["product"], directory.workshops.get(card.workshop_id)
    names = [directory.materials[int(pk)].name for pk in card.materials.split() if int(pk) in directory.materials]
    thing = nodes.node(
        "Product",
        name=words["title"],
        url=nodes.canonical(address),
        description=words["summary"] or "\n".join(words["description_paragraphs"]),
        image=[nodes.largest(picture) for picture in context["pictures"]],
        sku=words["code"],
        brand=nodes.node("Brand", name=workshop.name) if workshop else None,
        category=context["craft"]["name"] if context["craft"] else None,
        material=names,
        # ISO 3166-1, as the vocabulary asks; the page shows APEC's name.
        countryOfOrigin=piece.origin,
        offers=_offers(piece, context, nodes.organization(workshop), address),
    )
    return [thing, nodes.breadcrumbs(context["breadcrumbs"])]


def _offers(piece: Product, context: Mapping, seller: dict, address: str) -> list[dict] | dict:
    """One offer, or one for each variant; none where the piece is not sent to the market's destination."""
    if context["door"].get("refusals"):
        return {}
    more = {
        "itemCondition": f"https://schema.org/{'UsedCondition' if OLD in piece.contains else 'NewCondition'}",
        "seller": seller,
        "shippingDetails": _shipping(context["door"]),
        "hasMerchantReturnPolicy": _returns(context["returns"]),
    }
    if not piece.is_parent:
        return nodes.offer(context["price"], context["state"], address, **more)
    rows = (nodes.offer(row["price"], row["state"], address, name=row["label"], **more) for row in context["variants"])
    return [row for row in rows if row]


def _returns(stated: Mapping) -> dict | None:
    if not stated:
        return None
    return nodes.node(
        "MerchantReturnPolicy",
        applicableCountry=current().destination,
        returnPolicyCategory="https://schema.org/MerchantReturnFiniteReturnWindow",
        merchantReturnDays=stated["days"],
        merchantReturnLink=stated["url"],
    )


def _shipping(door: Mapping) -> dict | None:
    """What the post costs to the market's destination, where the page says it; nothing where no destination is chosen."""
    if not door:
        return None
    rate = door["shipping"]
    return nodes.node(
        "OfferShippingDetails",
        shippingRate=nodes.node("MonetaryAmount", value=nodes.amount(rate), currency=rate.currency),
        shippingDestination=nodes.node("DefinedRegion", addressCountry=current().destination),
    )


def open_graph(price: Money, state: str, door: Mapping) -> dict[str, str]:
    """Price and availability for those who read Open Graph; nothing for a piece without a price.

    What is not sent to the market's destination cannot be had there, as the page says.
    """
    if price.amount <= 0:
        return {}
    available = {ProductCard.State.SOLD_OUT: "out of stock", ProductCard.State.MADE_TO_ORDER: "available for order"}
    return {
        "product:price:amount": nodes.amount(price),
        "product:price:currency": price.currency,
        "product:availability": "out of stock" if door.get("refusals") else available.get(state, "in stock"),
    }
