"""The builder: what is found, what the form says, the preview, the snippets, what is missing in which language."""

import re
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate
from marketplace.partnerships.models import WordsAsked
from storefront.embeds.kinds.maps import number_of_economy
from storefront.embeds.remembered import recall
from storefront.embeds.sizes import natural_height
from storefront.search.models import SearchEntry
from tests.factories import make_piece, make_story, make_visit_day
from tests.factories.pieces import make_picture

pytestmark = pytest.mark.django_db
SHOP = "http://testserver"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "embedding.md"


class Elements(HTMLParser):
    """Start tags with their attributes, and text, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def snippets_of(text: str) -> dict[str, str]:
    """What stands in each field to copy, as a browser shows it."""
    fields = re.findall(r'<textarea id="(\w+)"[^>]*data-snippet>(.*?)</textarea>', text, re.S)
    return {name: unescape(code) for name, code in fields}


def link(bureau, kind: str, pk: int) -> str:
    return bureau.url(f"cards/{kind}/{pk}/")


def card_of(bureau, kind: str, pk: int, **query) -> str:
    answer = bureau.editor.get(bureau.url(f"cards/{kind}/{pk}/"), query)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(autouse=True)
def here(settings):
    settings.SITE_URL = SHOP


@pytest.fixture
def rates(fresh):
    """1 USD is worth 150.25 JPY and 1,400 KRW today, and nobody knows what it is in CAD."""
    ExchangeRate.objects.all().delete()
    for quote, value in (("USD", "1.25"), ("JPY", "187.8125"), ("KRW", "1750")):
        ExchangeRate.objects.create(base="EUR", quote=quote, value=Decimal(value), on=timezone.localdate(), source="test")
    versions.touch(versions.RATES)
    fresh()


def test_things_are_found_in_any_language_and_by_kind(bureau):
    story, piece, village = bureau["story"]["en"], bureau["piece"], bureau["village"]["en"]
    page = bureau.editor.get(bureau.url("cards/"), {"q": "待つ藍"}).text
    assert 'href="' + link(bureau, "story", bureau["story"]["ja"].pk) + '"' in page
    page = bureau.editor.get(bureau.url("cards/"), {"q": "scarf", "kind": "product"}).text
    assert '<a class="row-link" href="' + link(bureau, "product", piece.pk) + '">Indigo scarf</a>' in page
    page = bureau.editor.get(bureau.url("cards/"), {"kind": "village"}).text
    assert '<a class="row-link" href="' + link(bureau, "village", village.pk) + '">Ban Fai</a>' in page
    assert link(bureau, "visits", village.pk) in page and "The dye that waits" not in page
    page = bureau.editor.get(bureau.url("cards/"), {"kind": "visits"}).text
    assert '<a class="row-link" href="' + link(bureau, "visits", village.pk) + '">Ban Fai</a>' in page
    page = bureau.editor.get(bureau.url("cards/"), {"kind": "map"}).text
    assert 'href="' + link(bureau, "map", number_of_economy("TH")) + '">Thailand</a>' in page
    page = bureau.editor.get(bureau.url("cards/")).text
    assert link(bureau, "story", story.pk) in page and link(bureau, "product", piece.pk) in page
    page = bureau.editor.get(bureau.url("cards/"), {"q": "<b>nothing"}).text
    assert "Nothing was found for “&lt;b&gt;nothing”." in page


def titles_in(page: str) -> dict[str, tuple[str, str]]:
    """Title in the list → (its lang attribute, the label behind it)."""
    found = {}
    for row in re.findall(r'<li class="desk-row card-row">(.*?)</li>', page, re.S):
        attributes, title = re.match(r"<a class=\"row-link\"([^>]*)>(.*?)</a>", row).groups()
        label = re.search(r'<span class="soft small">(.*?)</span>', row)
        found[title] = "".join(re.findall(r'lang="(\w+)"', attributes)), label[1] if label else ""
    return found


def test_the_list_has_titles_in_the_readers_language_whatever_the_index_has(bureau):
    story, _piece = bureau["story"]["en"], bureau["piece"]
    make_story(village=bureau.workshop.village, title={"es": "El tinte"}, slug="el-tinte")
    SearchEntry.objects.filter(language="en", kind__in=("story", "product")).delete()
    assert SearchEntry.objects.filter(language="ja", title="待つ藍").exists()
    for query in ({}, {"kind": "story"}, {"q": "待つ藍"}):
        found = titles_in(bureau.editor.get(bureau.url("cards/"), query).text)
        assert found[story.title] == ("", "") and "待つ藍" not in found, query
    found = titles_in(bureau.editor.get(bureau.url("cards/")).text)
    assert found["Indigo scarf"] == ("", "")
    assert found["El tinte"] == ("es", "Shown in Spanish")
    assert "待つ藍" in bureau.editor.get(bureau.url("cards/").replace("/en/", "/ja/", 1)).text


def test_what_is_hidden_or_a_draft_has_no_builder(bureau):
    hidden = make_piece(bureau["piece"].partner.workshop, title="Hidden", is_public=False)
    draft = make_story(village=bureau["village"]["en"].village, title="Draft", slug="draft")["en"]
    draft.unpublish()
    for kind, pk in (("product", hidden.pk), ("story", draft.pk), ("story", 999_999), ("nothing", 1), ("map", 35)):
        answer = bureau.editor.get(bureau.url(f"cards/{kind}/{pk}/"))
        assert (answer.status_code, "Hidden" in answer.text) in ((404, False), (200, False)), kind
        if kind != "story":
            assert answer.status_code == 404, kind


def test_three_snippets_carry_what_was_chosen(bureau):
    pk, source = bureau["story"]["ja"].pk, bureau["story"]["en"].pk
    page = card_of(bureau, "story", pk, language="ja", theme="dark", accent="#0B6E4F", placement="side")
    found = snippets_of(page)
    assert found["address"] == f"{SHOP}/ja/stories/the-dye/?theme=dark&accent=0b6e4f&via=chang-thong"
    [(tag, frame)] = Elements(found["frame"]).tags
    assert (tag, frame["src"], frame["title"], frame["width"]) == (
        "iframe",
        f"{SHOP}/embed/v1/ja/story/the-dye-{source}/?theme=dark&accent=0b6e4f&via=chang-thong",
        "待つ藍",
        "320",
    )
    assert int(frame["height"]) > 300
    element = Elements(found["element"]).tags
    assert [tag for tag, _attrs in element] == ["ovop-story", "a", "script"]
    assert element[0][1] | {"height": "", "style": ""} == {
        "src": f"{SHOP}/ja/stories/the-dye/",
        "lang": "ja",
        "theme": "dark",
        "accent": "0b6e4f",
        "via": "chang-thong",
        "height": "",
        "style": "",
    }
    assert re.fullmatch(r"0:\d+ 560:\d+", element[0][1]["height"])
    assert element[1][1] == {"href": f"{SHOP}/ja/stories/the-dye/?via=chang-thong"}
    assert element[2][1] == {"async": None, "src": f"{SHOP}/embed/v1/loader.js"}
    compat = Elements(found["compat"]).tags
    assert (compat[0][0], compat[0][1]["class"], compat[0][1]["data-src"], compat[0][1]["data-via"]) == (
        *("div", "ovop-story-compat", f"{SHOP}/ja/stories/the-dye/", "chang-thong"),
    )


def test_snippets_keep_room_as_the_guide_says_and_fit_their_place(bureau):
    """The heights of this card, in the formula of docs/embedding.md."""
    story = bureau["story"]["en"]
    story.hero = make_picture(size=(1200, 800))
    story.save_revision().publish()
    subject, _age = recall("story", "en", story.pk)
    narrow, middle, large = (natural_height(subject, width) for width in (360, 600, 900))
    assert narrow > large > middle > 200
    [rule] = re.findall(r'`style="([^"]+)"`', GUIDE.read_text("utf-8"))
    written = rule.replace("806px", f"{narrow}px")
    for placement, width, steps, room, high in (
        ("side", 320, f"0:{narrow} 560:{middle}", f"display:block;min-height:{narrow}px", ""),
        ("text", 600, f"0:{narrow} 560:{middle}", written.replace("446px", f"{middle}px"), middle),
        ("wide", 900, f"0:{narrow} 560:{middle} 800:{large}", written.replace("446px", f"{large}px"), large),
    ):
        page = card_of(bureau, "story", bureau["story"]["en"].pk, placement=placement)
        found = {name: Elements(code).tags[0][1] for name, code in snippets_of(page).items() if name != "address"}
        assert (found["element"]["style"], found["element"]["height"]) == (room, steps), placement
        assert (found["compat"]["style"], found["compat"]["data-height"]) == (room, steps), placement
        high = f";height:clamp({middle}px,(600px - 100vw)*999,{narrow}px)" if high else ""
        if placement == "wide":  # in between as high as a card of 600 pixels, so that no strip below it stays empty
            high = high.replace("clamp(", "max(clamp(") + f",min({large}px,(100vw - 799px)*999))"
        assert found["frame"]["style"] == f"width:100%;max-width:{width}px{high}", placement
    assert page.count("Leave it out where a Content Security Policy forbids inline styles.") == 3


def test_the_address_to_paste_is_understood_by_our_own_oembed(bureau, client):
    make_visit_day(bureau["village"]["en"].village)
    village = bureau["village"]["en"].pk
    for kind, pk, path in (
        ("story", bureau["story"]["en"].pk, "/embed/v1/en/story/"),
        ("product", bureau["piece"].pk, "/embed/v1/en/product/"),
        ("village", village, "/embed/v1/en/village/"),
        ("visits", village, "/embed/v1/en/visits/"),
        ("map", number_of_economy("TH"), "/embed/v1/en/map/"),
        ("map", 0, "/embed/v1/en/map/"),
    ):
        address = snippets_of(card_of(bureau, kind, pk, accent="0b6e4f"))["address"]
        answer = client.get("/oembed/", {"url": address})
        assert answer.status_code == 200, (kind, address, answer.content)
        frame = next(attrs for tag, attrs in Elements(answer.json()["html"]).tags if tag == "iframe")
        src = urlsplit(frame["src"])
        assert src.path.startswith(path) and src.path.rstrip("/").endswith(f"-{pk}"), (kind, address, src.path)
        assert parse_qs(src.query) == {"accent": ["0b6e4f"], "via": ["chang-thong"]}


def test_markup_in_a_title_breaks_neither_the_page_nor_the_snippet(bureau):
    title = """</textarea><script>alert(1)</script>"'&amp;<b>"""
    story = make_story(village=bureau["village"]["en"].village, title=title, slug="wild", hero=make_picture())["en"]
    page = card_of(bureau, "story", story.pk)
    assert "<script>alert" not in page
    found = snippets_of(page)
    assert set(found) == {"address", "frame", "element", "compat"}
    assert [(tag, attrs.get("title")) for tag, attrs in Elements(found["frame"]).tags] == [("iframe", title)]
    for name in ("element", "compat"):
        read = Elements(found[name])
        assert [tag for tag, _attrs in read.tags][1:] == ["a", "script"], name
        assert title in "".join(read.words), name


