"""The chooser with which an editor puts a piece into a story, and what happens to a piece that goes away afterwards."""

import json

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield
from wagtail_localize.models import Translation, TranslationSource

from catalogue.models import Product
from storefront.blocks import StoryBody
from storefront.models import StoryPage
from storefront.product_chooser import PieceRef
from tests.factories import make_craft, make_piece, make_story, make_user, make_village, make_workshop
from tests.people import Visitor

pytestmark = pytest.mark.django_db
CHOOSE = "/admin/product-chooser/"


def make_shop():
    """Two pieces of different workshops with titles in several languages."""
    lacquer = make_workshop(
        "sao-mai-two", name={"en": "Two Sisters Lacquer", "ja": "二姉妹漆器"}, code_prefix="TSL"
    )
    indigo = make_workshop("ban-fai-two", name="House of Blue", code_prefix="HOB")
    bowl = make_piece(
        lacquer,
        code="TSL-01",
        source="vi",
        title={"vi": "Tô sơn mài đỏ", "en": "Red bowl", "ja": "朱の椀"},
        pictures=1,
    )
    scarf = make_piece(
        indigo,
        code="HOB-07",
        title={"en": "Scarf of light rain", "ja": "小雨の襟巻"},
        price="1250.00",
        stock=0,
    )
    return {"bowl": bowl, "scarf": scarf}


@pytest.fixture
def shop(recorded):
    return recorded(make_shop)


def found(client, query: str, **more) -> set[int]:
    """Ids of the pieces that a search in the chooser lists."""
    response = client.get(f"{CHOOSE}results/", {"q": query, **more})
    assert response.status_code == 200
    return {row.pk for row in response.context["results"]}


def test_a_piece_is_found_by_title_in_any_language_by_workshop_and_by_code(staff, shop):
    bowl, scarf = {shop["bowl"].pk}, {shop["scarf"].pk}
    for query in ("red bowl", "RED", "tô sơn", "椀", "two sisters", "二姉妹", "tsl-01"):
        assert found(staff, query) == bowl, query
    for query in ("小雨", "hob-07", "HOB", "blue rain"):
        assert found(staff, query) == scarf, query
    for query in ("bowl blue", "100%", "_"):
        assert found(staff, query) == set(), query
    assert found(staff, "") == bowl | scarf


def test_the_chooser_shows_picture_title_workshop_price_and_state(staff, shop):
    answer = json.loads(staff.get(CHOOSE).content)
    assert answer["step"] == "choose"
    html = answer["html"]
    assert shop["bowl"].card.picture["src"] in html
    for words in ("Red bowl", "TSL-01", "Two Sisters Lacquer", "$48.00", "In stock", "$1,250.00", "Sold out"):
        assert words in html


def test_a_hidden_piece_is_marked_and_a_variant_or_unpriced_piece_is_not_offered(staff, shop):
    shop["bowl"].is_public = False
    shop["bowl"].save()
    make_piece(title="Box", variants={"Small": ("20.00", 1)})
    Product.objects.create(title="Without a price", product_class=shop["bowl"].product_class)
    html = json.loads(staff.get(CHOOSE).content)["html"]
    assert "Hidden from readers" in html
    assert "Box" in html
    assert "Small" not in html
    assert "Without a price" not in html


def test_the_chooser_turns_pages(staff):
    workshop = make_workshop()
    for number in range(14):
        make_piece(workshop, title=f"Spoon {number}")
    first, second = found(staff, "spoon"), found(staff, "spoon", p=2)
    assert (len(first), len(second)) == (12, 2)
    assert not first & second


def test_choosing_answers_with_id_title_code_and_workshop(staff, shop):
    answer = json.loads(staff.get(f"{CHOOSE}chosen/{shop['bowl'].pk}/").content)
    assert answer["step"] == "chosen"
    assert answer["result"]["id"] == str(shop["bowl"].pk)
    assert answer["result"]["title"] == "Red bowl · TSL-01 · Two Sisters Lacquer"
    assert answer["result"]["edit_url"] == f"/dashboard/catalogue/products/{shop['bowl'].pk}/"
    assert staff.get(f"{CHOOSE}chosen/999999/").status_code == 404


