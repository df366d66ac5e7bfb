"""What the database keeps by itself, whatever code, form or person writes; and the sentences that people get."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from oscar.core.loading import get_class, get_model

from marketplace.money import Money
from marketplace.payments import constraints, ledger, placing
from marketplace.payments.errors import SoldOut
from marketplace.payments.models import Account, JournalEntry, Posting
from tests.factories import make_basket, make_buyer, make_order, make_piece, make_user
from tests.factories.offers import make_offer
from tests.ledger import StockRecord, nothing_changes, stock_of
from tests.shopping import total_of

pytestmark = pytest.mark.django_db
Voucher = get_model("voucher", "Voucher")
VoucherApplication = get_model("voucher", "VoucherApplication")
ConditionalOffer = get_model("offer", "ConditionalOffer")
USD = Money(Decimal("5.00"), "USD")


def broken(act) -> str:
    """The rule of ours that ``act`` breaks; afterwards everything is as before."""
    with nothing_changes(), pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
        connection.check_constraints()
    assert constraints.sentence_of(caught.value)
    return constraints.rule_of(caught.value)


@pytest.mark.parametrize(
    "change",
    [{"num_in_stock": 1}, {"num_allocated": 4}, {"num_allocated": -1}, {"num_in_stock": 0}],
    ids=str,
)
def test_stock_covers_what_is_held(change):
    piece = make_piece(stock=3)
    make_order([(piece, 2)])
    assert broken(lambda: StockRecord.objects.filter(product=piece).update(**change)) == constraints.STOCK


@pytest.mark.parametrize(
    "change", [{"num_in_stock": 2}, {"num_allocated": 3}, {"num_in_stock": None}, {"num_allocated": None}], ids=str
)
def test_what_covers_it_is_written(change):
    piece = make_piece(stock=3)
    make_order([(piece, 2)])
    StockRecord.objects.filter(product=piece).update(**change)
    assert StockRecord.objects.filter(product=piece, **change).exists()


def entry(key: str = "paid:1") -> JournalEntry:
    lines = [ledger.Line(Account.BUYER_CLEARING, USD), ledger.Line(Account.BANK, -USD)]
    return ledger.post(key=key, kind=JournalEntry.Kind.CORRECTION, lines=lines)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE marketplace_payments_posting SET amount = amount * 2",
        "DELETE FROM marketplace_payments_posting",
        "TRUNCATE marketplace_payments_posting",
        "UPDATE marketplace_payments_journalentry SET key = 'other'",
        "DELETE FROM marketplace_payments_journalentry",
    ],
)
def test_the_books_are_only_added_to(statement):
    entry()
    connection.check_constraints()
    assert broken(lambda: connection.cursor().execute(statement)) == constraints.BOOKS


@pytest.mark.parametrize(
    "rows", [[("5.00", "USD")], [("5.00", "USD"), ("-4.99", "USD")], [("5.00", "USD"), ("-5.00", "VND")]], ids=str
)
def test_an_entry_adds_up_to_zero_in_every_currency(rows):
    def post() -> None:
        one = JournalEntry.objects.create(key="x", kind=JournalEntry.Kind.CORRECTION)
        for amount, currency in rows:
            Posting.objects.create(entry=one, account=Account.BANK, amount=Decimal(amount), currency=currency)

    assert broken(post) == constraints.BALANCE
    assert not JournalEntry.objects.exists()


def test_an_old_entry_stays_as_balanced_as_it_was():
    one = entry()
    assert (
        broken(lambda: Posting.objects.create(entry=one, account=Account.BANK, amount=Decimal(1), currency="USD"))
        == constraints.BALANCE
    )
    assert one.postings.count() == 2


def make_voucher(usage: str, *offers, code: str = "SPRING"):
    now = timezone.now()
    voucher = Voucher.objects.create(
        name=code,
        code=code,
        usage=usage,
        start_datetime=now - timezone.timedelta(days=1),
        end_datetime=now + timezone.timedelta(days=1),
    )
    voucher.offers.add(*offers)
    return voucher


@pytest.mark.parametrize(
    ("usage", "same_user", "refused"),
    [
        (Voucher.SINGLE_USE, False, True),
        (Voucher.ONCE_PER_CUSTOMER, True, True),
        (Voucher.ONCE_PER_CUSTOMER, False, False),
        (Voucher.MULTI_USE, True, False),
    ],
)
def test_a_voucher_is_used_as_often_as_it_says(usage, same_user, refused):
    voucher, order = make_voucher(usage), make_order().order
    first = make_user("first@example.com")
    second = first if same_user else make_user("second@example.com")
    VoucherApplication.objects.create(voucher=voucher, order=order, user=first)

    def again():
        return VoucherApplication.objects.create(voucher=voucher, order=order, user=second)

    if refused:
        assert broken(again) == constraints.VOUCHER
    else:
        assert again().pk


def test_an_offer_is_used_as_often_as_it_says_and_its_limit_may_be_lowered():
    offers = ConditionalOffer.objects.filter(pk=make_offer(max_global_applications=5).pk)
    offers.update(num_applications=5)
    assert broken(lambda: offers.update(num_applications=6)) == constraints.OFFER
    offers.update(max_global_applications=3)
    offers.update(num_applications=4)
    assert offers.get().num_applications == 4


def test_installing_again_changes_nothing():
    def known() -> list:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal UNION ALL"
                " SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE conname LIKE 'stock_covers%'"
                " ORDER BY 1, 2"
            )
            return cursor.fetchall()

    before = known()
    constraints.install()
    assert known() == before
    assert [name for name, _table in before] == [
        "acts_are_only_added_to", "books_are_only_added_to", "books_are_only_added_to", "books_are_only_added_to_at_all",
        "books_are_only_added_to_at_all", "entry_adds_up_to_zero", "offer_within_its_limit",
        "stock_covers_what_is_held", "voucher_within_its_limit",
    ]  # fmt: skip


def test_rows_from_before_stop_no_migration_and_are_told(caplog):
    piece = make_piece(stock=3)
    make_order([(piece, 2)])
    # Nothing may wait for the end of the transaction while a table is altered.
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE partner_stockrecord DROP CONSTRAINT {constraints.STOCK}")
    StockRecord.objects.filter(product=piece).update(num_in_stock=1)
    connection.check_constraints()
    constraints.install()
    assert "Rows from before break the rule stock_covers_what_is_held" in caplog.text
    assert broken(lambda: StockRecord.objects.filter(product=piece).update(num_in_stock=0)) == constraints.STOCK


def test_without_the_lock_the_database_refuses_and_the_buyer_is_told(settings, monkeypatch):
    """The second line of defence: the look at the stock saw a piece that was gone."""
    piece = make_piece(stock=1)
    baskets = [make_basket(piece), make_basket(piece)]
    totals = [total_of(basket) for basket in baskets]
    monkeypatch.setattr(placing.stock, "lock_and_check", lambda lines: placing.stock._records(lines, lock=False))
    kwargs = {"buyer": make_buyer(), "language": "en"}
    placing.place_order(basket=baskets[0], idempotency_key="a" * 24, expected_total=totals[0], **kwargs)
    with nothing_changes(), pytest.raises(SoldOut) as caught:
        placing.place_order(basket=baskets[1], idempotency_key="b" * 24, expected_total=totals[1], **kwargs)
    assert caught.value.reasons == [str(constraints.SENTENCES[constraints.STOCK])]
    assert stock_of(piece) == (1, 1)


@pytest.mark.parametrize(("number", "fine"), [("1", False), ("2", True)])
def test_a_form_that_lowers_the_stock_says_why_not(number, fine):
    """Case 10. Oscar's own form of its dashboard, and every other form of a stock record."""
    piece = make_piece(stock=3)
    record = piece.stockrecords.get()
    data = {"partner": record.partner_id, "partner_sku": record.partner_sku, "price_currency": "USD"}
    data |= {"price": "5.00", "num_in_stock": number}
    form = get_class("dashboard.catalogue.forms", "StockRecordForm")(
        piece.get_product_class(), make_user("staff@example.com", is_staff=True), data, instance=record
    )
    # Somebody buys after the form was shown.
    make_order([(piece, 2)])
    assert form.is_valid() is fine
    if not fine:
        assert form.errors == {
            "num_in_stock": ["Buyers are paying for 2 of these now: the stock cannot be lower than that."]
        }


