"""Staff see who did what for a workshop, and may take a maker's consent back for her."""

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from marketplace.notices.models import Notice
from marketplace.workshops import assisting
from marketplace.workshops.models import Consent, Workshop
from tests.factories import make_member, make_piece, make_user, make_workshop
from tests.ledger import nothing_changes
from tests.officer.conftest import enter
from tests.officer.test_assisting import agree, public, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(area):
    return enter(make_user("boss@example.com", is_staff=True, is_superuser=True))


def hands(workshop: Workshop, rest: str = "") -> str:
    return f"/admin/workshops/hands/{workshop.pk}/{rest}"


def test_decisions_help_consents_and_the_end_stand_in_their_order(area, boss):
    helped = start(area)
    consent = agree(helped, area.officer.user)
    page = boss.get(hands(helped.workshop))
    assert [deed.what for deed in page.context["deeds"]] == ["Began to list for Bà Sáu", "Opened", "Recorded that Bà Sáu agrees"]
    name = area.officer.user.get_full_name() or area.officer.user.get_username()
    office = f"{name} · Phòng OCOP Sao Mai"
    assert [deed.by for deed in page.context["deeds"]] == [office, office, name]
    assert page.context["deeds"][2].said[1:] == consent.words.split("\n")
    assert f'href="{hands(helped.workshop)}"' in boss.get(f"/admin/workshops/edit/{helped.workshop_id}/").text
    file = boss.get(hands(helped.workshop, f"consent/{consent.pk}/"))
    assert (file.status_code, b"".join(file.streaming_content)) == (200, b"jpeg")
    assert file["Content-Disposition"].startswith("attachment; ") and "no-store" in file["Cache-Control"]
    assert file["X-Content-Type-Options"] == "nosniff"
    assisting.end(assistance=helped, user=area.officer.user)
    assert boss.get(hands(helped.workshop)).context["deeds"][-1].what == "Stopped listing for Bà Sáu"
    assert "nobody has listed for its maker" in boss.get(hands(area.applied)).text


def test_staff_take_the_consent_back_once_and_its_people_are_told(area, boss):
    helped = start(area)
    consent, piece = agree(helped, area.officer.user), make_piece(helped.workshop)
    owner = make_member(helped.workshop)
    path = hands(helped.workshop, f"withdraw/{consent.pk}/")
    with nothing_changes():
        assert boss.get(path).status_code == 200
    assert public(helped.workshop) == [True]
    for _click in range(2):
        assert boss.post_from_page(path)["Location"] == hands(helped.workshop)
    consent.refresh_from_db(), piece.refresh_from_db()
    assert (consent.withdrawn_at is None, piece.stage, piece.is_public) == (False, "paused", False)
    told = Notice.objects.filter(kind="consent_withdrawn").order_by("pk")
    assert [row.user for row in told] == [area.officer.user, owner]
    page = boss.get(hands(helped.workshop))
    assert [deed.what for deed in page.context["deeds"]][-1] == "Bà Sáu no longer agrees"
    assert "Take the consent back" not in page.text.replace("The consent is taken back", "")
    assert boss.get(path)["Location"] == hands(helped.workshop)


def test_markup_in_names_is_text(area, boss):
    helped = start(area)
    type(helped).objects.filter(pk=helped.pk).update(maker_name="<script>alert(1)</script>")
    text = boss.get(hands(helped.workshop)).text
    assert "<script>alert(1)" not in text and "&lt;script&gt;alert(1)" in text


def test_shut_for_all_others_and_a_consent_belongs_to_its_workshop(area, boss, cast):
    helped, other = start(area), make_workshop("other")
    consent = agree(helped, area.officer.user)
    editor = make_user("editor@example.com")
    looker = make_user("looker@example.com")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for name in ("access_admin", "view_workshop"):
        looker.user_permissions.add(Permission.objects.get(codename=name))
    rest = ("", f"consent/{consent.pk}/", f"withdraw/{consent.pk}/")
    browsers = [person.client for person in cast.all_but("staff")] + [area.browser, enter(editor), enter(looker)]
    with nothing_changes():
        for browser in browsers:
            for path in [hands(helped.workshop, row) for row in rest]:
                for answer in (browser.get(path), browser.post_from_page(path)):
                    assert answer.status_code in (302, 403), path
                    assert "Bà Sáu" not in answer.text and not answer.headers.get("Content-Disposition")
        for row in rest[1:]:
            assert boss.get(hands(other, row)).status_code == 404
            assert boss.post_from_page(hands(other, row)).status_code in (404, 405)
        assert boss.get("/admin/workshops/hands/0/").status_code == 404
    assert not Consent.objects.filter(withdrawn_at__isnull=False).exists()


def test_who_may_change_workshops_but_has_no_say_sees_and_takes_nothing_back(area):
    """The verb's own rule holds: the maker, her helper, an officer of the area, or a superuser."""
    helped = start(area)
    consent = agree(helped, area.officer.user)
    user = make_user("keeper@example.com", is_staff=True)
    for name in ("access_admin", "change_workshop"):
        user.user_permissions.add(Permission.objects.get(codename=name))
    browser = enter(user)
    page = browser.get(hands(helped.workshop))
    assert page.status_code == 200 and "Take the consent back" not in page.text
    path = hands(helped.workshop, f"withdraw/{consent.pk}/")
    with nothing_changes():
        for answer in (browser.get(path), browser.post_from_page(path)):
            assert answer.status_code in (302, 403) and answer.get("Location") != hands(helped.workshop)
    assert Consent.objects.get(withdrawn_at=None).said_on == timezone.localdate()
