"""The address step: each economy's own fields, nothing lost, nothing personal in the clear."""

import logging
import re

import pytest
from babel.core import get_global
from cryptography.fernet import Fernet
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import override
from oscar.core.loading import get_model

from marketplace.fulfilment.customs_ids import open_customs_id
from marketplace.fulfilment.recipients import parts_of
from marketplace.payments.models import Payment
from storefront.checkout import forms
from storefront.checkout.forms import (
    SEALED,
    AddressForm,
    address_lines,
    asked_again,
    to_buyer,
    to_session,
    without_customs_id,
)
from storefront.checkout.views import SESSION_ADDRESS
from storefront.market.offers import get_offers
from tests.factories import make_piece, make_village, make_workshop
from tests.ledger import nothing_changes
from tests.shopping import ADDRESS, ELSEWHERE, Shopper

pytestmark = pytest.mark.django_db
Country = get_model("address", "Country")
PCCC = "P123456789012"
SEOUL = ADDRESS | ELSEWHERE["KR"] | {"economy": "KR"}
KIM = SEOUL | {
    "full_name": "김민서", "line1": "사직로 161", "city": "종로구", "latin_given": "Minseo", "latin_family": "Kim",
    "latin_line1": "161 Sajik-ro", "latin_city": "Jongno-gu", "phone": "010-2345-6789",
}  # fmt: skip


@pytest.fixture
def shopper() -> Shopper:
    """With a piece from Viet Nam in her basket."""
    return Shopper().fill(make_piece(make_workshop(village=make_village(economy="VN"))))


def names(form: AddressForm) -> list[str]:
    return [field.name for field in form.address_fields()]


def labels(form: AddressForm) -> dict[str, str]:
    return {field.name: str(field.label) for field in form.address_fields()}


def filled(form: AddressForm) -> AddressForm:
    assert form.is_valid(), form.errors
    return form


# Which fields


@pytest.mark.parametrize(
    ("economy", "fields"),
    [
        ("", ["full_name", "line1", "line2", "city", "state", "postcode"]),
        ("XX", ["full_name", "line1", "line2", "city", "state", "postcode"]),
        ("JP", ["full_name", "postcode", "state", "city", "line1", "line2"]),
        ("KR", ["full_name", "state", "city", "district", "line1", "line2", "postcode"]),
        ("HK", ["full_name", "state", "city", "line1", "line2"]),
        ("SG", ["full_name", "line1", "line2", "postcode"]),
        ("US", ["full_name", "line1", "line2", "city", "state", "postcode"]),
        ("DE", ["full_name", "line1", "line2", "postcode", "city"]),
        ("TH", ["full_name", "line1", "line2", "district", "city", "state", "postcode"]),
    ],
)
def test_fields_stand_in_the_economys_own_order(economy, fields):
    assert names(AddressForm(initial={"economy": economy})) == fields


def test_fields_have_the_economys_own_names():
    with override("en"):
        japan = labels(AddressForm(initial={"economy": "JP"}))
        assert (japan["state"], japan["city"], japan["postcode"]) == ("Prefecture", "City, ward or town", "Postcode")
        assert labels(AddressForm(initial={"economy": "US"}))["postcode"] == "ZIP code"
        assert labels(AddressForm())["state"] == "State, province or prefecture"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_areas_are_offered_in_the_readers_script(language):
    with override(language):
        choices = AddressForm(initial={"economy": "JP"}).fields["state"].widget.choices
        assert len(choices) == 48
        assert choices[14] == ("神奈川県", {"en": "Kanagawa", "ja": "神奈川県"}[language])


