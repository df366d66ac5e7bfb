"""The makers' side of the Wagtail admin: villages, workshops, crafts, materials, economies, and their words."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from oscar.core.loading import get_model

from catalogue.models import Craft, Material
from marketplace.economies.models import Economy
from marketplace.workshops.models import Member, Village, Workshop
from tests.factories import (
    make_craft,
    make_material,
    make_member,
    make_piece,
    make_user,
    make_village,
    make_workshop,
)
from tests.people import Visitor

pytestmark = pytest.mark.django_db
LISTS = ["villages:index", "workshops:index", "crafts:index", "materials:index", "economies:index"]
TEXTS = [f"wagtailsnippets_{name}:list" for name in (
    "catalogue_producttext", "marketplace_workshops_villagetext", "marketplace_workshops_workshoptext",
    "catalogue_crafttext", "catalogue_materialtext",
)]  # fmt: skip


def listed(client, name: str, **query) -> list[str]:
    """What the rows of a list say of themselves."""
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return [str(row) for row in response.context["object_list"]]


def test_the_menu_holds_makers_translations_and_orders(staff):
    menu = staff.get("/admin/").content.decode()
    for path in [reverse(name) for name in LISTS + TEXTS] + [
        "/admin/orders/",
        "/admin/consignments/",
        "/admin/payment-events/",
        "/admin/shipping-rates/",
    ]:
        assert f'"{path}"' in menu, path
    for label in ("Makers", "Translations", "Orders", "Shop dashboard"):
        assert f'"{label}"' in menu


def test_every_list_opens_sorted_filtered_and_searched(staff):
    make_piece(make_workshop(), craft=make_craft(), materials=[make_material()])
    for name in LISTS + TEXTS:
        for query in ({}, {"q": "a"}, {"q": "nothing is called this"}, {"ordering": "-slug"}, {"p": "99"}):
            assert staff.get(reverse(name), query).status_code == 200, (name, query)


def test_rows_of_a_list_cost_no_statements_of_their_own(staff, django_assert_max_num_queries):
    for name in ("villages:index", "workshops:index"):
        staff.get(reverse(name))
    for number in range(6):
        make_piece(make_workshop(name={"en": f"Workshop {number}", "ja": f"工房 {number}"}))
    for name in ("villages:index", "workshops:index"):
        with django_assert_max_num_queries(22):
            staff.get(reverse(name))


def test_villages_and_workshops_are_found_once_by_any_of_their_names(staff, cast):
    make_workshop(
        village=make_village(name={"en": "Ridge of Birches", "ja": "白樺の尾根"}),
        name={"en": "Birch and Bark", "ja": "樺の工房"},
        contact="Aiko",
    )
    assert listed(staff, "villages:index", q="birch") == ["Ridge of Birches"]
    assert listed(staff, "villages:index", q="白樺") == ["Ridge of Birches"]
    assert listed(staff, "workshops:index", q="樺の") == ["Birch and Bark"]
    assert listed(staff, "workshops:index", q="aiko") == ["Birch and Bark"]
    assert listed(staff, "workshops:index", q="hoa@example.com") == ["Sao Mai Lacquer"]
    assert listed(staff, "villages:index", economy="TH") == ["Ban Fai"]


VILLAGE = {
    "slug": "new-village",
    "economy": "VN",
    "source_language": "vi",
    "name": "Làng Mới",
    "region": "",
    "summary": "Mới.",
}


def test_a_village_is_added_with_its_words_in_its_own_language(staff):
    response = staff.post(reverse("villages:add"), VILLAGE | {"latitude": "21.03", "longitude": "105.85"})
    assert response.status_code == 302
    village = Village.objects.get(slug="new-village")
    text = village.texts.get()
    assert (text.language, text.name, text.summary) == ("vi", "Làng Mới", "Mới.")

    edit = reverse("villages:edit", args=[village.pk])
    assert "Làng Mới" in staff.get(edit).content.decode()
    assert staff.post(edit, VILLAGE | {"name": "Làng Cũ"}).status_code == 302
    assert [row.name for row in village.texts.all()] == ["Làng Cũ"]


def test_a_village_with_a_mistake_is_not_saved(staff):
    make_village("taken")
    mistakes = [
        {"slug": ""},
        {"slug": "taken"},
        {"economy": "XX"},
        {"name": ""},
        {"source_language": "xx"},
        {"latitude": "91"},
    ]
    for wrong in mistakes:
        assert staff.post(reverse("villages:add"), VILLAGE | wrong).status_code == 200, wrong
    assert [village.slug for village in Village.objects.all()] == ["taken"]


def workshop_form(village: Village, members: list[tuple] = (), **more) -> dict:
    """The workshop's form; ``members`` are (id of the row or "", e-mail, right, more fields)."""
    form = {
        "slug": "new-workshop", "code_prefix": "NEW", "village": village.pk, "kind": "household", "source_language": "en",
        "name": "New Workshop", "summary": "", "contact": "An", "since": "1990", "makers": "3",
        "members-TOTAL_FORMS": len(members), "members-INITIAL_FORMS": len([row for row in members if row[0]]),
    } | more  # fmt: skip
    for number, (pk, email, right, *rest) in enumerate(members):
        form |= {f"members-{number}-id": pk, f"members-{number}-email": email}
        form |= {f"members-{number}-{right}": "on"} if right else {}
        form |= {f"members-{number}-{key}": value for key, value in (rest[0] if rest else {}).items()}
    return form


