"""A workshop's statement of a month: opening + lines = closing, exactly, as data, PDF and CSV."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from pypdf import PdfReader

from marketplace.payments import ledger_events
from marketplace.payments.models import ConsignmentShare, JournalEntry, Refund, RefundPart
from marketplace.payments.payouts import settling
from marketplace.payments.payouts.statement_files import statement_csv, statement_pdf
from marketplace.payments.payouts.statements import months_of, statement_of
from tests.factories import make_member, make_village, make_workshop
from tests.marketplace.payouts import approve, clerks, earn, make_payee, make_terms, owed, prepared, take_back

pytestmark = pytest.mark.django_db


def move_to(day: str) -> None:
    """Everything that was posted until now happened on a day; the books themselves refuse such a change."""
    from django.db import connection

    table = JournalEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE {table} SET at = %s WHERE at > now() - interval '1 day'", [f"{day}T12:00:00Z"])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def make_months(economy: str):
    """August: two sales. September: a payout and a refund after it."""
    make_terms(economy)
    maker, checker = clerks()
    workshop = make_workshop(village=make_village(economy=economy), code_prefix="SML", name={"en": "Sao Mai", "th": "ซาวมาย"})
    make_member(workshop)
    make_payee(workshop, by=checker)
    first, second = earn(workshop, "700.50"), earn(workshop, "300.00")
    move_to("2026-08-10")
    approve(batch := prepared(workshop.village.economy.currency, maker), checker)
    settling.mark_paid(payout=batch.payouts.get(), reference="=FT1")
    take_back(second, "100.25")
    move_to("2026-09-03")
    return workshop, first, second, batch.payouts.get()


@pytest.fixture
def months(settings, recorded, db):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "SG"
    return recorded(make_months, "TH")


def test_opening_and_lines_are_closing(months):
    workshop, first, second, payout = months
    august, september = statement_of(workshop, "THB", 2026, 8), statement_of(workshop, "THB", 2026, 9)
    assert [(row.number, row.amount.amount) for row in august.lines] == [
        (first.number, Decimal("700.50")), (second.number, Decimal("300.00")),
    ]  # fmt: skip
    assert (august.opening.amount, august.closing) == (0, september.opening)
    assert [(row.number, row.amount.amount) for row in september.lines] == [
        (first.number, Decimal("-700.50")), (second.number, Decimal("-300.00")), (second.number, Decimal("-100.25")),
    ]  # fmt: skip
    for row in (august, september):
        assert row.opening.amount + sum(line.amount.amount for line in row.lines) == row.closing.amount
    assert september.closing.amount == owed(workshop) == Decimal("-100.25")
    assert payout.number in september.lines[0].text and "buyer got money back" in september.lines[2].text
    assert [f"{month:%Y-%m}" for month in months_of(workshop, "THB")] == ["2026-09", "2026-08"]


def test_a_month_without_anything_carries_on(months):
    empty = statement_of(months[0], "THB", 2026, 10)
    assert (empty.lines, empty.opening, empty.closing.amount) == ((), empty.closing, Decimal("-100.25"))


def test_a_month_ends_where_the_next_begins(months):
    december = statement_of(months[0], "THB", 2026, 12)
    assert (december.first, december.until) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("language", "economy", "separator", "amount"),
    [("th", "TH", ",", "700.50"), ("es", "CL", ";", "700,50"), ("es", "PE", ",", "700.50"), ("vi", "VN", ";", "700,50")],
)
def test_the_csv_opens_in_the_workshops_own_spreadsheet(months, language, economy, separator, amount):
    workshop, first, *_rest = months
    workshop.village.economy_id = economy
    with translation.override(language):
        data = statement_csv(statement_of(workshop, "THB", 2026, 8))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=separator))
    assert rows[2][0] == "2026-08-10" and rows[2][1] == first.number and rows[2][3:] == [amount, "THB"]
    assert [len(row) for row in rows] == [5] * 5


def sold_with_postage(workshop):
    """Goods and postage of one order, both the workshop's, and the refund of a part of the postage."""
    consignment = earn(workshop, "130.00")
    order, payment = consignment.order, consignment.order.payment
    order.number = "WITHPOST"  # so that it can be posted by its shares, too
    order.save()
    values = {"consignment": consignment, "party": "workshop", "holder": "SML", "currency": "THB", "own_currency": "THB"}
    amounts = [("goods", "100.00"), ("goods", "0"), ("shipping", "30.00")]
    shares = [
        ConsignmentShare.objects.create(part=part, amount=amount, own_amount=amount, **values) for part, amount in amounts
    ]
    payment.refresh_from_db()
    ledger_events.order_paid(payment)
    refund = Refund.objects.create(
        payment=payment, key="k", number="RF-1", amount=Decimal("12.00"), currency="THB", reason="late", asked_as="staff"
    )
    RefundPart.objects.create(refund=refund, share=shares[2], amount=Decimal("12.00"), own_amount=Decimal("12.00"))
    ledger_events.reverse(refund=refund)
    return shares


def test_postage_is_told_from_goods(months):
    workshop = months[0]
    shares = sold_with_postage(workshop)
    now = timezone.now()
    lines = statement_of(workshop, "THB", now.year, now.month).lines[-3:]
    assert [(str(line.amount.amount), line.text) for line in lines] == [
        ("100.00", "Your share of a paid order"),
        ("30.00", "Postage of a paid order"),
        ("-12.00", f"Taken back: the buyer got the postage back ({Refund.objects.get().get_reason_display()})"),
    ]
    # Shares that are not those of the books say nothing.
    ConsignmentShare.objects.filter(pk=shares[2].pk).update(own_amount=29)
    lines = statement_of(workshop, "THB", now.year, now.month).lines[-3:]
    assert {line.text for line in lines[:2]} == {"Your share of a paid order"}


def test_every_amount_of_a_file_has_the_decimals_of_its_currency(months):
    workshop = months[0]
    for amount in ("1912138.00", "4755194"):
        earn(workshop, amount, currency="VND")
    now = timezone.now()
    data = statement_csv(statement_of(workshop, "VND", now.year, now.month)).decode("utf-8-sig")
    assert [row["Amount"] for row in csv.DictReader(io.StringIO(data))] == ["0", "1912138", "4755194", "6667332"]


@pytest.mark.parametrize("language", ["en", "th", "vi", "ja", "zh-hant", "es"])
def test_the_pdf_holds_every_line_in_its_language(months, language):
    workshop, first, *_rest = months
    with translation.override(language):
        data = statement_pdf(statement_of(workshop, "THB", 2026, 9))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert first.number in text and "700.50" in text.replace(",", ".")
    assert "SML" in text or "Sao Mai" in text or "ซาวมาย" in text
