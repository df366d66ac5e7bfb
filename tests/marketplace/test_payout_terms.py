"""On which terms each of the 21 economies is paid; where a route does not exist, and why."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.economies.models import Economy
from marketplace.money import Money, stripe_rows
from marketplace.payments.models import PayoutTerms
from marketplace.payments.payouts import words
from marketplace.payments.payouts.accounts import phone
from marketplace.payments.payouts.routes import BatchFile, File, routes
from marketplace.payments.payouts.safe_csv import safe, write_csv
from marketplace.payments.payouts.terms import Offer, TermsBook, next_pay_day, offers_in
from marketplace.payments.payouts.terms_csv import SEED, CsvRefused, import_terms
from tests.marketplace.payouts import make_terms

# crossborder.md 5.1: where Stripe passes money on to workshops, by the economy of the shop's own account.
REACHED = {"": set(), "SG": {"SG"}, "US": {"US", "CA"}, "CA": {"US", "CA"}, "JP": {"JP"}, "VN": set(), "HK": set()}
TODAY = date(2026, 11, 22)


@pytest.fixture
def terms(db, recorded, settings):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "CA"
    recorded(make_terms)


@pytest.fixture
def no_terms(db):
    """The reference data have the kit's own."""
    PayoutTerms.objects.all().delete()


@pytest.mark.parametrize("here", REACHED)
def test_stripe_reaches_what_it_reaches_and_says_why_not_elsewhere(terms, settings, here):
    settings.MARKETPLACE_PLATFORM_ECONOMY = here
    economies = list(Economy.objects.values_list("pk", flat=True))
    book = TermsBook(economies)
    reached, silent = set(), []
    for economy in economies:
        offers = {offer.route.name: offer for offer in book.offers(economy, TODAY)}
        if offers["stripe_transfer"].exists:
            reached.add(economy)
        elif not offers["stripe_transfer"].why_not:
            silent.append(economy)
        assert {"bank_file", "cash_receipt", "cooperative_bulk"} <= {name for name, row in offers.items() if row.exists}
    assert (reached, silent, len(economies)) == (REACHED[here], [], 21)


def test_from_canada_to_viet_nam_stripe_vanishes_with_its_reason(terms):
    names = {economy: [row.route.name for row in offers_in(economy, TODAY) if row.exists] for economy in ("CA", "VN")}
    assert "stripe_transfer" in names["CA"] and "stripe_transfer" not in names["VN"]
    (missing,) = [row for row in offers_in("VN", TODAY) if not row.exists]
    assert missing.why_not == "Stripe does not pay out to Viet Nam."


def test_every_seeded_step_can_be_sent(terms):
    """A payout is never of an amount that its currency's payouts do not have (TWD: whole dollars)."""
    for row in PayoutTerms.objects.all():
        known = stripe_rows()[row.currency]
        multiple = Decimal(known["stripe_payout_multiple_of"] or 1).scaleb(-int(known["stripe_exponent"]))
        assert row.step % multiple == 0, row
        assert row.source and row.review_by > row.source_date


@pytest.mark.parametrize(
    ("schedule", "day", "after", "due"),
    [
        ("monthly", 1, "2026-11-22", "2026-12-01"),
        ("monthly", 28, "2026-02-28", "2026-02-28"),
        ("monthly", 5, "2026-12-31", "2027-01-05"),
        ("monthly", 28, "2028-01-31", "2028-02-28"),
        ("weekly", 5, "2026-11-22", "2026-11-27"),
        ("weekly", 7, "2026-11-22", "2026-11-22"),
        ("weekly", 1, "2026-12-29", "2027-01-04"),
    ],
)
def test_the_next_day_of_payout(schedule, day, after, due):
    assert next_pay_day(schedule, day, date.fromisoformat(after)) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("amount", "step", "fee", "minimum", "leaves", "borne"),
    [
        ("800.45", "1", "0", "300", "800", "0"),
        ("100.00", "0.01", "2.50", "10", "100.00", "2.50"),
        ("299.99", "1", "0", "300", "0", "0"),
        ("2.00", "0.01", "2.00", "1", "0", "0"),
        ("1.99", "0.01", "2.00", "1", "0", "0"),
        ("-5.00", "0.01", "0", "0", "0", "0"),
        ("0.00", "0.01", "0", "0", "0", "0"),
        ("10.37", "0.05", "1.00", "1", "10.35", "1.00"),
    ],
)
def test_what_leaves_and_what_is_carried(amount, step, fee, minimum, leaves, borne):
    numbers = {"step": step, "fee_fixed": fee, "fee_percent": 0, "minimum": minimum}
    row = PayoutTerms(**{name: Decimal(value) for name, value in numbers.items()}, fee_by="workshop")
    left, taken = Offer(routes["bank_file"], row).cut(Money(Decimal(amount), "TWD"))
    assert (left.amount, taken.amount) == (Decimal(leaves), Decimal(borne))


