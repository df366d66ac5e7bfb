"""Somebody lists for a maker: nothing is shown without her yes, she takes over with a code, and the record shows both."""

import io
import uuid
import wave
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from PIL import Image

from catalogue.models import Product
from marketplace.notices.models import Notice
from marketplace.workshops import assisting, handover, services, stages
from marketplace.workshops.consent_words import EDITION
from marketplace.workshops.details import PieceDetails, Refused
from marketplace.workshops.models import Assistance, Consent, HandoverCode, Member, Officer, Workshop
from tests.factories import (
    make_craft,
    make_material,
    make_member,
    make_order,
    make_piece,
    make_place_page,
    make_user,
    make_workshop,
)
from tests.officer.conftest import enter

pytestmark = pytest.mark.django_db


def photo() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (80, 40), "white").save(file, "JPEG")
    return SimpleUploadedFile("../../signature.php", file.getvalue(), "image/jpeg")


def consent_form(**more) -> dict:
    today = timezone.localdate().isoformat()
    return {
        "read": "on", "said_on": today, "language": "vi", "version": EDITION, "key": str(uuid.uuid4()), "photo": photo(),
    } | more  # fmt: skip


def start(area, **more) -> Assistance:
    values = {"by": area.officer, "user": area.officer.user, "village": area.village} | more
    return assisting.start(maker_name="Bà Sáu", name="Nón Bà Sáu", language="vi", **values)


def agree(helped: Assistance, user) -> Consent:
    return assisting.record_consent(
        assistance=helped, user=user, kind="signature", file=ContentFile(b"jpeg", "s.jpg"), language="vi",
        said_on=timezone.localdate(),
    )  # fmt: skip


@pytest.fixture
def helped(area) -> Assistance:
    return start(area)


def public(workshop) -> list[bool]:
    rows = Product.objects.filter(partner=workshop.partner).exclude(structure="child").order_by("pk")
    return list(rows.values_list("is_public", flat=True))


def desk(workshop, rest: str = "") -> str:
    return f"/en/desk/{workshop.slug}/{rest}"


def test_an_officer_begins_a_workshop_that_is_open_at_once(area):
    data = {"maker_name": "Bà Sáu", "name": "", "kind": "household", "language": "vi", "key": str(uuid.uuid4())}
    answers = [area.browser.post_from_page("/en/officer/start/", data) for _click in range(2)]
    helped = Assistance.objects.get()
    workshop = helped.workshop
    assert [row["Location"] for row in answers] == [desk(workshop, "helping/")] * 2
    assert (workshop.stage, workshop.village, workshop.source_language) == ("open", area.village, "vi")
    assert (str(workshop), helped.maker_name, workshop.contact) == ("Bà Sáu",) * 3
    decision = workshop.decisions.get()
    assert (decision.officer, decision.outcome, decision.reason) == (area.officer, "opened", "assisted")
    assert not workshop.members.exists()
    for rest in ("", "pieces/", "helping/"):
        assert area.browser.get(desk(workshop, rest)).status_code == 200
    assert area.browser.get(desk(workshop, "earnings/")).status_code == 403
    for browser in (area.other_browser, area.wide_browser):
        assert browser.get(desk(workshop, "helping/")).status_code == 403, "she has no desk at all"
    twin = start(area)
    assert twin.workshop.slug != start(area).workshop.slug


@pytest.mark.parametrize(
    "wrong", [{"maker_name": ""}, {"language": "xx"}, {"kind": "king"}, {"key": ""}, {"maker_name": "x" * 200}]
)
def test_nonsense_begins_nothing(area, wrong):
    data = {"maker_name": "Bà Sáu", "kind": "household", "language": "vi", "key": str(uuid.uuid4())} | wrong
    before = Workshop.objects.count()
    assert area.browser.post_from_page("/en/officer/start/", data).status_code == 400
    assert (Assistance.objects.count(), Workshop.objects.count()) == (0, before)


def test_a_village_outside_of_the_area_is_refused(area):
    before = Workshop.objects.count()
    data = {"maker_name": "A", "kind": "household", "language": "vi", "key": str(uuid.uuid4()), "village": area.near.pk}
    area.browser.post_from_page("/en/officer/start/", data)
    assert not Workshop.objects.filter(village=area.near).exists(), "an officer of one village is asked for none"
    with pytest.raises(LookupError):
        start(area, village=area.near)
    with pytest.raises(LookupError):
        start(area, by=area.abroad, user=area.abroad.user)
    with pytest.raises(LookupError):
        start(area, user=area.other.user)
    assert Workshop.objects.count() == before + 1


