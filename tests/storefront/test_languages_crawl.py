"""A walk through the shop, the makers' desk and an agency's card in each language: no word of another unlabelled."""

from html import unescape

import pytest
from django.core import mail
from wagtail.models import Page

from storefront.listing.cards import card_path
from storefront.listing.models import ProductCard
from storefront.listing.refresh import once_at_the_end
from storefront.models import HomePage
from tests.factories import make_craft, make_material, make_piece, make_place_page, make_story, make_village
from tests.factories.orders import make_order
from tests.factories.places import make_member, make_workshop
from tests.people import Visitor
from tests.shopping import ADDRESS, Shopper
from tests.storefront.language_crawl import foreign_words, is_foreign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]
LANGUAGES = ("en", "ja", "vi", "th", "es", "zh-hant")
HERE = {
    "en": "Sun Hill",
    "ja": "陽の丘",
    "vi": "Đồi Nắng",
    "th": "เนินตะวัน",
    "es": "Cerro del Sol",
    "zh-hant": "日丘",
}
BOWL = {
    "en": "Red bowl",
    "ja": "赤い椀",
    "vi": "Bát đỏ",
    "th": "ชามแดง",
    "es": "Cuenco rojo",
    "zh-hant": "紅碗",
}
WORDS = {"en": "Made by hand.", "ja": "手仕事です。", "vi": "Làm bằng tay.", "th": "ทำด้วยมือ"}
WORDS |= {"es": "Hecho a mano.", "zh-hant": "手工製作。"}
BODY = [{"type": "text", "value": {"heading": "", "text": "<p>Only in English.</p>"}}]
# Names and words of the data that are the same in every language.
KNOWN = {"Village & Hand", "Stripe", "WebM", "Ogg", "Kenji", "Mori Kenji", "Hoa"}
KNOWN |= {
    word for value in ADDRESS.values() for word in (value, *value.split()) if word.strip("+-0123456789")
}
KNOWN |= {"Minato", "Yokohama", "Kanagawa"}


TITLES = set(BOWL.values()) | {"Tall lamp", "Tranh khảm trai", "Soft scarf", "Small"}


class Shop:
    """A small collection: some of it in all six languages, some in English or Vietnamese only."""

    def __init__(self) -> None:
        for home in HomePage.objects.select_related("locale"):
            tree = Page.objects.descendant_of(home, inclusive=True)
            tree.update(title=HERE[home.locale.language_code], draft_title=HERE[home.locale.language_code])
        self.village = make_village("sun-hill", name=HERE, summary=WORDS)
        self.craft = make_craft("lacquer", name=BOWL, summary=WORDS)
        self.workshop = make_workshop(
            "sun-hill-lacquer", village=self.village, name=HERE, summary=WORDS, code_prefix="SUN"
        )
        self.maker = make_member(self.workshop, email="hoa@example.com", first_name="Hoa")
        foreign = make_village("sao-mai", name={"vi": "Sao Mai"}, summary="Bên sông.", source="vi")
        self.other = make_workshop("nha", village=foreign, name={"vi": "Nhà Ông Tám"}, source="vi")
        bamboo = make_material("bamboo", name={"en": "Bamboo"})
        same = {
            "craft": self.craft,
            "materials": [bamboo],
            "length_mm": 120,
            "hs_code": "441990",
            "stock": 60,
        }
        self.bowl = make_piece(self.workshop, title=BOWL, summary=WORDS, description=WORDS, **same)
        self.only_english = make_piece(self.workshop, title="Tall lamp", summary="It stands.", **same)
        self.variants = make_piece(
            self.workshop, title="Soft scarf", variants={"Small": ("12.00", 60)}, **same
        )
        self.vietnamese = make_piece(self.other, title="Tranh khảm trai", source="vi", supply="made_to_order")
        places = {"village": self.village, "craft": self.craft, "workshop": self.workshop}
        make_story(title=HERE, slug="told", intro="", **places)
        english = make_story(title="The bowl that waits", slug="english", body=BODY, **places)
        self.story = english["en"]
        for place in (self.village, self.craft):
            make_place_page(place, title=HERE)
        make_place_page(self.workshop, title={"en": "Sun Hill"}, body=BODY)
        make_place_page(foreign, title={"vi": "Sao Mai"})

    def public(self, language: str) -> list[str]:
        pieces = ProductCard.objects.in_bulk().values()
        paths = [
            "",
            "products/",
            "products/?economy=VN&available=1&sort=price&price=1",
            "search/",
            "search/?q=zzz",
        ]
        paths += [
            "search/?q=lamp",
            "stories/",
            "stories/told/",
            "stories/english/",
            "villages/",
            "villages/sun-hill/",
        ]
        paths += [
            "villages/sao-mai/",
            "crafts/",
            "crafts/lacquer/",
            "workshops/",
            "workshops/sun-hill-lacquer/",
        ]
        paths += ["account/login/", "account/register/", "account/forgotten/", "basket/"]
        return [*(f"/{language}/{path}" for path in paths), *(card_path(card, language) for card in pieces)]