def test_terms_of_the_future_take_effect_by_themselves(terms):
    head, *rows = SEED.read_text().splitlines()
    row = next(row for row in rows if row.startswith("VN,bank_file")).replace("2026-01-01", "2027-03-01").replace("5500", "9000")
    assert import_terms(f"{head}\n{row}\n".encode()) == (1, 0)
    book = TermsBook(["VN"])
    fees = [book.offer("VN", "bank_file", "VND", date(2027, month, 1)).terms.fee_fixed for month in (2, 3)]
    assert fees == [5500, 9000]


def test_imported_twice_nothing_changes(terms):
    assert import_terms(SEED.read_bytes()) == (0, 0)
    assert PayoutTerms.objects.count() == SEED.read_text().count("\n") - 1


@pytest.mark.parametrize(
    ("find", "put", "column"),
    [
        (",5500,", ",-1,", ""), (",5500,", ",NaN,", "fee_fixed"), (",250000,1,", ",250000,0,", ""),
        ("monthly,1,", "monthly,31,", ""), ("monthly,1,", "daily,1,", "schedule"), ("VN,", "XX,", "economy"),
        (",bank_file,", ",pigeon,", "route"), ("2026-01-01", "2026-13-01", "effective_from"), (",VND,", ",vnd,", "currency"),
        ("Sample terms of this shop, to be confirmed by whoever runs it", "", ""), (",yes,", ",maybe,", "enabled"),
    ],
)  # fmt: skip
def test_a_spoilt_row_is_named_and_nothing_is_taken(no_terms, find, put, column):
    head, *rows = SEED.read_text().splitlines()
    good = next(row for row in rows if row.startswith("TH,bank_file"))
    row = next(row for row in rows if row.startswith("VN,bank_file"))
    bad = row.replace(find, put, 1)
    assert bad != row
    with pytest.raises(CsvRefused) as refused:
        import_terms(f"{head}\n{good}\n{bad}\n".encode())
    place, sentence = refused.value.problems[0]
    assert place.row == 3 and (place.column == column or not column) and sentence
    assert PayoutTerms.objects.count() == 0


def test_the_kits_own_source_is_told_in_the_readers_language():
    """A sentence of ours goes through gettext; a page that somebody read stands for itself."""
    sources = {row["source"] for row in csv.DictReader(SEED.open(encoding="utf-8"))}
    assert {row for row in sources if row.startswith("Sample")} == set(words.SOURCES)
    assert all(isinstance(text, Promise) for text in words.SOURCES.values())
    assert words.source_words("docs.stripe.com/connect") == "docs.stripe.com/connect"


def test_the_command_takes_the_kits_own_rows(no_terms, capsys, tmp_path):
    call_command("import_payout_terms")
    assert capsys.readouterr().out == "new 91, changed 0\n"
    with pytest.raises(CommandError):
        call_command("import_payout_terms", tmp_path / "none.csv")


def test_a_stranger_adds_a_route_in_ten_lines(terms):
    """As docs/payouts.md shows it: a decorated function, and rows of terms."""

    @routes.register(
        "wallet", title=_("Wallet"), says=_("To your wallet."), asks=_("Telephone number"), check=phone
    )
    def wallet(batch: BatchFile) -> File:
        rows = [(row.number, row.account, row.net.amount) for row in batch.rows]
        return File(write_csv(("payout", "wallet", "amount"), rows))

    try:
        head, *rows = SEED.read_text().splitlines()
        row = next(row for row in rows if row.startswith("VN,bank_file")).replace("bank_file", "wallet")
        assert import_terms(f"{head}\n{row}\n".encode()) == (1, 0)
        offers = {offer.route.name: offer for offer in offers_in("VN", timezone.localdate())}
        assert offers["wallet"].exists and offers["wallet"].route.check("+84 912 345 678") == "+84912345678"
    finally:
        routes.unregister("wallet")
    # A route whose package is gone is offered no more; its rows harm nobody.
    assert "wallet" not in {offer.route.name for offer in offers_in("VN", timezone.localdate())}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＋1"])
def test_no_cell_of_text_is_a_formula(text):
    assert safe(text) == f"'{text}"
    assert write_csv(["a"], [[text]]).decode().splitlines(keepends=False)[1].lstrip('"').startswith("'")


def test_numbers_stay_numbers_and_quotes_follow_the_rfc():
    amounts = [("600000.00", "VND"), ("12.5", "USD"), ("0", "JPY"), ("1.5", "JPY")]
    money = [Money(Decimal(amount), code) for amount, code in amounts]
    assert write_csv(["a"], [[row] for row in money]).split() == [b"a", b"600000", b"12.50", b"0", b"1.5"]
    data = write_csv(["a", "b", "c"], [[Decimal("-1.50"), 'say "x"; y', "a,b"]], separator=";", point=",", bom=True)
    assert data == b'\xef\xbb\xbfa;b;c\r\n-1,50;"say ""x""; y";a,b\r\n'