TABLES = {
    "partner_stockrecord": "num_in_stock integer, num_allocated integer",
    "voucher_voucher": "usage text",
    "voucher_voucherapplication": "voucher_id integer, user_id integer",
    "offer_conditionaloffer": "num_applications integer, max_global_applications integer",
    "marketplace_payments_journalentry": "key text",
    "marketplace_payments_posting": "entry_id integer",
}
BROKEN_ON_SQLITE = {
    "INSERT INTO partner_stockrecord VALUES (2, 1, 2)": constraints.STOCK,
    "UPDATE partner_stockrecord SET num_in_stock = 1": constraints.STOCK,
    "UPDATE partner_stockrecord SET num_allocated = -1": constraints.STOCK,
    "UPDATE partner_stockrecord SET num_in_stock = NULL": "",
    "UPDATE partner_stockrecord SET num_allocated = 3": "",
    "INSERT INTO voucher_voucherapplication VALUES (2, 1, 8)": constraints.VOUCHER,
    "INSERT INTO voucher_voucherapplication VALUES (2, 2, 7)": constraints.VOUCHER,
    "INSERT INTO voucher_voucherapplication VALUES (2, 2, 8)": "",
    "UPDATE offer_conditionaloffer SET num_applications = 6": constraints.OFFER,
    "UPDATE offer_conditionaloffer SET num_applications = 5, max_global_applications = 2": "",
    "UPDATE marketplace_payments_posting SET entry_id = 2": constraints.BOOKS,
    "DELETE FROM marketplace_payments_journalentry": constraints.BOOKS,
}


