"""Customs ids: who needs one, what is one, and that nobody but customs ever reads it."""

import csv
import io
import json
import logging
import pickle
from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from marketplace.fulfilment.customs_id_kinds import ROWS, WORDS, kinds_for
from marketplace.fulfilment.customs_ids import (
    OpenId,
    customs_id_of,
    forget_customs_ids,
    keep_customs_id,
    mask,
    missing_customs_id,
    open_customs_id,
    rotate_customs_ids,
    seal_customs_id,
)
from marketplace.fulfilment.models import Consignment, CustomsId
from marketplace.fulfilment.sealing import CannotOpen, seal, unseal
from marketplace.payments.placing import Buyer
from storefront.environment import pii_keys
from tests.factories import make_buyer, make_order, make_piece, make_workshop

DAY = date(2026, 11, 22)
PCCC = "P123456789012"


def sealed(text: str = PCCC, economy: str = "KR", channel: str = "post") -> str:
    found = seal_customs_id(text, kinds_for(economy, channel, DAY))
    assert isinstance(found, str), found
    return found


# Who needs one, and what is one


@pytest.mark.parametrize(
    ("economy", "by_post", "by_courier"),
    [
        ("KR", ["kr_pccc"], ["kr_pccc"]),
        ("BR", ["br_cpf"], ["br_cpf"]),
        ("CN", [], ["cn_ric"]),
        ("TW", [], ["tw_mobile"]),
        ("CL", [], ["cl_rut"]),
        ("ID", [], ["id_nik", "id_npwp", "id_passport"]),
        ("MX", [], ["mx_curp", "mx_rfc"]),
        ("PE", [], ["pe_dni", "pe_ruc"]),
        ("RU", [], ["ru_inn"]),
        ("VN", [], ["vn_citizen", "vn_mst"]),
        ("JP", [], []),
        ("US", [], []),
        ("TH", [], []),
        ("PH", [], []),
        ("DE", [], []),
        ("", [], []),
    ],
)
def test_an_id_is_asked_for_only_where_and_how_it_is_needed(economy, by_post, by_courier):
    assert [row.kind for row in kinds_for(economy, "post", DAY)] == by_post
    assert [row.kind for row in kinds_for(economy, "courier", DAY)] == by_courier


def test_rows_have_dates_and_sources_and_words_that_can_be_translated():
    rows = list(csv.DictReader(ROWS.open(encoding="utf-8", newline="")))
    assert len(rows) == len({row["kind"] for row in rows}) == 15
    assert {row["label"] for row in rows} | {row["help"] for row in rows} == set(WORDS)
    assert all(row["source"] and date.fromisoformat(row["from"]) for row in rows)


def test_before_its_first_day_a_row_asks_for_nothing():
    assert kinds_for("VN", "courier", date(2025, 2, 17)) == []
    assert len(kinds_for("VN", "courier", date(2025, 2, 18))) == 2


@pytest.mark.parametrize(
    ("economy", "typed", "kind", "number"),
    [
        ("KR", "P123456789012", "kr_pccc", "P123456789012"),
        ("KR", " p 1234-5678-9012 ", "kr_pccc", "P123456789012"),
        ("KR", "Ｐ１２３４５６７８９０１２", "kr_pccc", "P123456789012"),
        ("CN", "11010519491231002x", "cn_ric", "11010519491231002X"),
        ("BR", "390.533.447-05", "br_cpf", "39053344705"),
        ("CL", "12.531.909-2", "cl_rut", "125319092"),
        ("TW", "0912 345 678", "tw_mobile", "+886912345678"),
        ("TW", "+886 912 345 678", "tw_mobile", "+886912345678"),
        ("ID", "3171011708450001", "id_nik", "3171011708450001"),
        ("ID", "A1234567", "id_passport", "A1234567"),
        ("PE", "20512333797", "pe_ruc", "20512333797"),
        ("PE", "12345678", "pe_dni", "12345678"),
        ("MX", "BOXW310820HNERXN09", "mx_curp", "BOXW310820HNERXN09"),
        ("MX", "GODE 561231 GR8", "mx_rfc", "GODE561231GR8"),
        ("RU", "123456789047", "ru_inn", "123456789047"),
        ("VN", "0100233488", "vn_mst", "0100233488"),
        ("VN", "001099123456", "vn_citizen", "001099123456"),
    ],
)
def test_a_right_number_is_kept_without_blanks_and_dots(economy, typed, kind, number):
    assert open_customs_id(sealed(typed, economy, "courier")) == OpenId(kind, economy, number)


