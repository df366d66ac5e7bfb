"""Owners invite, change and remove; a removed member is out with her next request; the last owner stays."""

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import ModelLogEntry

from marketplace.notices.models import Notice
from marketplace.workshops.membership import members
from marketplace.workshops.models import Invitation, Member
from storefront.desk.again import KEPT
from tests.factories import make_member
from tests.factories.places import PASSWORD
from tests.people import Visitor
from tests.storefront.signing_up import LAN, code_in, sms  # noqa: F401

pytestmark = pytest.mark.django_db
User = get_user_model()
DESK = "/en/desk/sao-mai-lacquer/"
MEMBERS = f"{DESK}members/"
INVITE = {"name": "Lan", "contact": LAN, "rights": ["packs", "keeps_books"], "language": "vi"}


def fresh(visitor: Visitor) -> Visitor:
    """She gave her password a moment ago."""
    session = visitor.session
    session[KEPT] = {"user": int(session["_auth_user_id"]), "at": int(time.time())}
    session.save()
    return visitor


@pytest.fixture
def owner(cast):
    return fresh(cast.maker.client)


def link_of(page: str) -> str:
    return re.search(r"http://testserver(/\S+/join/[\w-]+/)", page)[1]


def invited(owner: Visitor, **changes) -> str:
    """The path of a fresh invitation's link."""
    answer = owner.post(f"{MEMBERS}invite/", INVITE | changes)
    assert answer.status_code == 302
    return link_of(owner.get(answer["Location"]).text)


def member_of(cast, name: str) -> Member:
    return Member.objects.get(workshop=cast.maker.workshop, user=getattr(cast, name).user)


def acts() -> list[str]:
    rows = ModelLogEntry.objects.filter(action__startswith="marketplace.").order_by("timestamp", "pk")
    return [row.action.removeprefix("marketplace.") for row in rows]


def test_the_owner_sees_everybody_with_words_and_pictures_of_their_tasks(cast, owner):
    page = owner.get(MEMBERS).text
    assert "Hoa" in page and "lan@example.com" in page
    for task in ("Owner: everything", "Lister: pieces", "Packer: orders"):
        assert task in page
    assert page.count('<ul class="tasks">') == 2 and page.count('<svg aria-hidden="true" width="20"') == 3
    assert f'href="{MEMBERS}" aria-current="page"' in page
    assert MEMBERS not in cast.helper.client.get(DESK).text


def test_an_invitation_is_sent_shown_accepted_once_and_written_down(cast, owner, sms):  # noqa: F811
    link = invited(owner)
    assert link.startswith("/vi/desk/join/")
    (sent,) = [row for row in sms if row.to == LAN]
    assert link in sent.text
    row = Invitation.objects.get()
    assert (row.contact, row.rights, row.language) == (LAN, ["packs", "keeps_books"], "vi")
    assert row.token_hash not in link and link.split("/")[-2] not in str(vars(row))
    assert (row.expires_at - row.made_at).days in (13, 14)
    assert "<svg" in owner.get(f"{MEMBERS}invitations/{row.pk}/").text.split("join-code")[1]
    friend = Visitor()
    page = friend.get(link.replace("/vi/", "/en/")).text
    assert "Hoa invites you, Lan, to work in Sao Mai Lacquer in Sao Mai." in page and LAN in page
    assert "Packer: orders" in page and "Book-keeper: earnings" in page and "Owner" not in page
    # Reading it, and saying yes without an account, changes nothing.
    friend.post(link, {"action": "accept"})
    assert Member.objects.filter(workshop=cast.maker.workshop).count() == 2
    friend.post(link, {"action": "code"})
    assert friend.post("/vi/desk/open/code/", {"code": code_in(sms, LAN)})["Location"] == link
    for _click in range(2):
        assert friend.post(link, {"action": "accept"})["Location"] == "/vi/desk/sao-mai-lacquer/"
    new = Member.objects.get(user__first_name="Lan")
    assert (new.rights, new.workshop) == (["packs", "keeps_books"], cast.maker.workshop)
    assert friend.get(f"{DESK}consignments/").status_code == 200 and friend.get(f"{DESK}pieces/").status_code == 403
    # Used up, for everybody else.
    assert cast.buyer.client.get(link).status_code == 404
    assert cast.buyer.client.post(link, {"action": "accept"}).status_code == 404
    assert acts() == ["member_invited", "member_joined"]
    told = ModelLogEntry.objects.get(action=members.actions.joined).data
    assert told == {"member": new.user_id, "rights": ["packs", "keeps_books"], "invitation": row.pk}


def test_whoever_holds_the_link_may_accept_with_the_account_she_has(cast, owner):
    link = invited(owner)
    assert cast.stranger.client.post(link, {"action": "sign-in"})["Location"] == f"/vi/account/login/?next={link}"
    assert cast.buyer.client.post(link, {"action": "accept"}).status_code == 302
    assert member_of(cast, "buyer").rights == ["packs", "keeps_books"]