@once_at_the_end()
def make_shop() -> Shop:
    return Shop()


@pytest.fixture
def shop(recorded) -> Shop:
    return recorded(make_shop)


def check(language: str, pages: dict[str, str | bytes]) -> None:
    found = [
        f"{name}: {words}"
        for name, body in pages.items()
        if (words := foreign_words(body, language, KNOWN, TITLES))
    ]
    assert not found, f"{language}:\n" + "\n".join(found)


def test_a_shopper_meets_one_language(shop, subtests):
    for language in LANGUAGES:
        with subtests.test(language=language):
            shop_in(shop, language)


def shop_in(shop: Shop, language: str) -> None:
    client = Visitor()
    answers = {path: client.get(path) for path in shop.public(language)}
    assert {answer.status_code for answer in answers.values()} == {200}
    pages = {path: answer.content for path, answer in answers.items()}
    pages["missing page"] = client.get(f"/{language}/never/").content
    shopper = Shopper(client=client, language=language)
    shopper.fill(shop.bowl, shop.only_english, shop.vietnamese, shop.variants.children.get())
    pages["basket"] = client.get(shopper.url("basket/")).content
    pages["too many"] = shopper.put(shop.bowl, 99).content
    pages["address"] = client.get(shopper.url("checkout/")).content
    pages["bad address"] = shopper.give_address(email="x", phone="x", postcode="", full_name="").content
    assert shopper.give_address().status_code == 302
    pages["review"] = client.get(shopper.url("checkout/review/")).content
    payment = shopper.place()
    pages["order to pay"] = shopper.see(payment).content
    mails = len(mail.outbox)
    paid = make_order([shop.bowl, shop.only_english], language=language, paid=True)
    pages["paid order"] = client.with_link_of(paid).get(shopper.url(f"orders/{paid.order.number}/")).content
    for address in ("account/login/", "account/register/", "account/forgotten/"):
        pages[f"bad {address}"] = client.post(shopper.url(address), {"email": "x", "username": "x"}).content
    check(language, pages)
    # A mail is plain text: it has no way to say that a title is in another language.
    letters = [letter for letter in mail.outbox[mails:] if letter.to == ["kenji@example.com"]]
    assert letters
    for letter in letters:
        lines = [letter.subject, *unescape(letter.body).splitlines()]
        assert [line for line in lines if is_foreign(line, language, language, KNOWN | TITLES)] == []


def test_a_maker_meets_one_language(shop, subtests):
    for language in LANGUAGES:
        with subtests.test(language=language):
            work_in(shop, language)


def work_in(shop: Shop, language: str) -> None:
    payment = make_order([shop.bowl, shop.only_english], paid=True)
    client = Visitor()
    client.force_login(shop.maker)
    desk = f"/{language}/desk/sun-hill-lacquer/"
    consignment = payment.order.consignments.get()
    paths = ["", "consignments/", f"consignments/{consignment.pk}/", "pieces/", "pieces/add/"]
    paths += [f"pieces/{piece.pk}/" for piece in (shop.bowl, shop.only_english, shop.variants)]
    paths += [f"pieces/{shop.only_english.pk}/languages/"]
    paths += [f"pieces/{shop.only_english.pk}/languages/{other}/" for other in LANGUAGES if other != "en"]
    pages = {path: client.get(desk + path) for path in paths}
    assert {answer.status_code for answer in pages.values()} == {200}
    bodies = {path: answer.content for path, answer in pages.items()}
    bodies["bad piece"] = client.post(f"{desk}pieces/add/", {"title": "", "price": "x"}).content
    check(language, bodies)


def test_an_agencys_visitors_meet_one_language(shop, subtests):
    for language in LANGUAGES:
        with subtests.test(language=language):
            visit_from(shop, language)


def visit_from(shop: Shop, language: str) -> None:
    client = Visitor()
    pages = {}
    for kind, pk, slug in (
        ("story", shop.story.pk, "english"),
        ("product", shop.bowl.pk, shop.bowl.slug),
        ("product", shop.vietnamese.pk, shop.vietnamese.slug),
    ):
        path = f"/embed/v1/{language}/{kind}/{slug}-{pk}/"
        answer = client.get(path)
        assert answer.status_code == 200
        pages[path] = answer.content
    pages["gone"] = client.get(f"/embed/v1/{language}/story/x-999999/").content
    check(language, pages)
    values = client.get("/oembed/", {"url": f"http://testserver/{language}/stories/told/"}).json()
    assert values["title"] == HERE[language]


def test_the_crawl_finds_what_is_silent():
    page = '<html lang="th"><p>{}</p></html>'
    assert foreign_words(page.format("Sold out"), "th") == ["Sold out"]
    assert foreign_words(page.format('<b lang="en">Sold out</b> 12 cm SML-01 48.00 USD'), "th") == []
    assert foreign_words(page.format("漆器"), "th") == ["漆器"]
    assert foreign_words(page.format("SUN-JP9FSYEV"), "th", {"JP"}) == []
    assert foreign_words('<a aria-label="ผ้า">Scarf</a>', "en") == ["ผ้า"]