def test_the_preview_is_the_card_itself_without_the_code(bureau):
    pk = bureau["story"]["en"].pk
    frames = [attrs for tag, attrs in Elements(card_of(bureau, "story", pk, accent="0b6e4f")).tags if tag == "iframe"]
    src = f"/embed/v1/en/story/the-dye-{pk}/?accent=0b6e4f"
    assert [(one["src"], one["width"]) for one in frames] == [(src, "360"), (src, "960")]
    card = bureau.editor.get(src)
    assert card.status_code == 200 and "frame-ancestors" not in card["Content-Security-Policy"]


def test_colours_that_cannot_be_read_are_warned_of_with_their_ratio(bureau):
    for query, warnings in (
        ({"accent": "0b6e4f"}, ["On dark cards: words in this colour have a contrast of 2.6 : 1."]),
        ({"accent": "#FFFF00", "theme": "light"}, ["On light cards: words in this colour have a contrast of 1 : 1."]),
        ({"accent": "#ffff00", "theme": "dark"}, []),
        ({"accent": "767676"}, ["On dark cards: words in this colour have a contrast of 3.6 : 1."]),
        ({}, []),
    ):
        page = card_of(bureau, "story", bureau["story"]["en"].pk, **query)
        found = re.findall(r'<p class="note warning">(.*?) Readers need 4.5 : 1', page)
        assert found == warnings, query


