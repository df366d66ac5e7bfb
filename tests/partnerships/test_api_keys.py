"""Keys of the API: shown once, kept as a hash, found without SQL, withdrawn."""

import hashlib
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from marketplace.partnerships import api_keys, memory
from marketplace.partnerships.models import Agency, ApiKey, Part
from marketplace.partnerships.services import Refused
from tests.factories import make_agency, make_seat, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return make_agency("chang-thong")


@pytest.fixture
def editor(agency):
    return make_seat(agency, parts=[Part.EDIT])


def test_the_whole_key_is_nowhere_but_in_the_answer(agency, editor):
    row, key = api_keys.make(agency=agency, name=" our  website ", by=editor)
    assert re.fullmatch(r"vh_[a-z0-9]{9}_[A-Za-z0-9]{40}", key)
    row.refresh_from_db()
    secret = key.removeprefix(f"{row.prefix}_")
    assert (row.name, row.per_minute, len(row.prefix)) == ("our website", 600, 12)
    assert row.key_hash == hashlib.sha256(secret.encode()).hexdigest()
    written = repr(list(ApiKey.objects.values())) + repr(list(ModelLogEntry.objects.values()))
    assert secret not in written and row.prefix in written


def test_found_with_one_statement_and_then_with_none(agency, editor, django_assert_num_queries):
    row, key = api_keys.make(agency=agency, name="x", by=editor)
    ApiKey.objects.update(last_used_on=timezone.localdate())
    with django_assert_num_queries(1):
        assert [api_keys.find(key).agency.code for _again in range(5)] == ["chang-thong"] * 5


def test_the_day_of_its_last_use_is_written_once_a_day(agency, editor, django_assert_num_queries):
    row, key = api_keys.make(agency=agency, name="x", by=editor)
    today = timezone.localdate()
    with django_assert_num_queries(2):
        api_keys.find(key)
    memory.forget()
    with django_assert_num_queries(1):
        assert api_keys.find(key).last_used_on == today
    ApiKey.objects.update(last_used_on=today - timedelta(days=1))
    memory.forget()
    api_keys.find(key)
    assert ApiKey.objects.get().last_used_on == today


HOSTILE = [
    *("", "vh_", "vh_aaaaaaaaa_" + "a" * 41, "vh_aaaaaaaaa_" + "a" * 39 + "\n", "VH_aaaaaaaaa_" + "a" * 40, "x" * 10_000),
    *(None, 7, b"vh"),
]


@pytest.mark.parametrize("key", HOSTILE, ids=lambda key: ascii(key)[:30])
def test_what_is_no_key_asks_nobody(key, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert api_keys.find(key) is None


def test_a_wrong_secret_opens_nothing_and_hides_the_right_one_from_nobody(agency, editor):
    row, key = api_keys.make(agency=agency, name="x", by=editor)
    other, others = api_keys.make(agency=agency, name="y", by=editor)
    wrong = [f"{row.prefix}_{'a' * 40}", f"{row.prefix}_{others.rpartition('_')[2]}", f"vh_aaaaaaaaa_{key.rpartition('_')[2]}"]
    assert [api_keys.find(one) for one in wrong] == [None] * 3
    assert (api_keys.find(key), api_keys.find(others)) == (row, other)
    ApiKey.objects.update(last_used_on=None)
    memory.forget()
    assert api_keys.find(wrong[0]) is None
    assert ApiKey.objects.get(pk=row.pk).last_used_on is None


def test_withdrawn_it_opens_nothing(agency, editor, django_capture_on_commit_callbacks):
    row, key = api_keys.make(agency=agency, name="x", by=editor)
    assert api_keys.find(key) == row
    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            api_keys.withdraw(key=row, agency=agency, by=editor)
    assert api_keys.find(key) is None
    assert ModelLogEntry.objects.for_instance(agency).filter(action="marketplace.api_key_withdrawn").count() == 1


def test_the_key_of_a_closed_agency_opens_nothing(agency, editor):
    _row, key = api_keys.make(agency=agency, name="x", by=editor)
    Agency.objects.update(stage="closed", reason="asked")
    assert api_keys.find(key) is None


def test_who_may_make_and_withdraw(agency, editor):
    row, key = api_keys.make(agency=agency, name="x", by=editor)
    other = make_agency()
    foreign = make_seat(other)
    for by in (foreign, make_seat(agency, parts=[Part.BOOKS]), make_user()):
        with pytest.raises(Refused):
            api_keys.make(agency=agency, name="y", by=by)
        with pytest.raises(Refused):
            api_keys.withdraw(key=row, agency=agency, by=by)
    with pytest.raises(ApiKey.DoesNotExist):
        api_keys.withdraw(key=row, agency=other, by=foreign)
    for make in ({"agency": None}, {"agency": agency, "name": " "}, {"agency": agency, "name": "x" * 121}):
        with pytest.raises(Refused):
            api_keys.make(**{"name": "y", "by": editor} | make)
    with pytest.raises(Refused):
        api_keys.make(agency=make_agency(stage="applied", decided_at=None), name="y", by=editor, by_staff=True)
    assert [(found.pk, found.withdrawn_at) for found in ApiKey.objects.all()] == [(row.pk, None)]
    assert api_keys.find(key) == row


def test_not_without_end(agency, editor, settings):
    settings.MARKETPLACE_AGENCY = settings.MARKETPLACE_AGENCY | {"KEYS": 1}
    row, _key = api_keys.make(agency=agency, name="x", by=editor)
    with pytest.raises(Refused, match="1 keys"):
        api_keys.make(agency=agency, name="y", by=editor)
    api_keys.withdraw(key=row, agency=agency, by=editor)
    assert api_keys.make(agency=agency, name="y", by=editor)[0].name == "y"


def test_a_developers_key_is_given_out_by_the_shop():
    staff = make_user(is_staff=True)
    row, key = api_keys.make(agency=None, name="A developer", by=staff, by_staff=True)
    assert (api_keys.find(key), row.agency) == (row, None)
    with pytest.raises(Refused):
        api_keys.withdraw(key=row, by=make_user())
    api_keys.withdraw(key=row, by=staff, by_staff=True)
    memory.forget()
    assert api_keys.find(key) is None


def test_a_form_makes_one_key_and_only_for_its_agency(agency, editor):
    form, other = uuid.uuid4(), make_agency("lanna")
    row, key = api_keys.make(agency=agency, name="x", by=editor, form=form)
    assert key and api_keys.make(agency=agency, name="y", by=editor, form=form) == (row, "")
    theirs, whole = api_keys.make(agency=other, name="z", by=make_seat(other, email="o@example.com"), form=form)
    assert whole and theirs != row
    assert sorted(ApiKey.objects.values_list("agency__code", "name")) == [("chang-thong", "x"), ("lanna", "z")]


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_the_same_moment_makes_one_key(agency, editor):
    """The second waits for the first: were it not so, it would be done before the first has ended."""
    form = uuid.uuid4()

    def second() -> tuple:
        try:
            return api_keys.make(agency=agency, name="x", by=editor, form=form)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            row, whole = api_keys.make(agency=agency, name="x", by=editor, form=form)
            waiting = pool.submit(second)
            with pytest.raises(NotYet):
                waiting.result(0.5)
        assert whole and waiting.result(30) == (row, "")
    assert ApiKey.objects.get() == row
