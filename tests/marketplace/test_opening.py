"""Staff name officers and change members; every such act is written down."""

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from marketplace.workshops.models import Member, Officer
from tests.factories import make_user, make_village

pytestmark = pytest.mark.django_db


def rows_of(action: str) -> list[dict]:
    found = ModelLogEntry.objects.filter(action=f"marketplace.{action}").order_by("timestamp", "pk")
    return [row.data for row in found]


def test_officers_are_named_for_one_area_and_their_offices_end(cast):
    staff, village = cast.staff.client, make_village()
    user = make_user("officer@example.com")
    form = {"email": "OFFICER@example.com", "village": village.pk, "economy": "", "title": "District officer"}
    for wrong in ({"economy": "VN"}, {"village": ""}, {"email": "nobody@example.com"}, {"title": ""}, {"village": "x"}):
        assert staff.post(reverse("officers:add"), form | wrong).status_code == 200, wrong
    assert not Officer.objects.exists()
    assert staff.post(reverse("officers:add"), form).status_code == 302
    officer = Officer.objects.get()
    assert (officer.user, officer.village, officer.economy, officer.ended_at) == (user, village, None, None)
    edit = reverse("officers:edit", args=[officer.pk])
    # Person and area stay, whatever is posted.
    stolen = form | {"email": "kenji@example.com", "village": "", "economy": "VN", "title": "Provincial officer", "ended": "on"}
    assert staff.post(edit, stolen).status_code == 302
    officer.refresh_from_db()
    assert (officer.user, officer.village, officer.economy, officer.title) == (user, village, None, "Provincial officer")
    assert officer.ended_at is not None and not Officer.objects.of(user).exists()
    staff.post(reverse("officers:delete", args=[officer.pk]))
    assert Officer.objects.filter(pk=officer.pk).exists()
    said = {"officer": user.pk, "area": village.slug}
    assert rows_of("officer_named") == [said | {"title": "District officer"}]
    assert rows_of("officer_ended") == [said | {"title": "Provincial officer"}]
    for person in cast.all_but("staff"):
        assert person.client.get(reverse("officers:index")).status_code == 302


def test_what_staff_change_of_members_is_written_down_and_an_owner_stays(cast):
    workshop, staff = cast.maker.workshop, cast.staff.client
    owner, helper = workshop.members.order_by("pk")
    edit = reverse("workshops:edit", args=[workshop.pk])

    def post(*rows: dict):
        form = {
            "slug": workshop.slug, "code_prefix": "SML", "village": workshop.village_id, "kind": "household",
            "source_language": "en", "name": "Sao Mai Lacquer", "summary": "", "contact": "", "since": "", "makers": "3",
            "members-TOTAL_FORMS": len(rows), "members-INITIAL_FORMS": sum("id" in row for row in rows),
        }  # fmt: skip
        form |= {f"members-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
        return staff.post(edit, form).status_code

    first = {"id": owner.pk, "email": owner.user.email}
    second = {"id": helper.pk, "email": helper.user.email}
    assert post(first | {"lists": "on"}, second | {"packs": "on"}) == 200, "nobody would be owner"
    assert post(first | {"is_owner": "on", "DELETE": "on"}, second | {"packs": "on"}) == 200
    assert post(first | {"is_owner": "on"}, second) == 200, "no task"
    assert Member.objects.get(pk=helper.pk).rights == ["lists", "packs"]
    new = {"email": "kenji@example.com", "keeps_books": "on"}
    assert post(first | {"is_owner": "on"}, second | {"packs": "on"}, new) == 302
    kenji = {"id": Member.objects.get(user=cast.buyer.user).pk, "email": "kenji@example.com", "keeps_books": "on"}
    assert post(first | {"is_owner": "on"}, second | {"packs": "on", "DELETE": "on"}, kenji) == 302
    assert [row.rights for row in workshop.members.order_by("pk")] == [["is_owner"], ["keeps_books"]]
    assert rows_of("member_changed") == [
        {"member": helper.user_id, "staff": True, "before": ["lists", "packs"], "rights": ["packs"]}
    ]
    assert rows_of("member_joined") == [{"member": cast.buyer.user.pk, "staff": True, "rights": ["keeps_books"]}]
    assert rows_of("member_removed") == [{"member": helper.user_id, "staff": True, "before": ["packs"]}]


def test_staff_give_no_workshop_an_address_of_the_desk(cast):
    page = cast.staff.client.post(reverse("workshops:add"), {"slug": "open", "name": "Open"})
    assert page.status_code == 200 and "The makers’ desk has a page of this name." in page.text
