"""A card in a market's prices says which of its pieces do not go there, in the words of their pages."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from marketplace.trade.models import Restriction
from storefront.embeds import remembered, sizes
from storefront.embeds.remembered import recall
from tests.embeds.conftest import SITE
from tests.embeds.test_currency import rates  # noqa: F401 - a fixture

WORDS = "This piece cannot be sent to Korea"


def forbid(destination: str) -> None:
    Restriction.objects.create(
        code="NO-POTS", destination=destination, hs="6912", action="prohibit", text="No stoneware.", state="live",
        effective_from=date(2020, 1, 1), review_by=date(2099, 1, 1), source="A test",
    )  # fmt: skip
    remembered.forget()


def refusals(client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return [found.text for found in BeautifulSoup(answer.content, "html.parser").select(".price .refusal")]


@pytest.fixture
def cards(world, rates):  # noqa: F811
    return world.card, f"/embed/v1/en/product/{world.piece.slug}-{world.piece.pk}/"


def test_only_in_the_market_that_it_does_not_go_to(client, cards, django_assert_num_queries):
    for card in cards:
        assert refusals(client, f"{card}?currency=KRW") == []
    forbid("KR")
    for card in cards:
        assert refusals(client, f"{card}?currency=KRW") == [WORDS]
        with django_assert_num_queries(0):
            assert refusals(client, f"{card}?currency=KRW") == [WORDS]
        assert refusals(client, card) == refusals(client, f"{card}?currency=CAD") == []
        assert "₩" in client.get(f"{card}?currency=KRW").text


def test_its_page_says_the_same(client, cards):
    forbid("KR")
    html = BeautifulSoup(client.get(f"{cards[1]}?currency=KRW").content, "html.parser")
    assert WORDS in client.get(html.find(id="act")["href"].removeprefix(SITE)).text


def test_the_frame_has_room_for_the_words(world, cards):
    def height() -> int:
        return sizes.natural_height(recall("product", "en", world.piece.pk, "KRW")[0], 360)

    before = height()
    forbid("KR")
    assert height() >= before + 15