def test_a_cooperative_begins_one_that_waits_for_the_officer(area):
    cooperative = make_workshop("coop", village=area.village, kind="cooperative", name="HTX Sao Mai", source="vi")
    lister = enter(make_member(cooperative, rights=("lists",)))
    packer = enter(make_member(cooperative, rights=("packs",)))
    data = {"maker_name": "Bà Sáu", "kind": "household", "language": "vi", "key": str(uuid.uuid4())}
    assert packer.post_from_page(desk(cooperative, "helping/makers/"), data).status_code == 403
    assert not Assistance.objects.exists()
    assert lister.post_from_page(desk(cooperative, "helping/makers/"), data).status_code == 302
    helped = Assistance.objects.get()
    assert (helped.cooperative, helped.officer, helped.workshop.stage) == (cooperative, None, "applied")
    assert lister.get(desk(helped.workshop, "pieces/")).status_code == 200
    assert packer.get(desk(helped.workshop)).status_code == 404
    assert "Bà Sáu" in lister.get(desk(cooperative, "helping/makers/")).text
    Workshop.objects.filter(pk=cooperative.pk).update(stage="closed")
    again = data | {"key": str(uuid.uuid4())}
    assert lister.post_from_page(desk(cooperative, "helping/makers/"), again).status_code == 400
    assert Assistance.objects.count() == 1


def test_the_words_are_read_in_her_language_and_kept_as_they_were(area, helped):
    page = area.browser.get(desk(helped.workshop, "helping/"))
    assert '<ol class="read-aloud" lang="vi">' in page.text
    assert '<ol class="read-aloud" lang="th">' in area.browser.get(desk(helped.workshop, "helping/?language=th")).text
    data = consent_form()
    answers = []
    for _click in range(2):
        answers.append(area.browser.post_from_page(desk(helped.workshop, "helping/"), data | {"photo": photo()}))
    assert [row.status_code for row in answers] == [302, 302]
    consent = Consent.objects.get()
    assert (consent.maker_name, consent.language, consent.kind) == ("Bà Sáu", "vi", "signature")
    assert (consent.said_on, consent.recorded_by, consent.words_version) == (timezone.localdate(), area.officer.user, "1")
    assert len(consent.words.split("\n")) == 6 and "Phòng OCOP Sao Mai" in consent.words
    stored = Path(storages["private"].path(consent.file.name))
    assert stored.suffix == ".jpg" and "signature" not in stored.name and stored.exists()
    assert Image.open(stored).format == "JPEG"


def test_her_voice_is_as_good_as_her_hand(area, helped):
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 125)
    voice = SimpleUploadedFile("yes.mp3", sound.getvalue(), "audio/mpeg")
    path = desk(helped.workshop, "helping/")
    both = area.browser.post_from_page(path, consent_form(voice=SimpleUploadedFile("y.wav", sound.getvalue())))
    assert both.status_code == 400 and "Please choose one of the two." in both.text and not Consent.objects.exists()
    assert area.browser.post_from_page(path, consent_form(photo="", voice=voice)).status_code == 302
    consent = Consent.objects.get()
    assert consent.kind == "voice" and consent.file.name.endswith(".wav")
    assert area.browser.get(desk(helped.workshop, f"helping/consents/{consent.pk}/"))["Content-Type"] == "audio/wav"