def test_who_works_there_already_leaves_the_invitation_for_the_other(cast, owner):
    link = invited(owner, rights=["is_owner"])
    answer = cast.helper.client.post(link, {"action": "accept"})
    assert answer.status_code == 400 and "helper" not in answer.text
    assert member_of(cast, "helper").rights == ["lists", "packs"]
    assert Invitation.objects.get().accepted_at is None


def test_invitations_that_are_over_look_alike(cast, owner):
    link = invited(owner)
    row = Invitation.objects.get()
    bodies = set()

    def over(path: str) -> None:
        for answer in (cast.agency.client.get(path), cast.agency.client.post(path, {"action": "accept"})):
            assert answer.status_code == 404
            page = re.sub(r'value="[^"]{64}"', "", answer.text)
            bodies.add(page.replace(path.removeprefix("/vi"), ""))

    over("/vi/desk/join/AAAAAAAAAAAAAAAAAAAAAA/")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    over(link)
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert cast.agency.client.get(link).status_code == 200
    assert owner.post(f"{MEMBERS}invitations/{row.pk}/").status_code == 302
    over(link)
    assert owner.get(f"{MEMBERS}invitations/{row.pk}/").status_code == 404
    assert len(bodies) == 1
    assert Member.objects.filter(workshop=cast.maker.workshop).count() == 2
    assert acts() == ["member_invited", "invitation_withdrawn"]


def test_the_same_contact_invited_twice_is_one_invitation_and_one_message(cast, owner, sms):  # noqa: F811
    first = invited(owner)
    assert invited(owner, contact="0901 234 502", rights=["lists"]) == first
    assert len([row for row in sms if row.to == LAN]) == 1
    assert [row.rights for row in Invitation.objects.all()] == [["lists"]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"contact": "x" * 10_000}, "contact"), ({"contact": "123"}, "contact"), ({"name": ""}, "name"),
        ({"name": "\u202e"}, "name"), ({"name": "x" * 10_000}, "name"), ({"rights": []}, "rights"),
        ({"rights": ["is_staff"]}, "rights"), ({"language": "xx"}, "language"),
    ],
)  # fmt: skip
def test_an_invitation_with_a_mistake_is_not_sent(cast, owner, sms, wrong, field):  # noqa: F811
    answer = owner.post(f"{MEMBERS}invite/", INVITE | wrong)
    assert answer.status_code == 400 and f'id="id_{field}_error"' in answer.text
    assert not Invitation.objects.exists() and not sms


def test_so_many_invitations_wait_and_no_more(cast, owner, settings):
    settings.MARKETPLACE_MOST_INVITATIONS = 1
    invited(owner)
    answer = owner.post(f"{MEMBERS}invite/", INVITE | {"contact": "mai@example.com"})
    assert answer.status_code == 400 and Invitation.objects.count() == 1


def test_changed_tasks_hold_with_the_next_request(cast, owner):
    row = member_of(cast, "helper")
    assert cast.helper.client.get(f"{DESK}pieces/").status_code == 200
    assert owner.post(f"{MEMBERS}{row.pk}/", {"rights": ["keeps_books"]})["Location"] == MEMBERS
    assert cast.helper.client.get(f"{DESK}pieces/").status_code == 403
    assert cast.helper.client.get(f"{DESK}earnings/").status_code == 200
    for wrong in ([], ["own"], ["is_owner; --"]):
        assert owner.post(f"{MEMBERS}{row.pk}/", {"rights": wrong}).status_code == 400
    assert member_of(cast, "helper").rights == ["keeps_books"]
    entry = ModelLogEntry.objects.get(action=members.actions.changed)
    assert entry.data == {"member": row.user_id, "rights": ["keeps_books"], "before": ["lists", "packs"]}
    assert entry.user == cast.maker.user


def test_a_removed_member_is_out_with_her_next_request_and_hears_of_it(cast, owner):
    """Case 45: she stands before a form and presses its button."""
    assert cast.helper.client.get(f"{DESK}pieces/").status_code == 200
    row = member_of(cast, "helper")
    assert "Remove lan@example.com?" in owner.get(f"{MEMBERS}{row.pk}/remove/").text
    assert member_of(cast, "helper") == row, "GET only asks"
    assert owner.post(f"{MEMBERS}{row.pk}/remove/")["Location"] == MEMBERS
    for path in (DESK, f"{DESK}pieces/", f"{DESK}consignments/", "/en/desk/"):
        assert cast.helper.client.get(path).status_code == 403
    assert cast.helper.client.post(f"{DESK}pieces/", {"action": "stock"}).status_code == 403
    assert Notice.objects.get(kind="removed_from_workshop").user == cast.helper.user
    assert owner.post(f"{MEMBERS}{row.pk}/remove/").status_code == 404
    assert acts() == ["member_removed"]


