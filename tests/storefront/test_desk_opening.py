"""A stranger reads what a workshop costs, signs up by telephone in few steps, and waits for her officer."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import URLPattern
from django.utils import timezone

from catalogue.models import Product
from marketplace.notices.models import ContactPoint, Notice
from marketplace.payments.models import ShareRule
from marketplace.workshops import opening, stages
from marketplace.workshops.models import Application, ApplicationNote, Decision, Member, Workshop
from storefront.desk import urls
from storefront.search.models import SearchEntry
from tests.factories import make_craft, make_member, make_piece, make_user, make_village, make_workshop
from tests.factories.places import make_officer
from tests.people import Visitor
from tests.storefront.signing_up import HOA, code_in, hidden, shown_fields, sign_up, sms, tell_of_group  # noqa: F401

pytestmark = pytest.mark.django_db
User = get_user_model()


@pytest.fixture
def village(db):
    return make_village("hill", name={"vi": "Làng Sao Mai", "en": "Sao Mai"}, source="vi")


def make_applied(village, **fields) -> Workshop:
    """With an owner."""
    workshop = make_workshop("moon-bamboo", village=village, name={"en": "Moon Bamboo"}, stage="applied", **fields)
    make_member(workshop, email="an@example.com")
    return workshop


# Before any log-in


def test_a_stranger_reads_what_it_costs_and_what_she_keeps(client, db):
    ShareRule.objects.all().delete()
    ShareRule.objects.create(commission=10, village_fund=5, valid_from=date(2026, 1, 1), economy_id="VN")
    page = client.get("/en/desk/open/", {"economy": "VN"})
    assert page.status_code == 200
    assert "Of ₫1,000,000 you keep ₫850,000." in page.text
    assert [row.strip() for row in re.findall(r'<dd class="num">(.*?)</dd>', page.text)][:3] == [
        "10 % of the price", "5 % of the price", "85 % of the price",
    ]  # fmt: skip
    assert "Every month, on day 1" in page.text
    assert page.text.count('<h3 id="route-') >= 3
    assert 'href="/en/desk/open/contact/?economy=VN"' in page.text
    assert page.text[page.text.index('class="opening-steps"') :].split("</ol>")[0].count("<li>") == 4
    assert not page.cookies
    ShareRule.objects.create(commission=20, village_fund=0, valid_from=date(2026, 1, 1), village=make_village())
    assert "In some villages other shares hold." in client.get("/en/desk/open/", {"economy": "VN"}).text


def test_nothing_is_invented_where_no_rule_or_no_route_is(client, db):
    ShareRule.objects.all().delete()
    page = client.get("/en/desk/open/", {"economy": "TH"}).text
    assert (told := re.search(r"Of (.*?1,000.*?) you keep (.*?)\.</p>", page)) and told[1] == told[2]
    assert page.count("Nothing</dd>") == 2 and "100 % of the price" in page
    for wrong in ("XX", "", "<script>", "vn"):
        assert "keep" in client.get("/en/desk/open/", {"economy": wrong}).text
    assert client.post("/en/desk/open/").status_code == 405


@pytest.mark.parametrize(("language", "economy", "shown"), [("vi", "VN", "1.000.000"), ("th", "TH", "1,000.00")])
def test_the_page_is_in_the_visitors_language_and_guesses_her_economy(client, db, language, economy, shown):
    page = client.get(f"/{language}/desk/open/")
    assert f'<option value="{economy}" selected>' in page.text and shown in page.text
    assert f'<html lang="{language}"' in page.text


# Signing up


@pytest.mark.parametrize(
    ("language", "economy", "numbers", "name"),
    [
        ("vi", "VN", ("+84901234501", "+84901234502", "+84901234503"), "Hợp tác xã Sơn mài Đá Mây"),
        ("th", "TH", ("+66812345601", "+66812345602", "+66812345603"), "กลุ่มทอผ้าบ้านฝ้าย"),
    ],
)
def test_a_cooperative_of_three_opens_with_at_most_ten_fields(sms, language, economy, numbers, name):  # noqa: F811
    names = {"vi": "Đá Mây", "th": "บ้านฝ้าย"}
    village = make_village("da-may", economy=economy, name={language: names[language]}, source=language)
    officer = make_officer(village)
    owner, start = Visitor(), f"/{language}/desk/open"
    fields = sign_up(owner, sms, contact=numbers[0], language=language, economy=economy)
    more, key = tell_of_group(owner, language=language, name=name)
    page = owner.get(f"{start}/village/")
    fields |= more | shown_fields(page.text)
    assert fields == {"contact", "code", "name", "kind", "person", "economy", "q", "village", "village_asked"}
    assert len(fields) <= 10
    data = {"key": key, "economy": economy, "village": village.pk}
    answers = [owner.post(f"{start}/village/", data) for _click in range(2)]
    workshop = Workshop.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/{language}/desk/{workshop.slug}/"}
    assert (workshop.stage, workshop.village, workshop.kind, workshop.contact) == ("applied", village, "cooperative", "Hoa")
    assert workshop.slug == ("hop-tac-xa-son-mai-da-may" if language == "vi" else "da-may-workshop")
    assert workshop.code_prefix == ("HTX" if language == "vi" else "DMW")
    assert [(row.language, row.name) for row in workshop.texts.all()] == [(language, name)]
    assert workshop.partner.name == name
    assert Notice.objects.filter(kind="workshop_applied", user=officer.user).count() == 1
    # The others of the group: two invitations, two codes, and all three work there.
    for number, right in zip(numbers[1:], ("lists", "packs"), strict=True):
        invite = {"name": "Lan", "contact": number, "rights": [right], "language": language}
        shown = owner.get(owner.post(f"/{language}/desk/{workshop.slug}/members/invite/", invite)["Location"])
        link = re.search(r"http://testserver(/\S+/join/[\w-]+/)", shown.text)[1]
        assert any(link in sent.text for sent in sms if sent.to == number)
        friend = Visitor()
        assert friend.post(link, {"action": "code"})["Location"] == f"{start}/code/"
        assert friend.post(f"{start}/code/", {"code": code_in(sms, number)})["Location"] == link
        assert friend.post(link, {"action": "accept"})["Location"] == f"/{language}/desk/{workshop.slug}/"
        assert friend.get(f"/{language}/desk/{workshop.slug}/").status_code == 200
    assert [row.rights for row in workshop.members.order_by("pk")] == [["is_owner"], ["lists"], ["packs"]]
    assert {row.user.get_full_name() for row in workshop.members.all()} == {"Hoa", "Lan"}


def test_every_step_is_kept_and_back_works(sms, village):  # noqa: F811
    first = Visitor()
    sign_up(first, sms, contact=HOA)
    _fields, key = tell_of_group(first, name="Half a name")
    # The browser is closed; on another telephone she signs in and finds what she wrote.
    second = Visitor()
    sign_up(second, sms, contact=HOA)
    page = second.get("/en/desk/open/group/").text
    assert 'value="Half a name"' in page and f'value="{key}"' in page
    tell_of_group(second, name="The whole name")
    assert [(row.name, row.sent_at) for row in Application.objects.all()] == [("The whole name", None)]
    assert User.objects.count() == 1 and not Workshop.objects.exists()
    # A mistake on the last screen keeps the list; the search goes by accents or without.
    assert second.post("/en/desk/open/village/", {"key": key, "economy": "VN"}).status_code == 400
    for asked in ("sao", "SÃO MAI", "Sao Mai"):
        found = second.get("/en/desk/open/village/", {"economy": "VN", "q": asked}).text
        assert f'name="village" value="{village.pk}"' in found, asked
    assert 'name="village" ' not in second.get("/en/desk/open/village/", {"economy": "VN", "q": "zzz"}).text
    assert 'name="village" ' not in second.get("/en/desk/open/village/", {"economy": "TH"}).text


def test_going_back_after_the_end_makes_no_second_workshop(sms, village):  # noqa: F811
    visitor = Visitor()
    sign_up(visitor, sms, contact=HOA)
    _fields, key = tell_of_group(visitor)
    data = {"key": key, "economy": "VN", "village": village.pk}
    desk = visitor.post("/en/desk/open/village/", data)["Location"]
    again = visitor.post("/en/desk/open/group/", {"name": "Other", "kind": "group", "person": "X", "key": key})
    assert again["Location"] == desk
    assert visitor.post("/en/desk/open/village/", data | {"village": make_village().pk})["Location"] == desk
    assert Workshop.objects.count() == 1 and Workshop.objects.get().village == village
    assert visitor.get("/en/desk/open/village/")["Location"] == "/en/desk/open/group/"


def test_whoever_has_an_account_goes_on_at_once(cast, village):
    assert cast.buyer.client.get("/en/desk/open/contact/?economy=VN")["Location"] == "/en/desk/open/group/"
    _fields, key = tell_of_group(cast.buyer.client, person="Kenji")
    answer = cast.buyer.client.post("/en/desk/open/village/", {"key": key, "economy": "VN", "village": village.pk})
    assert Member.objects.get(user=cast.buyer.user).workshop.slug in answer["Location"]


def test_a_strangers_steps_begin_with_the_contact(client, db):
    for step in ("group", "village", "waiting", "code"):
        assert client.get(f"/en/desk/open/{step}/")["Location"] == "/en/desk/open/contact/"
        assert client.post(f"/en/desk/open/{step}/", {"name": "x"})["Location"] == "/en/desk/open/contact/"
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "contact", ["", "   ", "12", "hoa@", "x" * 10_000, "<b>@example.com", "\u202e84901234501x", "phone", "+999 123"]
)
def test_a_contact_that_is_none_is_refused_beside_its_field(client, sms, db, contact):  # noqa: F811
    answer = client.post("/en/desk/open/contact/", {"contact": contact})
    assert answer.status_code == 400 and 'id="id_contact_error"' in answer.text
    assert (len(sms), User.objects.count()) == (0, 0)


def test_codes_that_are_wrong_old_used_or_of_another_browser_open_nothing(client, sms, db):  # noqa: F811
    client.post("/en/desk/open/contact/", {"contact": "0901 234 501"})
    assert not sms  # without an economy a number needs its plus
    client.post("/en/desk/open/contact/?economy=VN", {"contact": "0901 234 501"})
    right = code_in(sms, HOA)
    other = Visitor()
    for wrong in ("", "000000" if right != "000000" else "111111", "x" * 10_000, "<b>", right[:5]):
        answer = client.post("/en/desk/open/code/", {"code": wrong})
        assert answer.status_code == 400 and 'id="id_code_error"' in answer.text, wrong
    assert other.post("/en/desk/open/code/", {"code": right})["Location"] == "/en/desk/open/contact/"
    assert client.post("/en/desk/open/code/", {"code": right})["Location"] == "/en/desk/open/group/"
    other.post("/en/desk/open/contact/", {"contact": HOA})
    assert other.post("/en/desk/open/code/", {"code": right}).status_code == 400, "used"
    assert User.objects.count() == 1


def test_too_many_codes_are_refused_with_when_to_come_again(client, sms, db, settings):  # noqa: F811
    settings.MARKETPLACE_CODES = settings.MARKETPLACE_CODES | {"PER_CONTACT": 2}
    for _time in range(2):
        assert client.post("/en/desk/open/contact/", {"contact": HOA}).status_code == 302
    answer = client.post("/en/desk/open/contact/", {"contact": HOA})
    assert (answer.status_code, len(sms)) == (429, 2)
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "That was tried too often." in answer.text
    assert client.post("/en/desk/open/code/", {"again": "1"}).status_code == 429


def test_known_and_unknown_contacts_are_answered_alike(db, sms):  # noqa: F811
    make_user("known@example.com")
    pages = []
    for contact in ("known@example.com", "fresh@example.com"):
        visitor = Visitor()
        answer = visitor.post("/en/desk/open/contact/", {"contact": contact})
        pages.append((answer.status_code, answer["Location"], visitor.get("/en/desk/open/code/").text.replace(contact, "")))
    strip = [re.sub(r'value="[^"]{64}"', "", page[2]) for page in pages]
    assert pages[0][:2] == pages[1][:2] and strip[0] == strip[1]


def test_staff_and_disabled_accounts_do_not_come_in_by_code(sms, db):  # noqa: F811
    for fields in ({"is_staff": True}, {"is_active": False}):
        user = make_user(**fields)
        point = ContactPoint.objects.create(user=user, kind="phone", value=HOA, verified_at=timezone.now())
        visitor = Visitor()
        visitor.post("/en/desk/open/contact/", {"contact": HOA})
        answer = visitor.post("/en/desk/open/code/", {"code": code_in(sms, HOA)})
        assert answer.status_code == 400 and "_auth_user_id" not in visitor.session
        point.delete()
    assert User.objects.count() == 2


HOSTILE = ["", " \u200f\u202e ", "x" * 10_000]


@pytest.mark.parametrize("field", ["name", "person"])
@pytest.mark.parametrize("value", HOSTILE)
def test_a_group_without_a_fitting_name_is_refused(cast, field, value):
    page = cast.buyer.client.get("/en/desk/open/group/").text
    data = {"name": "A", "kind": "group", "person": "B", "key": hidden(page, "key")} | {field: value}
    answer = cast.buyer.client.post("/en/desk/open/group/", data)
    assert answer.status_code == 400 and f'id="id_{field}_error"' in answer.text
    for wrong in ({"kind": "<b>"}, {"kind": ""}, {"key": "no uuid"}):
        assert cast.buyer.client.post("/en/desk/open/group/", {**data, field: "A", **wrong}).status_code == 400
    assert not Application.objects.exists()


def test_markup_and_turned_letters_in_a_name_are_only_letters(cast, village):
    client = cast.buyer.client
    name = "<script>alert(1)</script>\u202eevil & co"
    _fields, key = tell_of_group(client, name=name)
    desk = client.post("/en/desk/open/village/", {"key": key, "economy": "VN", "village": village.pk})["Location"]
    page = client.get(desk).text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;evil &amp; co" in page
    assert Member.objects.get(user=cast.buyer.user).workshop.slug == "scriptalert1scriptevil-co"


@pytest.mark.parametrize("pk", ["0", "999999", "-1", "1e9", "x", "9" * 40, "<b>"])
def test_a_village_that_is_not_in_the_register_of_her_economy_is_refused(cast, village, pk):
    _fields, key = tell_of_group(cast.buyer.client)
    post = {"key": key, "economy": "VN", "village": pk}
    answer = cast.buyer.client.post("/en/desk/open/village/", post)
    assert answer.status_code == 400 and 'id="id_village_error"' in answer.text
    # A village of another economy, and another person's application.
    assert cast.buyer.client.post("/en/desk/open/village/", post | {"economy": "TH", "village": village.pk}).status_code == 400
    foreign = cast.agency.client.post("/en/desk/open/village/", {"key": key, "economy": "VN", "village": village.pk})
    assert foreign["Location"] == "/en/desk/open/group/"
    assert Workshop.objects.count() == 2 and Application.objects.get().sent_at is None


def test_the_name_of_another_workshop(cast, village):
    """In her own village it is refused; elsewhere she gets an address and codes of her own."""
    make_workshop("sao-mai-lacquer-group", village=village, name="Sao Mai Lacquer Group", code_prefix="SMG")
    client = cast.buyer.client
    _fields, key = tell_of_group(client, name="sao mai LACQUER group")
    answer = client.post("/en/desk/open/village/", {"key": key, "economy": "VN", "village": village.pk})
    assert answer.status_code == 400 and "ask its owner to invite you" in answer.text
    answer = client.post("/en/desk/open/village/", {"key": key, "economy": "VN", "village": make_village().pk})
    assert answer["Location"] == "/en/desk/sao-mai-lacquer-group-2/"
    assert Workshop.objects.get(slug="sao-mai-lacquer-group-2").code_prefix == "SML2"  # SML is the cast's


def test_addresses_of_the_desk_are_never_a_workshops(village, settings):
    fixed = {str(row.pattern).split("/")[0] for row in urls.urlpatterns if isinstance(row, URLPattern)} - {""}
    words = {word for word in fixed if "<" not in word}
    assert {"open", "join", "how-paid"} <= words
    assert words <= set(settings.MARKETPLACE_RESERVED_SLUGS), "add them to MARKETPLACE_RESERVED_SLUGS"
    assert opening.free_slug("Open", village) == "open-2"


def test_a_person_asks_for_so_many_workshops_and_no_more(village, settings):
    settings.MARKETPLACE_MOST_APPLICATIONS = 2
    user = make_user()

    def ask(name: str):
        about = opening.About(name=name, kind="group", person="Hoa", language="en")
        return opening.apply(application=opening.note_down(user=user, key=uuid.uuid4(), about=about), village=village)

    assert ask("One") and ask("Two")
    with pytest.raises(opening.Refused, match="You have asked for 2 workshops already"):
        ask("Three")
    assert Workshop.objects.count() == 2


# A village that the register does not know


def test_a_village_that_is_missing_is_asked_for_and_the_application_waits(cast, staff):
    client = cast.buyer.client
    _fields, key = tell_of_group(client)
    answer = client.post("/en/desk/open/village/", {"key": key, "economy": "VN", "village_asked": "Làng <b>Mới</b>"})
    assert answer["Location"] == "/en/desk/open/waiting/"
    assert "Làng &lt;b&gt;Mới&lt;/b&gt;" in client.get("/en/desk/open/waiting/").text
    assert Workshop.objects.count() == 2 and client.get("/en/desk/").status_code == 403
    row = Application.objects.get()
    listed = staff.get("/admin/applications/").text
    assert "Làng &lt;b&gt;Mới&lt;/b&gt;" in listed
    edit = f"/admin/applications/edit/{row.pk}/"
    assert staff.post(edit, {"village": ""}).status_code == 200 and Workshop.objects.count() == 2
    village = make_village("lang-moi", name={"vi": "Làng Mới"}, source="vi")
    assert staff.post(edit, {"village": village.pk}).status_code == 302
    made = Workshop.objects.get(village=village)
    assert (made.stage, Member.objects.get(workshop=made).user) == ("applied", cast.buyer.user)
    assert Notice.objects.get(kind="village_found").user == cast.buyer.user
    assert staff.post(edit, {"village": village.pk}).status_code in (302, 404)
    assert Notice.objects.filter(kind="village_found").count() == 1
    assert Workshop.objects.filter(village=village).count() == 1
    assert client.get("/en/desk/open/waiting/")["Location"] == "/en/desk/"


# What waits is nobody's business


def test_nothing_of_a_workshop_that_waits_is_public(client, village):
    workshop = make_applied(village)
    # The index and the directory hear of it as they do in life.
    workshop.save()
    piece = make_piece(workshop, title="Moonlit basket", craft=make_craft(), stock=3, stage="draft", is_public=False, pictures=1)
    assert stages.publish(workshop=workshop, product=piece) is False
    assert Product.objects.get(pk=piece.pk).stage == "live"
    assert not SearchEntry.objects.filter(object_id=workshop.pk, kind="workshop").exists()
    paths = [
        f"/en/products/moonlit-basket-{piece.pk}/", "/en/products/", f"/en/products/?village={village.slug}",
        "/en/products/?workshop=moon-bamboo", "/en/search/?q=moon", "/en/search/suggest/?q=moon", "/en/villages/",
        "/en/workshops/", "/en/", f"/oembed?url=http://testserver/en/products/moonlit-basket-{piece.pk}/",
        *re.findall(r"http://testserver(/\S+?\.xml)", client.get("/sitemap.xml").text),
    ]  # fmt: skip
    statuses = {}
    for path in paths:
        answer = client.get(path)
        statuses[path] = answer.status_code
        body = b"".join(answer) if answer.streaming else answer.content
        shown = body.decode(errors="replace").replace("?workshop=moon-bamboo", "")
        assert "oonlit" not in shown.replace(f"moonlit-basket-{piece.pk}", "") and "Moon Bamboo" not in shown, path
        assert "moon-bamboo" not in shown, path
    assert statuses[paths[0]] == 404
    workshop.stage = "open"
    workshop.save()
    stages.show_all(workshop=workshop)
    assert client.get(paths[0]).status_code == 200
    assert SearchEntry.objects.filter(object_id=workshop.pk, kind="workshop").count() == 1


# The officer's word, and the answer to it


def decide(workshop, outcome: str, reason: str, words: str = "", language: str = "") -> Decision:
    officer = make_officer(workshop.village, title="District officer")
    return Decision.objects.create(
        workshop=workshop, officer=officer, outcome=outcome, reason=reason, words=words, language=language
    )


def test_the_desk_tells_where_the_workshop_stands(village):
    workshop = make_applied(village)
    owner, path = Visitor(), "/en/desk/moon-bamboo/"
    owner.force_login(User.objects.get(email="an@example.com"))
    assert "The officer of your village’s programme reads what you wrote." in owner.get(f"{path}pieces/").text
    decide(workshop, "asked", "more", "Ai làm <b>giỏ</b>?", "vi")
    page = owner.get(f"{path}pieces/").text
    assert "We need to know more before we can decide." in page
    assert '<blockquote lang="vi"><p>Ai làm &lt;b&gt;giỏ&lt;/b&gt;?</p></blockquote>' in page
    assert "Shown in Vietnamese" in page and 'href="/en/desk/moon-bamboo/answer/"' in page
    assert "Shown in Vietnamese" not in owner.get("/vi/desk/moon-bamboo/").text.split("stage-says")[1].split("</section>")[0]

    for wrong in ("", "  ", "x" * 1001):
        assert owner.post(f"{path}answer/", {"text": wrong}).status_code == 400
    assert not ApplicationNote.objects.exists()
    for _click in range(2):
        assert owner.post(f"{path}answer/", {"text": "Twelve <i>women</i>"})["Location"] == path
    note = ApplicationNote.objects.get()
    assert (note.text, note.language, note.workshop) == ("Twelve <i>women</i>", "en", workshop)
    page = owner.get(path).text
    assert "Your answer is with the officer." in page and "Twelve &lt;i&gt;women&lt;/i&gt;" in page
    assert "answer/" not in page
    assert owner.post(f"{path}answer/", {"text": "And more"}).status_code == 400


def test_a_declined_workshop_asks_again_and_a_closed_one_does_not(village):
    workshop = make_applied(village)
    owner = Visitor()
    owner.force_login(User.objects.get(email="an@example.com"))
    decide(workshop, "declined", "not_here")
    Workshop.objects.update(stage="declined")
    assert "Your group does not work in this village." in owner.get("/en/desk/moon-bamboo/").text
    assert owner.post("/en/desk/moon-bamboo/answer/", {"text": "We moved here."}).status_code == 302
    workshop.refresh_from_db()
    assert workshop.stage == "applied"
    decide(workshop, "closed", "rules")
    Workshop.objects.update(stage="closed")
    page = owner.get("/en/desk/moon-bamboo/").text
    assert "The rules of this shop were not kept." in page and "/answer/" not in page
    assert owner.post("/en/desk/moon-bamboo/answer/", {"text": "Please"}).status_code == 400
    assert ApplicationNote.objects.count() == 1


def test_an_open_workshop_reads_why_on_its_first_page_for_two_weeks(village):
    workshop = make_applied(village)
    Workshop.objects.update(stage="open")
    owner = Visitor()
    owner.force_login(User.objects.get(email="an@example.com"))
    made = decide(workshop, "opened", "visited")
    assert "We visited you and saw your work." in owner.get("/en/desk/moon-bamboo/").text
    assert "We visited you" not in owner.get("/en/desk/moon-bamboo/pieces/").text
    Decision.objects.filter(pk=made.pk).update(decided_at=timezone.now() - timedelta(days=15))
    assert "We visited you" not in owner.get("/en/desk/moon-bamboo/").text


def test_only_an_owner_answers(village, cast):
    workshop = make_applied(village)
    decide(workshop, "asked", "more")
    lister = Visitor()
    lister.force_login(make_member(workshop, rights=("lists",)))
    assert lister.get("/en/desk/moon-bamboo/").text.count("answer/") == 0
    assert lister.post("/en/desk/moon-bamboo/answer/", {"text": "Me"}).status_code == 403
    for person in cast.all_but():
        assert person.client.post("/en/desk/moon-bamboo/answer/", {"text": "Me"}).status_code in (302, 403, 404)
    assert not ApplicationNote.objects.exists()
