"""Exchange rates in the database: imports are whole or nothing, and a day's rates are kept until a row changes."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.economies import versions
from marketplace.economies.models import CurrencyPeg, ExchangeRate, RateImport
from marketplace.economies.rates import Conversion, NoRate, Why, convert, rate_between
from marketplace.economies.services import add_rate, import_rates, load_sample_rates
from marketplace.economies.tasks import fetch_rates
from marketplace.money import Money, price_point
from tests.economies.ecb import daily, table, zipped

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 10, 30)
FIRST = {"2026-10-29": {"USD": "1.1130", "JPY": "175.92"}, "2026-10-30": {"USD": "1.1172", "JPY": "175.68"}}


@pytest.fixture(autouse=True)
def no_rates(db):
    """What the reference rows may hold of rates is put aside."""
    ExchangeRate.objects.all().delete()
    CurrencyPeg.objects.all().delete()


@pytest.fixture
def bring(tmp_path):
    """Import bytes as the ECB's file."""

    def _bring(data: bytes, **more) -> RateImport:
        file = tmp_path / "rates"
        file.write_bytes(data)
        return import_rates(source="ecb", file=file, trigger="command", **more)

    return _bring


def stored() -> list[tuple[str, str, str]]:
    return [(row.on.isoformat(), row.quote, f"{row.value.normalize():f}") for row in ExchangeRate.objects.order_by("on", "quote")]


ALL = [
    ("2026-10-29", "JPY", "175.92"), ("2026-10-29", "USD", "1.113"),
    ("2026-10-30", "JPY", "175.68"), ("2026-10-30", "USD", "1.1172"),
]  # fmt: skip


def counts(done: RateImport) -> tuple[int, int, int, str]:
    return done.added, done.changed, done.unchanged, done.error


def test_an_import_adds_rows_and_a_second_one_changes_nothing(bring):
    first = bring(daily(FIRST))
    assert counts(first) == (4, 0, 0, "")
    assert (first.origin, first.address, first.trigger, first.last_on) == ("ecb", "rates", "command", FRIDAY)
    assert stored() == ALL
    token = versions.current(versions.RATES)

    assert counts(bring(zipped(table(FIRST)))) == (0, 0, 4, "")
    versions.forget()
    assert versions.current(versions.RATES) == token
    assert stored() == ALL
    assert RateImport.objects.count() == 2
    assert {row.imported_id for row in ExchangeRate.objects.all()} == {first.pk}


def test_a_correction_is_taken_and_what_was_before_is_kept(bring):
    bring(daily(FIRST))
    corrected = bring(daily({"2026-10-30": {"USD": "1.1182", "JPY": "175.68", "SGD": "1.4282"}}))
    assert counts(corrected) == (1, 1, 1, "")
    assert corrected.corrections == [{"pair": "EUR/USD", "on": "2026-10-30", "was": "1.1172", "is": "1.1182"}]
    assert rate_between("EUR", "USD", on=FRIDAY).value == Decimal("1.1182")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"SGD": "1.4", "USD": "0"}, "line 7: the rate 0 of EUR/USD is not above zero"),
        ({"SGD": "1.4", "USD": "-1.1"}, "line 7: the rate -1.1 of EUR/USD is not above zero"),
        ({"SGD": "1.4", "USD": "111.72"}, "line 7: EUR/USD of 2026-11-02 is 111.72, too far from the 1.1172 of 2026-10-30"),
        ({"SGD": "1.4", "JPY": "1.7568"}, "line 7: EUR/JPY of 2026-11-02 is 1.7568, too far from the 175.68"),
        ({"SGD": "142.82"}, "line 6: EUR/SGD of 2026-11-02 is 142.82, too far from the 1.4282 of 2026-10-30"),  # the bundled rate
        ({"SGD": "1.4", "CNY": "7.4.3"}, "line 7: “7.4.3” is no rate"),
    ],
)
def test_one_rate_that_cannot_be_believed_refuses_the_whole_import(bring, wrong, why):
    bring(daily(FIRST))
    token = versions.current(versions.RATES)
    refused = bring(daily({"2026-11-02": wrong}))
    assert refused.pk
    assert counts(refused)[:3] == (0, 0, 0)
    assert refused.error.startswith(why)
    assert stored() == ALL
    versions.forget()
    assert versions.current(versions.RATES) == token


