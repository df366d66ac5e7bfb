"""Whole answers from memory: no SQL on a hit, never older than a second, bounded, and what they do while the shop is away."""

import pytest
from wagtail.models import PageViewRestriction

from marketplace.partnerships import counting
from marketplace.partnerships.models import CardCount
from storefront.embeds import moment, quick
from storefront.embeds.shelf import Shelf
from storefront.listing import version
from tests.embeds.conftest import SITE
from tests.factories import make_agency
from tests.storefront.outage import database_away


@pytest.fixture
def agency(db):
    return make_agency("trails")


def addresses(world) -> list[str]:
    return [
        world.card,
        f"{world.card}?currency=KRW&theme=dark&accent=0b6e4f&via=trails",
        f"/embed/v1/card?url={world.url}&via=trails",
        f"/oembed/?url={world.url}",
        f"/oembed.xml?url={world.url}&maxwidth=320&via=trails",
    ]


def test_a_hit_asks_nobody(client, cast, world, agency, clock, django_assert_num_queries):
    kept = {address: client.get(address) for address in addresses(world)}
    with django_assert_num_queries(0):
        for address, before in kept.items():
            for person in (client, cast.buyer.client, cast.staff.client):
                answer = person.get(address, headers={"Accept-Language": "ja", "Cookie": "theme=dark"})
                assert answer.status_code == 200
                assert answer.content == before.content
                assert not answer.cookies


def test_a_hit_has_the_same_headers_as_the_first_answer(client, world, agency, settings):
    for address in addresses(world):
        quick.answers.clear()
        first, second = client.get(address), client.get(address)
        ours = {name: value for name, value in second.items() if name != "X-Request-ID"}
        assert ours == {name: value for name, value in first.items() if name != "X-Request-ID"}, address
        settings.MARKETPLACE_EMBEDS_CACHE_MB = 0
        bare = client.get(address)
        assert ours == {name: value for name, value in bare.items() if name != "X-Request-ID"}, address
        settings.MARKETPLACE_EMBEDS_CACHE_MB = 16


