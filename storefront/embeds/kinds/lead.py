"""The large picture of a card in files light enough for a page with three cards (tests/browser/test_embeds_budget.py)."""

from wagtail.images.models import AbstractImage

from storefront.pictures import Loaded, describe

# Filters from small to large, 3:2 for pages and 4:5 for pieces. A wide card shows them some 560 pixels wide.
LEAD = ("fill-480x320|format-webp|webpquality-65", "fill-720x480|format-webp|webpquality-60")
PIECE = ("fill-360x450|format-webp|webpquality-65", "fill-600x750|format-webp|webpquality-60")


def lighter(picture: dict, image: AbstractImage | Loaded | None, specs: tuple[str, ...]) -> dict:
    """``picture`` (of ``image``, as describe() has it) with the files of ``specs``; as it is where they cannot be made."""
    made = describe(image, specs) if picture else {}
    return picture | {name: made[name] for name in ("src", "srcset", "width", "height") if made}
