"""What the block picker shows of each block: sample words, and pictures and pieces that the site really has."""

from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.rich_text import RichText

from storefront.listing.models import ProductCard


def text() -> dict:
    words = _("In the dry months the bowls wait on bamboo racks, and nobody hurries them.")
    return {"heading": _("By the river"), "text": RichText(f"<p>{words}</p>")}


def picture() -> dict:
    return {**_pictures(1)[0], "caption": _("Bowls after the ninth coat.")}


def gallery() -> dict:
    return {"pictures": _pictures(3), "caption": _("One morning in the village.")}


def quote() -> dict:
    return {
        "quote": _("A bowl is ready when it has forgotten the hand."),
        "speaker": _("A maker"),
        "role": _("turner in her village for thirty years"),
    }


def steps() -> dict:
    no_picture = {"picture": None, "alt": "", "credit": ""}
    return {
        "title": _("How a bowl is made"),
        "steps": [
            no_picture | {"title": _("Turn"), "text": _("The blank is turned while the wood is still wet.")},
            no_picture | {"title": _("Lacquer"), "text": _("Thin coats, and a night of rest after each.")},
        ],
    }


def map_point() -> dict:
    return {"label": _("The village"), "latitude": Decimal("12.5"), "longitude": Decimal("104.25")}


def product() -> dict:
    return {"product": next(iter(_pieces(1)), None)}


def shelf() -> dict:
    return {"title": _("From this village"), "mode": "chosen", "products": _pieces(3)}


def how() -> dict:
    return {"title": _("From their hands"), "text": _("Each workshop packs and sends its own parcel.")}


def _pieces(number: int) -> list:
    """The newest pieces that readers see."""
    cards = ProductCard.objects.filter(visible=True).exclude(picture={}).select_related("product")
    return [card.product for card in cards.order_by("-listed_at", "-pk")[:number]]


def _pictures(number: int) -> list[dict]:
    """Landscape pictures of the site, as the picture blocks hold them; without any picture the words stand alone."""
    images = list(get_image_model().objects.filter(width__gt=F("height")).order_by("pk")[:number])
    credit = _("Photo: the workshop")
    return [
        {"image": image, "alt": image.title if image else "", "credit": credit} for image in images or [None]
    ]
