"""Sites, people and keys of an agency at its desk: each verb once, and each refusal without a trace."""

import hashlib
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.utils import timezone

from marketplace.partnerships.hosts import what_to_write
from marketplace.partnerships.models import AgencyHost, ApiKey, Seat, SeatInvitation
from tests.agency.conftest import enter
from tests.factories import make_host, make_user
from tests.people import Visitor

pytestmark = pytest.mark.django_db


def notes(browser: Visitor, path: str) -> list[str]:
    """What the page at ``path`` tells of what was just done."""
    return [unescape(text) for text in re.findall(r'<p class="note [a-z]+">(.*?)</p>', browser.get(path).text)]


def test_a_site_is_named_once_and_says_what_to_write(bureau):
    path = bureau.url("sites/")
    answers = [bureau.editor.post_from_page(path, {"host": "https://WWW.Chang-Thong.com/"}) for _click in range(2)]
    row = AgencyHost.objects.get()
    assert row.host == "www.chang-thong.com"
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, bureau.url(f"sites/{row.pk}/"))}
    text = bureau.editor.get(bureau.url(f"sites/{row.pk}/")).text
    write = what_to_write(row)
    for shown in (write.name, write.value, write.url):
        assert f">{shown}</code>" in text
    assert "Not proved yet" in text


def test_hosts_that_are_none_are_refused_with_a_sentence(bureau):
    for host, says in (
        ("", "Please write the address of a site, such as www.agency.example."),
        ("*.chang-thong.com", "Please name each host by itself: a star for many of them is not possible."),
        ("127.0.0.1", "An address in numbers cannot be used. Please write the name of the site."),
        ("wixsite.com", "wixsite.com belongs to very many sites."),
        ("chang thong", "Please write the address of a site, such as www.agency.example."),
    ):
        answer = bureau.editor.post_from_page(bureau.url("sites/"), {"host": host})
        assert (answer.status_code, says in answer.text) == (400, True), host
        assert not AgencyHost.objects.exists()


def test_of_a_whole_address_the_host_is_taken_and_said(bureau):
    answer = bureau.editor.post_from_page(bureau.url("sites/"), {"host": "https://www.ploytour.example/th/?a=1,2"})
    row = AgencyHost.objects.get()
    assert (row.host, answer["Location"]) == ("www.ploytour.example", bureau.url(f"sites/{row.pk}/"))
    assert notes(bureau.editor, answer["Location"]) == ["We took the host alone: www.ploytour.example"]


def test_looking_now_says_what_was_found(bureau, monkeypatch):
    row = make_host(bureau.agency, "www.chang-thong.com", proven=False)
    path = bureau.url(f"sites/{row.pk}/")
    monkeypatch.setattr("marketplace.partnerships.proofs.look", lambda host: "nothing/no_answer")
    assert bureau.editor.post_from_page(path)["Location"] == path
    text = bureau.editor.get(path).text
    assert '<p class="note info">We have looked: it is not proved yet.</p>' in text
    for found in (
        "DNS: there is no such entry yet. A new one may take some hours to be seen.",
        "File: we got no answer from the site. It must answer on https, for everybody.",
    ):
        assert text.count(found) == 1
    assert bureau.editor.post_from_page(path)["Location"] == path
    assert notes(bureau.editor, path) == ["We have just looked. Please wait ten seconds."]
    AgencyHost.objects.update(looked_at=None)
    monkeypatch.setattr("marketplace.partnerships.proofs.look", lambda host: "dns")
    bureau.editor.post_from_page(path)
    assert notes(bureau.editor, path) == ["www.chang-thong.com is proved."]
    assert AgencyHost.objects.get().proof == "dns"


def test_the_time_of_the_look_is_that_of_the_agencys_economy(bureau):
    row = make_host(bureau.agency, "www.chang-thong.com", proven=False)
    AgencyHost.objects.update(looked_at=datetime(2026, 11, 21, 20, 4, tzinfo=UTC))
    text = bureau.editor.get(bureau.url(f"sites/{row.pk}/")).text.replace("\u202f", " ")
    assert bureau.agency.economy_id == "TH" and "Last looked at: November 22, 2026, 3:04 AM GMT+07:00" in text