def test_browsers_are_told_what_belongs_where():
    form = AddressForm(initial={"economy": "JP"})
    tokens = {name: field.widget.attrs.get("autocomplete") for name, field in form.fields.items()}
    assert {name: tokens[name] for name in ("full_name", "postcode", "state", "city", "line1", "line2", "phone")} == {
        "full_name": "name", "postcode": "postal-code", "state": "address-level1", "city": "address-level2",
        "line1": "address-line1", "line2": "address-line2", "phone": "tel",
    }  # fmt: skip
    assert tokens["latin_given"] == "section-latin given-name"
    assert tokens["customs_id"] is None, "not asked for"
    assert form.fields["postcode"].widget.attrs["inputmode"] == "numeric"
    assert form.fields["latin_line1"].widget.attrs["lang"] == "ja-Latn"
    assert 'type="tel"' in str(form["phone"])
    assert AddressForm(initial={"economy": "CA"}).fields["postcode"].widget.attrs["autocapitalize"] == "characters"


def test_latin_fields_come_where_the_script_is_another():
    shown = {code: [field.name for field in AddressForm(initial={"economy": code}).latin_fields()] for code in
             ("JP", "KR", "TH", "US", "VN", "GR", "")}  # fmt: skip
    plain = ["latin_given", "latin_family", "latin_line1", "latin_line2"]
    assert shown["JP"] == [*plain, "latin_city"]
    assert shown["KR"] == shown["TH"] == [*plain, "latin_district", "latin_city"]
    assert shown["GR"] == [*plain, "latin_city"]
    assert shown["US"] == shown["VN"] == shown[""] == []


def test_latin_fields_come_with_what_was_typed_and_stay_once_they_are_filled():
    thai = ADDRESS | ELSEWHERE["US"] | {"economy": "US", "full_name": "สมชาย", "line1": "1 Main St"}
    for given in ({}, {"latin_given": "Somchai"}):
        form = AddressForm(thai | given)
        assert [field.name for field in form.latin_fields()] == ["latin_given", "latin_family"]
        assert list(form.errors) == ([] if given else ["latin_given"])


def test_inside_one_economy_neither_latin_letters_nor_a_customs_id_are_asked_for():
    form = AddressForm(KIM | {"latin_given": "", "latin_line1": "", "latin_city": "", "customs_id": ""}, origins={"KR"})
    assert filled(form).latin_fields() == []
    assert "customs_id" not in [field.name for field in form.further_fields()]


def test_only_open_markets_can_be_chosen():
    shown = [code for _group, rows in forms.economies()[1:] for code, _name in rows]
    assert sorted(shown) == sorted(get_offers().markets) and "CA" in shown and "RU" not in shown
    assert AddressForm(initial={"economy": "RU"}).chosen == ""


def test_the_form_works_for_every_place_that_the_shop_may_send_to(monkeypatch):
    codes = list(Country.objects.values_list("pk", flat=True))
    assert len(codes) >= 245
    choices = [("", "—"), ("", [(code, code) for code in codes])]
    monkeypatch.setattr(forms, "economies", lambda: choices)
    languages = get_global("likely_subtags")
    for code in codes:
        form = AddressForm(initial={"economy": code})
        assert form.chosen == code
        assert {"full_name", "line1"} <= set(names(form)), code
        assert all(str(field) for field in [*form.address_fields(), *form.latin_fields(), *form.further_fields()])
        assert all(str(field.label) for field in form.address_fields())
        if f"und_{code}" in languages and "_Latn_" in languages[f"und_{code}"]:
            assert form.latin_fields() == [], code
        given = {"full_name": "Ann Lee", "line1": "1 Main St", "email": "a@example.com", "economy": code, "city": "Town"}
        rules = form.rules
        given["state"] = rules.areas[0].code if rules.areas else "State"
        given["postcode"] = rules.postcode_examples[0] if rules.postcode_examples else ""
        given["customs_id"] = {"KR": PCCC, "BR": "39053344705"}.get(code, "")
        done = AddressForm(given)
        assert done.is_valid(), (code, done.errors)
        lines = address_lines(to_session(done))
        assert "Ann Lee" in lines and any("1 Main St" in line for line in lines), (code, lines)


