"""The glossary: found in texts of every script, kept by machines, held against everybody's translations."""

import pytest
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from catalogue import glossary, provenance
from catalogue.glossary import Finding, Rule, breaches, places_of
from catalogue.models import GlossaryBreach, GlossaryTerm, GlossaryWord, ProductText
from storefront.translations import machine
from storefront.translations.shield import shield, unshield
from tests.factories import make_piece, make_story, make_workshop
from tests.storefront.translators import Prefixing, choose

LACQUER = Rule("sơn mài", "lacquer")
VILLAGE = Rule("Sao Mai", "Sao Mai", match_case=True)


def make_term(term: str, language: str = "vi", **fields) -> GlossaryTerm:
    words = fields.pop("words", {})
    row = GlossaryTerm.objects.create(term=term, language=language, **fields)
    for code, word in words.items():
        GlossaryWord.objects.create(term=row, language=code, word=word)
    return row


def make_bowl(title: str = "Tô sơn mài đỏ", **words):
    return make_piece(make_workshop(source="vi"), source="vi", title=title, **words)


def write(piece, language: str, **words) -> ProductText:
    locale = Locale.objects.get(language_code=language)
    row, _new = ProductText.objects.update_or_create(owner=piece, locale=locale, defaults=words)
    return row


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("kiln", "The kiln, two kilns and a limekiln", 1),
        ("Kiln", "The kiln", 1),
        ("漆", "津軽漆器の椀", 1),
        ("ไหม", "ผ้าไหมทอมือ", 1),
        ("sơn mài", "漆器sơn maiのsơn mài器", 1),
        ("sơn mài", "so\u031bn ma\u0300i", 1),
        ("silk", "silk silk", 2),
        ("İ", "İİ İ", 1),
        ("", "anything", 0),
    ],
)
def test_a_term_is_found_as_a_word_of_its_own(term, text, found):
    assert len(list(Rule(term, "").spans(glossary.plain(text)))) == found


def test_capitals_matter_where_the_term_says_so():
    assert breaches(["Sao Mai"], ["sao mai"], [VILLAGE]) == [Finding("Sao Mai", "Sao Mai")]
    assert breaches(["sao mai"], ["x"], [VILLAGE]) == []
    assert breaches(["Sơn Mài"], ["Lacquer"], [LACQUER]) == []


def test_a_longer_term_covers_the_shorter_one_inside_it():
    rules = [Rule("sơn mài", "lacquer"), Rule("sơn", "paint")]
    assert [rule.expected for _start, _end, rule in places_of(rules, "sơn mài, sơn")] == ["lacquer", "paint"]


def test_each_part_of_a_text_is_looked_at_for_itself():
    assert breaches(["sơn mài", "sơn mài"], ["lacquer", "varnish"], [LACQUER]) == [
        Finding("sơn mài", "lacquer")
    ]
    assert breaches(["sơn mài", "sơn mài"], ["lacquer", ""], [LACQUER]) == []
    assert breaches(["sơn mài"], ["old", "lacquer"], [LACQUER]) == []


def test_marks_stand_for_terms_and_come_back_as_the_fixed_words():
    marked, hidden = shield('Tô <b>sơn mài</b> của <a id="a1">Sao Mai</a>', [LACQUER, VILLAGE])
    assert marked == 'Tô <b><x id="g0"></x></b> của <a id="a1"><x id="g1"></x></a>'
    assert unshield('<a id="a1"><x id=g1 /></a> <b><x id="g0"></x></b>', hidden) == (
        '<a id="a1">Sao Mai</a> <b>lacquer</b>'
    )
    for broken in (
        "",
        '<x id="g0"></x>',
        '<x id="g0"></x><x id="g0"></x><x id="g1"></x>',
        '<x id="g0">a</x><x id="g1"/>',
    ):
        assert unshield(broken, hidden) is None


def test_words_of_the_glossary_cannot_bring_markup():
    _marked, hidden = shield("a term", [Rule("term", "<script>")])
    assert unshield('a <x id="g0"></x>', hidden) == "a &lt;script&gt;"