def test_the_page_tells_what_to_write_into_the_dns_and_where_there_is_none(bureau):
    row = make_host(bureau.agency, "www.ploytour.example", proven=False)
    text = bureau.editor.get(bureau.url(f"sites/{row.pk}/")).text
    assert ">_village-hand.www.ploytour.example</code>" in text and ">_village-hand.www</code>" in text
    row = make_host(bureau.agency, "somchai.wixsite.com", proven=False)
    text = bureau.editor.get(bureau.url(f"sites/{row.pk}/")).text
    assert "Sites below wixsite.com have no DNS of their own" in text and 'id="file-url"' in text
    assert "_village-hand" not in text and "kind TXT" not in text


def test_a_site_builders_host_is_the_shops_to_look_at(bureau):
    wrapper = make_host(bureau.agency, "example.filesusr.com", proven=False)
    other = make_host(bureau.agency, "www.chang-thong.com", proven=False)
    text = bureau.editor.get(bureau.url("sites/")).text
    assert f'href="{bureau.url(f"sites/{wrapper.pk}/")}"' not in text and ">Waits for the shop<" in text
    assert f'href="{bureau.url(f"sites/{other.pk}/")}">How to prove it' in text
    text = bureau.editor.get(bureau.url(f"sites/{wrapper.pk}/")).text
    assert "What to write" not in text and 'href="mailto:' in text


def test_names_of_sites_stand_in_their_own_letters_too(bureau):
    row = make_host(bureau.agency, "xn--lng-ngh-8va1699d.vn", proven=False)
    for rest in ("sites/", f"sites/{row.pk}/", f"sites/{row.pk}/remove/"):
        text = bureau.editor.get(bureau.url(rest)).text
        assert "xn--lng-ngh-8va1699d.vn" in text and ">làng-nghề.vn</bdi>" in text, rest


def test_editors_find_the_keys_and_book_keepers_do_not(bureau):
    link = f'href="{bureau.url("keys/")}"'
    assert link in bureau.editor.get(bureau.url()).text and link in bureau.editor.get(bureau.url("cards/")).text
    assert link not in bureau.books.get(bureau.url()).text


def test_the_switch_needs_a_proved_site(bureau):
    path, page = bureau.url("sites/only/"), bureau.url("sites/")
    bureau.editor.post_from_page(path, {"only": "yes"})
    assert notes(bureau.editor, page)[0] == "Please prove one of your sites first, or your cards would be shown nowhere."
    bureau.agency.refresh_from_db()
    assert bureau.agency.partners_only is False
    row = make_host(bureau.agency, "www.chang-thong.com")
    bureau.editor.post_from_page(path, {"only": "yes"})
    bureau.agency.refresh_from_db()
    assert bureau.agency.partners_only is True
    text = bureau.editor.get(page).text
    assert "Cards with your code are shown on: www.chang-thong.com." in text and "filesusr.com" in text
    sure = bureau.editor.get(bureau.url(f"sites/{row.pk}/remove/")).text
    assert "They will not be shown on this one any more." in sure and AgencyHost.objects.exists()
    assert [bureau.editor.post_from_page(bureau.url(f"sites/{row.pk}/remove/")).status_code for _click in "12"] == [302, 404]
    assert not AgencyHost.objects.exists()
    bureau.editor.post_from_page(path, {"only": "no"})
    bureau.agency.refresh_from_db()
    assert bureau.agency.partners_only is False


INVITE = {"name": "Fon", "email": "Fon@chang-thong.example", "parts": ["edits", "keeps_books"], "language": "th"}


