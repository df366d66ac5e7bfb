"""Drawn files become Wagtail images, once each."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.models import Collection

from storefront.demo.drawing import SIZES, Picture, all_pictures, draw_all

FOLDER = "original_images/demo"


def load_images(*, drawn_elsewhere: bool = False) -> int:
    """Draw what is missing and register every picture. Answers how many the demo has.

    ``drawn_elsewhere``: another process draws them now, so that their files need not be there yet.
    """
    directory = Path(settings.MEDIA_ROOT) / FOLDER
    number = len(list(all_pictures())) if drawn_elsewhere else draw_all(directory)
    image_model = get_image_model()
    known = set(image_model.objects.filter(file__startswith=FOLDER).values_list("title", flat=True))
    root = Collection.get_first_root_node()
    new = [picture for picture in all_pictures() if picture.name not in known]
    images = image_model.objects.bulk_create([_image(image_model, picture, directory, root) for picture in new])
    pairs = zip(images, new, strict=True)
    cut = [(image, picture) for image, picture in pairs if drawn_elsewhere or _are_cut(picture, directory)]
    renditions = [row for image, picture in cut for row in _renditions(image, picture)]
    image_model.get_rendition_model().objects.bulk_create(renditions)
    by_name.cache_clear()
    return number


def _image(image_model, picture: Picture, directory: Path, collection):
    width, height = SIZES[picture.kind]
    file = directory / picture.filename
    return image_model(
        title=picture.name,
        file=f"{FOLDER}/{picture.filename}",
        width=width,
        height=height,
        # Wagtail looks when it is asked and does not know.
        file_size=file.stat().st_size if file.exists() else None,
        collection=collection,
        description="",
    )


def _are_cut(picture: Picture, directory: Path) -> bool:
    return all((directory / picture.cut_filename(*size)).exists() for size in picture.cuts)


def _renditions(image, picture: Picture) -> list:
    """The sizes that are cut while drawing, as Wagtail would have made them."""
    rows = []
    for width, height in picture.cuts:
        cut = Filter(spec=f"fill-{width}x{height}|format-webp")
        rows.append(
            image.get_rendition_model()(
                image=image,
                filter_spec=cut.spec,
                focal_point_key=cut.get_cache_key(image),
                file=f"{FOLDER}/{picture.cut_filename(width, height)}",
                width=width,
                height=height,
            )
        )
    return rows


@lru_cache(maxsize=1)
def by_name() -> dict:
    """Registered demo images by the name of their picture."""
    return {image.title: image for image in get_image_model().objects.filter(file__startswith=FOLDER)}
