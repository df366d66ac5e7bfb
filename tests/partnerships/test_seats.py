"""Who works for an agency: invited by a link, with parts, never without an owner; and what a deleted account leaves."""

import hashlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.models import ModelLogEntry

from marketplace.partnerships import services
from marketplace.partnerships.models import Agency, Part, Seat, SeatInvitation
from marketplace.partnerships.seats import seats
from marketplace.partnerships.services import Refused
from tests.drills import is_drill
from tests.factories import make_agency, make_seat, make_user

PATIENCE = 30


@pytest.fixture
def agency(db) -> Agency:
    return make_agency("chang-thong")


@pytest.fixture
def owner(agency):
    return make_seat(agency, email="ploy@chang-thong.example", first_name="Ploy")


def invite(agency, by, email="nok@chang-thong.example", parts=(Part.EDIT,), **changes) -> SeatInvitation:
    given = {"name": "Nok", "language": "th"} | changes
    return seats.invite(agency, email=email, parts=parts, by=by, **given)[0]


def parts(agency) -> dict[str, list[Part]]:
    return {seat.user.email: seat.parts for seat in Seat.objects.filter(agency=agency).select_related("user")}


def test_invited_by_mail_and_joined_once(agency, owner, mailoutbox, commit):
    row = invite(agency, owner, "Nok@Chang-Thong.example ", [Part.BOOKS, Part.EDIT])
    commit()
    (mail,) = mailoutbox
    assert (mail.to, "Ploy" in mail.subject) == (["nok@chang-thong.example"], True)
    token = re.search(r"/th/agency/join/([A-Za-z0-9_-]{22})/", mail.body)[1]
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest() and token == seats.token_of(row)
    assert seats.find_invitation(token) == row
    nok = make_user("nok@mail.example")
    assert seats.accept(token=token, user=nok) == seats.accept(token=token, user=nok)
    assert parts(agency)["nok@mail.example"] == [Part.EDIT, Part.BOOKS]
    assert nok.first_name == "Nok"
    assert seats.find_invitation(token) is None
    with pytest.raises(Refused, match="does not hold"):
        seats.accept(token=token, user=make_user())
    assert Seat.objects.count() == 2
    logged = [row.action for row in ModelLogEntry.objects.for_instance(agency).order_by("pk")]
    assert logged == ["marketplace.seat_offered", "marketplace.seat_taken"]


def test_the_same_address_is_invited_once_and_told_once(agency, owner, mailoutbox, commit):
    first = invite(agency, owner)
    again = invite(agency, owner, parts=[Part.OWN])
    commit()
    assert (again.pk, again.parts, len(mailoutbox)) == (first.pk, [Part.OWN], 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nok"}, "email"),
        ({"email": "a@b.example\r\nBcc: x@y.example"}, "email"),
        ({"name": "\u200e "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"parts": []}, "parts"),
        ({"parts": ["agency", "id"]}, "parts"),
        ({"language": "xx"}, "language"),
    ],
)
def test_nonsense_is_refused(agency, owner, changes, field):
    with pytest.raises(Refused) as refused:
        invite(agency, owner, **changes)
    assert (refused.value.field, SeatInvitation.objects.count()) == (field, 0)


def test_who_has_a_seat_is_not_invited(agency, owner, mailoutbox, commit):
    make_seat(make_agency(), email="nok@chang-thong.example")
    for email in ("ploy@chang-thong.example", " Ploy@Chang-Thong.example"):
        with pytest.raises(Refused, match="works here already") as refused:
            invite(agency, owner, email)
        assert refused.value.field == "email"
    commit()
    assert not SeatInvitation.objects.exists() and mailoutbox == []
    assert not ModelLogEntry.objects.for_instance(agency).exists()
    # A seat at another agency is none here.
    assert invite(agency, owner).pk


def test_only_an_owner_of_just_this_agency(agency, owner):
    row, seat = invite(agency, owner), Seat.objects.get(user=owner)
    stranger_agency = make_agency()
    foreign = make_seat(stranger_agency)
    for by in (make_seat(agency, parts=[Part.EDIT, Part.BOOKS]), foreign, make_user()):
        before = parts(agency)
        for act in (
            lambda by=by: invite(agency, by, "x@y.example"),
            lambda by=by: seats.withdraw(agency, row, by=by),
            lambda by=by: seats.change(agency, seat, parts=[Part.EDIT], by=by),
            lambda by=by: seats.remove(agency, seat, by=by),
        ):
            with pytest.raises(Refused):
                act()
        assert parts(agency) == before
    # With the number of a foreign seat or invitation at the own agency's door.
    with pytest.raises(Refused):
        seats.remove(stranger_agency, seat, by=foreign)
    with pytest.raises(SeatInvitation.DoesNotExist):
        seats.withdraw(stranger_agency, row, by=foreign)
    row.refresh_from_db()
    assert row.withdrawn_at is None and Seat.objects.filter(pk=seat.pk).exists()