# Choosing another economy


def test_without_scripts_a_button_brings_the_other_fields_and_loses_nothing(shopper):
    typed = ADDRESS | {"state": "Kanagawa", "latin_city": "Yokohama", "notes": "two\r\nlines", "change": "1"}
    with nothing_changes():
        page = shopper.give_address(**typed | {"economy": "SG"})
    assert page.status_code == 200
    form = page.context["form"]
    assert names(form) == ["full_name", "line1", "line2", "postcode"]
    assert not form.errors
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert (kept["state"], kept["city"], kept["latin_city"]) == ("Kanagawa", "Yokohama", "Yokohama")
    assert 'name="line1" value="1-2-3 Minato"' in page.text
    back = shopper.give_address(**typed | kept | {"economy": "JP"})
    assert back.context["form"]["state"].value() == "Kanagawa"
    assert '<option value="神奈川県" selected>' in back.text
    assert shopper.client.get("/en/checkout/review/")["Location"] == "/en/checkout/", "nothing was remembered"


def test_what_another_economy_asked_for_is_not_taken_along(shopper):
    assert shopper.give_address(economy="SG", postcode="546080", city="Yokohama", state="Kanagawa").status_code == 302
    chosen = shopper.client.session[SESSION_ADDRESS]
    assert (chosen["city"], chosen["state"], chosen["postcode"]) == ("", "", "546080")
    assert shopper.give_address(economy="HK", state="Kowloon", postcode="00000").status_code == 302
    assert shopper.client.session[SESSION_ADDRESS]["postcode"] == ""


def test_a_refused_page_keeps_every_word(shopper):
    typed = {
        "email": "nobody", "full_name": "<b>佐藤</b>", "line1": "A" * 300, "city": "\u202eYokohama", "state": "Nowhere",
        "postcode": "12", "phone": "12", "notes": "😀", "gift": "on",
    }  # fmt: skip
    with nothing_changes():
        page = shopper.give_address(**typed)
    assert page.status_code == 400
    form = page.context["form"]
    assert {name: form[name].value() for name in typed} == typed | {"gift": True}
    assert '<option value="Nowhere" selected>Nowhere</option>' in page.text
    assert "&lt;b&gt;佐藤&lt;/b&gt;" in page.text and "<b>佐藤" not in page.text
    assert set(form.errors) == {
        "email", "line1", "city", "state", "postcode", "phone", "latin_given",
    }  # fmt: skip