def test_a_workshop_is_added_with_its_partner_words_and_members(staff):
    make_user("an@example.com")
    form = workshop_form(make_village(), [("", "AN@example.com", "is_owner"), ("", "", "")])
    assert staff.post(reverse("workshops:add"), form).status_code == 302
    workshop = Workshop.objects.get(slug="new-workshop")
    assert (workshop.partner.name, workshop.partner.code) == ("New Workshop", "new-workshop")
    assert str(workshop) == "New Workshop"
    assert [(row.user.email, row.rights) for row in workshop.members.all()] == [("an@example.com", ["is_owner"])]


def test_members_are_changed_and_removed_and_a_removed_one_loses_the_desk(staff, cast):
    workshop = cast.maker.workshop
    owner, helper = workshop.members.get(is_owner=True), workshop.members.get(packs=True)
    desk = f"/en/desk/{workshop.slug}/"
    assert cast.helper.client.get(desk).status_code == 200
    rows = [(owner.pk, owner.user.email, "is_owner"), (helper.pk, helper.user.email, "packs", {"DELETE": "on"})]
    same = {"slug": workshop.slug, "code_prefix": workshop.code_prefix, "name": str(workshop)}

    response = staff.post(
        reverse("workshops:edit", args=[workshop.pk]), workshop_form(workshop.village, rows, **same)
    )

    assert response.status_code == 302
    assert [row.user for row in workshop.members.all()] == [cast.maker.user]
    assert cast.helper.client.get(desk).status_code == 403
    assert cast.maker.client.get(desk).status_code == 200


def test_a_workshop_with_members_who_are_nobody_is_not_saved(staff):
    make_user("an@example.com")
    make_user("gone@example.com", is_active=False)
    village = make_village()
    for members in (
        [("", "nobody@example.com", "is_owner")],
        [("", "not an address", "is_owner")],
        [("", "an@example.com", "is_owner"), ("", "an@example.com", "packs")],
        [("", "gone@example.com", "is_owner")],
    ):
        response = staff.post(reverse("workshops:add"), workshop_form(village, members))
        assert response.status_code == 200, members
    assert not Workshop.objects.exists()
    assert not get_model("partner", "Partner").objects.exists()


def test_another_workshops_member_cannot_be_slipped_into_the_form(staff, cast):
    workshop, foreign = cast.maker.workshop, cast.other_maker.workshop.members.get()
    rows = [(foreign.pk, foreign.user.email, "is_owner", {"DELETE": "on"})]
    same = {"slug": workshop.slug, "code_prefix": workshop.code_prefix, "name": str(workshop)}
    staff.post(reverse("workshops:edit", args=[workshop.pk]), workshop_form(workshop.village, rows, **same))
    assert Member.objects.filter(pk=foreign.pk, workshop=cast.other_maker.workshop).exists()


