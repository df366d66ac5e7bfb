"""Pieces: what they are, who makes them, what they cost in a currency, and whether they can be had."""

from collections.abc import Iterable, Mapping

from django.http import Http404, HttpRequest
from django.utils import translation

from catalogue.models import Product
from marketplace import formats
from marketplace.money import Money
from storefront import preload
from storefront.api import drawing
from storefront.api.answers import resource
from storefront.api.asking import Resource, read
from storefront.api.listing import one, part
from storefront.api.places_asked import FILTERS, places_of
from storefront.api.schemas import AVAILABILITY, LANG, NOT_SENT, maybe, moment, ref, rows, text, url, whole
from storefront.embeds.pricing import addresses_in
from storefront.feeds.merchant.reading import FIELDS
from storefront.feeds.merchant.sending import sending_to
from storefront.linked_data.nodes import absolute
from storefront.listing.cards import draw
from storefront.listing.directory import Directory, get_directory
from storefront.listing.filters import SORTS
from storefront.listing.models import ProductCard
from storefront.listing.product import describe_product
from storefront.listing.voice import with_voice
from storefront.market.choice import current

PIECES = Resource(
    name="pieces",
    fields={
        "id": whole("Its number; it stays."),
        "code": text("The maker’s or the shop’s code."),
        "title": text("What it is called."),
        "lang": LANG,
        "summary": text("One or two sentences."),
        "url": url("Its page, at the price of the currency that was asked for."),
        "price": maybe(ref("Price")),
        "availability": AVAILABILITY,
        "lead_days": maybe(whole("Made to order: days to make it.")),
        "picture": maybe(ref("Picture")),
        "maker": maybe(ref("Place")),
        "village": maybe(ref("Place")),
        "craft": maybe(ref("Place")),
        "economy": ref("Economy"),
        "listed_at": moment("Since when it is in the shop."),
    },
    more={
        "description": text("Plain text; an empty line stands between paragraphs."),
        "description_lang": LANG,
        "pictures": rows(ref("Picture")),
        "materials": rows(text("A material.")),
        "size": text("Length, width and height, as readers of the language write it."),
        "net_weight_g": maybe(whole("Grams.")),
        "origin": maybe(ref("Economy")),
        "variants": rows(ref("Variant")),
    },
    filters=FILTERS
    | {
        "craft": ({"type": "string", "description": "slug of a craft"}, bool),
        "workshop": ({"type": "string", "description": "slug of a workshop"}, bool),
        "available": (
            {
                "type": "string",
                "enum": ["true"],
                "description": "only what can be had now. With a currency a part may hold fewer than limit, and total_count"
                " counts what is not sent there, too: each part is looked through when it is read",
            },
            "true".__eq__,
        ),
        "sort": ({"type": "string", "enum": list(SORTS), "description": "newest first, or by price"}, SORTS.__contains__),
    },
    priced=True,
)


@resource
def listing(request: HttpRequest) -> dict:
    asked = read(request, PIECES)
    with translation.override(asked.lang), addresses_in(asked.market):
        directory = get_directory(asked.lang)
        found = ProductCard.objects.filter(visible=True, **places_of(asked, directory))
        if "available" in asked.filters:
            found = found.exclude(state=ProductCard.State.SOLD_OUT)
        order = SORTS[asked.filters.get("sort", "new")]
        cards = found.defer("search_text").order_by(*order)[asked.offset : asked.offset + asked.limit]
        drawn = draw_pieces(cards, directory)
        if "available" in asked.filters:
            drawn = [piece for piece in drawn if piece["availability"] != NOT_SENT]
        return part(request, asked, found.count(), drawn)


@resource
def detail(request: HttpRequest, pk: str) -> dict:
    asked = read(request, PIECES, one=True)
    with translation.override(asked.lang), addresses_in(asked.market):
        rows_ = Product.objects.filter(pk=int(pk), is_public=True, card__visible=True).exclude(structure=Product.CHILD)
        piece = with_voice(rows_.select_related("card")).first()
        if piece is None:
            raise Http404
        directory = get_directory(asked.lang)
        [drawn] = draw_pieces([piece.card], directory)
        return one(asked, drawn | _more(piece, directory))


def draw_pieces(cards: Iterable[ProductCard], directory: Directory) -> list[dict]:
    """Cards as the API's pieces, in the active language and market. No statement; in a market six (see sending_to)."""
    cards = list(cards)
    rows_ = list(zip(cards, draw(cards, directory.language), strict=True))
    kept_back = _not_sent({card: drawn["price"] for card, drawn in rows_})
    return [_piece(card, drawn, directory, sent=card.pk not in kept_back) for card, drawn in rows_]


def _not_sent(prices: Mapping[ProductCard, Money]) -> set[int]:
    """Those that the market's destination does not get, as their pages and the Merchant feed say it."""
    market = current()
    if not market.destination or not prices:
        return set()
    pieces = Product.objects.only(*FIELDS).in_bulk([card.pk for card in prices])
    sending = sending_to(market, pieces.values(), prices)
    found = ((pieces.get(card.pk), price) for card, price in prices.items())
    return {piece.pk for piece, price in found if piece and not sending.of(piece, price).goes}


def _availability(state: str, *, sent: bool) -> str:
    return state if sent or state == ProductCard.State.SOLD_OUT else NOT_SENT


def _piece(card: ProductCard, drawn: dict, directory: Directory, *, sent: bool) -> dict:
    return {
        "id": card.pk,
        "code": card.code,
        "title": drawn["title"],
        "lang": drawn["lang"],
        "summary": drawn["summary"],
        "url": absolute(drawn["url"]),
        "price": drawing.price(drawn["price"], is_from=card.from_price),
        "availability": _availability(card.state, sent=sent),
        "lead_days": card.lead_days,
        "picture": drawing.picture(drawn["picture"]),
        "maker": drawing.place(directory.workshops.get(card.workshop_id)),
        "village": drawing.place(directory.villages.get(card.village_id)),
        "craft": drawing.place(directory.crafts.get(card.craft_id)),
        "economy": drawing.economy(card.economy),
        "listed_at": card.listed_at.isoformat(),
    }


def _more(piece: Product, directory: Directory) -> dict:
    """What the piece's page says beside its card."""
    with preload.holding() as store:
        page = describe_product(piece, store)
    materials = (directory.materials.get(int(pk)) for pk in piece.card.materials.split())
    return {
        "description": "\n\n".join(page["product"]["description_paragraphs"]),
        "description_lang": page["product"]["description_lang"],
        "pictures": [drawing.picture(shown) for shown in page["pictures"]],
        "materials": [found.name for found in materials if found],
        "size": formats.size((piece.length_mm, piece.width_mm, piece.height_mm)),
        "net_weight_g": piece.net_weight_g,
        "origin": drawing.economy(piece.origin) if piece.origin else None,
        "variants": [
            {
                "id": row["id"],
                "label": row["label"],
                "lang": row["lang"],
                "price": drawing.price(row["price"]),
                "availability": _availability(row["state"], sent=not page["door"].get("refusals")),
            }
            for row in page["variants"]
        ],
    }


