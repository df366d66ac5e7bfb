"""The framed card over HTTP. E7, E18 … are the promises of docs/embedding.md; see tests/browser, too."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from bs4 import BeautifulSoup
from django.urls import NoReverseMatch, get_resolver, reverse
from wagtail.models import Locale, PageViewRestriction

from storefront.embeds import quick, remembered
from storefront.listing import directory, version
from storefront.listing.models import ProductCard
from storefront.models import StoryPage
from tests.factories import (
    make_agency,
    make_craft,
    make_picture,
    make_piece,
    make_place_page,
    make_story,
    make_workshop,
)
from tests.storefront.outage import database_away

SITE = "http://testserver"


@pytest.fixture(autouse=True)
def agency7(db):
    """The agency whose code the links of these tests carry."""
    return make_agency("agency7")


def card_of(page, language: str = "", kind: str = "story") -> str:
    return f"/embed/v1/{language or page.locale.language_code}/{kind}/{page.slug}-{page.pk}/"


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def assert_frameable(response) -> None:
    """Every answer below /embed/v1/ may be framed and is harmless."""
    policy = response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert "frame-ancestors" not in policy
    assert policy.startswith("default-src 'none'; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    assert "Vary" not in response


def make_makers():
    return make_workshop(name={"en": "Sao Mai Lacquer", "ja": "サオマイ漆器"})


@pytest.fixture
def workshop(db, recorded):
    return recorded(make_makers)


def make_pages(workshop):
    """A story in English and Japanese with four pieces, of which one is sold out: language code → page."""
    titles = [{"en": f"Bowl {number}", "ja": f"椀{number}"} for number in range(4)]
    pieces = [
        make_piece(workshop, title=title, stock=number, pictures=int(number == 1))
        for number, title in enumerate(titles)
    ]
    return make_story(
        title={"en": "The bowl that waits", "ja": "待つ椀"},
        intro="It waits upside down.",
        village=workshop.village,
        craft=make_craft("lacquer"),
        hero=make_picture(size=(1200, 800)),
        hero_alt="Bowls on a shelf",
        body=[
            {"type": "product", "value": {"product": pieces[0].pk}},
            {
                "type": "shelf",
                "value": {"mode": "chosen", "title": "", "products": [pieces[2].pk, pieces[3].pk]},
            },
        ],
    )


@pytest.fixture
def pages(workshop, recorded):
    return recorded(make_pages, workshop)


def make_plain_story():
    """An English story without pieces or pictures."""
    return make_story()["en"]


@pytest.fixture
def story(db, recorded):
    return recorded(make_plain_story)


def test_what_a_card_shows(client, pages):
    html = soup(client.get(card_of(pages["en"])))
    article = html.article
    assert (html.html["lang"], article["lang"], article["dir"]) == ("en", "en", "ltr")
    assert article.h1.text == "The bowl that waits"
    assert article.find(class_="place").text == "Sao Mai · Viet Nam"
    assert article.find(class_="text").text == "It waits upside down."
    picture = article.find(class_="picture")
    assert picture["alt"] == "Bowls on a shelf"
    assert picture["src"].startswith("/media/")
    assert article.find(id="act").text == "Read the story"
    assert article.find(class_="credit").a["href"] == f"{SITE}/en/"
    names = [piece.text for piece in article.find_all(class_="name")]
    assert names == ["Bowl 2", "Bowl 3", "Bowl 1"], (
        "the story's own in its order, then the workshop's; sold out last"
    )
    prices = [" ".join(price.text.split()) for price in article.select(".pieces .price")]
    assert prices == ["$48.00 USD"] * 3


def test_prices_from_say_so_in_the_order_of_the_language(client, workshop):
    piece = make_piece(workshop, variants={"Small": ("38.00", 1), "Large": ("58.00", 1)})
    address = f"/embed/v1/{{}}/product/{piece.slug}-{piece.pk}/"
    for language, price in (("en", "from $38.00\u00a0USD"), ("ja", "$38.00\u00a0USD から")):
        assert soup(client.get(address.format(language))).find(class_="price").text.strip() == price


def test_every_link_leaves_in_a_new_tab_for_the_shop(client, pages):
    links = soup(client.get(card_of(pages["en"]))).find_all("a")
    assert len(links) == 5
    for link in links:
        assert (link["target"], link["rel"]) == ("_blank", ["noopener"])
        assert link["href"].startswith(f"{SITE}/en/")
        assert client.get(link["href"].removeprefix(SITE)).status_code == 200


def test_a_card_has_nothing_that_acts(client, pages):
    html = soup(client.get(card_of(pages["en"])))
    assert not html.find_all(["form", "input", "button", "iframe", "object", "style"])
    assert not html.find_all(attrs={"style": True})
    assert "csrf" not in str(html).lower()


def test_the_other_kinds(client, workshop):
    craft = make_craft(name={"en": "Lacquer", "ja": "漆"})
    piece = make_piece(workshop, craft=craft, title={"en": "Red bowl"}, summary="Red inside.", pictures=1)
    village, made = (
        make_place_page(workshop.village)["en"],
        make_place_page(craft, title={"en": "Lacquer"})["en"],
    )
    acts = {
        card_of(village, kind="village"): ("Visit the village", village.public_url),
        card_of(made, kind="craft"): ("Read about the craft", made.public_url),
        f"/embed/v1/en/product/{piece.slug}-{piece.pk}/": (
            "See this piece",
            f"/en/products/{piece.slug}-{piece.pk}/",
        ),
    }
    for address, (words, leads_to) in acts.items():
        act = soup(client.get(address)).find(id="act")
        assert (act.text, act["href"]) == (words, SITE + leads_to)
    product = soup(client.get(address)).article
    assert product.find(class_="place").text == "Sao Mai Lacquer · Sao Mai · Viet Nam"
    assert " ".join(product.find(class_="price").text.split()) == "$48.00 USD"


def test_a_kind_does_not_show_another_kinds_page(client, story):
    assert client.get(card_of(story, kind="village")).status_code == 404


def test_words_in_another_language_say_so(client, story):
    html = soup(client.get(card_of(story, "ja")))
    assert html.article["lang"] == "ja"
    assert html.h1["lang"] == "en"
    assert html.find(class_="label").text == "英語で表示しています"
    assert html.find(id="act")["href"] == SITE + story.public_url.replace("/en/", "/ja/")


def test_the_cards_language_is_preferred_to_the_numbers(client, pages):
    assert soup(client.get(card_of(pages["en"], "ja"))).h1.text == "待つ椀"


def test_theme_and_code(client, pages):
    html = soup(client.get(card_of(pages["en"]) + "?theme=dark&via=agency7"))
    assert html.html["data-theme"] == "dark"
    assert {link["href"].partition("?")[2].partition("&")[0] for link in html.find_all("a")} == {"via=agency7"}
    assert "via" not in html.find("link", rel="canonical")["href"]
    plain = client.get(card_of(pages["en"])).content
    for nonsense in ("?theme=%22%3E", "?via=%3Cscript%3E", "?via=a%20b", "?via=" + "x" * 41, "?via=nobody", "?foo=1"):
        assert client.get(card_of(pages["en"]) + nonsense).content == plain


def test_e7_a_wild_title_stays_inert(client, db):
    title = '"><script>alert(1)</script>{{ 7 }}</title>'
    html = soup(client.get(card_of(make_story(title=title)["en"])))
    assert html.h1.text == title
    assert len(html.find_all("script")) == 1


def test_e18_the_policy_names_the_one_script(client, story):
    response = client.get(card_of(story))
    script = re.search(r"<script>(.*)</script>", response.text, re.DOTALL)[1]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert response["Content-Security-Policy"] == (
        f"default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self' 'sha256-{digest}'; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
    )


def test_e18_files_on_another_host_are_allowed(client, settings, story):
    settings.MEDIA_URL = "https://cdn.example/media/"
    assert "img-src 'self' https://cdn.example;" in client.get(card_of(story))["Content-Security-Policy"]


def told(response) -> dict:
    """The headers, without the number that every request has of its own."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def test_e22_headers_and_bytes_are_the_same_for_everyone(client, cast, pages):
    address = card_of(pages["en"])
    response = client.get(address)
    assert_frameable(response)
    assert response["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Permissions-Policy"] == "camera=(), microphone=(), geolocation=(), payment=()"
    assert response["Content-Language"] == "en"
    for person in cast.all_but("stranger"):
        theirs = person.client.get(address, headers={"Accept-Language": "ja"})
        assert (theirs.content, told(theirs)) == (response.content, told(response)), str(person)


