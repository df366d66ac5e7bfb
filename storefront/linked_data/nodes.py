"""The things that pages share, in the words of schema.org. What is not known is left out; nothing is made up."""

from collections.abc import Iterable, Mapping

from django.conf import settings

from marketplace.money import Money, round_money
from storefront.listing.directory import Place
from storefront.listing.models import ProductCard
from storefront.market.choice import current, without_market

State = ProductCard.State
AVAILABILITY = {
    State.IN_STOCK: "https://schema.org/InStock",
    State.ONE_OF_A_KIND: "https://schema.org/InStock",
    State.MADE_TO_ORDER: "https://schema.org/MadeToOrder",
    State.SOLD_OUT: "https://schema.org/OutOfStock",
}


def node(kind: str, **values) -> dict:
    """A thing of type ``kind`` with those of ``values`` that say something."""
    known = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    return {"@type": kind} | known


def absolute(url: str) -> str:
    """The whole address of a path of ours, or of a picture that lies elsewhere; empty for none."""
    return settings.SITE_URL + url if url.startswith("/") else url


def canonical(path: str) -> str:
    """The whole address of a page without the market: what it is known by, wherever its reader shops."""
    return absolute(without_market(path)) if path else ""


def largest(picture: Mapping) -> str:
    """The whole address of the largest file of a picture (pictures.describe); empty for none."""
    rows = [row.rpartition(" ")[0] for row in picture.get("srcset", "").split(", ")]
    return absolute(rows[-1] or picture.get("src", ""))


def place(found: Place | None, touches: Iterable[str] = ()) -> dict:
    """A village: where it is, and what draws people there (``touches``: names of its crafts). Empty for None."""
    if found is None:
        return {}
    known = found.lat is not None and found.lon is not None
    return node(
        "TouristAttraction",
        name=found.name,
        url=canonical(found.url),
        address=node("PostalAddress", addressRegion=found.region, addressCountry=found.economy),
        geo=node("GeoCoordinates", latitude=found.lat, longitude=found.lon) if known else None,
        touristType=list(touches),
    )


def organization(found: Place | None) -> dict:
    """A workshop by its name; empty for None."""
    return node("Organization", name=found.name, url=canonical(found.url)) if found else {}


def shop(home_url: str) -> dict:
    return node("Organization", name=settings.MARKETPLACE_SHOP_NAME, url=canonical(home_url))


def breadcrumbs(crumbs: Iterable[Mapping]) -> dict:
    """``crumbs``: label and url of each; the last one, without a url, is the page itself."""
    rows = [
        node("ListItem", position=number, name=crumb["label"], item=canonical(crumb["url"]))
        for number, crumb in enumerate(crumbs, start=1)
    ]
    return node("BreadcrumbList", itemListElement=rows)


def amount(money: Money) -> str:
    """As schema.org and Merchant feeds write it: "48.00", "7200"."""
    return f"{round_money(money).amount:f}"


def offer(price: Money | None, state: str, url: str, **more) -> dict:
    """An offer at ``price``; empty where the price is zero or missing: such a thing is not on sale."""
    if price is None or price.amount <= 0:
        return {}
    values = {"price": amount(price), "priceCurrency": price.currency, "availability": AVAILABILITY[state]}
    return node("Offer", url=absolute(url), **values, **more)


def from_offer(price: Money, state: str, url: str) -> dict:
    """The same for several prices of which ``price`` is the lowest."""
    found = offer(price, state, url)
    return found and found | {"@type": "AggregateOffer", "lowPrice": found.pop("price")}


def piece(card: Mapping) -> dict:
    """A piece as its card shows it (listing.cards.draw).

    Whether it goes to a market's destination is said on its own page alone, so nothing is said of that here.
    """
    make = from_offer if card["from_price"] else offer
    offers = make(card["price"], card["state"], card["url"])
    if current().destination:
        offers.pop("availability", None)
    return node(
        "Product",
        name=card["title"],
        url=canonical(card["url"]),
        image=largest(card["picture"]),
        offers=offers,
    )
