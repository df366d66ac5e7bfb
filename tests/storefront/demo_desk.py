"""Part of the walk through the loaded demo (test_demo_export): the desk, each thing once however often it is loaded."""

import io
import wave

from django.contrib.auth import authenticate
from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment, DispatchPhoto, Message, MessageTranslation
from marketplace.notices.contacts import Contact, normalise
from marketplace.notices.models import ContactPoint, Notice
from marketplace.payments.models import Attention, OutboxMessage, Payment
from marketplace.workshops.models import Assistance, Decision, VoiceNote, Workshop
from storefront.demo.load import desk
from storefront.demo.load.agencies import load_agencies
from storefront.demo.load.officers import load_officers
from storefront.demo.load.places import PASSWORDS
from storefront.sounds import clean_voice
from tests.ledger import nothing_changes
from tests.people import run_commit_hooks
from tools.demo import AGENCY, MAKER, OFFICER, ready

TABLES = (
    Assistance, ContactPoint, Decision, DispatchPhoto, Message, MessageTranslation, OutboxMessage, Payment, VoiceNote, Workshop,
)  # fmt: skip


def rows() -> list:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def the_desk_has_something_of_each_kind(mailoutbox: list, smsoutbox: list) -> None:
    load_officers()
    stock = Product.objects.get(upc=desk.ORDERED).stockrecords.get()
    before = stock.num_in_stock
    assert desk.load_desk() == 3
    run_commit_hooks()
    assert (mailoutbox, smsoutbox, Notice.objects.count(), Attention.objects.count()) == ([], [], 0, 0)
    person = ContactPoint.objects.get()
    assert Contact(person.kind, person.value) == normalise("0900 000 000", "VN") and person.verified_at
    assert person.user.memberships.get().workshop.kind == "cooperative"
    assert Product.objects.get(upc="SML-02").month_capacity == 4
    consignment = Consignment.objects.get()
    assert (consignment.workshop.slug, consignment.state, consignment.workshop.is_sample) == ("sao-mai-lacquer", "sent", True)
    assert list(consignment.messages.order_by("pk").values_list("side", "language", "phrase")) == [
        ("buyer", "ja", "gift"), ("maker", "vi", ""), ("buyer", "ja", ""),
    ]  # fmt: skip
    assert consignment.photos.get().file.read()[:3] == b"\xff\xd8\xff"
    stock.refresh_from_db()
    assert before - stock.num_in_stock + (stock.num_allocated or 0) == 1
    assert sorted(Workshop.objects.exclude(stage="open").values_list("slug", flat=True)) == ["to-may-ben-song"]
    assert Assistance.objects.count() == 1
    a_sample_tone_stands_for_a_voice()
    seen = rows()
    with nothing_changes():
        assert desk.load_desk() == 3
        load_officers()
        run_commit_hooks()
    assert rows() == seen


def a_sample_tone_stands_for_a_voice() -> None:
    note = VoiceNote.objects.get()
    assert (note.product.upc, note.written_from_voice, note.seconds) == ("SML-03", True, 2)
    data = note.file.read()
    with wave.open(io.BytesIO(data)) as sound:
        assert sound.getnframes() / sound.getframerate() == 2
    assert clean_voice(SimpleUploadedFile("tone.wav", data, "audio/wav")).mime == note.mime == "audio/wav"


def the_log_ins_that_are_told_work() -> None:
    load_agencies()
    text = ready(8000)
    for told in (MAKER, OFFICER, AGENCY):
        name, password = told.split(" / ")
        assert told in text and password in PASSWORDS.values()
        assert authenticate(None, username=name, password=password) is not None
    assert "/en/officer/" in text and "/en/agency/" in text