@pytest.mark.parametrize(
    ("economy", "typed"),
    [
        ("KR", "P98765432109"),
        ("KR", "P1234567890123"),
        ("KR", "987654321098"),
        ("KR", "M123456789012"),
        ("KR", "P12345678901٢"),
        ("KR", "P123456789012\x00"),
        ("KR", "P" + "1" * 10_000),
        ("KR", "\ud83d"),
        ("KR", "P12345678901😀"),
        ("CN", "110105194912310021"),
        ("CN", "11010519491231"),
        ("BR", "390.533.447-06"),
        ("BR", "111.111.111-1"),
        ("CL", "12.531.909-3"),
        ("TW", "02 2345 6789"),
        ("TW", "+81 90 1234 5678"),
        ("TW", "0912"),
        ("ID", "1234567890123456"),
        ("PE", "20512333798"),
        ("MX", "GODE561231"),
        ("RU", "123456789048"),
        ("VN", "12345"),
    ],
)
def test_a_wrong_number_is_refused_without_repeating_it(economy, typed):
    with override("en"):
        answer = seal_customs_id(typed, kinds_for(economy, "courier", DAY))
    assert answer.reason.startswith("This is not a valid number.")
    assert typed not in answer.reason and typed not in repr(answer)


def test_without_the_code_a_parcel_to_korea_cannot_be_paid_for():
    with override("en"):
        missing = "Customs there ask for this number, else the parcel cannot be sent: Personal customs clearance code."
        assert missing_customs_id("KR", "post", DAY, "") == missing
        assert missing_customs_id("KR", "post", DAY, sealed("390.533.447-05", "BR")) == missing
        assert missing_customs_id("KR", "post", DAY, PCCC) == missing, "only what was sealed counts"
        assert missing_customs_id("KR", "post", DAY, seal("[1]")) == missing
    assert missing_customs_id("KR", "post", DAY, sealed()) == ""
    assert missing_customs_id("CN", "post", DAY, "") == ""
    assert missing_customs_id("CN", "courier", DAY, "") != ""
    assert missing_customs_id("KR", "post", DAY, "", origins={"KR"}) == "", "no border is crossed"
    assert missing_customs_id("KR", "post", DAY, "", origins={"KR", "VN"}) != ""


# Sealed


def test_what_is_sealed_says_nothing_and_never_the_same():
    first, second = sealed(), sealed()
    assert first != second
    assert PCCC not in first and "KR" not in first
    assert open_customs_id(first) == open_customs_id(second)


def test_an_open_id_does_not_show_itself():
    found = open_customs_id(sealed())
    for shown in (repr(found), str(found), f"{found}", repr([found]), repr({"id": found})):
        assert shown.count(PCCC[:-2]) == 0
        assert "•••••••••••12" in shown
    buyer = Buyer("a@example.com", "A", "1", "C", "1", "KR", customs_id=sealed())
    assert "customs_id" not in repr(buyer)


@pytest.mark.parametrize(
    ("number", "masked"),
    [(PCCC, "•••••••••••12"), ("12345", "•••45"), ("1234", "••••"), ("", "")],
)
def test_all_but_two_signs_are_masked(number, masked):
    assert mask(number) == masked


def test_another_key_opens_nothing_and_says_what_to_do(settings):
    token = sealed()
    settings.MARKETPLACE_PII_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CannotOpen, match="not in MARKETPLACE_PII_KEYS") as problem:
        open_customs_id(token)
    assert token not in str(problem.value) and problem.value.__cause__ is None


@pytest.mark.parametrize("token", ["", "x", "é", "\ud83d", "gAAAAA", PCCC])
def test_what_was_not_sealed_cannot_be_opened(token):
    with pytest.raises(CannotOpen):
        unseal(token)


def test_a_changed_token_cannot_be_opened():
    token = sealed()
    with pytest.raises(CannotOpen):
        open_customs_id(token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:])


def test_old_keys_open_and_the_newest_seals(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.MARKETPLACE_PII_KEYS = [old]
    token = seal("x")
    settings.MARKETPLACE_PII_KEYS = [new, old]
    assert unseal(token) == "x"
    assert Fernet(new).decrypt(seal("y").encode()) == b"y"


def test_without_keys_nothing_is_sealed(settings):
    settings.MARKETPLACE_PII_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="MARKETPLACE_PII_KEYS is empty"):
        seal("x")


def test_keys_come_from_the_environment(monkeypatch):
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("MARKETPLACE_PII_KEYS", f"{first}, {second}")
    assert pii_keys(True, "secret") == [first, second]
    monkeypatch.setenv("MARKETPLACE_PII_KEYS", f"{first},nonsense")
    with pytest.raises(ImproperlyConfigured, match="key number 2 is no key") as problem:
        pii_keys(True, "secret")
    assert "nonsense" not in str(problem.value) and first not in str(problem.value)
    monkeypatch.delenv("MARKETPLACE_PII_KEYS")
    with pytest.raises(ImproperlyConfigured, match="MARKETPLACE_PII_KEYS is not set"):
        pii_keys(True, "secret")
    (made,) = pii_keys(False, "secret")
    assert pii_keys(False, "secret") == [made] != pii_keys(False, "another")
    assert Fernet(made)