def test_what_is_chosen_wrongly_is_said_and_not_taken(bureau):
    for query, says in (
        ({"accent": "green"}, "Please write a colour as # and six signs"),
        ({"accent": '"><script>'}, "Please write a colour as # and six signs"),
        ({"currency": "XTS"}, "This currency is not on offer now."),
        ({"language": "xx"}, "Please choose one of these languages."),
        ({"theme": "neon", "placement": "moon"}, ""),
    ):
        page = card_of(bureau, "story", bureau["story"]["en"].pk, **query)
        assert says in page and "<script>" not in page, query
        assert snippets_of(page)["address"] == f"{SHOP}/en/stories/the-dye/?via=chang-thong", query


def test_only_currencies_on_offer_are_offered(bureau, rates):
    product_path = f"/en/products/indigo-scarf-{bureau['piece'].pk}/"
    page = card_of(bureau, "product", bureau["piece"].pk, currency="JPY")
    offered = re.search(r'<select id="currency".*?</select>', page, re.S)[0]
    assert '<option value="JPY" selected>JPY – Japanese Yen</option>' in offered
    assert 'value="KRW"' in offered and "CAD" not in offered
    found = snippets_of(page)
    assert found["address"] == f"{SHOP}{product_path}?currency=JPY&via=chang-thong"
    assert f'href="{SHOP}/jp-jpy{product_path}?via=chang-thong"' in found["element"]
    assert "This currency is not on offer now." in card_of(bureau, "product", bureau["piece"].pk, currency="CAD")


