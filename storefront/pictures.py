"""One pipeline for pictures: Wagtail renditions, WebP, two or three widths, sizes known so that nothing jumps."""

from collections.abc import Iterable

from django.db.models import prefetch_related_objects
from wagtail.images.models import AbstractImage

# Kinds of use: rendition filters from small to large. Frames: 4:5 for cards, 3:2 for stories, 1:1 for portraits.
CARD = ("fill-360x450|format-webp", "fill-720x900|format-webp")
WIDE = ("fill-480x320|format-webp", "fill-960x640|format-webp")
LARGE = ("width-640|format-webp", "width-1280|format-webp")
PORTRAIT = ("fill-240x240|format-webp", "fill-480x480|format-webp")
SOCIAL = ("fill-1200x630|format-jpeg",)
SPECS = (*CARD, *WIDE, *LARGE, *PORTRAIT, *SOCIAL)


def load_renditions(images: Iterable[AbstractImage]) -> None:
    """Read the renditions of all ``images`` in one statement."""
    prefetch_related_objects([image for image in images if image], "renditions")


def describe(image: AbstractImage | None, specs: tuple[str, ...], alt: str = "", lang: str = "", credit: str = "") -> dict:
    """What components/picture.html draws: src, srcset, width, height (of the largest), alt, lang, credit; {} for None.

    A file that is missing or broken gives {} too: a page never fails for a picture.
    """
    if image is None:
        return {}
    try:
        made = image.get_renditions(*specs)
    except (OSError, ValueError):
        return {}
    renditions = [made[spec] for spec in specs]
    largest = renditions[-1]
    return {
        "src": renditions[0].url,
        "srcset": ", ".join(f"{row.url} {row.width}w" for row in renditions),
        "width": largest.width,
        "height": largest.height,
        "alt": alt,
        "lang": lang,
        "credit": credit,
    }