# Kept and forgotten


def make_paid_order():
    """Two makers' consignments to Korea, paid."""
    pieces = [make_piece(make_workshop()), make_piece(make_workshop())]
    buyer = make_buyer(economy="KR", state="서울특별시", postcode="03045", customs_id=sealed())
    return make_order(pieces, buyer=buyer, paid=True).order


@pytest.fixture
def order(db, recorded):
    return recorded(make_paid_order)


def kept(order) -> CustomsId:
    return order.shipping_address.recipient.customs_id


def set_states(order, *states: tuple[str, int | None]) -> None:
    """Per consignment a state and how many days ago it came to it."""
    for row, (state, days) in zip(order.consignments.order_by("pk"), states, strict=True):
        Consignment.objects.filter(pk=row.pk).update(
            state=state, **({f"{state}_at": timezone.now() - timedelta(days=days)} if days is not None else {})
        )


def test_the_database_holds_ciphertext_only(order):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM marketplace_fulfilment_customsid t")
        (row,) = cursor.fetchone()
    assert PCCC not in row and PCCC[:-2] not in row
    assert json.loads(row)["masked"] == "•••••••••••12"
    assert open_customs_id(kept(order).sealed).number == PCCC


def test_only_the_customs_data_of_its_consignments_has_the_number(order):
    other = make_order(paid=True).order
    for row in order.consignments.all():
        assert customs_id_of(row).number == PCCC
    assert customs_id_of(other.consignments.get()) is None
    row = kept(order)
    for shown in (repr(row), str(row), serializers.serialize("json", [row]), str(pickle.dumps(row))):
        assert PCCC not in shown


def test_nothing_of_it_is_logged(caplog, db):
    caplog.set_level(logging.DEBUG)
    token = sealed()
    row = make_order(buyer=make_buyer(economy="KR", state="Seoul", postcode="03045", customs_id=token), paid=True).order
    customs_id_of(row.consignments.get())
    assert PCCC not in caplog.text
    forget_customs_ids(now=timezone.now() + timedelta(days=400))
    assert PCCC not in caplog.text


def test_a_number_that_cannot_be_opened_is_not_kept(order, settings):
    row = kept(order)
    with pytest.raises(CannotOpen):
        keep_customs_id(recipient=row.recipient, sealed="nonsense")
    row.refresh_from_db()
    assert open_customs_id(row.sealed).number == PCCC
    assert keep_customs_id(recipient=row.recipient, sealed="") is None


@pytest.mark.parametrize(
    ("states", "gone"),
    [
        ([("delivered", 31), ("delivered", 31)], True),
        ([("delivered", 31), ("delivered", 29)], False),
        ([("delivered", 90), ("sent", 60)], False),
        ([("delivered", 31), ("cancelled", 31)], True),
        ([("delivered", 31), ("cancelled", 2)], False),
        ([("cancelled", 31), ("cancelled", 31)], True),
        ([("placed", None), ("packed", 40)], False),
    ],
)
def test_it_is_deleted_30_days_after_the_last_parcel_ended(order, states, gone):
    set_states(order, *states)
    out = io.StringIO()
    call_command("forget_customs_ids", stdout=out)
    assert out.getvalue() == f"forgotten {int(gone)}\n"
    assert CustomsId.objects.exists() is not gone
    assert order.shipping_address.recipient.latin_given == "", "the address stays"
    assert forget_customs_ids() == 0


def test_days_are_a_setting(order, settings):
    settings.MARKETPLACE_CUSTOMS_ID_DAYS = 5
    set_states(order, ("delivered", 6), ("delivered", 6))
    assert forget_customs_ids() == 1


def test_it_is_deleted_in_any_case_after_half_a_year(order):
    CustomsId.objects.update(created_at=timezone.now() - timedelta(days=181))
    assert forget_customs_ids() == 1


def test_keys_are_rotated(order, settings):
    old = settings.MARKETPLACE_PII_KEYS[0]
    new = Fernet.generate_key().decode()
    settings.MARKETPLACE_PII_KEYS = [new, old]
    assert rotate_customs_ids() == 1
    settings.MARKETPLACE_PII_KEYS = [new]
    assert customs_id_of(order.consignments.first()).number == PCCC


def test_a_rotation_without_the_old_key_changes_nothing(order, settings):
    before = kept(order).sealed
    settings.MARKETPLACE_PII_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="not in MARKETPLACE_PII_KEYS"):
        call_command("rotate_pii_keys")
    assert CustomsId.objects.get().sealed == before
