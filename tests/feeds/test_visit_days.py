"""Visit days in the admin, and on the page of their village."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from marketplace.workshops.models import VisitDay, Workshop
from tests.factories import make_user, make_village, make_visit_day, make_workshop
from tests.feeds.world import soup
from tests.people import Visitor


@pytest.fixture
def staff(db) -> Visitor:
    visitor = Visitor()
    visitor.force_login(make_user("boss@example.com", is_staff=True, is_superuser=True))
    return visitor


def filled(village, **changes) -> dict:
    """A form as somebody fills it in for a morning in Bangkok."""
    return {
        "village": village.pk,
        "workshop": "",
        "time_zone": "Asia/Bangkok",
        "starts_at": "2099-02-06 09:00",
        "ends_at": "2099-02-06 13:00",
        "source_language": "th",
        "name": "เช้าสีคราม",
        "summary": "",
        "meeting_point": "ที่ท่าเรือ",
        "why_called_off": "",
        "seats": "8",
        "price": "350",
        "currency": "thb",
        "is_published": "on",
    } | changes


def add(staff: Visitor, village, **changes):
    return staff.post_from_page(reverse("visit-days:add"), filled(village, **changes))


def test_a_day_is_entered_by_the_villages_clock(staff):
    village = make_village()
    assert add(staff, village).status_code == 302
    day = VisitDay.objects.get()
    assert (day.starts_at, day.ends_at) == (datetime(2099, 2, 6, 2, tzinfo=UTC), datetime(2099, 2, 6, 6, tzinfo=UTC))
    assert (day.currency, str(day.price), day.seats, day.called_off_at) == ("THB", "350.00", 8, None)
    row = day.texts.get()
    assert (row.language, row.name, row.meeting_point) == ("th", "เช้าสีคราม", "ที่ท่าเรือ")
    form = soup(staff.get(reverse("visit-days:edit", args=[day.pk])))
    assert form.find("input", {"name": "starts_at"})["value"] == "2099-02-06 09:00"
    # What is saved again unchanged stays unchanged, whatever zone the person works in.
    assert staff.post_from_page(reverse("visit-days:edit", args=[day.pk]), filled(village)).status_code == 302
    day.refresh_from_db()
    assert day.starts_at == datetime(2099, 2, 6, 2, tzinfo=UTC)


REFUSED = [
    ({"ends_at": "2099-02-06 09:00"}, "It ends after it begins."),
    ({"time_zone": "Asia/Nowhere"}, "Select a valid choice."),
    ({"price": "0"}, "A price is above zero."),
    ({"currency": "XYZ"}, "Please give the three letters of a currency"),
    ({"currency": ""}, "Please give the three letters of a currency"),
    ({"name": ""}, "required"),
    ({"called_off": "on"}, "Please say why"),
    (
        {"time_zone": "America/New_York", "starts_at": "2026-03-08 02:30", "ends_at": "2026-03-08 05:00"},
        "there is no such time.",
    ),
]


def test_what_cannot_be_is_refused_with_a_reason(staff):
    village = make_village()
    for changes, sentence in REFUSED:
        answer = add(staff, village, **changes)
        assert answer.status_code == 200 and sentence in answer.content.decode(), changes
    assert not VisitDay.objects.exists()


def test_a_workshop_of_another_village_is_refused(staff):
    answer = add(staff, make_village(), workshop=make_workshop().pk)
    assert "This workshop is in another village." in answer.content.decode()
    assert not VisitDay.objects.exists()


def test_without_a_price_it_is_free_whatever_currency_was_typed(staff):
    add(staff, make_village(), price="")
    assert VisitDay.objects.values_list("price", "currency").get() == (None, "")


def test_a_day_is_called_off_with_a_reason_and_never_deleted(staff):
    village = make_village()
    add(staff, village)
    day = VisitDay.objects.get()
    edit = reverse("visit-days:edit", args=[day.pk])
    staff.post_from_page(edit, filled(village, called_off="on", why_called_off="น้ำท่วม"))
    day.refresh_from_db()
    assert day.called_off_at is not None and day.texts.get().why_called_off == "น้ำท่วม"
    when = day.called_off_at
    staff.post_from_page(edit, filled(village, called_off="on", why_called_off="น้ำท่วมมาก"))
    day.refresh_from_db()
    assert day.called_off_at == when
    staff.post_from_page(edit, filled(village))
    day.refresh_from_db()
    assert day.called_off_at is None
    assert staff.post_from_page(reverse("visit-days:delete", args=[day.pk])).status_code == 302
    assert VisitDay.objects.filter(pk=day.pk).exists()


def test_the_list_is_found_sorted_and_filtered(staff, django_assert_max_num_queries):
    for number in range(4):
        make_visit_day(name=f"Day {number}", starts_at=datetime(2099, 1, 1 + number, tzinfo=UTC))
    for query in ({}, {"q": "day"}, {"ordering": "starts_at"}, {"is_published": "true"}):
        with django_assert_max_num_queries(24):
            answer = staff.get(reverse("visit-days:index"), query)
        assert [str(row) for row in answer.context["object_list"]].count("Day 2") == 1
    assert reverse("visit-days:index") in staff.get("/admin/").content.decode()
    assert "Day 1" in staff.get(reverse("wagtailsnippets_marketplace_workshops_visitdaytext:list")).content.decode()


def test_who_may_not_change_them_does_not_see_them(db):
    visitor = Visitor()
    person = make_user("editor@example.com", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    visitor.force_login(person)
    assert visitor.get(reverse("visit-days:index")).status_code == 302
    assert add(visitor, make_village()).status_code == 302
    assert not VisitDay.objects.exists()


def test_the_villages_page_shows_what_is_still_to_come(client, world, commit):
    path, now = world.paths("ja")["village"], timezone.now()
    assert soup(client.get(path)).select(".visits") == []
    day = make_visit_day(
        world.village, starts_at=now + timedelta(days=2), name={"en": "Indigo morning", "ja": "藍の朝"}, summary="Dip it."
    )
    make_visit_day(world.village, starts_at=now - timedelta(days=1), name="Over")
    make_visit_day(world.village, starts_at=now + timedelta(days=1), name="Hidden", is_published=False)
    make_visit_day(world.village, starts_at=now + timedelta(days=4), name="Next")
    commit()
    html = soup(client.get(path))
    assert [row.get_text() for row in html.select(".visits h3")] == ["藍の朝", "Next"]
    first, second = html.select(".visits li")
    assert "lang" not in first.h3.attrs and second.h3["lang"] == "en"
    # Nobody has written the summary in Japanese, so the English one stands in, and says so by its language.
    [summary] = [row for row in first.find_all("p") if row.get_text() == "Dip it."]
    assert summary["lang"] == "en"
    link = html.select_one("#visits").parent.a
    assert link["href"] == "/ja/feeds/villages/sao-mai.ics" and client.get(link["href"]).status_code == 200
    assert day.texts.count() == 2


def test_a_day_in_a_workshop_that_closed_is_not_shown(client, world, commit):
    make_visit_day(world.village, starts_at=timezone.now() + timedelta(days=2), workshop=world.workshop)
    Workshop.objects.filter(pk=world.workshop.pk).update(stage="closed")
    commit()
    assert soup(client.get(world.paths()["village"])).select(".visits") == []
