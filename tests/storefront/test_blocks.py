"""The blocks that stories are made of: what the picker shows of them, what they ask for; and the page tree and its previews."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from storefront import models as pages
from storefront.blocks import HowBlock, StoryBody
from storefront.models import StoryPage
from tests.factories import make_picture, make_piece, make_place_page, make_story, make_village
from tests.storefront.test_chooser import page_form

pytestmark = pytest.mark.django_db
BLOCKS = {**StoryBody().child_blocks, "how": HowBlock()}


def preview_of(client, block) -> str:
    response = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    return response.content.decode()


def test_every_block_has_an_icon_that_exists_a_label_and_a_description(staff):
    sprite = staff.get(reverse("wagtailadmin_sprite")).content.decode()
    for name, block in BLOCKS.items():
        assert f'id="icon-{block.meta.icon}"' in sprite, name
        assert str(block.label)
        assert len(str(block.get_description())) > 20, name
        assert block.is_previewable, name


def test_the_picker_previews_words_pictures_and_pieces_as_readers_see_them(staff):
    picture = make_picture(title="Bowls on a rack", size=(300, 200))
    piece = make_piece(title="Red bowl", pictures=1)
    body = StoryPage._meta.get_field("body").stream_block.child_blocks
    src = picture.get_rendition("width-640|format-webp").url

    seen = {name: preview_of(staff, block) for name, block in body.items()}

    assert all("storefront/css/tokens.css" in html for html in seen.values())
    assert "By the river" in seen["text"]
    assert src in seen["picture"] and 'alt="Bowls on a rack"' in seen["picture"]
    assert "Photo: the workshop" in seen["picture"] and "Photo: the workshop" in seen["gallery"]
    assert picture.get_rendition("fill-480x320|format-webp").url in seen["gallery"]
    assert "<blockquote>" in seen["quote"]
    assert "How a bowl is made" in seen["steps"]
    assert "openstreetmap.org" in seen["map_point"]
    for name in ("product", "shelf"):
        assert "Red bowl" in seen[name] and "$48.00" in seen[name] and piece.card.picture["src"] in seen[name]


def test_the_picker_previews_even_on_an_empty_site(staff):
    for block in StoryPage._meta.get_field("body").stream_block.child_blocks.values():
        preview_of(staff, block)
    how = pages.HomePage._meta.get_field("how").stream_block.child_blocks["step"]
    assert "From their hands" in preview_of(staff, how)


def refused(name: str, value: dict) -> set[str]:
    """Fields of block ``name`` that refuse ``value`` when the page is published."""
    block = BLOCKS[name]
    with pytest.raises(ValidationError) as problem:
        block.clean(block.to_python(value))
    return set(problem.value.block_errors)


def test_a_picture_needs_a_description_and_a_credit():
    picture = make_picture()
    assert refused("picture", {"image": picture.pk, "alt": "", "credit": ""}) == {"alt", "credit"}
    items = [
        {"image": picture.pk, "alt": "", "credit": ""},
        {"image": picture.pk, "alt": "A bowl", "credit": "Hoa"},
    ]
    assert refused("gallery", {"pictures": items}) == {"pictures"}
    steps = [{"title": "Turn", "text": "…", "picture": picture.pk}, {"title": "Wait", "text": "…"}]
    assert refused("steps", {"steps": steps}) == {"steps"}


def test_a_step_without_a_picture_needs_neither():
    block = BLOCKS["steps"]
    steps = [{"title": "Turn", "text": "…"}, {"title": "Wait", "text": "…"}]
    assert len(block.clean(block.to_python({"steps": steps}))["steps"]) == 2


def test_description_and_credit_reach_the_page(client):
    picture = make_picture(size=(900, 600))
    item = {"image": picture.pk, "alt": "Hands at a lathe", "credit": "Photo: Hoa"}
    body = [
        {"type": "picture", "value": item | {"caption": "At work"}},
        {"type": "gallery", "value": {"pictures": [item, item | {"credit": "Photo: Lan"}]}},
        {
            "type": "steps",
            "value": {
                "title": "How",
                "steps": [{"title": "Turn", "text": "…", "picture": picture.pk} | item],
            },
        },
    ]
    html = client.get(f"/en/stories/{make_story(body=body)['en'].slug}/").content.decode()
    assert html.count('alt="Hands at a lathe"') == 4
    assert html.count("Photo: Hoa") == 3
    assert "Photo: Lan" in html
    assert "None" not in html


def test_a_map_point_that_an_editor_wrote_can_be_saved_again(staff):
    story = make_story()["en"]
    edit = reverse("wagtailadmin_pages:edit", args=[story.pk])
    point = {"label": "The village", "latitude": "10.45123", "longitude": "-104.3"}
    for _time in range(2):
        assert (
            staff.post(edit, page_form(story, [("map_point", point)], **{"action-publish": "1"})).status_code
            == 302
        )
    value = StoryPage.objects.get(pk=story.pk).body[0].value
    assert (value["latitude"], value["longitude"]) == (Decimal("10.45123"), Decimal("-104.3"))


TREE = {
    pages.HomePage: {
        pages.StoryIndexPage,
        pages.VillageIndexPage,
        pages.CraftIndexPage,
        pages.WorkshopIndexPage,
    },
    pages.StoryIndexPage: {pages.StoryPage},
    pages.VillageIndexPage: {pages.VillagePage},
    pages.CraftIndexPage: {pages.CraftPage},
    pages.WorkshopIndexPage: {pages.WorkshopPage},
    pages.StoryPage: set(),
    pages.VillagePage: set(),
    pages.CraftPage: set(),
    pages.WorkshopPage: set(),
}


def test_pages_have_only_the_children_that_belong_below_them():
    for parent, children in TREE.items():
        assert set(parent.allowed_subpage_models()) == children
        assert all(parent in child.allowed_parent_page_models() for child in children)


def test_an_index_exists_once_and_the_admin_offers_no_second(staff, reference_data):
    home = reference_data.homes["en"]
    assert not pages.StoryIndexPage.can_create_at(home)
    path = reverse("wagtailadmin_pages:add", args=["storefront", "storyindexpage", home.pk])
    assert staff.get(path).status_code in (302, 403)
    wrong = reverse("wagtailadmin_pages:add", args=["storefront", "storypage", home.pk])
    assert staff.get(wrong).status_code in (302, 403)


def test_view_live_leads_to_the_page_in_its_language(staff, client):
    for code, story in make_story(title={"en": "The bowl", "ja": "椀"}).items():
        url = story.get_full_url()
        assert (
            f'href="{story.url}"'
            in staff.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
        )
        response = client.get(url)
        assert response.status_code == 200
        assert response["Content-Language"] == code


def test_a_preview_shows_the_unpublished_words_and_readers_do_not_see_them(staff, client):
    story = make_story(title={"en": "The bowl", "ja": "椀"})["en"]
    address = f"/en/stories/{story.slug}/"
    published = client.get(address)
    assert "s-maxage" in published["Cache-Control"]
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[story.pk])
    blocks = [("text", {"heading": "A first draft", "text": rich_text("<p>Unfinished.</p>")})]

    posted = staff.post(preview, page_form(story, blocks, intro="A secret introduction"))
    shown = staff.get(preview)

    assert posted.json() == {"is_valid": True, "is_available": True}
    html = shown.content.decode()
    assert shown.status_code == 200
    assert "A first draft" in html and "A secret introduction" in html
    assert "no-store" in shown["Cache-Control"] and "public" not in shown["Cache-Control"]
    assert client.get(address).content == published.content


def test_a_page_that_does_not_exist_yet_is_previewed(staff, client, reference_data):
    village, index = (
        make_village(),
        pages.StoryIndexPage.objects.get(locale=reference_data.homes["ja"].locale),
    )
    preview = reverse("wagtailadmin_pages:preview_on_add", args=["storefront", "storypage", index.pk])
    form = {"title": "新しい話", "slug": "new-story", "intro": "", "village": village.pk}
    before = Page.objects.count()

    staff.post(
        preview,
        nested_form_data(
            form
            | {
                "body": streamfield(
                    [("shelf", {"title": "", "mode": "village", "products": streamfield([])})]
                )
            }
        ),
    )
    shown = staff.get(preview)

    assert shown.status_code == 200
    assert "新しい話" in shown.content.decode()
    assert '<html lang="ja"' in shown.content.decode()
    assert Page.objects.count() == before
    assert client.get("/ja/stories/new-story/").status_code == 404


def test_other_pages_are_previewed_too(staff, reference_data):
    home = reference_data.homes["en"]
    index = pages.VillageIndexPage.objects.get(locale=home.locale)
    for page in (home, index, make_place_page(make_village(name="Ban Fai"))["en"]):
        revision = page.save_revision()
        response = staff.get(reverse("wagtailadmin_pages:revisions_view", args=[page.pk, revision.pk]))
        assert response.status_code == 200
        assert page.title in response.content.decode()
