"""Drawn files become Wagtail images, once each."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from wagtail.images import get_image_model
from wagtail.models import Collection

from storefront.demo.drawing import SIZES, Picture, all_pictures, draw_all

FOLDER = "original_images/demo"


def load_images() -> int:
    """Draw what is missing and register every picture. Answers how many the demo has."""
    directory = Path(settings.MEDIA_ROOT) / FOLDER
    number = draw_all(directory)
    image_model = get_image_model()
    known = set(image_model.objects.filter(file__startswith=FOLDER).values_list("title", flat=True))
    root = Collection.get_first_root_node()
    image_model.objects.bulk_create(
        [
            _image(image_model, picture, directory, root)
            for picture in all_pictures()
            if picture.name not in known
        ]
    )
    by_name.cache_clear()
    return number


def _image(image_model, picture: Picture, directory: Path, collection):
    width, height = SIZES[picture.kind]
    return image_model(
        title=picture.name,
        file=f"{FOLDER}/{picture.filename}",
        width=width,
        height=height,
        file_size=(directory / picture.filename).stat().st_size,
        collection=collection,
        description="",
    )


@lru_cache(maxsize=1)
def by_name() -> dict:
    """Registered demo images by the name of their picture."""
    return {image.title: image for image in get_image_model().objects.filter(file__startswith=FOLDER)}