def test_somebody_is_invited_reads_it_and_joins(bureau, cast):
    answer = bureau.owner.post_from_page(bureau.url("people/invite/"), INVITE)
    row = SeatInvitation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, bureau.url(f"people/invitations/{row.pk}/"))
    assert (row.email, row.edits, row.keeps_books, row.is_owner) == ("fon@chang-thong.example", True, True, False)
    text = bureau.owner.get(answer["Location"]).text
    path = re.search(r"http://[^/<]+(/th/agency/join/[\w-]+/)", text)[1].replace("/th/", "/en/")
    assert "<svg" in text and "copy-text.js" in text
    assert re.search(r"<copy-texts [^>]*>.*data-copy-text>http://[^<]+</span>", text)
    shown = cast.stranger.client.get(path).text
    assert "Work for Chang Thong Travel" in shown and "Editor: cards, sites, API keys, asking for languages" in shown
    assert f'href="/en/account/login/?next={path}"' in shown
    assert cast.stranger.client.post_from_page(path).status_code == 200
    assert not Seat.objects.filter(edits=True, keeps_books=True).exists()
    fon = enter(make_user("someone@example.com"))
    assert fon.get(path).status_code == 200 and Seat.objects.count() == 3
    assert fon.post_from_page(path)["Location"] == bureau.url()
    assert fon.post_from_page(path)["Location"] == bureau.url()
    seat = Seat.objects.get(user__email="someone@example.com")
    assert (seat.agency, seat.edits, seat.keeps_books, seat.is_owner) == (bureau.agency, True, True, False)
    assert fon.get(bureau.url("money/")).status_code == 200
    assert cast.buyer.client.get(path).status_code == 404
    assert cast.buyer.client.post_from_page(path).status_code == 404
    assert not Seat.objects.filter(user=cast.buyer.user).exists()


def test_an_invitation_is_refused_or_taken_back(bureau, cast):
    for field, value in (("email", "fon"), ("parts", []), ("name", ""), ("language", "de")):
        answer = bureau.owner.post_from_page(bureau.url("people/invite/"), INVITE | {field: value})
        assert (answer.status_code, f'id="id_{field}_error"' in answer.text) == (400, True), field
    answer = bureau.owner.post_from_page(bureau.url("people/invite/"), INVITE | {"email": "Agency@example.com"})
    assert (answer.status_code, "Somebody with this e-mail works here already." in answer.text) == (400, True)
    assert not SeatInvitation.objects.exists()
    bureau.owner.post_from_page(bureau.url("people/invite/"), INVITE)
    row = SeatInvitation.objects.get()
    path = bureau.url(f"people/invitations/{row.pk}/")
    link = re.search(r"/th(/agency/join/[\w-]+/)", bureau.owner.get(path).text)[1]
    assert bureau.owner.post_from_page(path)["Location"] == bureau.url("people/")
    assert bureau.owner.get(path).status_code == 404
    answer = cast.buyer.client.post_from_page(f"/en{link}")
    assert (answer.status_code, "This invitation does not hold any more" in answer.text) == (404, True)
    assert Seat.objects.count() == 3


def test_parts_change_and_the_last_owner_stays(bureau, cast):
    seats = {row.user.email: row for row in Seat.objects.select_related("user")}
    editor, owner = seats["editor@chang-thong.example"], seats["agency@example.com"]
    path = bureau.url(f"people/{editor.pk}/")
    assert bureau.owner.post_from_page(path, {"parts": ["keeps_books"]})["Location"] == bureau.url("people/")
    editor.refresh_from_db()
    assert (editor.edits, editor.keeps_books) == (False, True)
    answer = bureau.owner.post_from_page(path, {"parts": ["is_staff"]})
    assert (answer.status_code, "Please choose at least one part." in answer.text) == (400, True)
    for rest, data in ((f"people/{owner.pk}/", {"parts": ["edits"]}), (f"people/{owner.pk}/remove/", {}), ("leave/", {})):
        bureau.owner.post_from_page(bureau.url(rest), data)
        owner.refresh_from_db()
        assert owner.is_owner, rest
    assert "An agency needs an owner. Please make somebody else an owner first." in notes(bureau.owner, bureau.url())
    assert bureau.books.post_from_page(bureau.url("leave/"))["Location"] == "/en/agency/"
    assert bureau.books.get(bureau.url()).status_code == 403 and Seat.objects.count() == 2


