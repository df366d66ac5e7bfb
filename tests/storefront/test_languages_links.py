"""Links follow the language: addresses of pieces, the language menu, hreflang, the sitemap, and who may redirect."""

import re
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.utils.translation import override
from wagtail.models import PageViewRestriction

from catalogue.text import language_name
from storefront.listing.slugs import slug_of
from tests.factories import make_piece, make_place_page, make_story, make_village, make_workshop
from tests.people import Visitor

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
ALL = ("en", "ja", "vi", "th", "es", "zh-hant")
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def soup(response) -> BeautifulSoup:
    assert response.status_code == 200, response
    return BeautifulSoup(response.content, "html.parser")


def alternates(response) -> dict[str, str]:
    return {link["hreflang"]: link["href"] for link in soup(response).find_all("link", hreflang=True)}


@pytest.fixture
def scarf():
    """A piece with words in English, Thai and Vietnamese."""
    titles = {"en": "Silk scarf", "th": "ผ้าไหมทอมือ", "vi": "Khăn lụa"}
    return make_piece(make_workshop(source="th"), title=titles, source="th")


def path(language: str, slug: str, piece) -> str:
    return f"/{language}/products/{quote(slug)}-{piece.pk}/"


# Slugs


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Red bowl", "red-bowl"),
        ("The maker’s own, 11 cm!", "the-makers-own-11-cm"),
        ("Tô sơn mài đỏ", "tô-sơn-mài-đỏ"),
        ("ผ้าไหมทอมือ", "ผ้าไหมทอมือ"),
        ("津軽漆器の椀", "津軽漆器の椀"),
        ("ก" + "ฝ้าย" * 20, "ก" + "ฝ้าย" * 7),
        ("…", "piece"),
        ("word " * 40, "-".join(["word"] * 18)),
    ],
)
def test_a_slug_keeps_its_script(title, slug):
    assert slug_of(title, "piece") == slug
    assert len(slug.encode()) <= 90


def test_a_piece_has_a_slug_in_each_language(client, scarf):
    assert client.get(path("th", "ผ้าไหมทอมือ", scarf)).status_code == 200
    assert client.get(path("vi", "khăn-lụa", scarf)).status_code == 200
    assert client.get(path("en", "silk-scarf", scarf)).status_code == 200
    assert client.get(path("ja", "silk-scarf", scarf)).status_code == 200


def test_a_slug_of_another_language_or_time_leads_to_the_right_one(client, scarf):
    for slug in ("silk-scarf", "anything", "ผ้า"):
        answer = client.get(path("th", slug, scarf), {"from": "letter"})
        assert (answer.status_code, answer["Location"]) == (
            301,
            path("th", "ผ้าไหมทอมือ", scarf) + "?from=letter",
        )


def test_every_link_on_a_page_stays_in_its_language(client, scarf):
    make_place_page(scarf.partner.workshop.village)
    make_place_page(scarf.partner.workshop)
    make_story(
        village=scarf.partner.workshop.village, body=[{"type": "product", "value": {"product": scarf.pk}}]
    )
    pages = (
        "",
        "products/",
        "stories/",
        "villages/",
        "workshops/",
        f"products/{quote('ผ้าไหมทอมือ')}-{scarf.pk}/",
    )
    for page in pages:
        html = soup(client.get(f"/th/{page}"))
        for menu in html.select(".language, .languages"):
            menu.decompose()
        links = [link["href"] for link in html.find_all("a", href=re.compile("^/"))]
        assert links
        assert [link for link in links if not link.startswith("/th/")] == [], page