def test_the_command_says_what_it_did_and_fails_when_refused(tmp_path):
    file = tmp_path / "hist.zip"
    file.write_bytes(zipped(table(FIRST)))
    said = StringIO()
    call_command("import_rates", source="ecb-history", file=file, since=FRIDAY, stdout=said)
    assert said.getvalue() == "2 added, 0 corrected, 0 as before (hist.zip).\n"
    assert stored() == ALL[2:]

    file.write_bytes(zipped(table(FIRST))[:-30])
    with pytest.raises(CommandError, match="Nothing was changed. The archive cannot be read"):
        call_command("import_rates", source="ecb-history", file=file)
    assert stored() == ALL[2:]
    assert [bool(row.error) for row in RateImport.objects.order_by("pk")] == [False, True]


def test_the_task_reads_the_source_of_the_setting(settings, tmp_path):
    file = tmp_path / "bank.csv"
    file.write_text("base,quote,value,on,source\nUSD,PEN,3.7512,2026-10-30,Central bank\n")
    settings.MARKETPLACE_RATES = {
        "BACKEND": "marketplace.economies.backends.table.TableRates", "OPTIONS": {"path": str(file)},
    }  # fmt: skip
    done = RateImport.objects.get(pk=fetch_rates.enqueue().return_value)
    assert (done.trigger, done.origin, done.address, done.added) == ("task", "table", "bank.csv", 1)
    row = ExchangeRate.objects.get()
    assert (row.base, row.quote, row.source, row.origin) == ("USD", "PEN", "Central bank", "table")


def enter(value: str, quote: str = "PEN", base: str = "EUR", on: date = FRIDAY) -> ExchangeRate:
    return add_rate(base=base, quote=quote, value=Decimal(value), on=on, source="Central bank")


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"value": "0"}, "value", "above zero"),
        ({"value": "-3.9"}, "value", "above zero"),
        ({"value": "0.0256"}, "value", "far from the last rate, 3.9 on 2026-10-29"),
        ({"value": "390"}, "value", "right way round"),
        ({"value": "3.9", "base": "PEN"}, "value", "check both currencies"),
        ({"value": "3.9", "on": date(2999, 1, 1)}, "on", "future"),
        ({"value": "1061300", "quote": "CLP"}, "value", "far from the last rate, 1061.3 on 2026-10-30"),
    ],
)
def test_a_persons_rate_is_checked_too(given, field, why):
    enter("3.9", on=FRIDAY - timedelta(days=1))
    with pytest.raises(ValidationError) as refused:
        enter(**given)
    assert why in refused.value.message_dict[field][0]
    assert stored() == [("2026-10-29", "PEN", "3.9")]


def test_the_same_rate_twice_is_refused():
    enter("3.9")
    with pytest.raises(ValidationError, match="already a rate"):
        enter("3.95")
    assert stored() == [("2026-10-30", "PEN", "3.9")]


@pytest.mark.parametrize(("days", "value"), [(0, "3.9"), (1, "3.9"), (4, "3.9"), (5, None), (400, None), (-1, None)])
def test_the_last_rate_counts_for_four_days(days, value):
    """Trap 9: a rate of five days ago is not used."""
    enter("3.9")
    found = rate_between("EUR", "PEN", on=FRIDAY + timedelta(days=days))
    if value:
        assert (found.value, found.on, found.source) == (Decimal(value), FRIDAY, "Central bank")
    else:
        last = None if days < 0 else FRIDAY
        assert found == NoRate("EUR", "PEN", Why.MISSING if days < 0 else Why.STALE, last, "PEN")


def test_how_old_a_rate_may_be_is_a_setting(settings):
    enter("3.9")
    settings.MARKETPLACE_RATE_MAX_AGE_DAYS = 0
    assert isinstance(rate_between("EUR", "PEN", on=FRIDAY + timedelta(days=1)), NoRate)
    settings.MARKETPLACE_RATE_MAX_AGE_DAYS = 10
    assert rate_between("EUR", "PEN", on=FRIDAY + timedelta(days=10)).value == Decimal("3.9")


def test_real_comes_before_sample_newer_before_older_and_a_persons_before_an_imports(bring):
    bring(daily(FIRST))
    load_sample_rates(on=FRIDAY + timedelta(days=2))
    on = FRIDAY + timedelta(days=2)
    assert (rate_between("EUR", "USD", on=on).on, rate_between("EUR", "USD", on=on).sample) == (FRIDAY, False)
    assert rate_between("EUR", "CNY", on=on).sample
    enter("1.12", quote="USD", on=FRIDAY)
    assert rate_between("EUR", "USD", on=on).value == Decimal("1.12")
    enter("1.13", quote="USD", on=FRIDAY - timedelta(days=1))
    assert rate_between("EUR", "USD", on=on).value == Decimal("1.12")


