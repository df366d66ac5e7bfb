"""An officer decides about a workshop of her area; the maker reads why in her language."""

import uuid

import pytest
from django.db import connection
from django.utils import timezone, translation

from marketplace.notices.models import Notice
from marketplace.workshops import deciding
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Decision, Member, Officer, Workshop
from tests.factories import make_member, make_order, make_piece, make_workshop

pytestmark = pytest.mark.django_db
Outcome, Reason = Decision.Outcome, Decision.Reason


def path(workshop) -> str:
    return f"/en/officer/workshops/{workshop.slug}/"


def form(outcome: str, reason: str, **more) -> dict:
    return {"outcome": outcome, "reason": reason, "key": str(uuid.uuid4()), "seen": "0"} | more


def stage_of(workshop) -> str:
    return Workshop.objects.values_list("stage", flat=True).get(pk=workshop.pk)


def test_an_officer_opens_a_workshop_and_its_owner_reads_why_in_her_language(area):
    maker = make_member(area.applied, email="tam@example.com")
    piece = make_piece(area.applied, is_public=False, stage="live")
    data = form("opened", "visited", words="Chúc mừng!", language="vi")
    answers = [area.browser.post_from_page(path(area.applied), data) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    decision = Decision.objects.get()
    assert (decision.officer, decision.outcome, decision.reason) == (area.officer, "opened", "visited")
    assert (decision.words, decision.language) == ("Chúc mừng!", "vi")
    assert stage_of(area.applied) == "open"
    piece.refresh_from_db()
    assert piece.is_public
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (maker, "workshop_decided")
    assert notice.values["reason"] == "visited" and notice.values["words"] == "Chúc mừng!"
    with translation.override("vi"):
        assert str(Reason(notice.values["reason"]).label) == translation.gettext(
            "We visited you and saw your work."
        )
    page = area.browser.get(path(area.applied))
    assert "Chúc mừng!" in page.text and "We visited you and saw your work." in page.text


ALLOWED = {
    "applied": {"opened": "open", "asked": "applied", "declined": "declined"},
    "declined": {"opened": "open"},
    "open": {"closed": "closed"},
    "closed": {"opened": "open"},
}


@pytest.mark.parametrize("stage", Workshop.Stage.values)
def test_only_these_ways_lead_from_one_stage_to_another(area, stage):
    for outcome in Outcome.values:
        Workshop.objects.filter(pk=area.applied.pk).update(stage=stage)
        before = Decision.objects.count()
        verb = {"workshop": area.applied, "officer": area.officer, "outcome": outcome}
        if outcome in ALLOWED[stage]:
            deciding.decide(**verb, reason=deciding.REASONS[outcome][0])
            assert stage_of(area.applied) == ALLOWED[stage][outcome]
            assert Decision.objects.count() == before + 1
            continue
        with pytest.raises(Refused):
            deciding.decide(**verb, reason=deciding.REASONS[outcome][0])
        assert (stage_of(area.applied), Decision.objects.count()) == (stage, before)


def test_closing_hides_the_pieces_and_leaves_the_orders(area):
    shop = make_workshop(village=area.village)
    piece = make_piece(shop, stock=3)
    payment = make_order([piece], paid=True)
    consignment = payment.order.consignments.get()
    answer = area.browser.post_from_page(path(shop), form("closed", "stopped"))
    assert answer.status_code == 302 and stage_of(shop) == "closed"
    piece.refresh_from_db()
    consignment.refresh_from_db()
    assert (piece.is_public, piece.stage, consignment.state) == (False, "live", "placed")
    seen = str(Decision.objects.get().pk)
    assert area.browser.post_from_page(path(shop), form("opened", "known", seen=seen)).status_code == 302
    piece.refresh_from_db()
    assert piece.is_public


def test_whoever_comes_second_is_told(area):
    first = form("asked", "more")
    assert area.browser.post_from_page(path(area.applied), first).status_code == 302
    second = area.wide_browser.post_from_page(path(area.applied), form("declined", "not_here"))
    assert second.status_code == 400 and "decided about this workshop meanwhile" in second.text
    assert (Decision.objects.count(), stage_of(area.applied)) == (1, "applied")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"outcome": "opened", "reason": ""}, 400),
        ({"outcome": "opened", "reason": "not_here"}, 400),
        ({"outcome": "opened", "reason": "known", "words": "x" * 1001, "language": "vi"}, 400),
        ({"outcome": "opened", "reason": "known", "words": "x", "language": "xx"}, 400),
        ({"outcome": "opened", "reason": "known", "words": "x", "language": ""}, 400),
        ({"outcome": "crowned", "reason": "known"}, 400),
        ({"outcome": "opened", "reason": "known", "key": "no key"}, 400),
        ({"outcome": "opened", "reason": "known", "seen": "9" * 40}, 400),
        ({"outcome": "closed", "reason": "stopped"}, 400),
    ],
)
def test_nonsense_decides_nothing(area, data, status):
    assert area.browser.post_from_page(path(area.applied), form("opened", "known") | data).status_code == status
    assert (Decision.objects.count(), stage_of(area.applied)) == (0, "applied")