def test_a_disabled_account_is_out_with_its_next_request(cast, owner):
    User.objects.filter(pk=cast.maker.user.pk).update(is_active=False)
    answer = owner.get(MEMBERS)
    assert answer.status_code == 302 and answer["Location"].startswith("/en/account/login/")
    assert owner.post(f"{MEMBERS}invite/", INVITE).status_code == 302
    assert not Invitation.objects.exists()


def test_the_last_owner_is_not_removed_does_not_leave_and_stays_owner(cast, owner):
    row = member_of(cast, "maker")
    switched_off = make_member(cast.maker.workshop, is_active=False)  # an owner who cannot come in does not count
    assert owner.post(f"{MEMBERS}{row.pk}/remove/").status_code == 302
    assert owner.post(f"{MEMBERS}{row.pk}/", {"rights": ["lists"]}).status_code == 400
    assert owner.post(f"{DESK}leave/").status_code == 302
    assert "A workshop needs an owner." in owner.get(DESK).text
    assert member_of(cast, "maker").rights == ["is_owner"] and acts() == []
    User.objects.filter(pk=switched_off.pk).update(is_active=True)
    assert owner.post(f"{DESK}leave/")["Location"] == "/en/desk/"
    assert owner.get(DESK).status_code == 403 and acts() == ["member_left"]


def test_anybody_may_leave_and_nobody_leaves_for_another(cast):
    assert cast.helper.client.get(f"{DESK}leave/").status_code == 200
    assert cast.other_maker.client.post(f"{DESK}leave/").status_code == 404
    assert cast.helper.client.post(f"{DESK}leave/").status_code == 302
    assert [row.user for row in cast.maker.workshop.members.all()] == [cast.maker.user]


def test_what_a_removed_owner_had_offered_is_withdrawn(cast, owner):
    link = invited(owner, rights=["is_owner"])
    second = fresh(_visitor(make_member(cast.maker.workshop)))
    assert second.post(f"{MEMBERS}{member_of(cast, 'maker').pk}/remove/").status_code == 302
    assert owner.post(link, {"action": "accept"}).status_code == 404
    assert not Member.objects.filter(user=cast.maker.user).exists()


def test_owners_are_asked_again_before_members_change(cast):
    """A stolen session: nothing is done until the password is typed."""
    row, owner = member_of(cast, "helper"), cast.maker.client
    tries = [
        (f"{MEMBERS}invite/", INVITE), (f"{MEMBERS}{row.pk}/", {"rights": ["is_owner"]}), (f"{MEMBERS}{row.pk}/remove/", {}),
    ]  # fmt: skip
    for path, data in tries:
        assert owner.post(path, data).status_code == 403, path
    assert not Invitation.objects.exists() and member_of(cast, "helper").rights == ["lists", "packs"]
    assert owner.post(f"{MEMBERS}{row.pk}/remove/", {"again-answer": PASSWORD}).status_code == 302
    assert not Member.objects.filter(pk=row.pk).exists()


DOORS = ["", "invite/", "{row}/", "{row}/remove/", "invitations/{invitation}/"]


@pytest.mark.parametrize("door", DOORS)
def test_nobody_but_an_owner_comes_in(cast, owner, door):
    link = invited(owner)
    row, invitation = member_of(cast, "helper"), Invitation.objects.get()
    path = MEMBERS + door.format(row=row.pk, invitation=invitation.pk)
    posted = INVITE | {"contact": "evil@example.com", "rights": ["is_owner"]}
    for person in cast.all_but("maker"):
        expected = {"other_maker": 404, "stranger": 302}.get(person.name, 403)
        assert person.client.get(path).status_code == expected, person
        assert person.client.post(path, posted).status_code == (expected if door else 405), person
    # By her own desk's address with the other's ids.
    if door and door != "invite/":
        other, foreign = fresh(cast.other_maker.client), path.replace("sao-mai-lacquer", "ban-fai-indigo")
        assert other.get(foreign).status_code == 404
        assert other.post(foreign, posted).status_code == 404
    assert Invitation.objects.get().is_waiting(timezone.now()) and cast.agency.client.get(link).status_code == 200
    assert [row.rights for row in cast.maker.workshop.members.order_by("pk")] == [["is_owner"], ["lists", "packs"]]


def test_the_pages_are_small_and_cost_few_statements(cast, owner, django_assert_max_num_queries):
    for _number in range(30):
        make_member(cast.maker.workshop, rights=("packs",))
    owner.get(MEMBERS)
    with django_assert_max_num_queries(14):
        page = owner.get(MEMBERS)
    assert len(page.content) < 100_000


def _visitor(user) -> Visitor:
    visitor = Visitor()
    visitor.force_login(user)
    return visitor


def test_nobody_invites_herself(cast, owner):
    answer = owner.post(f"{MEMBERS}invite/", INVITE | {"contact": " HOA@example.com"})
    assert answer.status_code == 400 and "This is your own." in answer.text
    assert not Invitation.objects.exists() and not Notice.objects.exists()
