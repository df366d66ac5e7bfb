"""The order of photos as the script of the form says it."""

import pytest

from catalogue.models import ProductImage
from marketplace.workshops.details import PictureChange
from marketplace.workshops.pictures import _places

KEPT = [11, 12]
CASES = [
    ((), {11: 0, 12: 1, -1: 2, -2: 3}),
    ((-2, 12), {-2: 0, 12: 1, 11: 2, -1: 3}),
    ((12, -1, 11, -2), {12: 0, -1: 1, 11: 2, -2: 3}),
    ((999, -9, 12), {12: 0, 11: 1, -1: 2, -2: 3}),
]


@pytest.mark.parametrize("order, places", CASES)
def test_each_photo_has_one_place(order, places):
    assert _places(PictureChange(added=("a", "b"), order=order), KEPT) == places


@pytest.mark.django_db
def test_a_form_orders_old_and_new_photos(cast):
    from django.urls import reverse

    from storefront.desk import drafts
    from storefront.uploads import clean_picture
    from tests.factories import make_piece
    from tests.storefront.test_uploads_desk import photo

    piece = make_piece(cast.maker.workshop, pictures=2, stage="draft", is_public=False)
    old = list(piece.images.order_by("display_order").values_list("pk", flat=True))
    kept = [drafts.keep(clean_picture(photo(colour)), cast.maker.user) for colour in ("navy", "green")]
    other = ProductImage.objects.get(product=make_piece(cast.other_maker.workshop, pictures=1))
    order = [kept[1].ticket, str(other.pk), str(old[1]), "forged", "\x00", kept[0].ticket, kept[1].ticket]
    path = reverse("desk:piece-step", kwargs={"workshop": cast.maker.workshop.slug, "pk": piece.pk, "step": "photos"})
    answer = cast.maker.client.post(path, {"kept": [row.ticket for row in kept], "order": order})
    assert answer.status_code == 302
    rows = list(piece.images.order_by("display_order"))
    assert [row.display_order for row in rows] == [0, 1, 2, 3]
    new = {row.pk for row in rows} - set(old)
    assert [row.pk in new for row in rows] == [True, False, True, False] and (rows[1].pk, rows[3].pk) == (old[1], old[0])
    other.refresh_from_db()
    assert other.display_order == 0 and other.product.partner == cast.other_maker.workshop.partner