def test_an_editors_link_to_a_page_leads_to_it_in_the_readers_language(client, commit):
    both = make_story(title={"en": "Told", "th": "เล่า"}, slug="told")
    both["th"].slug = "thai-slug"
    both["th"].save_revision().publish()
    only = make_story(title="Only English", slug="only")["en"]
    secret = make_story(title="Secret", slug="secret")["en"]
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    links = "".join(f'<a linktype="page" id="{page.pk}">there</a>' for page in (both["en"], only, secret))
    links += '<a linktype="page" id="999999">gone</a>'
    make_story(title="Links", slug="links", body=[{"type": "text", "value": {"text": f"<p>{links}</p>"}}])
    commit()
    hrefs = [
        link.get("href") for link in soup(client.get("/th/stories/links/")).select(".story-body .text a")
    ]
    assert hrefs == ["/th/stories/thai-slug/", "/th/stories/only/", None, None]
    hrefs = [
        link.get("href") for link in soup(client.get("/en/stories/links/")).select(".story-body .text a")
    ]
    # Who may read it is asked there.
    assert hrefs == ["/en/stories/told/", "/en/stories/only/", "/en/stories/secret/", None]


# The language menu and hreflang


def test_the_menu_leads_to_the_same_thing_or_says_what_is_shown_there(client, scarf):
    html = soup(client.get(path("th", "ผ้าไหมทอมือ", scarf) + "?from=letter"))
    links = {link["hreflang"]: link for link in html.select(".language a")}
    assert links["vi"]["href"] == path("vi", "khăn-lụa", scarf) + "?from=letter"
    assert links["ja"]["href"] == path("ja", "silk-scarf", scarf) + "?from=letter"
    assert links["th"]["aria-current"] == "true"
    with override("th"):
        names = [language_name("ja"), language_name("en")]
    note = links["ja"].find_next_sibling("small").text
    assert all(name in note for name in names)
    assert links["vi"].find_next_sibling("small") is None


def test_the_menu_keeps_filters_and_page_numbers(client, scarf):
    html = soup(client.get("/en/products/?sort=price&economy=VN"))
    link = html.select_one('.language a[hreflang="ja"]')
    assert link["href"] == "/ja/products/?sort=price&economy=VN"


def test_alternates_of_a_piece_are_the_languages_it_has_words_in(client, scarf):
    expected = {
        "en": SITE + path("en", "silk-scarf", scarf),
        "th": SITE + path("th", "ผ้าไหมทอมือ", scarf),
        "vi": SITE + path("vi", "khăn-lụa", scarf),
        "x-default": SITE + path("en", "silk-scarf", scarf),
    }
    for address in [*expected.values(), SITE + path("ja", "silk-scarf", scarf)]:
        answer = client.get(address.removeprefix(SITE))
        assert alternates(answer) == expected, address
    assert soup(answer).find("link", rel="canonical")["href"] == expected["en"]


def test_without_words_in_the_default_language_the_first_there_is_stands_for_all(client):
    bowl = make_piece(title={"ja": "椀", "vi": "Bát"}, source="vi")
    assert alternates(client.get(path("ja", "椀", bowl)))["x-default"] == SITE + path("ja", "椀", bowl)


def test_a_piece_in_none_of_the_storefronts_languages_has_one_address_that_counts(client):
    basket = make_piece(make_workshop(source="id"), title="Keranjang", source="id")
    answer = client.get(path("th", "keranjang", basket))
    assert alternates(answer) == {}
    assert soup(answer).find("link", rel="canonical")["href"] == SITE + path("en", "keranjang", basket)


# Sitemap and robots


def read_sitemap(client: Visitor) -> dict[str, dict[str, str]]:
    """Address → its alternates, of all files that the index names."""
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    found = {}
    for loc in index.iterfind("s:sitemap/s:loc", XML):
        answer = client.get(loc.text.removeprefix(SITE))
        assert answer["Content-Type"] == "application/xml"
        assert answer.streaming
        for url in ElementTree.fromstring(b"".join(answer.streaming_content)).iterfind("s:url", XML):
            links = url.iterfind("x:link", XML)
            found[url.find("s:loc", XML).text] = {link.get("hreflang"): link.get("href") for link in links}
    return found