def test_people_change_only_after_the_password(bureau, cast):
    browser = Visitor()
    browser.force_login(cast.agency.user)
    seat = Seat.objects.get(user__email="editor@chang-thong.example")
    for rest, data in (
        ("people/invite/", INVITE),
        (f"people/{seat.pk}/", {"parts": ["is_owner"]}),
        (f"people/{seat.pk}/remove/", {}),
        ("keys/", {"name": "stolen"}),
    ):
        answer = browser.post_from_page(bureau.url(rest), data)
        assert (answer.status_code, 'name="again-answer"' in answer.text) == (403, True), rest
    seat.refresh_from_db()
    assert not seat.is_owner and not SeatInvitation.objects.exists() and not ApiKey.objects.exists()


def test_a_key_is_shown_once_and_withdrawn(bureau, client):
    answer = bureau.editor.post_from_page(bureau.url("keys/"), {"name": "our website"})
    assert (answer.status_code, answer["Location"]) == (302, bureau.url("keys/?made=yes"))
    row = ApiKey.objects.get()
    answer = bureau.editor.get(answer["Location"])
    whole = re.search(r'<code class="whole-key"[^>]*>(vh_[a-z0-9]{9}_[A-Za-z0-9]{40})</code>', answer.text)[1]
    assert row.key_hash == hashlib.sha256(whole.split("_", 2)[2].encode()).hexdigest()
    assert "no-store" in answer["Cache-Control"]
    text = bureau.editor.get(bureau.url("keys/")).text
    assert whole not in text and f"<code>{row.prefix}…</code>" in text and "our website" in text
    sure = bureau.editor.get(bureau.url(f"keys/{row.pk}/withdraw/"))
    row.refresh_from_db()
    assert (sure.status_code, row.withdrawn_at) == (200, None) and "Withdraw “our website”?" in sure.text
    assert f'href="{bureau.url(f"keys/{row.pk}/withdraw/")}">Withdraw' in text and 'action="' not in text.split("<main")[-1]
    for _click in range(2):
        assert bureau.editor.post_from_page(bureau.url(f"keys/{row.pk}/withdraw/"))["Location"] == bureau.url("keys/")
    row.refresh_from_db()
    assert row.withdrawn_at <= timezone.now()
    answer = bureau.editor.post_from_page(bureau.url("keys/"), {"name": ""})
    assert (answer.status_code, ApiKey.objects.count()) == (400, 1)


def test_reloading_or_sending_the_form_again_makes_no_other_key(bureau):
    page = bureau.editor.get(bureau.url("keys/")).text
    typed = {"name": "our website", "form": re.search(r'name="form" value="([0-9a-f-]{36})"', page)[1]}
    shown_at = bureau.url("keys/?made=yes")
    assert [bureau.editor.post_from_page(bureau.url("keys/"), typed)["Location"] for _click in "12"] == [shown_at] * 2
    row, kept = ApiKey.objects.get(), bureau.editor.session["agency_key"]
    assert row.prefix not in str(dict(bureau.editor.session))
    bureau.editor.head(shown_at)
    assert bureau.owner.get(shown_at).text.count(row.prefix) == 0
    assert bureau.editor.get(shown_at).text.count(f"{row.prefix}_") == 1
    for answer in (bureau.editor.get(shown_at), bureau.editor.get(shown_at)):
        assert row.prefix not in answer.text and "Your key was shown already" in answer.text
    assert kept["sealed"] and not bureau.editor.session["agency_key"]["sealed"]
    assert bureau.editor.post_from_page(bureau.url("keys/"), typed)["Location"] == shown_at
    assert ApiKey.objects.count() == 1
    other = re.search(r'name="form" value="([0-9a-f-]{36})"', bureau.editor.get(bureau.url("keys/")).text)[1]
    assert bureau.editor.post_from_page(bureau.url("keys/"), typed | {"form": other})["Location"] == shown_at
    assert ApiKey.objects.count() == 2


def test_an_agency_that_is_not_open_gets_no_key(bureau):
    type(bureau.agency).objects.filter(pk=bureau.agency.pk).update(stage="applied")
    answer = bureau.editor.post_from_page(bureau.url("keys/"), {"name": "our website"})
    assert (answer.status_code, "Only an open agency can have keys." in answer.text) == (400, True)
    assert not ApiKey.objects.exists()
