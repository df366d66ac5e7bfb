"""The pieces that a card shows, with prices that say their currency."""

from collections.abc import Iterable

from django.db.models import Case, Q, Value, When
from wagtail.models import Page

from catalogue.models import ProductImage
from storefront.embeds.kinds.prices import named_price
from storefront.embeds.kinds.sending import not_sent
from storefront.listing.cards import card_labels, draw
from storefront.listing.directory import Directory, get_directory
from storefront.listing.models import ProductCard
from storefront.pictures import THUMB, Loaded, describe

FEW, SHELF = 3, 6


def pieces_of(page: Page, most: int) -> list[ProductCard]:
    """Those that the page shows, in its order, then its subject's newest; sold out ones last."""
    shown = _shown(page)
    subject = next(name for name in ("workshop_id", "village_id", "craft_id") if getattr(page, name, None))
    rows = ProductCard.objects.filter(Q(pk__in=shown) | Q(**{subject: getattr(page, subject)}), visible=True)
    # A constant would be taken for the number of a column.
    first = [Case(When(pk__in=shown, then=Value(0)), default=Value(1))] if shown else []
    places = {pk: place for place, pk in enumerate(shown)}
    return sorted(
        rows.order_by(*first, "-listed_at", "-pk")[: len(shown) + 12],
        key=lambda row: (row.state == ProductCard.State.SOLD_OUT, places.get(row.pk, len(shown))),
    )[:most]


def draw_pieces(cards: Iterable[ProductCard], language: str) -> list[dict]:
    """As in listings, and ``price_line``, which names the currency without doubt.

    ``refusal`` says what the piece's page says where it does not go to the economy of the active market; else empty.
    """
    from_price = card_labels()["from_price"]
    cards = list(cards)
    rows = draw(cards, language)
    refused = not_sent(cards, rows)
    for card, row in zip(cards, rows, strict=True):
        row["refusal"] = refused.get(card.pk, "")
        row["converted"] = row["price"].currency != card.currency
        price = named_price(row["price"], language)
        row["price_line"] = from_price % {"price": price} if row["from_price"] else price
    return rows


def draw_shelf(cards: list[ProductCard], language: str) -> list[dict]:
    """The same with small pictures: a page that shows three cards must not become heavy. Two statements more at most."""
    rows = draw_pieces(cards, language)
    pictures = _first_pictures([row["pk"] for row in rows])
    loaded = get_directory(language).load_pictures(pictures.values())
    for row in rows:
        small = describe(loaded.get(pictures.get(row["pk"])), THUMB)
        row["picture"] = small or row["picture"]
    return rows


def first_picture(product: int, directory: Directory) -> Loaded | None:
    """Of one piece, for those who want it in another size."""
    pictures = _first_pictures([product])
    return directory.load_pictures(pictures.values()).get(pictures.get(product))


def _first_pictures(products: list[int]) -> dict[int, int]:
    """Product → its first picture."""
    images = ProductImage.objects.filter(product__in=products, picture__isnull=False)
    found: dict[int, int] = {}
    for product, picture in images.order_by("display_order", "id").values_list("product_id", "picture_id"):
        found.setdefault(product, picture)
    return found


def _shown(page: Page) -> list[int]:
    """Ids of the pieces in the page's blocks, in order."""
    found: list[int] = []
    for block in page.body.raw_data:
        value = block["value"]
        if block["type"] == "product":
            found.append(value["product"])
        elif block["type"] == "shelf" and value.get("mode") == "chosen":
            found += [item["value"] if isinstance(item, dict) else item for item in value.get("products", [])]
    return list(dict.fromkeys(pk for pk in found if pk))[:24]