def test_e22_a_304_may_be_framed_too(client, story):
    etag = client.get(card_of(story))["ETag"]
    response = client.get(card_of(story), headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert_frameable(response)


def test_a_post_is_refused(client, story):
    client.handler.enforce_csrf_checks = True
    assert client.post(card_of(story)).status_code == 405


def test_e26_another_slug_leads_to_the_present_one(client, db):
    page = make_story(slug="old-name")["en"]
    old = card_of(page)
    page.slug = "new-name"
    page.save_revision().publish()
    response = client.get(f"{old}?via=agency7&theme=light&foo=1")
    assert response.status_code == 301
    assert response["Location"] == f"{card_of(page)}?theme=light&via=agency7"
    assert_frameable(response)
    assert client.get(response["Location"]).status_code == 200


def test_e26_a_moved_page_keeps_its_card(client, story):
    response = client.get(card_of(story))
    elsewhere = StoryPage(title="Old stories", slug="old", locale=story.locale, village=story.village)
    story.get_parent().add_child(instance=elsewhere)
    story.move(elsewhere, pos="last-child")
    moved = client.get(card_of(story))
    assert moved.status_code == 200
    assert soup(moved).find(id="act")["href"] == f"{SITE}/en/stories/old/{story.slug}/"
    assert moved.content != response.content


def test_e26_a_japanese_slug(client, db):
    page = make_story(title={"ja": "待つ椀"}, slug="待つ椀")["ja"]
    response = client.get(card_of(page, "ja"))
    assert response.status_code == 200
    assert soup(response).find(id="act")["href"].isascii()


def test_e26_what_is_gone_is_410_and_leads_to_its_village(client, pages, workshop):
    village = make_place_page(workshop.village)["en"]
    for page in (pages["ja"], pages["en"]):
        page.unpublish()
    response = client.get(card_of(pages["en"]))
    assert response.status_code == 410
    assert_frameable(response)
    assert "The bowl that waits" not in response.text
    link = soup(response).find(class_="act").a
    assert (link["href"], link.text) == (SITE + village.public_url, "Visit Sao Mai")


def test_e26_a_translation_that_is_gone_falls_back(client, pages):
    pages["ja"].unpublish()
    html = soup(client.get(card_of(pages["en"], "ja")))
    assert (html.h1.text, html.h1["lang"]) == ("The bowl that waits", "en")


def test_e26_a_deleted_story_is_410_and_leads_to_the_stories(client, story):
    address = card_of(story)
    story.delete()
    response = client.get(address)
    assert response.status_code == 410
    assert_frameable(response)
    assert soup(response).find(class_="act").a["href"] == f"{SITE}/en/stories/"


def test_e26_a_hidden_piece_is_410(client, workshop):
    piece = make_piece(workshop)
    address = f"/embed/v1/en/product/{piece.slug}-{piece.pk}/"
    assert client.get(address).status_code == 200
    piece.is_public = False
    piece.save()
    assert client.get(address).status_code == 410


def test_what_never_was_is_404_in_a_card_of_its_own(client, story):
    StoryPage.objects.filter(pk=story.pk).update(live=False, first_published_at=None)
    for address in (
        card_of(story),
        "/embed/v1/en/story/x-999999/",
        "/embed/v1/en/product/x-999999/",
        "/embed/v1/xx/story/x-1/",
        "/embed/v1/en/workshop/x-1/",
        "/embed/v1/en/story/x-99999999999999999999/",
        "/embed/v1/en/story/x/",
        "/embed/v1/nothing/",
    ):
        response = client.get(address)
        assert response.status_code == 404, address
        assert_frameable(response)
        assert soup(response).h1.text == "There is nothing to show here"


def test_a_restricted_story_has_no_card(client, cast):
    page = make_story(title="The hidden bowl")["en"]
    assert client.get(card_of(page)).status_code == 200
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    for person in (cast.stranger, cast.buyer, cast.staff):
        response = person.client.get(card_of(page))
        assert response.status_code == 404
        assert "bowl" not in response.text


def test_a_change_shows_at_once(client, pages):
    address = card_of(pages["en"])
    client.get(address)
    ProductCard.objects.filter(slug="bowl-2").update(price=12)
    pages["en"].title = "The bowl that waited"
    pages["en"].save_revision().publish()
    response = client.get(address)
    assert soup(response).h1.text == "The bowl that waited"
    assert "$12.00" in response.text


def test_few_statements_cold_and_none_on_a_hit(
    client, cast, pages, steady, django_assert_max_num_queries, django_assert_num_queries
):
    address = card_of(pages["en"])
    client.get(address)  # draws the pictures
    for memory in (remembered, directory, version):
        memory.forget()
    with django_assert_max_num_queries(11):
        assert client.get(f"{address}?via=agency7").status_code == 200
    with django_assert_num_queries(0):
        assert client.get(f"{address}?via=agency7&theme=dark").status_code == 200
        assert cast.buyer.client.get(address).status_code == 200


def test_e27_without_a_database_known_cards_stay_and_others_are_503(client, cast, pages, story, monkeypatch):
    known = card_of(pages["en"])
    unknown = [card_of(story), "/embed/v1/en/story/x-999999/", "/embed/v1/nothing/"]
    kept = client.get(known).content
    with database_away():
        for visitor in (client, cast.buyer.client):
            assert visitor.get(known).content == kept
        assert client.get(f"{known}?via=agency7").status_code == 200
        for address in unknown:
            response = client.get(address)
            assert (response.status_code, response["Retry-After"]) == (503, "30")
            assert response["Cache-Control"] == "no-store"
            assert_frameable(response)
            assert "Traceback" not in response.text
        monkeypatch.setattr(quick, "PRICES_LAST", 0)
        late = client.get(known)
        assert "Bowl 2" in late.text
        assert "USD" not in late.text
    assert client.get(unknown[0]).status_code == 200


def test_e27_what_is_kept_has_an_end(client, db):
    from storefront.embeds.kept import Keep

    keep = Keep(most=2)
    for key in "abc":
        keep.get(key, lambda: "value")
    assert list(keep._rows) == ["b", "c"]


def names_without_arguments(resolver=None, prefix: str = "") -> set[str]:
    """Every URL name of the project, with its namespaces, that can be asked for as it is."""
    found = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= names_without_arguments(pattern, inner)
        elif pattern.name:
            found.add(f"{prefix}{pattern.name}")
    return found


def addresses_without_arguments() -> dict[str, str]:
    found = {}
    for name in names_without_arguments():
        try:
            found[reverse(name)] = name
        except NoReverseMatch:
            continue
    return found


def test_e21_only_cards_can_be_framed(client, cast, pages):
    addresses = addresses_without_arguments()
    assert len(addresses) > 100
    piece = ProductCard.objects.first()
    extra = [
        "/",
        pages["en"].public_url,
        f"/en/products/{piece.slug}-{piece.pk}/",
        "/nowhere/",
        "/oembed/?url=x",
    ]
    visits = [(client, address) for address in [*addresses, *extra]]
    visits += [
        (cast.buyer.client, "/en/account/orders/"),
        (cast.maker.client, "/en/desk/"),
        (cast.staff.client, "/admin/"),
    ]
    for visitor, address in visits:
        visitor.raise_request_exception = False  # an error page must not be framed either
        response = visitor.get(address)
        if address.startswith("/embed/v1/") and response["Content-Type"].startswith("text/html"):
            assert_frameable(response)
            continue
        assert response.get("X-Frame-Options") in ("SAMEORIGIN", "DENY"), address


def test_locales_beyond_the_storefronts_have_no_cards(client, story):
    assert Locale.objects.filter(language_code="ko").exists()
    assert client.get(card_of(story, "ko")).status_code == 404