def test_the_sitemap_says_of_every_address_what_its_page_says(client, scarf):
    make_story(title={"en": "The bowl & more", "ja": "椀"}, slug="bowl")
    make_place_page(make_village("sao-mai"), title={"en": "Sao Mai", "ja": "サオマイ"})
    make_piece(make_workshop(source="id"), title="Keranjang", source="id")
    hidden = make_piece(title="Hidden", is_public=False)
    found = read_sitemap(client)
    assert f"{SITE}/en/stories/bowl/" in found
    assert f"{SITE}/th/stories/bowl/" not in found
    assert SITE + path("th", "ผ้าไหมทอมือ", scarf) in found
    assert not [address for address in found if f"-{hidden.pk}/" in address]
    for address, links in found.items():
        answer = client.get(address.removeprefix(SITE))
        assert alternates(answer) == links, address
        assert soup(answer).find("link", rel="canonical")["href"] == address
        # Reciprocal: whom it names, names it.
        assert all(found[other] == links for other in links.values()), address


def test_large_sitemaps_are_cut_by_ids(client, monkeypatch):
    from storefront import sitemaps

    monkeypatch.setattr(sitemaps, "PIECES_PER_FILE", 1)
    pieces = [make_piece(), make_piece()]
    index = client.get("/sitemap.xml").text
    for piece in pieces:
        assert f"/sitemap-pieces-{piece.pk}.xml" in index
        body = b"".join(client.get(f"/sitemap-pieces-{piece.pk}.xml").streaming_content).decode()
        assert body.count("<url>") == 1
    assert client.get(f"/sitemap-pieces-{pieces[-1].pk + 1}.xml").status_code == 404
    assert client.get("/sitemap-nothing-0.xml").status_code == 404


def test_robots_find_the_sitemap_and_leave_personal_pages_alone(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {SITE}/sitemap.xml" in answer.text.splitlines()
    assert "Disallow: /*/basket/" in answer.text.splitlines()


def test_the_icon_is_where_browsers_look_for_it(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/storefront/img/favicon.ico")


# Who decides about the language


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("th", "th"),
        ("es-PE,es;q=0.9", "es"),
        ("zh-TW,zh;q=0.9", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("zh-Hant-TW", "zh-hant"),
        ("zh-CN,zh;q=0.9", "en"),
        ("zh-CN,ja;q=0.5", "ja"),
        ("fr-CA,vi;q=0.2", "vi"),
        ("ko", "en"),
        ("*", "en"),
        ("", "en"),
        ("th;q=0,ja", "ja"),
        ("nonsense;;q=", "en"),
    ],
)
def test_the_bare_address_follows_the_browser(client, asked, language):
    answer = client.get("/", headers={"Accept-Language": asked})
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in answer["Vary"]


def test_nothing_else_redirects_by_language(client, scarf):
    story = make_story(title={"en": "The bowl", "ja": "椀"}, slug="bowl")["en"]
    addresses = [
        *(f"/{language}/" for language in ALL),
        *(
            f"/en/{name}/"
            for name in ("products", "stories", "villages", "crafts", "workshops", "search", "basket")
        ),
        *("/en/account/login/", "/en/account/register/", "/ja/stories/bowl/", "/th/stories/bowl/"),
        path("en", "silk-scarf", scarf),
        path("ja", "silk-scarf", scarf),
        f"/embed/v1/en/story/bowl-{story.pk}/",
        *("/sitemap.xml", "/robots.txt"),
    ]
    for address in addresses:
        answers = [
            client.get(address, headers={"Accept-Language": asked})
            for asked in ("en", "ja", "es-PE", "zh-TW")
        ]
        assert {answer.status_code for answer in answers} == {200}, address
        if not address.endswith((".xml", ".txt")):
            assert len({answer["Content-Language"] for answer in answers}) == 1, address
        assert all("Accept-Language" not in answer.get("Vary", "") for answer in answers), address
    # A slug is put right, in the language of the address.
    wrong = client.get(path("en", "x", scarf), headers={"Accept-Language": "th"})
    assert wrong["Location"] == path("en", "silk-scarf", scarf)