@pytest.mark.django_db
@pytest.mark.usefixtures("translations")
class TestWithTexts:
    def test_a_machine_uses_the_fixed_words(self, settings):
        choose(settings, "Prefixing")
        make_term("sơn mài", words={"en": "lacquer"})
        make_term("tô", never_translate=True)
        bowl = make_bowl()
        row = bowl.texts.get()
        assert (
            machine.translate_by_machine.enqueue("catalogue.producttext", row.pk, "en").return_value
            == "translated"
        )
        assert Prefixing.asked == ['<x id="g0"></x> <x id="g1"></x> đỏ']
        assert bowl.texts.get(locale__language_code="en").title == "en: tô lacquer đỏ"
        assert not GlossaryBreach.objects.exists()

    @pytest.mark.parametrize("translator", ["Dropping", "Doubling"])
    def test_a_machine_that_breaks_the_marks_translates_without_them_and_is_flagged(
        self, settings, translator
    ):
        choose(settings, translator)
        make_term("sơn mài", words={"en": "lacquer"})
        bowl = make_bowl()
        row = bowl.texts.get()
        assert (
            machine.translate_by_machine.enqueue("catalogue.producttext", row.pk, "en").return_value
            == "translated"
        )
        english = bowl.texts.get(locale__language_code="en")
        assert "sơn mài" in english.title and "<x" not in english.title
        found = glossary.known_findings(english)
        assert Finding("sơn mài", "lacquer", glossary.UNSHIELDED) in found
        assert "please read this sentence" in str(found[-1])

    def test_a_persons_translation_is_held_against_the_glossary_and_saved_all_the_same(self):
        make_term("sơn mài", words={"en": "lacquer"})
        bowl = make_bowl()
        row = write(bowl, "en", title="Red varnish bowl")
        assert [str(finding) for finding in glossary.known_findings(row)] == [
            "“sơn mài” should be “lacquer” here."
        ]
        assert glossary.findings(bowl.texts.get(locale__language_code="vi"), row) == [
            Finding("sơn mài", "lacquer")
        ]
        write(bowl, "en", title="Red lacquer bowl")
        assert not GlossaryBreach.objects.exists()

    def test_a_new_term_is_held_against_what_is_there(self, commit):
        bowl = make_bowl()
        row = write(bowl, "en", title="Red varnish bowl")
        term = make_term("sơn mài", words={"en": "lacquer"})
        commit()
        assert glossary.known_findings(row) == [Finding("sơn mài", "lacquer")]
        term.delete()
        commit()
        assert glossary.known_findings(row) == []

    def test_a_story_is_held_against_the_glossary_when_it_is_published(self):
        make_term("bowl", language="en", words={"ja": "椀"})
        story = make_story(title={"en": "The bowl that waits", "ja": "待つ器"})["ja"]
        assert glossary.known_findings(story) == [Finding("bowl", "椀")]

    def test_the_editor_is_warned_after_saving(self, staff):
        make_term("sơn mài", words={"en": "lacquer"})
        bowl = make_bowl()
        row = write(bowl, "en", title="Red lacquer bowl")
        url = reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk])
        form = nested_form_data({"title": "Red varnish bowl", "summary": "", "description": ""})
        html = staff.post(url, form, follow=True).content.decode()
        assert "The glossary says otherwise:" in html
        assert "“sơn mài” should be “lacquer” here." in html
        row.refresh_from_db()
        assert row.title == "Red varnish bowl"
        assert "“sơn mài” should be “lacquer” here." in staff.get(url).content.decode()

    def test_staff_keep_the_glossary_on_their_own_screen(self, staff):
        add = reverse("wagtailsnippets_catalogue_glossaryterm:add")
        assert staff.get(add).status_code == 200
        words = inline_formset([{"language": "en", "word": "lacquer"}, {"language": "ja", "word": "漆"}])
        form = nested_form_data({"term": "sơn mài", "language": "vi", "note": "Not varnish.", "words": words})
        assert staff.post(add, form).status_code == 302
        term = GlossaryTerm.objects.get()
        assert {word.language: word.word for word in term.words.all()} == {"en": "lacquer", "ja": "漆"}
        listed = staff.get(
            reverse("wagtailsnippets_catalogue_glossaryterm:list"), {"q": "漆"}
        ).content.decode()
        assert "sơn mài" in listed and "lacquer, 漆" in listed

    def test_a_maker_has_no_glossary_screen(self, cast):
        url = reverse("wagtailsnippets_catalogue_glossaryterm:list")
        for person in cast.all_but("staff"):
            assert person.client.get(url).status_code in (302, 403), person

    def test_a_deleted_text_leaves_nothing_behind(self):
        make_term("sơn mài", words={"en": "lacquer"})
        bowl = make_bowl()
        write(bowl, "en", title="Red varnish bowl").delete()
        assert not GlossaryBreach.objects.exists()

    def test_the_makers_words_are_held_against_it_too(self):
        make_term("sơn mài", words={"en": "lacquer"})
        bowl = make_bowl()
        with provenance.writing_as("maker"):
            row = write(bowl, "en", title="Red varnish bowl")
        assert glossary.known_findings(row) == [Finding("sơn mài", "lacquer")]