def words_rows(page: str) -> dict[str, str]:
    """Language → what is said of it, without tags."""
    rows = re.findall(r'<li class="desk-row words-row"><div>\s*<h3>(.*?)</h3>(.*?)</li>', page, re.S)
    return {name: " ".join(unescape(re.sub(r"<details.*|<[^>]+>", " ", text, flags=re.S)).split()) for name, text in rows}


def test_what_is_missing_is_said_per_language(bureau):
    bureau["piece"], bureau["village"]
    rows = words_rows(card_of(bureau, "story", bureau["story"]["en"].pk))
    assert rows["English"] == "Complete"
    assert rows["Japanese"] == "Complete"
    assert rows["Thai"] == "Missing the title, the text, and 1 of 1 names"
    assert rows["Korean"] == (
        "Missing the title, the text, and 1 of 1 names The shop does not speak this language yet."
        " Your wish shows that it is needed."
    )
    rows = words_rows(card_of(bureau, "product", bureau["piece"].pk))
    assert rows["Japanese"] == "Missing the text"
    rows = words_rows(card_of(bureau, "map", number_of_economy("TH")))
    assert (rows["Japanese"], rows["Thai"]) == ("Complete", "Missing 1 of 1 names")


def test_a_wish_is_one_however_often_it_is_sent_and_is_taken_back(bureau, cast):
    pk = bureau["story"]["en"].pk
    path = bureau.url(f"cards/story/{pk}/ask/")
    for _again in range(2):
        answer = bureau.editor.post_from_page(path, {"language": "ko", "note": "40 guests in May"})
        assert (answer.status_code, answer["Location"]) == (302, bureau.url(f"cards/story/{pk}/?language=en#words"))
    wish = WordsAsked.objects.get()
    assert (wish.agency, wish.subject, wish.language, wish.note) == (bureau.agency, f"story-{pk}", "ko", "40 guests in May")
    assert wish.asked_by.email == "editor@chang-thong.example"
    assert words_rows(card_of(bureau, "story", pk))["Korean"].endswith("You have asked for it. Take it back : Korean")
    home = bureau.editor.get(bureau.url()).text
    assert 'href="' + link(bureau, "story", pk) + '?language=ko"' in home and "The dye that waits" in home
    answer = bureau.editor.post_from_page(bureau.url(f"wishes/{wish.pk}/"))
    assert (answer.status_code, WordsAsked.objects.count()) == (302, 0)