def test_an_owner_whose_account_is_switched_off_can_do_nothing(agency, owner):
    owner.is_active = False
    owner.save()
    with pytest.raises(Refused):
        invite(agency, owner)
    assert not SeatInvitation.objects.exists()


def test_an_offer_ends(agency, owner, settings):
    row = invite(agency, owner)
    token = seats.token_of(row)
    SeatInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert seats.find_invitation(token) is None
    with pytest.raises(Refused):
        seats.accept(token=token, user=make_user())
    second = invite(agency, owner)
    assert second.pk != row.pk
    seats.withdraw(agency, second, by=owner)
    for wrong in (seats.token_of(second), "", "x", "\ud800", "' OR 1=1 --"):
        assert seats.find_invitation(wrong) is None
        with pytest.raises(Refused):
            seats.accept(token=wrong, user=make_user())
    assert Seat.objects.count() == 1


def test_the_last_owner_stays(agency, owner):
    seat = Seat.objects.get(user=owner)
    for act in (
        lambda: seats.remove(agency, seat, by=owner),
        lambda: seats.change(agency, seat, parts=[Part.BOOKS], by=owner),
        lambda: seats.leave(agency, user=owner),
    ):
        with pytest.raises(Refused, match="needs an owner"):
            act()
    assert parts(agency) == {owner.email: [Part.OWN]}
    # A second one who may not sign in is none.
    off = make_seat(agency, is_active=False)
    with pytest.raises(Refused, match="needs an owner"):
        seats.leave(agency, user=owner)
    off.is_active = True
    off.save()
    seats.leave(agency, user=owner)
    assert parts(agency) == {off.email: [Part.OWN]}


def test_who_is_removed_hears_of_it_and_what_she_offered_holds_no_more(agency, owner, mailoutbox, commit):
    other = make_seat(agency, email="mai@chang-thong.example")
    offered = invite(agency, other)
    commit()
    mailoutbox.clear()
    seats.remove(agency, Seat.objects.get(user=other), by=owner)
    commit()
    assert [mail.to for mail in mailoutbox] == [["mai@chang-thong.example"]]
    assert seats.find_invitation(seats.token_of(offered)) is None
    assert parts(agency) == {owner.email: [Part.OWN]}


def test_staff_invite_an_owner_where_nobody_is_left(agency, mailoutbox, commit):
    row, new = seats.invite(
        agency=agency, name="Nok", email="nok@chang-thong.example", parts=[Part.OWN], language="th",
        by=make_user(first_name="Admin", is_staff=True), by_staff=True,
    )  # fmt: skip
    commit()
    assert new and "Admin" not in mailoutbox[0].subject
    seats.accept(token=seats.token_of(row), user=make_user("nok@chang-thong.example"))
    assert parts(agency) == {"nok@chang-thong.example": [Part.OWN]}


def test_a_deleted_account_leaves_no_name_behind(agency, owner):
    agency.contact_email = "Ploy@chang-thong.example"
    agency.save()
    offered = invite(agency, owner)
    token = seats.token_of(offered)
    mine = SeatInvitation.objects.create(
        agency=agency, name="Ploy", email=owner.email, language="th", token_hash="x", is_owner=True,
        expires_at=timezone.now(), accepted_by=owner, accepted_at=timezone.now(),
    )  # fmt: skip
    owner.delete()
    agency.refresh_from_db()
    assert (agency.contact_name, agency.contact_email, agency.stage) == ("", "", Agency.Stage.OPEN)
    assert services.agency_of_code("chang-thong") == agency
    assert not Seat.objects.exists() and seats.find_invitation(token) is None
    mine.refresh_from_db()
    assert (mine.name, mine.email, mine.accepted_by) == ("", "", None)
    # Nobody's name, nobody's mail, and deciding goes on.
    services.decide(agency=agency, stage=Agency.Stage.CLOSED, by=make_user(), reason=Agency.Reason.UNREACHED)


# Two owners remove each other at the same moment


def remove_each_other() -> tuple[int, list[str]]:
    """Owners that are left, and what each was told."""
    agency = make_agency()
    users = [make_seat(agency) for _owner in range(2)]
    rows = [Seat.objects.get(user=user) for user in users]
    barrier = threading.Barrier(2)

    def press(by, row) -> str:
        barrier.wait(PATIENCE)
        try:
            seats.remove(agency, row, by=by)
            return "done"
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(press, users, reversed(rows)))
    return Seat.objects.filter(agency=agency).count(), sorted(told)


@pytest.mark.drill_only
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_nobody_is_left(settings):
    """The positive control."""
    settings.MARKETPLACE_TEST_SKIP_OWNERS_LOCK = True
    settings.MARKETPLACE_TEST_PAUSE_AFTER_CHECK = 0.5
    assert (0, ["done", "done"]) in [remove_each_other() for _attempt in range(4)]


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_with_the_lock_one_stays(settings, request):
    settings.MARKETPLACE_TEST_PAUSE_AFTER_CHECK = 0.05
    for _round in range(50 if is_drill(request.config) else 1):
        assert remove_each_other() == (1, ["done", "refused"])
