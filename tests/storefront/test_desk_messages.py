"""The maker's side of a conversation: what she reads, what she writes, and whose it is."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from PIL import Image

from marketplace.fulfilment.conversations import CannotWrite, write
from marketplace.fulfilment.deadlines import today_at
from marketplace.fulfilment.models import DispatchPhoto, Message, MessageTranslation
from marketplace.fulfilment.phrases import BY_CODE
from marketplace.notices.models import Notice
from marketplace.workshops.models import Member, Workshop
from storefront.checkout.message_form import MessageForm
from tests.factories import make_buyer, make_order, make_piece
from tests.people import Visitor
from tests.storefront.translators import choose

pytestmark = pytest.mark.django_db
CANARY = "<b>canary</b><script>alert(1)</script> https://evil.example/"


def make_house(cast):
    """A paid order of two workshops, for a buyer who reads Japanese."""
    mine = make_piece(cast.maker.workshop, title="Red bowl", stock=5)
    theirs = make_piece(cast.other_maker.workshop, title="Blue scarf", price="77.00", stock=5)
    return make_order([mine, theirs], buyer=make_buyer(user=cast.buyer.user), language="ja", paid=True)


@pytest.fixture
def payment(cast, recorded):
    return recorded(make_house, cast)


def row_of(payment, person):
    return payment.order.consignments.get(workshop=person.workshop)


def desk(person, row, name: str = "conversation", **kwargs) -> str:
    # The buyer's request before leaves its language behind.
    with override("en"):
        return reverse(f"desk:{name}", kwargs={"workshop": person.workshop.slug, "pk": row.pk} | kwargs)


def letter(**fields) -> dict:
    return {"action": "write", "key": uuid4(), "language": "en", "phrase": "", "date": "", "text": "Hello"} | fields


def picture(colour: str = "firebrick") -> SimpleUploadedFile:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "the owner"
    Image.new("RGB", (60, 40), colour).save(file, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG_0001.jpg", file.getvalue(), "image/jpeg")


def buyers_page(payment, row) -> str:
    return f"/ja/orders/{payment.order.number}/messages/{row.number}/"


def test_each_reads_a_phrase_in_her_own_language(payment, cast):
    row = row_of(payment, cast.maker)
    cast.buyer.client.post_from_page(buyers_page(payment, row), letter(phrase="when", text="", language="ja"))
    vi = desk(cast.maker, row).replace("/en/", "/vi/", 1)
    page = cast.maker.client.get(vi)
    (shown,) = page.context["conversation"]
    (part,) = shown["parts"]
    phrase = BY_CODE["when"]
    assert (part["text"], part["lang"]) == (phrase.words({}, "vi"), "vi")
    # Where both catalogues say the same, there is nothing to show beneath.
    assert part["original"] == ("" if phrase.words({}, "ja") == phrase.words({}, "vi") else phrase.words({}, "ja"))
    assert part["label"] == "" and not MessageTranslation.objects.exists()


def test_free_words_without_a_machine_stay_as_they_are_and_say_so(payment, cast, settings):
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = None
    row = row_of(payment, cast.maker)
    cast.buyer.client.post_from_page(buyers_page(payment, row), letter(text="いつ届きますか", language="ja"))
    page = cast.maker.client.get(desk(cast.maker, row))
    assert '<p class="as-typed" lang="ja">いつ届きますか</p>' in page.text
    assert "Written in Japanese, not translated." in page.text
    # Nothing is labelled for whoever wrote it.
    own = cast.buyer.client.get(buyers_page(payment, row))
    assert own.context["conversation"][0]["parts"][0]["label"] == ""


def test_the_maker_reads_by_her_villages_clock(payment, cast):
    row = row_of(payment, cast.maker)
    cast.buyer.client.post_from_page(buyers_page(payment, row), letter(text="Hello"))
    row.messages.update(created_at=datetime(2026, 11, 20, 18, 30, tzinfo=UTC))
    assert row.workshop.village.economy_id == "VN"
    (shown,) = cast.maker.client.get(desk(cast.maker, row)).context["conversation"]
    assert shown["at"].replace("\u202f", " ") == "November 21, 2026, 1:30 AM GMT+07:00"
    assert cast.buyer.client.get(buyers_page(payment, row)).context["conversation"][0]["at"] == "2026年11月20日 18:30 UTC"


@pytest.mark.usefixtures("translations")
def test_a_machines_words_are_marked_and_the_original_stands_beneath(payment, cast, settings):
    choose(settings, "Prefixing")
    row = row_of(payment, cast.maker)
    cast.buyer.client.post_from_page(buyers_page(payment, row), letter(text="一行目 <b>\n二行目 & 三", language="ja"))
    page = cast.maker.client.get(desk(cast.maker, row))
    (part,) = page.context["conversation"][0]["parts"]
    assert part["text"] == "en: 一行目 <b>\nen: 二行目 & 三" and part["lang"] == "en"
    assert part["label"] == "Translated from Japanese by a machine (Prefixing)."
    assert (part["original"], part["original_lang"]) == ("一行目 <b>\n二行目 & 三", "ja")
    assert "一行目 &lt;b&gt;" in page.text and "一行目 <b>" not in page.text
    assert 'lang="ja">一行目' in page.text


@pytest.mark.usefixtures("translations")
@pytest.mark.parametrize("machine", ["Silent", "Slow", "Harmful", "Refusing"])
def test_a_machine_that_fails_leaves_the_original(payment, cast, settings, machine):
    choose(settings, machine)
    row = row_of(payment, cast.maker)
    cast.buyer.client.post_from_page(buyers_page(payment, row), letter(text="いつ届きますか", language="ja"))
    page = cast.maker.client.get(desk(cast.maker, row))
    assert "いつ届きますか" in page.text and "not translated" in page.text
    assert "<script>alert" not in page.text and not MessageTranslation.objects.exists()


def test_the_buyer_is_told_by_mail_in_her_language_with_the_text(payment, cast, mailoutbox):
    row = row_of(payment, cast.maker)
    mailoutbox.clear()
    soon = (timezone.localdate() + timedelta(days=3)).isoformat()
    data = letter(phrase="leaves", date=soon, text="See you & <b>soon</b>")
    assert cast.maker.client.post(desk(cast.maker, row), data).status_code == 302
    (mail,) = mailoutbox
    assert mail.to == [payment.order.guest_email or payment.order.email]
    assert payment.order.number in mail.subject
    assert "See you & <b>soon</b>" in mail.body and BY_CODE["leaves"].words({"date": soon}, "ja") in mail.body
    assert f"/ja/orders/{payment.order.number}/?key=" in mail.body
    assert "Blue scarf" not in mail.body and "Ban Fai" not in mail.body


def test_all_who_pack_are_told_and_nobody_else(payment, cast):
    row = row_of(payment, cast.maker)
    books = cast.agency.user
    Member.objects.create(workshop=cast.maker.workshop, user=books, keeps_books=True)
    Notice.objects.all().delete()
    data = letter()
    for _click in range(2):
        cast.buyer.client.post_from_page(buyers_page(payment, row), data)
    told = Notice.objects.filter(kind="buyer_wrote")
    assert sorted(told.values_list("user__email", flat=True)) == ["hoa@example.com", "lan@example.com"]
    assert {one.values["consignment"] for one in told} == {row.number}
    assert Message.objects.count() == 1, "a double click is one message"


def test_a_buyers_markup_does_nothing(payment, cast):
    row = row_of(payment, cast.maker)
    cast.buyer.client.post_from_page(buyers_page(payment, row), letter(text=CANARY))
    page = cast.maker.client.get(desk(cast.maker, row)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://evil.example/" in page
    assert "<script>alert" not in page and 'href="https://evil' not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"text": "a" * 1001},
        {"text": " \x00\u202e \n "},
        {"phrase": "when"},
        {"phrase": "leaves"},
        {"phrase": "leaves", "date": "1999-01-01"},
        {"phrase": "leaves", "date": "31/12/2026"},
        {"language": "xx"},
        {"key": "no-uuid"},
        {"key": ""},
        {"photo": SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")},
        {"photo": SimpleUploadedFile("x.jpg", b"", "image/jpeg")},
    ],
)
def test_what_cannot_be_sent_is_said_beside_its_field(payment, cast, fields):
    row = row_of(payment, cast.maker)
    page = cast.maker.client.post(desk(cast.maker, row), letter(**fields))
    assert page.status_code == 400 and page.context["form"].errors
    assert not Message.objects.exists()


def test_too_long_a_message_is_said_and_not_one_word_is_lost(payment, cast):
    """Nothing is cut off by the browser either: pasting shows no sign of it."""
    row, words = row_of(payment, cast.maker), "b" * 20_000
    form = cast.maker.client.get(desk(cast.maker, row)).context["form"]
    assert "maxlength" not in str(form["text"])
    page = cast.maker.client.post(desk(cast.maker, row), letter(text=words))
    assert page.status_code == 400 and words in page.text
    assert page.context["form"].errors["text"] == ["This is too long: it has 20,000 signs. A message has at most 1,000."]
    with pytest.raises(CannotWrite, match="20,000 signs"):
        write(consignment=row, side="maker", key=uuid4(), language="en", text=words)
    assert not Message.objects.exists()


def test_a_message_is_in_the_language_of_the_page_until_she_says_otherwise(payment, cast):
    """Whatever the workshop wrote its pieces in; a sentence is kept in the language in which it was read."""
    row = row_of(payment, cast.maker)
    Workshop.objects.filter(pk=row.workshop_id).update(source_language="vi")
    here = desk(cast.maker, row).replace("/en/", "/ja/", 1)
    assert cast.maker.client.get(here).context["form"].initial["language"] == "ja"
    for fields in ({"text": ""}, {"text": "xin chào"}):
        data = letter(phrase="begun", language="vi") | fields
        assert cast.maker.client.post(here, data).status_code == 302
    alone, both = Message.objects.order_by("pk")
    assert (alone.language, both.language, both.text) == ("ja", "vi", "xin chào")
    shown = cast.staff.client.get(buyers_page(payment, row).replace("/ja/", "/es/", 1)).context["conversation"]
    assert [one["parts"][0]["original_lang"] for one in shown] == ["ja", "ja"]
    assert [one["parts"][0]["original"] for one in shown] == [BY_CODE["begun"].words({}, "ja")] * 2


@pytest.mark.parametrize("tool", ["Dummy translator", "sample"])
def test_the_demos_translator_is_named_in_the_readers_language(payment, cast, tool):
    row = row_of(payment, cast.maker)
    message = Message.objects.create(consignment=row, side="buyer", language="ja", text="届きました", key=uuid4())
    MessageTranslation.objects.create(message=message, language="en", text="It is here", tool=tool)
    (shown,) = cast.maker.client.get(desk(cast.maker, row)).context["conversation"]
    assert shown["parts"][0]["label"] == "Translated from Japanese by a machine (sample translator)."


def test_the_days_to_choose_begin_with_the_villages_own(payment, cast):
    row = row_of(payment, cast.maker)
    form = cast.maker.client.get(desk(cast.maker, row)).context["form"]
    assert form.today == today_at(row.workshop.village)
    assert MessageForm("maker", date(2026, 11, 23)).fields["date"].widget.attrs["min"] == "2026-11-23"


def test_the_thirty_first_in_an_hour_waits(payment, cast):
    row = row_of(payment, cast.maker)
    rows = [
        Message(consignment=row, side="maker", language="en", text=f"{number}", key=uuid4()) for number in range(30)
    ]
    Message.objects.bulk_create(rows)
    page = cast.maker.client.post(desk(cast.maker, row), letter())
    assert page.status_code == 429 and "Please go on in an hour." in page.text and "Hello" in page.text
    assert Message.objects.count() == 30


def test_a_claim_shows_both_photos_side_by_side(payment, cast):
    row = row_of(payment, cast.maker)
    here = desk(cast.maker, row, "consignment")
    cast.maker.client.post(here, {"action": "pack", "weight": "2 kg"})
    cast.maker.client.post(here, {"action": "send", "carrier": "post", "photo": picture()})
    photo = DispatchPhoto.objects.get()
    theirs = f"{buyers_page(payment, row)}parcel/{photo.pk}/"
    assert cast.buyer.client.get(theirs).status_code == 404, "not before there is a claim"
    assert cast.staff.client.get(theirs).status_code == 200, "staff decide about claims"
    assert cast.buyer.client.get(buyers_page(payment, row)).context["parcel_photos"] == []
    cast.buyer.client.post_from_page(
        buyers_page(payment, row), letter(phrase="broken", text="", photo=picture("black"), language="ja")
    )
    message = Message.objects.get()
    page = cast.maker.client.get(desk(cast.maker, row))
    own = desk(cast.maker, row, "consignment-photo", kind="parcel", photo=photo.pk)
    hers = desk(cast.maker, row, "consignment-photo", kind="message", photo=message.pk)
    assert f'src="{own}"' in page.text and f'src="{hers}"' in page.text
    assert f'src="{theirs}"' in cast.buyer.client.get(buyers_page(payment, row)).text
    for client, path in ((cast.maker.client, own), (cast.maker.client, hers), (cast.buyer.client, theirs)):
        file = client.get(path)
        assert (file.status_code, file["Content-Type"]) == (200, "image/jpeg")
        assert {"private", "no-store"} <= set(file["Cache-Control"].split(", "))
        assert file["X-Content-Type-Options"] == "nosniff" and file["Content-Disposition"].startswith("inline")
        image = Image.open(BytesIO(b"".join(file.streaming_content)))
        assert image.size == (60, 40) and not dict(image.getexif())
    # Photos of others are not there, whoever asks, under whatever address.
    other = row_of(payment, cast.other_maker)
    for client, path in (
        (cast.other_maker.client, own),
        (cast.other_maker.client, desk(cast.other_maker, other, "consignment-photo", kind="parcel", photo=photo.pk)),
        (cast.other_maker.client, desk(cast.other_maker, other, "consignment-photo", kind="message", photo=message.pk)),
        (cast.buyer.client, f"{buyers_page(payment, other)}message/{message.pk}/"),
        (cast.maker.client, desk(cast.maker, row, "consignment-photo", kind="else", photo=photo.pk)),
        (cast.agency.client, theirs),
        (Visitor(), theirs),
    ):
        assert client.get(path).status_code == 404, path
    assert storages["private"].exists(photo.file.name) and not storages["default"].exists(photo.file.name)


def test_reading_is_said_and_not_done_by_looking(payment, cast):
    row = row_of(payment, cast.maker)
    cast.buyer.client.post_from_page(buyers_page(payment, row), letter())
    here = desk(cast.maker, row)
    for _look in range(2):
        assert cast.maker.client.get(here).context["unread"]
    assert Message.objects.get().read_at is None
    assert cast.maker.client.post(here, {"action": "read"})["Location"] == here
    assert Message.objects.get().read_at and not cast.maker.client.get(here).context["unread"]


def test_nothing_of_one_workshops_messages_is_the_others(payment, cast):
    mine, theirs = row_of(payment, cast.maker), row_of(payment, cast.other_maker)
    cast.buyer.client.post_from_page(buyers_page(payment, mine), letter(text="For the lacquer only"))
    cast.other_maker.client.post(desk(cast.other_maker, theirs), letter(text="From the indigo only"))
    assert "indigo only" not in cast.maker.client.get(desk(cast.maker, mine)).text
    assert "lacquer only" not in cast.other_maker.client.get(desk(cast.other_maker, theirs)).text
    assert payment.order.number not in cast.maker.client.get(desk(cast.maker, mine)).text
    for client, path in (
        (cast.other_maker.client, desk(cast.maker, mine)),
        (cast.other_maker.client, desk(cast.other_maker, mine)),
    ):
        assert client.get(path).status_code == 404
        assert client.post(path, letter()).status_code == 404
    assert Message.objects.count() == 2


def test_statements_do_not_grow_with_the_messages(payment, cast, steady):
    # Whether the content's version is looked up hangs on the second of the clock.
    row = row_of(payment, cast.maker)

    def count() -> int:
        cast.maker.client.get(desk(cast.maker, row))
        with CaptureQueriesContext(connection) as queries:
            cast.maker.client.get(desk(cast.maker, row))
        return len(queries)

    def more(number: int) -> None:
        rows = [Message(consignment=row, side="buyer", language="ja", text="x", key=uuid4()) for _row in range(number)]
        for one in Message.objects.bulk_create(rows):
            MessageTranslation.objects.create(message=one, language="en", text="y", tool="Prefixing")

    more(3)
    few = count()
    more(27)
    assert count() == few <= 13
