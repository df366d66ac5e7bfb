"""A language that is switched off while it has pages and texts: nothing breaks, nothing goes, and it comes back."""

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page

from catalogue.models import ProductText, TranslationRecord
from storefront.translations import machine
from storefront.translations.worklist import Filters, page_of
from tests.factories import make_piece, make_story, make_workshop
from tests.storefront.translators import choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("translations")]


@pytest.fixture
def shop():
    """A piece and a story in English and Japanese."""
    workshop = make_workshop(name={"en": "Star", "ja": "星"})
    bowl = make_piece(workshop, title={"en": "Red bowl", "ja": "赤い椀"})
    story = make_story(title={"en": "The bowl that waits", "ja": "待つ椀"}, slug="bowl")
    return bowl, story


def content() -> dict:
    return {
        model.__name__: sorted(str(row) for row in model.objects.values_list())
        for model in (Page, ProductText, TranslationRecord, Locale)
    }


def addresses(bowl) -> list[str]:
    return ["/{}/", "/{}/products/", f"/{{}}/products/{bowl.slug}-{bowl.pk}/", "/{}/stories/bowl/"]


def switch_off(settings, fresh, *, content_too: bool) -> None:
    """Takes Japanese out of the shop's languages, and ``content_too``: out of those that content may have."""
    settings.MARKETPLACE_STOREFRONT_LANGUAGES = ["en"]
    if content_too:
        settings.LANGUAGES = [row for row in settings.LANGUAGES if row[0] != "ja"]
        settings.WAGTAIL_CONTENT_LANGUAGES = settings.LANGUAGES
    fresh()


@pytest.mark.parametrize("content_too", [False, True])
def test_the_shop_goes_on_without_it_and_it_comes_back(settings, fresh, client, shop, content_too):
    bowl, _story = shop
    was = {name: getattr(settings, name) for name in ("LANGUAGES", "WAGTAIL_CONTENT_LANGUAGES")}
    languages = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    before = content()

    switch_off(settings, fresh, content_too=content_too)
    for address in addresses(bowl):
        english = client.get(address.format("en"))
        assert english.status_code == 200, address
        assert "/ja/" not in english.content.decode(), address
        assert client.get(address.format("ja")).status_code == 404, address
    assert content() == before

    settings.MARKETPLACE_STOREFRONT_LANGUAGES = languages
    for name, value in was.items():
        setattr(settings, name, value)
    fresh()
    assert "待つ椀" in client.get("/ja/stories/bowl/").content.decode()
    assert "赤い椀" in client.get(addresses(bowl)[2].format("ja"), follow=True).content.decode()
    assert content() == before


@pytest.mark.parametrize("content_too", [False, True])
def test_staff_work_on(settings, fresh, staff, shop, content_too):
    bowl, story = shop
    choose(settings, "Prefixing")
    switch_off(settings, fresh, content_too=content_too)
    japanese = bowl.texts.get(locale__language_code="ja")
    before = content()
    urls = [
        reverse("translations:worklist"),
        reverse("wagtailadmin_pages:edit", args=[story["en"].pk]),
        reverse("wagtailadmin_pages:edit", args=[story["ja"].pk]),
        reverse(japanese.snippet_viewset.get_url_name("list")),
        reverse(japanese.snippet_viewset.get_url_name("edit"), args=[japanese.pk]),
        reverse("wagtaillocales:index"),
    ]
    for url in urls:
        assert staff.get(url, follow=True).status_code == 200, url
    assert not any(row.language == "ja" for row in page_of(Filters(), 1))
    assert machine.translate_by_machine.enqueue(
        "catalogue.producttext", bowl.texts.get(locale__language_code="en").pk, "ja"
    ).return_value in ("kept", "nothing")
    assert content() == before


def test_a_maker_goes_on_in_a_language_that_the_shop_does_not_speak(settings, fresh, client):
    bowl = make_piece(make_workshop(source="ja", name={"ja": "星"}), source="ja", title={"ja": "赤い椀"})
    switch_off(settings, fresh, content_too=True)
    assert "赤い椀" in client.get(bowl.get_absolute_url(), follow=True).content.decode()


def test_a_language_with_content_cannot_be_deleted(staff, shop):
    japanese = Locale.objects.get(language_code="ja")
    before = content()
    html = staff.post(reverse("wagtaillocales:delete", args=[japanese.pk])).content.decode()
    assert "cannot be deleted because there are pages and/or other objects using it" in html
    assert content() == before


def test_a_language_with_nothing_but_a_maker_s_text_cannot_be_deleted(staff):
    indonesian, _new = Locale.objects.get_or_create(language_code="id")
    make_piece(title={"en": "Red bowl", "id": "Mangkuk merah"})
    html = staff.post(reverse("wagtaillocales:delete", args=[indonesian.pk])).content.decode()
    assert "cannot be deleted" in html
    assert ProductText.objects.filter(title="Mangkuk merah").exists()