def make_editor() -> Visitor:
    """Somebody who may write pages and nothing else, as Wagtail's own Editors."""
    group = Group.objects.create(name="Test editors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for kind in ("add_page", "change_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=kind)
        GroupPagePermission.objects.create(
            group=group, page=Page.get_first_root_node(), permission=permission
        )
    user = make_user("writer@example.com")
    user.groups.add(group)
    visitor = Visitor()
    visitor.force_login(user)
    return visitor


def test_an_editor_without_rights_in_the_shop_chooses_pieces_and_edits_stories(shop):
    editor = make_editor()
    story = make_story(body=[{"type": "product", "value": {"product": shop["bowl"].pk}}])["en"]
    assert found(editor, "red") == {shop["bowl"].pk}
    assert json.loads(editor.get(f"{CHOOSE}chosen/{shop['bowl'].pk}/").content)["result"]["edit_url"] is None
    assert editor.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).status_code == 200
    assert editor.get("/admin/orders/").status_code == 302


def page_form(story: StoryPage, blocks: list[tuple[str, dict]], **more) -> dict:
    """What the browser posts for a story with these blocks."""
    return nested_form_data(
        {
            "title": story.title,
            "slug": story.slug,
            "intro": story.intro,
            "village": story.village_id,
            "body": streamfield(blocks),
            **more,
        }
    )


def test_a_story_with_a_chosen_piece_is_published_from_the_editor(staff, client, shop):
    story = make_story()["en"]
    blocks = [
        ("text", {"heading": "", "text": rich_text("<p>Look:</p>")}),
        ("product", {"product": str(shop["bowl"].pk)}),
    ]
    form = page_form(story, blocks, **{"action-publish": "1"})

    response = staff.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), form)

    assert response.status_code == 302
    story = StoryPage.objects.get(pk=story.pk)
    assert story.body.raw_data[1]["value"] == {"product": shop["bowl"].pk}
    assert "Red bowl" in client.get(f"/en/stories/{story.slug}/").content.decode()


def story_about(*pieces: Product) -> StoryPage:
    """A live English story with one piece in a block of its own and all on a shelf."""
    shelf = {"title": "Shelf", "mode": "chosen", "products": [piece.pk for piece in pieces]}
    body = [
        {"type": "text", "value": {"heading": "Before", "text": "<p>Words.</p>"}},
        {"type": "product", "value": {"product": pieces[0].pk}},
        {"type": "shelf", "value": shelf},
    ]
    return make_story(title={"en": "About pieces", "ja": "品々"}, body=body)["en"]


def test_a_deleted_piece_drops_out_of_the_page_and_the_editor_is_told(staff, client, shop):
    story = story_about(shop["bowl"], shop["scarf"])
    address = f"/en/stories/{story.slug}/"
    assert "Red bowl" in client.get(address).content.decode()
    number = shop["bowl"].pk
    shop["bowl"].delete()

    response = client.get(address)

    assert response.status_code == 200
    html = response.content.decode()
    assert "Red bowl" not in html
    assert "Scarf of light rain" in html
    edit = staff.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
    assert "Readers do not see these pieces" in edit
    assert f"Block 2, One piece: Piece no. {number} is gone from the shop" in edit
    assert f"Block 3, Shelf of pieces: Piece no. {number} is gone from the shop" in edit
    # The block's own form says it too.
    assert edit.count(f"Piece no. {number} is gone from the shop") >= 4