def test_crafts_and_materials_are_added_with_their_words(staff):
    assert (
        staff.post(
            reverse("crafts:add"), {"slug": "felt", "source_language": "en", "name": "Felting", "summary": ""}
        ).status_code
        == 302
    )
    assert (
        staff.post(
            reverse("materials:add"), {"slug": "felt", "source_language": "en", "name": "Felt"}
        ).status_code
        == 302
    )
    assert str(Craft.objects.get(slug="felt")) == "Felting"
    assert str(Material.objects.get(slug="felt")) == "Felt"


def test_what_something_hangs_on_is_not_deleted(staff, cast):
    craft = make_craft()
    make_piece(cast.maker.workshop, craft=craft)
    for name, row in (
        ("villages", cast.maker.workshop.village),
        ("workshops", cast.maker.workshop),
        ("crafts", craft),
    ):
        path = reverse(f"{name}:delete", args=[row.pk])
        assert staff.get(path).status_code == 200
        staff.post(path)
        assert type(row).objects.filter(pk=row.pk).exists(), name
    assert "is in use and stays" in staff.get(reverse("crafts:index")).content.decode()


def test_what_nothing_hangs_on_is_deleted(staff):
    for name, row in (("workshops", make_workshop()), ("villages", make_village()), ("crafts", make_craft())):
        assert staff.post(reverse(f"{name}:delete", args=[row.pk])).status_code == 302
        assert not type(row).objects.filter(pk=row.pk).exists(), name


def test_an_economy_is_switched_off_but_never_renamed_added_or_deleted(staff):
    edit = reverse("economies:edit", args=["TW"])
    assert "Chinese Taipei" in staff.get(edit).content.decode()
    assert staff.post(edit, {"name": "Elsewhere", "currency": "XXX"}).status_code == 302
    economy = Economy.objects.get(pk="TW")
    assert (economy.name, economy.currency, economy.enabled) == ("Chinese Taipei", "TWD", False)
    assert staff.get(reverse("economies:add")).status_code == 302
    staff.post(reverse("economies:delete", args=["TW"]))
    assert Economy.objects.filter(pk="TW").exists()


def test_texts_are_searched_and_edited_but_come_only_from_their_owner_or_a_translation(staff):
    piece = make_piece(title={"en": "Bowl of rain", "ja": "雨の椀"}, code="RAI-01")
    row = piece.texts.get(locale__language_code="ja")
    assert set(listed(staff, TEXTS[0], q="rai-01")) == {"Bowl of rain", "雨の椀"}
    assert listed(staff, TEXTS[0], q="雨") == ["雨の椀"]
    assert staff.get(reverse("wagtailsnippets_catalogue_producttext:add")).status_code == 302

    edit = reverse("wagtailsnippets_catalogue_producttext:edit", args=[row.pk])
    assert (
        staff.post(edit, {"title": "小雨の椀", "summary": "", "description": "", "owner": "999"}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.title, row.owner) == ("小雨の椀", piece)
    piece.card.refresh_from_db()
    assert piece.card.texts["ja"]["title"] == "小雨の椀"


def test_an_officer_sees_what_she_has_permission_for_and_no_more(cast):
    officer = make_user("officer@example.com")
    names = ["access_admin", "view_village", "change_village", "view_order"]
    officer.user_permissions.set(Permission.objects.filter(codename__in=names))
    visitor = Visitor()
    visitor.force_login(officer)
    assert visitor.get(reverse("villages:index")).status_code == 200
    assert visitor.get(reverse("villages:edit", args=[cast.maker.workshop.village_id])).status_code == 200
    assert visitor.get(reverse("villages:add")).status_code == 302
    assert visitor.get("/admin/orders/").status_code == 200
    for path in (
        reverse("workshops:index"),
        "/admin/consignments/",
        "/admin/payment-events/",
        "/admin/shipping-rates/",
    ):
        assert visitor.get(path).status_code == 302, path


def test_nobody_else_opens_a_staff_screen(cast):
    make_member(cast.maker.workshop)
    for person in cast.all_but("staff"):
        for name in LISTS + TEXTS:
            response = person.client.get(reverse(name))
            assert response.status_code == 302 and "/login/" in response["Location"], (person, name)