def test_words_are_shown_as_words(area):
    data = form("asked", "more", words="<script>alert(1)</script>", language="vi")
    assert area.browser.post_from_page(path(area.applied), data).status_code == 302
    page = area.browser.get(path(area.applied))
    assert "<script>alert" not in page.text and "&lt;script&gt;alert(1)" in page.text


def shut(area) -> list[str]:
    return [path(area.applied), path(area.applied).replace("group-one", "no-such-group")]


def test_officers_see_their_own_area_and_nothing_else(area):
    piece = make_piece(area.applied)
    inside = [path(area.applied), f"/en/officer/pieces/{piece.pk}/", f"/en/officer/pieces/{piece.pk}.csv"]
    for address in inside:
        for browser in (area.browser, area.wide_browser):
            assert browser.get(address).status_code == 200, address
        for browser in (area.other_browser, area.abroad_browser):
            assert browser.get(address).status_code == 404, address
    for browser in (area.other_browser, area.abroad_browser):
        assert "Nhóm" not in browser.get("/en/officer/").text
        assert "Nhóm" not in browser.get("/en/officer/workshops/").text
        assert browser.post_from_page(path(area.applied), form("opened", "known")).status_code == 404
        pages = [browser.get(address) for address in shut(area)]
        assert {page.status_code for page in pages} == {404}
        bodies = {page.text.replace(page.request["PATH_INFO"].removeprefix("/en"), "") for page in pages}
        assert len(bodies) == 1
    assert (Decision.objects.count(), stage_of(area.applied)) == (0, "applied")
    with pytest.raises(LookupError):
        deciding.decide(workshop=area.applied, officer=area.other, outcome="opened", reason="known")


@pytest.mark.parametrize("how", ["ended", "disabled"])
def test_an_office_that_ended_is_over_at_the_next_request(area, how):
    assert area.browser.get("/en/officer/").status_code == 200
    if how == "ended":
        Officer.objects.filter(pk=area.officer.pk).update(ended_at=timezone.now())
    else:
        type(area.officer.user).objects.filter(pk=area.officer.user.pk).update(is_active=False)
    expected = 403 if how == "ended" else 302
    for address in ("/en/officer/", path(area.applied), "/en/officer/start/"):
        assert area.browser.get(address).status_code == expected
    assert area.browser.post_from_page(path(area.applied), form("opened", "known")).status_code == expected
    assert stage_of(area.applied) == "applied"


def test_others_read_what_these_pages_are(area, cast):
    for person in cast.all_but("stranger"):
        page = person.client.get(path(area.applied))
        assert page.status_code == 403 and "officers’ pages" in page.text and "Nhóm" not in page.text
    assert cast.stranger.client.get("/en/officer/")["Location"].startswith("/en/account/login/?next=")


def test_applications_stand_oldest_first_with_what_may_be_the_same_beside(area):
    now = timezone.now()
    Workshop.objects.filter(pk=area.applied.pk).update(applied_at=now)
    older = make_workshop(
        "group-two", village=area.village, name="nhóm mây  tre.", source="vi", contact="Ông Ba", stage="applied",
        applied_at=now - timezone.timedelta(days=3),
    )  # fmt: skip
    user = make_member(area.applied, email="tam@example.com")
    same = make_workshop("group-three", village=area.village, name="Gốm Sáng", contact="Ông Tư")
    Member.objects.create(workshop=same, user=user, is_owner=True)
    far = make_workshop("group-far", village=area.near, name="Nhóm Mây Tre", contact="Bà Tâm")
    Member.objects.create(workshop=far, user=user, is_owner=True)
    home = area.browser.get("/en/officer/").text
    assert 0 < home.index(older.slug) < home.index(area.applied.slug)
    page = area.browser.get(path(area.applied)).text
    assert "Same name in the village" in page and older.slug in page
    assert "Same contact" in page and same.slug in page
    assert "tam@example.com" in page and far.slug not in page
    assert far.slug in area.wide_browser.get(path(area.applied)).text


def test_officers_see_counts_but_no_buyer_and_no_money(area, steady):
    shop = make_workshop("counted", village=area.village, name="Counted")
    piece = make_piece(shop, title="Red bowl", price="48.77")
    make_piece(shop, stage="draft", is_public=False, hs_code="", price="48.77")
    payment = make_order([piece], paid=True)
    assert "late order" not in area.browser.get("/en/officer/workshops/").text
    payment.order.consignments.update(send_by=timezone.localdate() - timezone.timedelta(days=1))
    page = area.browser.get("/en/officer/workshops/").text
    assert "1 piece in the shop" in page and "1 draft" in page and "1 late order" in page
    assert "missing most: Customs code (HS)" in page
    for text in (page, area.browser.get(path(shop)).text):
        assert "48.77" not in text and "Mori" not in text and payment.order.number not in text

    def count() -> int:
        with connection.execute_wrapper(Counted()) as _wrapped:
            Counted.number = 0
            area.browser.get("/en/officer/workshops/")
        return Counted.number

    count()
    before = count()
    for number in range(3):
        row = make_workshop(f"more-{number}", village=area.village)
        make_piece(row, hs_code="")
        make_order([make_piece(row)], paid=True)
    count()
    assert count() <= before


class Counted:
    """Counts the statements of a block."""

    number = 0

    def __call__(self, execute, sql, params, many, context):
        Counted.number += 1
        return execute(sql, params, many, context)