@pytest.fixture(scope="module")
def lite(django_db_blocker):
    """A SQLite in memory with the few columns that the rules speak of."""
    connections.settings["lite"] = connections.settings["default"] | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
    }
    with django_db_blocker.unblock(), connections["lite"].cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"CREATE TABLE {table} (id integer, {columns})")
        constraints.install(using="lite")
        constraints.install(using="lite")
        for values in ("partner_stockrecord VALUES (1, 3, 2)", "offer_conditionaloffer VALUES (1, 5, 5)"):
            cursor.execute(f"INSERT INTO {values}")
        for usage in ("Single use", "Once per customer"):
            cursor.execute("INSERT INTO voucher_voucher SELECT count(*) + 1, %s FROM voucher_voucher", [usage])
        cursor.execute("INSERT INTO voucher_voucherapplication VALUES (1, 1, 7), (1, 2, 7)")
        cursor.execute("INSERT INTO marketplace_payments_journalentry VALUES (1, 'a')")
        cursor.execute("INSERT INTO marketplace_payments_posting VALUES (1, 1)")
        yield cursor
    connections["lite"].close()
    del connections["lite"], connections.settings["lite"]


@pytest.mark.parametrize(("statement", "rule"), BROKEN_ON_SQLITE.items())
def test_sqlite_keeps_the_same_rules(lite, statement, rule):
    lite.execute("SAVEPOINT one")
    try:
        lite.execute(statement)
        found = ""
    except IntegrityError as problem:
        found = constraints.rule_of(problem)
    lite.execute("ROLLBACK TO one")
    assert found == rule