def test_after_a_wish_the_builder_has_what_was_chosen_and_nothing_else(bureau, rates):
    pk = bureau["story"]["en"].pk
    chosen = {"language": "ja", "currency": "JPY", "theme": "dark", "placement": "side", "accent": "#0B6E4F"}
    page = card_of(bureau, "story", pk, **chosen, next="https://evil.example/")
    query = "language=ja&currency=JPY&theme=dark&placement=side&accent=0b6e4f"
    back = f"{bureau.url(f'cards/story/{pk}/')}?{query}#words"
    forms = [unescape(one) for one in re.findall(r'<form method="post" action="([^"]+)" data-choices>', page)]
    assert set(forms) == {bureau.url(f"cards/story/{pk}/ask/?{query}")}
    answer = bureau.editor.post_from_page(forms[0] + "&next=https://evil.example/", {"language": "ko", "note": ""})
    assert (answer.status_code, answer["Location"]) == (302, back)
    page = card_of(bureau, "story", pk, **chosen)
    [take_back] = {unescape(one) for one in re.findall(r'action="([^"]+)" data-choices>', page)} - set(forms)
    answer = bureau.editor.post_from_page(take_back + "&next=//evil.example/")
    assert (answer["Location"], WordsAsked.objects.exists()) == (back, False)


def test_stories_come_first_then_villages_and_pieces_each_in_the_readers_language_before_others(bureau):
    for title in ({"es": "El tinte"}, {"en": "An older dye"}):
        make_story(village=bureau.workshop.village, title=title, slug="s")
    bureau["piece"], bureau["village"]
    SearchEntry.objects.filter(title="El tinte").update(listed_at=timezone.now())
    titles = list(titles_in(bureau.editor.get(bureau.url("cards/")).text))
    assert titles[:4] == ["An older dye", "El tinte", "Ban Fai", "Indigo scarf"]


def test_fields_to_copy_have_room_for_their_text(bureau):
    page = card_of(bureau, "story", bureau["story"]["en"].pk)
    for name, code in snippets_of(page).items():
        rows = int(re.search(rf'<textarea id="{name}" class="code" rows="(\d+)"', page)[1])
        assert rows == sum(-(-len(line) // 60) for line in code.splitlines()), name


def test_nonsense_is_not_asked_for(bureau):
    pk = bureau["story"]["en"].pk
    path = bureau.url(f"cards/story/{pk}/ask/")
    assert bureau.editor.post_from_page(path, {"language": "tlh"}).status_code == 404
    assert bureau.editor.post_from_page(bureau.url("cards/story/999999/ask/"), {"language": "ko"}).status_code == 404
    assert bureau.editor.get(path).status_code == 405
    answer = bureau.editor.post_from_page(path, {"language": "ko", "note": "x" * 301})
    assert (answer.status_code, "Please use at most 300 letters." in answer.text) == (400, True)
    assert not WordsAsked.objects.exists()


def test_an_agency_that_waits_may_try_and_is_told(bureau):
    type(bureau.agency).objects.filter(pk=bureau.agency.pk).update(stage="applied")
    page = card_of(bureau, "story", bureau["story"]["en"].pk)
    assert "Your agency is not open: the cards work, and earn nothing yet." in page
