"""What officers and makers read of each other: how to reach an owner, names of people, what was decided and when."""

import uuid

import pytest
from django.utils import timezone

from marketplace.notices.models import ContactPoint
from marketplace.notices.people import name_of
from marketplace.workshops import assisting, handover, stages
from marketplace.workshops.models import Decision, Member
from tests.factories import make_member, make_piece, make_place_page, make_user
from tests.officer.conftest import enter
from tests.officer.test_assisting import agree, code_of, consent_form, desk, helped, start  # noqa: F401

pytestmark = pytest.mark.django_db
PHONE = "+84901234567"


def with_phone(workshop=None, **fields):
    """A user as signing up with a number makes her: no e-mail, no name, and an inner name that nobody knows."""
    user = make_user("x@example.com", **fields)
    user.username, user.email = "phone-cF3LKSuZFKNxrPfKpVIC", ""
    user.save()
    ContactPoint.objects.create(user=user, kind="phone", value=PHONE, verified_at=timezone.now())
    if workshop:
        Member.objects.create(workshop=workshop, user=user, is_owner=True)
    return user


def test_the_officer_of_the_area_can_call_who_signed_up_by_telephone(area):
    with_phone(area.applied)
    make_member(area.applied, email="tam@example.com", first_name="Tâm")
    page = f"/en/officer/workshops/{area.applied.slug}/"
    text = area.browser.get(page).text
    assert f'href="tel:{PHONE}"' in text and 'href="mailto:tam@example.com"' in text and "Tâm" in text
    assert "phone-cF3" not in text
    for browser in (area.other_browser, area.abroad_browser):
        answer = browser.get(page)
        assert answer.status_code == 404 and PHONE not in answer.text


def test_nobody_reads_the_inner_name_of_an_account(area):
    owner = with_phone(area.applied)
    helper = enter(make_member(area.applied, rights=("packs",)))
    answer = helper.get(desk(area.applied, "members/"))
    assert answer.status_code == 403
    assert "phone-cF3" not in answer.text and "+84 ••• 567 can give it to you." in answer.text
    assert [name_of(owner), name_of(None), name_of(make_user("tam@example.com"))] == ["+84 ••• 567", "", "t•••@example.com"]


def test_the_maker_says_her_name_when_she_takes_over(area, helped):  # noqa: F811
    maker = with_phone()
    browser = enter(maker)
    assert 'name="name"' in browser.get("/en/desk/take-over/").text
    data = {"code": code_of(area, helped), "name": " Nguyễn Thị Sáu "}
    assert browser.post_from_page("/en/desk/take-over/", data).status_code == 302
    maker.refresh_from_db()
    assert maker.get_full_name() == "Nguyễn Thị Sáu"
    assert 'name="name"' not in browser.get("/en/desk/take-over/").text, "it is known"


@pytest.mark.parametrize(("first", "name"), [("", "Bà Sáu"), ("Lan", "Lan")])
def test_without_a_word_she_is_called_as_her_helper_called_her(area, helped, first, name):  # noqa: F811
    maker = with_phone(first_name=first)
    handover.take_over(code=code_of(area, helped), user=maker)
    assert name_of(maker) == name


def test_a_decision_says_that_its_owners_will_be_told(area):
    data = {"outcome": "opened", "reason": "known", "key": str(uuid.uuid4()), "seen": "0"}
    answer = area.browser.post_from_page(f"/en/officer/workshops/{area.applied.slug}/", data, follow=True)
    assert "Its owners will be told." in answer.text and "are told" not in answer.text


def test_a_workshop_opened_with_help_says_nothing_that_the_officer_did_not(area, helped):  # noqa: F811
    handover.take_over(code=code_of(area, helped), user=(maker := make_user()))
    text = enter(maker).get(desk(helped.workshop)).text
    assert "It was opened with the help of the office that is named here." in text
    assert "visited" not in text and "Phòng OCOP Sao Mai" in text
    other = {"outcome": "opened", "reason": "assisted", "key": str(uuid.uuid4()), "seen": "0"}
    answer = area.browser.post_from_page(f"/en/officer/workshops/{area.applied.slug}/", other)
    assert answer.status_code == 400 and not Decision.objects.filter(workshop=area.applied).exists(), "nobody chooses it"


def test_words_that_are_too_long_are_kept_and_said(area):
    words = "x" * 1001
    data = {"outcome": "declined", "reason": "unreached", "key": str(uuid.uuid4()), "seen": "0", "words": words, "language": "vi"}
    page = f"/en/officer/workshops/{area.applied.slug}/"
    answer = area.browser.post_from_page(page, data)
    assert answer.status_code == 400 and words in answer.text and "at most 1000 letters" in answer.text
    assert not Decision.objects.exists()
    shown = area.browser.get(page).text
    assert "maxlength" not in shown[shown.index("id_declined_words") :].split(">")[0], "no browser cuts it silently"


