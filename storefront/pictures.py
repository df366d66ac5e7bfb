"""One pipeline for pictures: Wagtail renditions, WebP, two or three widths, sizes known so that nothing jumps."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import prefetch_related_objects
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, Filter

# Kinds of use: rendition filters from small to large. Frames: 4:5 for cards, 3:2 for stories, 1:1 for portraits.
CARD = ("fill-360x450|format-webp", "fill-720x900|format-webp")
WIDE = ("fill-480x320|format-webp", "fill-960x640|format-webp")
LARGE = ("width-640|format-webp", "width-1280|format-webp")
# Beside a line of words, in cards on other sites: those must stay small.
THUMB = ("fill-112x140|format-webp|webpquality-65",)
PORTRAIT = ("fill-240x240|format-webp", "fill-480x480|format-webp")
SOCIAL = ("fill-1200x630|format-jpeg",)
SPECS = (*CARD, *WIDE, *LARGE, *THUMB, *PORTRAIT, *SOCIAL)
FOCUS = ("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")


class Made(NamedTuple):
    """A rendition: what of it a page shows. Sizes in pixels; ``file`` is its name in the storage."""

    url: str
    width: int
    height: int
    file: str


@dataclass
class Loaded:
    """A picture by its number with the renditions that exist, by filter; the image itself is read only to make more."""

    pk: int
    made: dict[str, Made]

    def get_renditions(self, *specs: str) -> dict[str, Made]:
        """As Wagtail's images answer. Raises what they raise when the file is missing or broken."""
        missing = [spec for spec in specs if spec not in self.made]
        if missing:
            rows = get_image_model().objects.get(pk=self.pk).get_renditions(*missing)
            self.made |= {spec: Made(row.url, row.width, row.height, row.file.name) for spec, row in rows.items()}
        return self.made


def load_pictures(ids: Iterable[int]) -> dict[int, Loaded]:
    """Pictures by number. One statement, and one more when some of them have no rendition yet."""
    wanted, found = set(ids), {}
    if not wanted:
        return found
    images = get_image_model()
    renditions = images.get_rendition_model()
    storage = renditions._meta.get_field("file").storage
    focus = [f"image__{name}" for name in FOCUS]
    rows = renditions.objects.filter(image_id__in=wanted)
    for pk, spec, key, file, width, height, *point in rows.values_list(
        "image_id", "filter_spec", "focal_point_key", "file", "width", "height", *focus
    ):
        picture = found.setdefault(pk, Loaded(pk, {}))
        if key == _focal_key(spec, *point):
            picture.made[spec] = Made(storage.url(file), width, height, file)
    new = wanted - found.keys()
    if new:
        found |= {pk: Loaded(pk, {}) for pk in images.objects.filter(pk__in=new).values_list("pk", flat=True)}
    return found


def weight(picture: Loaded | None, spec: str) -> int | None:
    """Bytes of the rendition's file; None where there is none."""
    try:
        return _bytes(picture.get_renditions(spec)[spec].file) if picture else None
    except (OSError, ValueError, ObjectDoesNotExist):
        return None


@lru_cache(maxsize=4_000)
def _bytes(file: str) -> int:
    """The storage is asked once: another picture is a file of another name."""
    return get_image_model().get_rendition_model()._meta.get_field("file").storage.size(file)


@lru_cache(maxsize=2_000)
def _focal_key(spec: str, *point: int | None) -> str:
    """What Wagtail marks a rendition with, so that one of an earlier focal point is not taken."""
    return Filter(spec=spec).get_cache_key(SimpleNamespace(**dict(zip(FOCUS, point, strict=True))))


def load_renditions(images: Iterable[AbstractImage]) -> None:
    """Read the renditions of all ``images`` in one statement."""
    prefetch_related_objects([image for image in images if image], "renditions")


def describe(
    image: AbstractImage | Loaded | None,
    specs: tuple[str, ...],
    alt: str = "",
    lang: str = "",
    credit: str = "",
) -> dict:
    """What components/picture.html draws: src, srcset, width, height (of the largest), alt, lang, credit; {} for None.

    A file that is missing or broken gives {} too: a page never fails for a picture.
    """
    if image is None:
        return {}
    try:
        made = image.get_renditions(*specs)
    except (OSError, ValueError, ObjectDoesNotExist):
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


def social(
    title: str, text: str, image, kind: str, *, alt: str = "", lang: str = "", more: dict[str, str] | None = None
) -> dict:
    """What other sites show of a link to the page (components/social.html): title, text, kind and an absolute picture.

    ``alt``: what it shows. ``lang``: the language of the words. ``more``: further properties of Open Graph.
    """
    picture = describe(image, SOCIAL)
    url = picture.get("src", "")
    if url.startswith("/"):
        url = settings.SITE_URL + url
    return {
        "title": title,
        "text": text,
        "kind": kind,
        "image": url,
        "width": picture.get("width"),
        "height": picture.get("height"),
        "alt": alt,
        "lang": lang,
        "more": more or {},
    }