# What is accepted


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"postcode": "２２０００１２"}, {"postcode": "220-0012", "state": "神奈川県"}),
        ({"state": "神奈川県"}, {"state": "神奈川県"}),
        ({"economy": "US", **ELSEWHERE["US"], "state": "new york"}, {"state": "NY"}),
        ({"economy": "CA", "state": "Ontario", "postcode": "k1a0b1"}, {"state": "ON", "postcode": "K1A 0B1"}),
        ({"economy": "PG", "line1": "PO Box 12", "state": "NCD", "postcode": "111"}, {"line1": "PO Box 12"}),
        ({"economy": "ID", "full_name": "Suharto", "state": "Bali", "postcode": "80571"}, {"full_name": "Suharto"}),
        ({"phone": "045 123 4567"}, {"phone": "+81451234567"}),
        ({"phone": "+1 (650) 253-0000"}, {"phone": "+16502530000"}),
        ({"phone": "\u202a+81 45 123 4567\u202c"}, {"phone": "+81451234567"}),
        ({"phone": ""}, {"phone": ""}),
    ],
)
def test_parts_are_kept_in_the_economys_own_writing(given, expected):
    kept = to_session(filled(AddressForm(ADDRESS | given)))
    assert {name: kept[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"postcode": "2200"}, "postcode", "A postcode there looks like this: 154-0023."),
        ({"postcode": ""}, "postcode", "Parcels there need a postcode."),
        ({"state": "Texas"}, "state", "Please choose one from the list."),
        ({"full_name": "佐藤"}, "latin_given", "Customs need this in Latin letters too. We never convert it ourselves."),
        ({"line1": "港1-2"}, "latin_line1", "Customs need this in Latin letters too. We never convert it ourselves."),
        ({"latin_given": "愛子"}, "latin_given", "Please use Latin letters here."),
        ({"line1": "1\u202e2"}, "line1", "Please leave out pictures and control characters: no label can carry them."),
        ({"line1": "1 😀"}, "line1", "Please leave out pictures and control characters: no label can carry them."),
        ({"full_name": "\ud83d"}, "full_name", "Please leave out pictures and control characters: no label can carry them."),
        ({"notes": "a\u202eb"}, "notes", "Please leave out control characters."),
        ({"phone": "12"}, "phone", "Please give a phone number that can be called, such as +81 90-1234-5678 in Japan."),
        ({"phone": "+1 650 253 0000 ext. 5"}, "phone", "Please give a number without an extension: carriers cannot dial one."),
        ({"phone": "1" * 10_000}, "phone", "Please give a phone number that can be called, such as +81 90-1234-5678 in Japan."),
        ({"line1": "x" * 10_000}, "line1", "Ensure this value has at most 200 characters (it has 10000)."),
        ({"line1": "a\x00"}, "line1", "Null characters are not allowed."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(given, field, sentence):
    with override("en"):
        form = AddressForm(ADDRESS | given)
        assert {name: list(errors) for name, errors in form.errors.items()} == {field: [sentence]}


def test_a_courier_needs_a_phone_and_a_door():
    with override("en"):
        form = AddressForm(ADDRESS | {"phone": "", "line1": "私書箱12号", "latin_line1": "PO Box 12"}, channel="courier")
        box = "A courier cannot deliver to a post office box. Please give a street and number."
        assert {name: list(errors) for name, errors in form.errors.items()} == {
            "phone": ["A courier needs a phone number to deliver."], "line1": [box], "latin_line1": [box],
        }  # fmt: skip
    assert AddressForm(ADDRESS, channel="courier").is_valid()


def test_pictures_may_stand_in_the_note_to_the_makers():
    assert to_session(filled(AddressForm(ADDRESS | {"notes": "Danke 😀\r\n!"})))["notes"] == "Danke 😀\r\n!"


# From the form to the order


def test_both_scripts_and_the_gift_reach_the_order(shopper):
    payment = shopper.place(**KIM, gift="on")
    to = payment.order.shipping_address
    assert (to.last_name, to.line1, to.line4, to.state, to.postcode, str(to.phone_number)) == (
        "김민서", "사직로 161", "종로구", "서울특별시", "03045", "+821023456789",
    )  # fmt: skip
    parts = parts_of(to)
    assert (parts.latin_name, parts.latin_line1, parts.latin_city) == ("Minseo Kim", "161 Sajik-ro", "Jongno-gu")
    assert to.recipient.gift is True
    assert open_customs_id(to.recipient.customs_id.sealed).number == PCCC


def test_a_parcel_that_is_no_gift_is_none(shopper):
    assert shopper.place().order.shipping_address.recipient.gift is False


def test_the_review_shows_the_address_as_it_is_written_there(shopper):
    shopper.give_address(**KIM)
    lines = shopper.client.get("/en/checkout/review/", follow=True).context["address_lines"]
    assert lines == ["Korea", "서울특별시 종로구", "사직로 161", "김민서", "03045"]


# The customs id


@pytest.mark.parametrize("given", ["", "P12345678901", "390.533.447-05", "\x00", "😀"])
def test_without_the_code_the_checkout_to_korea_goes_no_further(shopper, given):
    with nothing_changes():
        page = shopper.give_address(**SEOUL | {"customs_id": given})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == ["customs_id"]
    assert SESSION_ADDRESS not in shopper.client.session


def test_the_code_is_asked_for_where_it_is_needed_only():
    asked = {
        code: AddressForm(initial={"economy": code}).fields["customs_id"].label for code in ("KR", "BR", "JP", "CN", "")
    }
    with override("en"):
        assert {code: str(label or "") for code, label in asked.items()} == {
            "KR": "Personal customs clearance code", "BR": "CPF number", "JP": "", "CN": "", "": "",
        }  # fmt: skip
        by_courier = AddressForm(initial={"economy": "CN"}, channel="courier")
        assert str(by_courier.fields["customs_id"].label) == "Resident identity number"


def test_neither_session_nor_log_nor_mail_nor_page_has_the_code(shopper, caplog, mailoutbox):
    caplog.set_level(logging.DEBUG)
    assert shopper.give_address(**SEOUL).status_code == 302
    chosen = shopper.client.session[SESSION_ADDRESS]
    assert "customs_id" not in chosen
    assert PCCC not in str(dict(shopper.client.session.items()))
    again = shopper.client.get("/en/checkout/")
    assert "We have •••••••••••12. Leave this empty to keep it." in again.text
    review = shopper.client.get("/en/checkout/review/", follow=True)
    assert shopper.pay(shopper.review()).status_code == 303
    order_page = shopper.see(Payment.objects.get())
    for text in (again.text, review.text, order_page.text, caplog.text, *(mail.body for mail in mailoutbox)):
        assert PCCC not in text and chosen[SEALED] not in text


def test_a_code_given_once_is_kept_while_the_field_stays_empty(shopper):
    shopper.give_address(**SEOUL)
    first = shopper.client.session[SESSION_ADDRESS][SEALED]
    assert shopper.give_address(**SEOUL | {"customs_id": "", "city": "Mapo-gu"}).status_code == 302
    assert shopper.client.session[SESSION_ADDRESS][SEALED] == first
    shopper.give_address(**SEOUL | {"customs_id": "P210987654321"})
    assert open_customs_id(shopper.client.session[SESSION_ADDRESS][SEALED]).number == "P210987654321"
    shopper.give_address()
    assert shopper.client.session[SESSION_ADDRESS][SEALED] == "", "Japan asks for none"


def test_a_code_of_another_economy_or_of_a_lost_key_is_asked_for_again(settings):
    session = to_session(filled(AddressForm(SEOUL)))
    brazil = ADDRESS | {"economy": "BR", "state": "SP", "postcode": "01310-100"}
    assert list(AddressForm(brazil, initial=session).errors) == ["customs_id"]
    settings.MARKETPLACE_PII_KEYS = [Fernet.generate_key().decode()]
    assert list(AddressForm(SEOUL | {"customs_id": ""}, initial=session).errors) == ["customs_id"]


def test_nobody_brings_a_sealed_code_of_her_own():
    session = to_session(filled(AddressForm(SEOUL)))
    typed = {"economy": "KR", SEALED: session[SEALED]}
    assert asked_again(typed, {"email": "a@example.com"})[SEALED] == ""


def test_after_the_order_the_session_forgets_the_code():
    session = to_session(filled(AddressForm(SEOUL)))
    assert to_buyer(session, AnonymousUser()).customs_id == session[SEALED]
    assert to_buyer(without_customs_id(session), AnonymousUser()).customs_id == ""
    assert without_customs_id(session) | {SEALED: session[SEALED]} == session


# Orders of before


def test_an_address_remembered_by_an_older_page_still_works():
    buyer = to_buyer(ADDRESS, AnonymousUser())
    assert (buyer.full_name, buyer.latin_given, buyer.gift, buyer.customs_id) == ("Sato Aiko", "", False, "")
    with override("en"):
        assert address_lines(ADDRESS) == ["Sato Aiko", "1-2-3 Minato", "Yokohama, Kanagawa", "220-0012", "Japan"]