@pytest.mark.parametrize(
    "wrong",
    [
        {"read": ""},
        {"photo": ""},
        {"photo": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")},
        {"photo": SimpleUploadedFile("a.jpg", b"")},
        {"said_on": "2019-01-01"},
        {"said_on": "2999-01-01"},
        {"said_on": "yesterday"},
        {"language": "xx"},
        {"version": "0"},
        {"key": "x"},
    ],
)
def test_half_a_consent_is_none(area, helped, wrong):
    answer = area.browser.post_from_page(desk(helped.workshop, "helping/"), consent_form() | wrong)
    assert answer.status_code == 400
    assert not Consent.objects.exists()


def test_consents_are_seen_by_those_who_may_and_nobody_else(area, helped, cast):
    consent = agree(helped, area.officer.user)
    own, office = desk(helped.workshop, f"helping/consents/{consent.pk}/"), f"/en/officer/consents/{consent.pk}/"
    for browser, path in ((area.browser, own), (area.browser, office), (area.wide_browser, office)):
        answer = browser.get(path)
        assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff" and b"".join(answer) == b"jpeg"
    for browser in (area.other_browser, area.abroad_browser):
        assert browser.get(office).status_code == 404
        assert browser.get("/en/officer/consents/999999/").status_code == 404
        assert browser.get(own).status_code == 403
    for path in (own, own + "withdraw/", desk(helped.workshop, "helping/")):
        assert cast.maker.client.get(path).status_code == 404
    for path in (own + "withdraw/", desk(helped.workshop, "helping/"), desk(helped.workshop, "helping/code/")):
        assert cast.maker.client.post_from_page(path).status_code == 404
    # Another workshop's consent at one's own desk.
    foreign = desk(cast.maker.workshop, f"helping/consents/{consent.pk}/")
    assert cast.maker.client.get(foreign).status_code == 404
    assert cast.maker.client.post_from_page(foreign + "withdraw/").status_code == 404
    assert cast.maker.client.get(desk(cast.maker.workshop, "helping/")).status_code == 404, "nobody lists for her"
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_nothing_is_published_without_her_yes_whatever_the_way(area, helped, cast):
    workshop, user = helped.workshop, area.officer.user
    draft = make_piece(workshop, stage="draft", is_public=False, pictures=1, craft=make_craft())
    hidden = make_piece(workshop, stage="paused", is_public=False)
    browser, sentence = area.browser, "Please record first that Bà Sáu agrees"
    listed = browser.post_from_page(desk(workshop, "pieces/"), {"action": "show", "piece": hidden.pk}, follow=True)
    ready = browser.post_from_page(desk(workshop, f"pieces/{draft.pk}/step/ready/"))
    added = browser.post_from_page(desk(workshop, "pieces/add/"), {
        "title": "New", "supply": "stock", "stock": "1", "price": "5", "craft": draft.craft_id, "summary": "s",
        "description": "d", "key": str(uuid.uuid4()), "photos": [photo()], "materials": [make_material().pk],
        "length": "18", "width": "18", "height": "", "net_weight_g": "260", "lead_days": "", "hs_code": "",
    })  # fmt: skip
    for page, status in ((listed, 200), (ready, 400), (added, 400)):
        assert page.status_code == status and sentence in page.text
    with pytest.raises(Refused, match=sentence):
        stages.publish(workshop=workshop, product=draft, user=user)
    with pytest.raises(Refused, match=sentence):
        services.list_piece(workshop=workshop, details=PieceDetails(title="New", price=5), user=user)
    # The staff's own form, and that of a piece that was there before.
    path, form = f"/dashboard/catalogue/products/{draft.pk}/", {"title": "x", "is_public": "on"}
    assert "at its maker" in cast.staff.client.post_from_page(path, form, follow=True).text
    assert public(workshop) == [False, False] and Product.objects.filter(partner=workshop.partner).count() == 2
    agree(helped, user)
    assert stages.publish(workshop=workshop, product=draft, user=user)
    assert public(workshop) == [True, False]


def test_a_yes_that_is_taken_back_takes_the_pieces_out_at_once(area, helped, client):
    workshop = helped.workshop
    consent = agree(helped, area.officer.user)
    piece, draft = make_piece(workshop, stock=3), make_piece(workshop, stage="draft", is_public=False)
    address = piece.get_absolute_url()
    consignment = make_order([piece], paid=True).order.consignments.get()
    page = client.get(address)
    assert page.status_code == 200 and "Listed by" in page.text
    path = desk(workshop, f"helping/consents/{consent.pk}/withdraw/")
    assert area.browser.get(path).status_code == 200 and public(workshop) == [True, False]
    for _click in range(2):
        assert area.browser.post_from_page(path).status_code == 302
    assert public(workshop) == [False, False]
    piece.refresh_from_db()
    draft.refresh_from_db()
    consignment.refresh_from_db()
    assert (piece.stage, draft.stage, consignment.state) == ("paused", "draft", "placed")
    assert client.get(address).status_code == 404
    notice = Notice.objects.get(kind="consent_withdrawn")
    assert (notice.user, notice.values["maker"]) == (area.officer.user, "Bà Sáu")
    # Neither closing and opening nor the list brings it back.
    Workshop.objects.filter(pk=workshop.pk).update(stage="closed")
    seen = str(workshop.decisions.first().pk)
    data = {"outcome": "opened", "reason": "known", "key": str(uuid.uuid4()), "seen": seen}
    assert area.browser.post_from_page(f"/en/officer/workshops/{workshop.slug}/", data).status_code == 302
    area.browser.post_from_page(desk(workshop, "pieces/"), {"action": "show", "piece": piece.pk})
    assert public(workshop) == [False, False]
    agree(helped, area.officer.user)
    area.browser.post_from_page(desk(workshop, "pieces/"), {"action": "show", "piece": piece.pk})
    assert public(workshop) == [True, False]


def test_readers_see_who_listed_for_whom_until_she_takes_over(area, helped, client, reference_data, fresh):
    agree(helped, area.officer.user)
    piece = make_piece(helped.workshop)
    page = make_place_page(helped.workshop)
    addresses = [piece.get_absolute_url(), page["en"].url]
    names = '<span lang="vi">Phòng OCOP Sao Mai</span>', '<span lang="vi">Bà Sáu</span>'
    for address in addresses:
        assert "Listed by {} for {}".format(*names) in client.get(address).text, address
    digits, _row = handover.make_code(assistance=helped, user=area.officer.user, key=uuid.uuid4())
    handover.take_over(code=digits, user=make_user())
    fresh()
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200 and "Listed by" not in answer.text


def test_a_cooperative_is_named_in_the_readers_language(area, client):
    cooperative = make_workshop("coop", village=area.village, name={"vi": "HTX Sao Mai", "ja": "サオマイ組合"}, source="vi")
    helped = start(area, by=cooperative, user=make_member(cooperative))
    Workshop.objects.filter(pk=helped.workshop_id).update(stage="open")
    piece = make_piece(helped.workshop)
    with translation.override("ja"):
        address = piece.get_absolute_url()
    text = client.get(address).text
    assert "サオマイ組合" in text and '<span lang="vi">Bà Sáu</span>' in text


def code_of(area, helped) -> str:
    page = area.browser.post_from_page(desk(helped.workshop, "helping/code/"), {"key": str(uuid.uuid4()), "language": "vi"})
    assert page.status_code == 200
    return page.text.partition('<p class="num">')[2].partition("</p>")[0]


def test_the_sheet_is_in_her_language_and_its_code_is_kept_nowhere(area, helped):
    data = {"key": str(uuid.uuid4()), "language": "vi"}
    pages = [area.browser.post_from_page(desk(helped.workshop, "helping/code/"), data) for _load in range(2)]
    assert pages[0].text == pages[1].text and '<html lang="vi">' in pages[0].text
    assert "no-store" in pages[0]["Cache-Control"] and pages[0]["Referrer-Policy"] == "same-origin"
    code = pages[0].text.partition('<p class="num">')[2].partition("</p>")[0]
    assert [len(group) for group in code.split()] == [4] * 5 and code.replace(" ", "").isdigit()
    assert 10**handover.DIGITS >= 2**60
    assert "<svg" in pages[0].text and "/vi/desk/take-over/" in pages[0].text
    row = HandoverCode.objects.get()
    assert (row.expires_at - row.made_at).days == 90
    assert code.replace(" ", "") not in str(list(HandoverCode.objects.values())) and len(row.code_hash) == 64
    second = code_of(area, helped)
    assert second != code
    assert HandoverCode.objects.filter(expires_at__gt=timezone.now()).count() == 1
    with pytest.raises(handover.WrongCode):
        handover.take_over(code=code, user=make_user())


@pytest.mark.parametrize("change", ["{}", " {} \n", "-".join, str.lower, "O", "thai"])
def test_the_maker_takes_over_and_the_officer_is_out(area, helped, change):
    digits = code_of(area, helped)
    typed = {
        "O": lambda: digits.replace("0", "O").replace("1", "l").replace("8", "B"),
        "thai": lambda: digits.translate({ord(str(n)): chr(0x0E50 + n) for n in range(10)}),
        "{}": lambda: digits.replace(" ", ""),
        " {} \n": lambda: f"  {digits} ",
    }.get(change, lambda: digits.replace(" ", "-"))()
    maker = make_user("sau@example.com")
    browser = enter(maker)
    answer = browser.post_from_page("/en/desk/take-over/", {"code": typed})
    assert (answer.status_code, answer["Location"]) == (302, desk(helped.workshop))
    assert Member.objects.get().user == maker and Member.objects.get().is_owner
    helped.refresh_from_db()
    assert helped.ended_at
    assert browser.get(desk(helped.workshop, "pieces/")).status_code == 200
    assert area.browser.get(desk(helped.workshop, "pieces/")).status_code == 403
    notice = Notice.objects.get(kind="handover_used")
    assert (notice.user, notice.values["maker"]) == (area.officer.user, "Bà Sáu")
    # Only what she gives him.
    Member.objects.create(workshop=helped.workshop, user=area.officer.user, lists=True)
    assert area.browser.get(desk(helped.workshop, "pieces/")).status_code == 200
    assert area.browser.get(desk(helped.workshop, "helping/code/")).status_code == 405
    assert area.browser.post_from_page(desk(helped.workshop, "helping/code/"), {"key": str(uuid.uuid4())}).status_code == 404


def test_wrong_old_and_used_codes_get_the_same_answer(area, helped):
    used, browser = code_of(area, helped), enter(make_user())
    assert enter(make_user()).post_from_page("/en/desk/take-over/", {"code": used}).status_code == 302
    other = start(area)
    old = code_of(area, other)
    HandoverCode.objects.filter(assistance=other).update(expires_at=timezone.now())
    ended = start(area)
    over = code_of(area, ended)
    assisting.end(assistance=ended, user=area.officer.user)
    pages = [
        browser.post_from_page("/en/desk/take-over/", {"code": typed})
        for typed in (used, old, over, "1234 5678", "0" * 20, "x" * 200, "<b>", "'; --")
    ]
    assert {page.status_code for page in pages} == {400}
    sentences = {page.text.partition('id="id_code_error">')[2].partition("</div>")[0] for page in pages}
    assert len(sentences) == 1 and "does not open a workshop" in sentences.pop()
    assert Member.objects.count() == 1


def test_ten_wrong_codes_an_hour_are_enough_for_an_account_and_for_an_address(area, helped):
    right, user = code_of(area, helped), make_user()
    browser = enter(user)
    for _try in range(10):
        assert browser.post_from_page("/en/desk/take-over/", {"code": "1" * 20}).status_code == 400
    for who in (browser, enter(make_user())):
        answer = who.post_from_page("/en/desk/take-over/", {"code": right})
        assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 3601
    elsewhere = enter(user)
    assert elsewhere.post_from_page("/en/desk/take-over/", {"code": right}, REMOTE_ADDR="203.0.113.7").status_code == 429
    assert not Member.objects.exists()
    newcomer = enter(make_user())
    assert newcomer.post_from_page("/en/desk/take-over/", {"code": right}, REMOTE_ADDR="203.0.113.8").status_code == 302


def test_strangers_read_what_to_do_and_sign_in_first(area, helped, client):
    code = code_of(area, helped)
    page = client.get("/en/desk/take-over/")
    assert page.status_code == 200 and "/en/account/login/?next=/en/desk/take-over/" in page.text
    assert client.post_from_page("/en/desk/take-over/", {"code": code}).status_code == 403
    assert not Member.objects.exists()


def test_who_lists_for_her_cannot_take_over_himself(area, helped):
    code = code_of(area, helped)
    answer = area.browser.post_from_page("/en/desk/take-over/", {"code": code})
    assert answer.status_code == 400 and "The code is for her" in answer.text
    assert not Member.objects.exists() and not HandoverCode.objects.exclude(used_at=None).exists()


def test_after_taking_over_she_takes_her_yes_back_herself(area, helped):
    consent = agree(helped, area.officer.user)
    listed = services.list_piece(
        workshop=helped.workshop, details=PieceDetails(title="Nón", price=5, stock=1), user=area.officer.user
    )
    code, maker = code_of(area, helped), make_user()
    handover.take_over(code=code, user=maker)
    own = make_piece(helped.workshop)
    assert public(helped.workshop) == [True, True]
    browser = enter(maker)
    assert "Take it back" in browser.get(desk(helped.workshop, "helping/")).text
    assert browser.post_from_page(desk(helped.workshop, f"helping/consents/{consent.pk}/withdraw/")).status_code == 302
    listed.refresh_from_db()
    own.refresh_from_db()
    assert (listed.is_public, own.is_public) == (False, True)
    assert {row.user for row in Notice.objects.filter(kind="consent_withdrawn")} == {area.officer.user, maker}
    # It is her shop now: she needs nobody's consent.
    assert stages.publish(workshop=helped.workshop, product=listed, user=maker)


def test_a_colleague_who_only_lists_cannot_take_it_back(area, helped):
    consent = agree(helped, area.officer.user)
    handover.take_over(code=code_of(area, helped), user=make_user())
    lister = enter(make_member(helped.workshop, rights=("lists",)))
    path = desk(helped.workshop, f"helping/consents/{consent.pk}/withdraw/")
    assert lister.post_from_page(path).status_code == 403
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_an_office_that_ended_lists_no_more(area, helped):
    agree(helped, area.officer.user)
    assert area.browser.get(desk(helped.workshop, "pieces/")).status_code == 200
    Officer.objects.filter(pk=area.officer.pk).update(ended_at=timezone.now())
    assert area.browser.get(desk(helped.workshop, "pieces/")).status_code == 403
    for verb in (
        lambda: agree(helped, area.officer.user),
        lambda: handover.make_code(assistance=helped, user=area.officer.user, key=uuid.uuid4()),
        lambda: assisting.end(assistance=helped, user=area.officer.user),
    ):
        with pytest.raises(LookupError):
            verb()
    assert Consent.objects.count() == 1


def test_who_stops_leaves_nothing_in_the_shop_that_nobody_sends(area, helped):
    agree(helped, area.officer.user)
    make_piece(helped.workshop)
    assert area.browser.post_from_page(desk(helped.workshop, "helping/stop/")).status_code == 302
    assert public(helped.workshop) == [False]
    assert area.browser.get(desk(helped.workshop)).status_code == 403


def test_the_record_shows_both_hands_on_a_page_and_in_a_file(area, helped):
    agree(helped, area.officer.user)
    title = '=HYPERLINK("http://x")'
    Assistance.objects.filter(pk=helped.pk).update(maker_name=title)
    piece = services.list_piece(
        workshop=helped.workshop, details=PieceDetails(title="Nón", price=5, stock=1), user=area.officer.user
    )
    maker = make_user("sau@example.com", first_name="Sáu")
    handover.take_over(code=code_of(area, helped), user=maker)
    stages.set_aside(workshop=helped.workshop, product=piece, stage="paused", user=maker)
    page = enter(maker).get(desk(helped.workshop, f"helping/pieces/{piece.pk}/"))
    deeds = [
        "Began to list for the maker", "Recorded that the maker agrees", "Listed it",
        "The maker took the workshop over", "Took it out of the shop for a while",
    ]  # fmt: skip
    places = [page.text.index(deed) for deed in deeds]
    assert places == sorted(places)
    assert "In the name of Phòng OCOP Sao Mai" in page.text and "By Sáu" in page.text
    began, took = (page.text[places[index] : places[index] + 400] for index in (0, 3))
    assert "By officer" in began or "By o•••@example.com" in began, "who began stands there"
    assert "GMT+07:00" in began, "as the village's clocks show it"
    assert "By Sáu" in took.split("</li>")[0] and "In the name of" not in took.split("</li>")[0], "she did that herself"
    rows = enter(maker).get(desk(helped.workshop, f"helping/pieces/{piece.pk}.csv"))
    assert rows["Content-Type"] == "text/csv; charset=utf-8" and rows.content.startswith(b"\xef\xbb\xbf")
    lines = rows.content.decode("utf-8-sig").split("\r\n")
    assert len(lines) == 1 + len(deeds) + 1 and "'=HYPERLINK" in lines[1] and ",=HYPERLINK" not in rows.content.decode()
    assert rows.content == area.browser.get(f"/en/officer/pieces/{piece.pk}.csv").content
    assert area.other_browser.get(f"/en/officer/pieces/{piece.pk}.csv").status_code == 404