def test_who_has_it_gets_a_304_and_others_the_whole(client, world):
    etag = client.get(world.card)["ETag"]
    for kept in (True, False):
        if not kept:
            quick.answers.clear()
        answer = client.get(world.card, headers={"If-None-Match": etag})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
        assert "Content-Security-Policy" in answer and "X-Frame-Options" not in answer
        assert "Content-Type" not in answer
    assert client.get(world.card, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.head(world.card)["ETag"] == etag


def test_an_unpublished_story_is_gone_within_a_second(client, world, clock, commit):
    """Another process took it back: this one looks once a second."""
    client.get(world.card)
    seen = version._seen.version, version._seen.at
    world.story.unpublish()
    commit()
    version._seen.version, version._seen.at = seen
    assert client.get(world.card).status_code == 200
    clock.moves(1.01)
    assert client.get(world.card).status_code == 410
    assert client.get(f"/oembed/?url={world.url}").status_code == 404


def test_within_a_second_nobody_looks_and_then_once(client, world, clock, django_assert_num_queries):
    client.get(world.card)
    clock.moves(0.9)
    with django_assert_num_queries(0):
        client.get(world.card)
    clock.moves(0.2)
    with django_assert_num_queries(1):
        assert client.get(world.card).status_code == 200


def test_a_page_that_becomes_private_is_not_shown_any_more(client, world):
    client.get(world.card)
    PageViewRestriction.objects.create(page=world.story, restriction_type="login")
    assert client.get(world.card).status_code == 404
    assert client.get(f"/oembed/?url={world.url}").status_code == 401


def test_other_bytes_only_for_other_options(client, world, agency):
    """An attacker invents parameters, codes and spellings: there is one answer for all of them."""
    before = len(quick.answers._shelf)
    for number in range(30):
        for nonsense in (f"x={number}", f"via=nobody-{number}", f"theme=t{number}", f"accent=%22{number}", f"lang=q{number}"):
            assert client.get(f"{world.card}?{nonsense}").status_code == 200
        client.get("/oembed/", {"url": f"{world.url}?junk={number}", "maxwidth": 1000 + number, "callback": number})
        client.get("/embed/v1/card", {"url": f"{world.url}#a{number}", "via": f"nobody-{number}"})
    assert len(quick.answers._shelf) - before == 3


def test_memory_is_bounded_and_what_is_in_use_stays(client, world, settings, django_assert_num_queries, clock):
    settings.MARKETPLACE_EMBEDS_CACHE_MB = 0.25
    client.get(world.card)
    client.get(world.card)
    for number in range(80):
        client.get(f"{world.card}?accent={number:06x}")
    assert quick.answers._shelf.weight <= 0.25 * 1_048_576
    assert len(quick.answers._shelf) < 60
    with django_assert_num_queries(0):
        assert client.get(world.card).status_code == 200


def test_the_shelf_keeps_what_is_asked_for_again():
    shelf = Shelf(4)
    shelf.put("used", "value")
    shelf.get("used")
    for number in range(100):
        shelf.put(number, "once")
    assert list(shelf) == [97, 98, 99, "used"]
    shelf.drop("used")
    assert (shelf.get("used"), len(shelf), shelf.weight) == (None, 3, 3)


def test_errors_and_redirects_are_not_kept(client, world):
    for address in ("/embed/v1/en/story/x-999999/", "/embed/v1/x/", f"/embed/v1/en/story/other-{world.story.pk}/", "/oembed/"):
        client.get(address)
    assert len(quick.answers._shelf) == 0


def test_plain_http_is_sent_to_https_although_the_answer_is_kept(client, world, settings):
    assert client.get(world.card, secure=True).status_code == 200
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(world.card, secure=True).status_code == 200
    # Middleware reads that setting when it starts, so a new stack is asked.
    client.handler.load_middleware()
    answer = client.get(world.card)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{world.card}")


def test_without_a_database_kept_answers_stay_until_their_prices_are_old(client, world, agency, clock):
    kept = {address: client.get(address).content for address in addresses(world)}
    with database_away():
        for address, content in kept.items():
            assert client.get(address).content == content
        clock.moves(quick.PRICES_LAST + 1)
        late = client.get(world.card)
        assert late.status_code == 200
        assert "The bowl that waits" in late.text
        assert "USD" not in late.text
        [asked] = [address for address in kept if address.startswith("/oembed/?")]
        assert client.get(asked).content == kept[asked]
    moment.forget()
    assert "USD" in client.get(world.card).text


def test_a_database_that_hangs_is_asked_once_in_a_while(monkeypatch, db):
    asked = []

    def hang():
        asked.append(1)
        monkeypatch.setattr(moment.time, "monotonic", lambda at=moment.time.monotonic: at() + 2)
        raise RuntimeError("no answer")

    monkeypatch.setattr(version, "current", hang)
    for _request in range(5):
        with pytest.raises(Exception, match="answer"):
            moment.now()
    assert len(asked) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_views_are_counted_for_the_agency(client, world, agency, settings, kept):
    settings.MARKETPLACE_EMBEDS_CACHE_MB = 16 if kept else 0
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}
    visits = [
        (f"{world.card}?via=trails", "1.1.1.1", {}),
        (f"{world.card}?via=trails&theme=dark", "1.1.1.1", {}),  # the same reader again
        (f"{world.card}?via=trails", "2.2.2.2", {}),
        (f"/embed/v1/card?url={world.url}&via=trails", "3.3.3.3", {}),
        (f"{world.card}?via=trails&dnt=1", "4.4.4.4", {}),
        (f"{world.card}?via=trails", "5.5.5.5", {"DNT": "1"}),
        (f"{world.card}?via=trails", "6.6.6.6", {"Sec-GPC": "1"}),
        (f"{world.card}?via=trails", "7.7.7.7", {"User-Agent": "Googlebot/2.1"}),
        (f"{world.card}?via=nobody", "8.8.8.8", {}),
        (world.card, "9.9.9.9", {}),
        (f"/oembed/?url={world.url}&via=trails", "10.0.0.1", {}),
        ("/embed/v1/en/story/x-999999/?via=trails", "10.0.0.2", {}),
    ]
    for address, visitor, headers in visits:
        client.get(address, headers=browser | headers, REMOTE_ADDR=visitor)
    client.head(f"{world.card}?via=trails", headers=browser, REMOTE_ADDR="10.0.0.3")
    counting.flush()
    [row] = CardCount.objects.all()
    assert (row.agency, row.subject, row.language) == (agency, f"story-{world.story.pk}", "en")
    assert (row.views, row.clicks) == (3, 0)


def test_the_answer_does_not_depend_on_the_host_that_was_asked(client, world, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    assert client.get(world.card, headers={"Host": "other.example"}).content == client.get(world.card).content
    client.get(world.card, headers={"Host": "evil.example"})
    assert client.get(world.card, headers={"Host": "evil.example"}).status_code == 400
    assert SITE in client.get(world.card).text
