"""Names of Oscar's categories in every language."""

import pytest
from django.utils.translation import override
from wagtail.models import Locale

from catalogue.models import Category, CategoryText
from catalogue.models import TranslationRecord as Record

pytestmark = pytest.mark.django_db


def test_a_category_is_named_in_the_readers_language_and_in_its_own_where_nobody_has_translated_it():
    cloth = Category.add_root(name="Cloth")
    scarves = cloth.add_child(name="Scarves")
    CategoryText.objects.create(owner=scarves, locale=Locale.objects.get(language_code="ja"), name="襟巻き")
    with override("ja"):
        assert (cloth.get_name(), scarves.get_name()) == ("Cloth", "襟巻き")
        assert scarves.full_name == "Cloth > 襟巻き"
    with override("th"):
        assert scarves.full_name == "Cloth > Scarves"


def test_another_name_leads_the_source_row_and_makes_translations_stale():
    cloth = Category.add_root(name="Cloth")
    CategoryText.objects.create(owner=cloth, locale=Locale.objects.get(language_code="ja"), name="布")
    cloth.name = "Textiles"
    cloth.save()
    rows = dict(CategoryText.objects.filter(owner=cloth).values_list("locale__language_code", "name"))
    assert rows == {"en": "Textiles", "ja": "布"}
    key = CategoryText.objects.filter(owner=cloth).values("translation_key")[:1]
    assert list(Record.objects.filter(translation_key__in=key).values_list("stale", flat=True)) == [True]
