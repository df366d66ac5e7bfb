"""The sitemap by the row of the contract: every alternate answers, counts, points back and names itself; dates are true."""

from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree

from oscar.core.loading import get_model
from wagtail.models import PageViewRestriction

from catalogue.models import Product, TranslationRecord
from storefront.models import StoryPage
from tests.factories import make_piece, make_story
from tests.feeds.world import CHANGED, SITE, soup

StockRecord = get_model("partner", "StockRecord")
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def entries(client) -> Iterator[tuple[str, str | None, dict[str, str]]]:
    """(address, day of its last change, language → address there)."""
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    for loc in index.iterfind("s:sitemap/s:loc", XML):
        body = b"".join(client.get(loc.text.removeprefix(SITE)).streaming_content)
        rows = ElementTree.fromstring(body).findall("s:url", XML)
        assert 0 < len(rows) <= 50_000
        for row in rows:
            links = {link.get("hreflang"): link.get("href") for link in row.iterfind("x:link", XML)}
            yield row.findtext("s:loc", None, XML), row.findtext("s:lastmod", None, XML), links


def test_every_alternate_answers_counts_points_back_and_names_itself(client, world):
    found = {address: links for address, _day, links in entries(client)}
    assert {f"{SITE}{path}" for path in [*world.paths().values(), *world.paths("ja").values()]} <= set(found)
    told = {path for code in ("en", "ja") for path in (f"/{code}/", *world.paths(code).values())}
    for address, links in found.items():
        if address.removeprefix(SITE) not in told:
            continue
        html = soup(client.get(address.removeprefix(SITE)))
        assert html.select_one("link[rel=canonical]")["href"] == address
        assert address in links.values() and links["x-default"] in links.values()
        for language, url in links.items():
            assert found[url] == links, (address, language)
        assert {row["hreflang"]: row["href"] for row in html.find_all("link", hreflang=True)} == links


def test_days_are_those_of_each_language(client, world):
    StoryPage.objects.filter(pk=world.story["ja"].pk).update(last_published_at=CHANGED + timedelta(days=3))
    days = {address: day for address, day, _links in entries(client)}
    assert days[SITE + world.paths("en")["story"]] == "2026-05-06"
    assert days[SITE + world.paths("ja")["story"]] == "2026-05-09"


def test_a_pieces_day_is_that_of_its_facts_its_price_or_its_translation(client, world):
    early = CHANGED - timedelta(days=30)
    Product.objects.filter(pk=world.piece.pk).update(date_updated=early)
    world.piece.stockrecords.update(date_updated=early)
    TranslationRecord.objects.update(changed_at=early)
    places = [SITE + world.paths(code)["piece"] for code in ("en", "ja")]

    def told() -> list[str | None]:
        days = {address: day for address, day, _links in entries(client)}
        return [days[place] for place in places]

    assert told() == ["2026-04-06", "2026-04-06"]
    world.piece.stockrecords.update(date_updated=CHANGED)
    assert told() == ["2026-05-06", "2026-05-06"]
    Product.objects.filter(pk=world.piece.pk).update(date_updated=CHANGED + timedelta(days=1))
    assert told() == ["2026-05-07", "2026-05-07"]
    key = world.piece.texts.get(locale__language_code="ja").translation_key
    assert TranslationRecord.objects.filter(translation_key=key).update(changed_at=CHANGED + timedelta(days=2)) == 1
    assert told() == ["2026-05-07", "2026-05-08"]


def test_a_piece_with_variants_has_the_day_of_its_latest_variant(client, world):
    piece = make_piece(world.piece.partner.workshop, title="Scarf", variants={"red": ("10.00", 1), "blue": ("12.00", 1)})
    Product.objects.filter(pk=piece.pk).update(date_updated=CHANGED - timedelta(days=30))
    child = piece.children.last()
    StockRecord.objects.filter(product__parent=piece).update(date_updated=CHANGED - timedelta(days=20))
    child.stockrecords.update(date_updated=CHANGED)
    (day,) = [day for address, day, _links in entries(client) if address.endswith(f"-{piece.pk}/")]
    assert day == "2026-05-06"


def test_the_pages_for_agencies_and_developers_are_in_it(client, world, settings):
    found = {address: links for address, _day, links in entries(client)}
    for name in ("for-agencies", "for-developers"):
        addresses = {code: f"{SITE}/{code}/{name}/" for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES}
        for code, address in addresses.items():
            assert found[address] == addresses | {"x-default": addresses["en"]}
            html = soup(client.get(address.removeprefix(SITE)))
            assert html.select_one("link[rel=canonical]")["href"] == address
            assert html.html["lang"] == code


def test_what_is_not_public_is_not_in_it(client, world):
    make_story(title="Draft", slug="draft")["en"].unpublish()
    secret = make_story(title="Secret", slug="secret")["en"]
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    hidden = make_piece(world.workshop, title="Hidden", is_public=False)
    addresses = {address for address, _day, _links in entries(client)}
    assert not [address for address in addresses if "draft" in address or "secret" in address or f"-{hidden.pk}/" in address]