def test_a_peg_holds_in_its_days_only(bring):
    bring(daily({"2026-10-30": {"SGD": "1.4282", "USD": "1.1172"}}))
    CurrencyPeg.objects.create(
        currency="BND", anchor="SGD", value=1, valid_from=date(2020, 1, 1), valid_to=FRIDAY, source="Agreement"
    )
    assert rate_between("EUR", "BND", on=FRIDAY).value == Decimal("1.4282")
    assert rate_between("SGD", "BND", on=FRIDAY).value == 1
    after = rate_between("EUR", "BND", on=FRIDAY + timedelta(days=1))
    assert (after.why, after.currency) == (Why.MISSING, "BND")


def test_a_peg_whose_anchor_is_stale_is_no_rate(bring):
    bring(daily({"2026-10-30": {"SGD": "1.4282"}}))
    CurrencyPeg.objects.create(currency="BND", anchor="SGD", value=1, valid_from=date(2020, 1, 1), source="Agreement")
    found = rate_between("EUR", "BND", on=FRIDAY + timedelta(days=5))
    assert (found.why, found.currency, found.last_on) == (Why.STALE, "SGD", FRIDAY)


def test_pegs_of_one_currency_never_share_a_day():
    first = CurrencyPeg.objects.create(
        currency="BND", anchor="SGD", value=1, valid_from=date(2020, 1, 1), valid_to=date(2026, 6, 30), source="A"
    )
    first.full_clean()
    next_one = CurrencyPeg(currency="BND", anchor="SGD", value=1, valid_from=date(2026, 6, 30), source="B")
    with pytest.raises(ValidationError, match="Another peg"):
        next_one.full_clean()
    next_one.valid_from = date(2026, 7, 1)
    next_one.full_clean()
    next_one.valid_to = date(2026, 6, 1)
    with pytest.raises(ValidationError, match="before the first"):
        next_one.full_clean()


def test_amounts_are_converted_with_their_rate_or_not_at_all():
    add_rate(base="USD", quote="JPY", value=Decimal("151.237"), on=FRIDAY, source="Trap 7")
    enter("1.1172", quote="USD")
    price = Money(Decimal("3.33"), "USD")
    done = convert(price, "JPY", on=FRIDAY)
    assert isinstance(done, Conversion)
    assert (done.given, done.got * 3, done.rate.value) == (price, Money(Decimal(1512), "JPY"), Decimal("151.237"))
    assert convert(price, "JPY", on=FRIDAY, points=price_point("JPY")).got == Money(Decimal(500), "JPY")
    assert convert(price, "USD", on=FRIDAY).got == price
    assert convert(price, "VND", on=FRIDAY) == NoRate("USD", "VND", Why.MISSING, None, "VND")


def test_a_day_is_kept_in_memory_until_a_row_changes():
    enter("3.9")
    rate_between("EUR", "PEN", on=FRIDAY)
    with CaptureQueriesContext(connection, ) as none:
        for _again in range(50):
            rate_between("PEN", "EUR", on=FRIDAY)
    assert len(none) == 0
    versions.forget()
    with CaptureQueriesContext(connection) as look:
        rate_between("EUR", "PEN", on=FRIDAY)
    assert len(look) == 1

    row = ExchangeRate.objects.get()
    row.value = Decimal("4")
    row.save()
    assert rate_between("EUR", "PEN", on=FRIDAY).value == 4
    row.delete()
    assert isinstance(rate_between("EUR", "PEN", on=FRIDAY), NoRate)


def test_sample_rates_are_marked_fresh_on_any_day_and_entered_once():
    today = timezone.localdate()
    ExchangeRate.objects.all().delete()
    entered = load_sample_rates(on=today)
    assert entered == ExchangeRate.objects.count() == 36
    with CaptureQueriesContext(connection) as again:
        assert load_sample_rates(on=today) == 0
    assert len([query for query in again if "SAVEPOINT" not in query["sql"]]) == 1
    usd = rate_between("EUR", "USD", on=today)
    assert (usd.value, usd.on, usd.sample) == (Decimal("1.1172"), today, True)
    assert usd.source == f"Unverified sample: ECB reference rate of 2026-10-30 shown as of {today}"
    assert rate_between("EUR", "PEN", on=today).source.startswith("Unverified sample: value made up for the demo")
    assert load_sample_rates(on=today + timedelta(days=1)) == 36


def test_sample_rates_leave_out_what_is_known_for_real(bring):
    ExchangeRate.objects.all().delete()
    bring(daily(FIRST))
    assert load_sample_rates(on=FRIDAY) == 34
    assert not ExchangeRate.objects.filter(origin="sample", quote__in=["USD", "JPY"]).exists()