def test_a_page_with_a_gone_piece_is_saved_and_keeps_the_editors_other_work(staff, client, shop):
    story = story_about(shop["bowl"], shop["scarf"])
    gone = shop["bowl"].pk
    shop["bowl"].delete()
    blocks = [
        ("text", {"heading": "After", "text": rich_text("<p>New words.</p>")}),
        ("product", {"product": str(gone)}),
    ]
    form = page_form(story, blocks, **{"action-publish": "1"})

    response = staff.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), form, follow=True)

    assert response.status_code == 200
    saved = StoryPage.objects.get(pk=story.pk)
    assert saved.body[0].value["heading"] == "After"
    assert saved.body[1].value["product"] == PieceRef(gone)
    assert "New words." in client.get(f"/en/stories/{story.slug}/").content.decode()


def test_an_empty_or_invented_piece_does_not_break_the_form(staff, client):
    story = make_story()["en"]
    edit = reverse("wagtailadmin_pages:edit", args=[story.pk])
    for value in ("", "abc", "9" * 30):
        response = staff.post(
            edit, page_form(story, [("product", {"product": value})], **{"action-publish": "1"})
        )
        assert response.status_code in (200, 302), value
    assert client.get(f"/en/stories/{story.slug}/").status_code == 200


def test_a_hidden_piece_drops_out_and_comes_back(staff, client, shop):
    story = story_about(shop["scarf"])
    address, edit = f"/en/stories/{story.slug}/", reverse("wagtailadmin_pages:edit", args=[story.pk])
    shop["scarf"].is_public = False
    shop["scarf"].save()
    assert "Scarf of light rain" not in client.get(address).content.decode()
    assert "HOB-07 · House of Blue · hidden from readers" in staff.get(edit).content.decode()

    shop["scarf"].is_public = True
    shop["scarf"].save()
    assert "Scarf of light rain" in client.get(address).content.decode()
    assert "Readers do not see" not in staff.get(edit).content.decode()


def test_a_page_without_missing_pieces_warns_of_nothing(staff, shop):
    story = story_about(shop["bowl"])
    assert (
        "Readers do not see"
        not in staff.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
    )


def test_a_story_with_a_gone_piece_can_still_be_translated(staff, client, shop, reference_data, translations):
    story = make_story(
        body=[
            {
                "type": "product",
                "id": "b7f5f6a2-0000-4000-8000-000000000001",
                "value": {"product": shop["bowl"].pk},
            }
        ]
    )["en"]
    shop["bowl"].delete()
    source, _made = TranslationSource.update_or_create_from_instance(StoryPage.objects.get(pk=story.pk))
    translation = Translation.objects.create(source=source, target_locale=reference_data.homes["ja"].locale)
    translation.save_target(publish=True)
    twin = story.get_translation(reference_data.homes["ja"].locale)
    assert client.get(f"/ja/stories/{twin.slug}/").status_code == 200
    edit = staff.get(reverse("wagtailadmin_pages:edit", args=[twin.pk]))
    assert edit.status_code == 200
    assert "Readers do not see these pieces" in edit.content.decode()


def test_a_block_reads_many_pieces_in_one_statement(shop, django_assert_num_queries):
    block = StoryBody().child_blocks["product"].child_blocks["product"]
    with django_assert_num_queries(1):
        values = block.bulk_to_python([shop["bowl"].pk, 999_999, shop["scarf"].pk, None])
    assert values == [shop["bowl"], PieceRef(999_999), shop["scarf"], None]
    assert [block.get_prep_value(value) for value in values] == [
        shop["bowl"].pk,
        999_999,
        shop["scarf"].pk,
        None,
    ]


def test_shelves_of_a_page_without_village_or_workshop_are_simply_empty(client):
    village, craft = make_village(), make_craft()
    body = [
        {"type": "shelf", "value": {"title": "All", "mode": mode, "products": []}}
        for mode in ("village", "workshop")
    ]
    story = make_story(village=village, craft=craft, body=body)["en"]
    assert client.get(f"/en/stories/{story.slug}/").status_code == 200