def test_the_consent_asks_for_one_of_two_and_says_so(area, helped):  # noqa: F811
    path = desk(helped.workshop, "helping/")
    text = area.browser.get(path).text
    asked = text[text.index("field-proof") : text.index("Keep her consent")]
    assert "One of these two shows that she agrees" in asked and "optional" not in asked
    assert asked.count('type="radio"') == 2
    wrong = area.browser.post_from_page(path, consent_form(proof="voice"))
    assert wrong.status_code == 400 and "Please send the recording of her voice." in wrong.text
    again = area.browser.post_from_page(path, consent_form(read="", proof="photo"))
    assert again.status_code == 400 and "Please choose this file again" in again.text
    checked = again.text[again.text.index('value="photo"') :].split(">")[0]
    assert "checked" in checked, "what she chose stands there still"
    assert area.browser.post_from_page(path, consent_form(proof="photo")).status_code == 302


def test_after_a_withdrawn_consent_her_desk_tells_what_is_hidden(area, helped):  # noqa: F811
    consent = agree(helped, area.officer.user)
    piece = make_piece(helped.workshop)
    handover.take_over(code=code_of(area, helped), user=(maker := make_user(first_name="Sáu")))
    browser, says = enter(maker), "1 piece is taken out of the shop. Buyers do not see it."
    Decision.objects.all().delete()
    assert says not in browser.get(desk(helped.workshop)).text
    stages.set_aside(workshop=helped.workshop, product=piece, stage="paused", user=maker)
    assert says not in browser.get(desk(helped.workshop)).text, "she did that herself"
    assisting.withdraw_consent(consent=consent, user=maker)
    text = browser.get(desk(helped.workshop)).text
    assert says in text and f"{desk(helped.workshop, 'pieces/')}?state=hidden" in text
    record = browser.get(desk(helped.workshop, f"helping/pieces/{piece.pk}/")).text
    told = record[record.index("The maker no longer agrees") :].split("</li>")[0]
    assert "By Sáu" in told and "In the name of" not in told


def test_her_language_is_that_of_the_place(area):
    page = area.browser.get("/ja/officer/start/").text
    assert '<option value="vi" selected>' in page
    assert '<option value="th" selected>' not in page


def test_the_sheet_can_be_printed_and_every_frame_leads_to_the_account(area, helped):  # noqa: F811
    sheet = area.browser.post_from_page(desk(helped.workshop, "helping/code/"), {"key": str(uuid.uuid4()), "language": "en"})
    assert '<button type="button" class="button wide-on-phone" hidden>Print this page</button>' in sheet.text
    for page in ("/en/officer/", desk(helped.workshop)):
        assert 'class="desk-account" href="/en/account/security/"' in area.browser.get(page).text
    account = area.browser.get("/en/account/security/").text
    assert 'action="/en/account/logout/"' in account and "Sign out</button>" in account
    sure = area.browser.get("/en/account/security/everywhere/").text
    assert "You will be signed out on all telephones and computers" in sure


def test_the_languages_of_the_frame_keep_their_own_names(area, helped):  # noqa: F811
    piece = make_piece(helped.workshop)
    for page in (desk(helped.workshop, "helping/"), desk(helped.workshop, f"pieces/{piece.pk}/languages/")):
        text = area.browser.get(page).text
        foot = text[text.index('class="languages"') :]
        assert "日本語" in foot and "Japanese" not in foot, page


def test_where_a_workshop_has_no_page_readers_meet_its_pieces(area, helped, client, reference_data, fresh):  # noqa: F811
    agree(helped, area.officer.user)
    piece, slug = make_piece(helped.workshop), helped.workshop.slug
    address = f"/en/products/?workshop={slug}"
    answer = client.get(f"/en/workshops/{slug}/")
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert piece.get_absolute_url() in client.get(address).text
    shown = client.get(piece.get_absolute_url()).text
    assert shown.count(f'href="{address}"') == 2 and 'href=""' not in shown
    for other in (f"/en/workshops/{area.applied.slug}/", "/en/workshops/no-such-group/", f"/en/villages/{slug}/"):
        assert client.get(other).status_code == 404, other
    make_place_page(helped.workshop)
    fresh()
    assert client.get(f"/en/workshops/{slug}/").status_code == 200
