"""The base itself: what tests rely on is there, and stays there."""

import pytest
from django.conf import settings

from marketplace.economies.models import Economy
from marketplace.payments.models import Payment
from storefront.listing.models import ProductCard
from storefront.models import HomePage
from tests.factories import make_order, make_piece, make_place_page, make_story


def test_reference_data_is_there(reference_data):
    assert set(reference_data.homes) == set(settings.MARKETPLACE_STOREFRONT_LANGUAGES)
    assert Economy.objects.count() == 21


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_are_gone_and_reference_data_is_back(turn):
    assert not ProductCard.objects.exists()
    make_piece()
    assert HomePage.objects.count() == len(settings.MARKETPLACE_STOREFRONT_LANGUAGES)


def test_a_story_leads_to_a_piece(client, cast):
    piece = make_piece(cast.maker.workshop, title={"en": "Red bowl", "ja": "赤い椀"}, pictures=1)
    body = [{"type": "product", "value": {"product": piece.pk}}]
    story = make_story(title={"en": "A story", "ja": "物語"}, village=cast.maker.workshop.village, body=body)
    make_place_page(cast.maker.workshop.village)
    page = client.get(story["ja"].public_url)
    assert page.status_code == 200
    assert "赤い椀" in page.text


def test_an_order_is_paid_by_the_real_services(db, mailoutbox, commit):
    payment = make_order([(make_piece(stock=3), 2)], paid=True)
    commit()
    assert payment.state == Payment.State.PAID
    assert payment.order.consignments.count() == 1
    assert [mail.to for mail in mailoutbox] == [["kenji@example.com"]]
