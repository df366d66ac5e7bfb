"""Pictures of a piece: Wagtail images, in the maker's order."""

from django.core.files.base import File
from django.utils.translation import ngettext
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex

from catalogue.models import Product, ProductImage
from marketplace.workshops.details import MOST_PICTURES, PictureChange, Refused


def change(product: Product, wanted: PictureChange, user=None) -> None:
    """Remove, add and reorder in the caller's transaction. Raises Refused when there would be too many."""
    rows = list(product.images.select_related("picture").order_by("display_order", "pk"))
    leaving = [row for row in rows if row.pk in wanted.removed]
    staying = [row for row in rows if row.pk not in wanted.removed]
    if len(staying) + len(wanted.added) > max(MOST_PICTURES, len(staying)):
        message = ngettext(
            "A piece has at most %(most)s photo.", "A piece has at most %(most)s photos.", MOST_PICTURES
        )
        raise Refused(message % {"most": MOST_PICTURES}, "photos")
    for row in leaving:
        _remove(row)
    order = [row for row in staying if row.pk == wanted.first] + [
        row for row in staying if row.pk != wanted.first
    ]
    place = _places(wanted, [row.pk for row in order])
    for row in order:
        if row.display_order != place[row.pk]:
            row.display_order = place[row.pk]
            row.save(update_fields=["display_order"])
    for number, file in enumerate(wanted.added, start=1):
        _add(product, file, place[-number], user)


def _places(wanted: PictureChange, staying: list[int]) -> dict[int, int]:
    """The number of each picture, by its id, or by -1, -2 … for those that are added."""
    rank = {key: number for number, key in enumerate(wanted.order)}
    keys = staying + [-number for number in range(1, len(wanted.added) + 1)]
    return {key: number for number, key in enumerate(sorted(keys, key=lambda key: rank.get(key, len(rank))))}


def _add(product: Product, file: File, number: int, user) -> None:
    image = get_image_model()(title=product.title[:255], file=file, uploaded_by_user=user)
    image.save()
    ProductImage.objects.create(
        product=product, picture=image, original=image.file.name, display_order=number
    )


def _remove(row: ProductImage) -> None:
    """The picture and its file go too, unless a story or another piece shows it."""
    picture = row.picture
    row.delete()
    if picture is None or ProductImage.objects.filter(picture=picture).exists():
        return
    if not ReferenceIndex.get_references_to(picture).exists():
        picture.delete()
