"""A workshop with any number of pieces and consignments, copied by the database itself from one of each.

The copies are spread over the years, an hour apart, the youngest last; ``waiting`` of them still wait for something, the
others were delivered and paid out.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from marketplace.fulfilment.models import Consignment

# Copies get numbers from here on; each call of ``fill`` takes its own range.
FIRST = 1_000_000_000
RANGE = 5_000_000


class Copier:
    """Copies rows ``n`` times; a reference to a row that was copied before leads to its copy of the same number."""

    def __init__(self, n: int, first: int) -> None:
        self.n, self.next = n, first
        self.known: dict[tuple[str, int], str] = {}

    def copy(self, rows: Iterable[Model], *, step: int = 1, **changes: str) -> None:
        """``changes``: column → SQL with i, the number of the copy from 1 on."""
        for row in rows:
            self._copy(row, step, changes)

    def _copy(self, row: Model, step: int, changes: dict[str, str]) -> None:
        meta = row._meta
        shared = meta.pk.remote_field is not None
        new = self._reference(meta.pk, row.pk) if shared else f"({self.next} + {step} * i)"
        if not shared:
            self.known[meta.db_table, row.pk] = new
            self.next += step * (self.n + 2)
        columns = {}
        for field in meta.concrete_fields:
            name = field.column
            quoted = connection.ops.quote_name(name)
            told = new if field.primary_key else changes.get(name)
            columns[quoted] = told or self._reference(field, getattr(row, field.attname)) or f"t.{quoted}"
        table = connection.ops.quote_name(meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
                f" FROM {table} AS t, generate_series(1, {self.n}) AS i WHERE t.{connection.ops.quote_name(meta.pk.column)} = %s",
                [row.pk],
            )

    def _reference(self, field, value) -> str | None:
        if field.remote_field is None or value is None:
            return None
        return self.known.get((field.related_model._meta.concrete_model._meta.db_table, value))


def fill(*, piece, consignment, pieces: int, consignments: int, waiting: int, serial: int, recent: int | None = None) -> None:
    """Copies of ``piece`` and ``consignment`` (paid, of one line) for their workshop. ``serial`` tells calls apart.

    ``recent``: so many consignments came lately; before them nothing happened for two months.
    """
    _pieces(piece, pieces, serial)
    _consignments(consignment, consignments, waiting, serial, consignments if recent is None else recent)


def _pieces(piece, n: int, serial: int) -> None:
    copier, mark = Copier(n, FIRST + 2 * serial * RANGE), f"'{serial}-' || i"
    copier.copy([piece], upc=f"t.upc || '-' || {mark}", slug=f"t.slug || '-' || {mark}", title="t.title || ' ' || i",
                date_created="now() - i * interval '1 hour'")  # fmt: skip
    copier.copy(piece.stockrecords.all(), partner_sku=f"t.partner_sku || '-' || {mark}")
    key = f"md5('{serial}-' || i)::uuid"
    copier.copy(piece.texts.all(), translation_key=key, title="t.title || ' ' || i")
    card = apps.get_model("storefront.ProductCard").objects.filter(product=piece)
    words = f"t.search_text || ' ' || i || E'\\n' || lower(t.code || '-' || {mark})"
    copier.copy(card, code=f"t.code || '-' || {mark}", search_text=words)


def _consignments(row, n: int, waiting: int, serial: int, recent: int) -> None:
    copier, mark = Copier(n, FIRST + (2 * serial + 1) * RANGE), f"'{serial}-' || i"
    order, payment = row.order, row.order.payment
    pause = f"CASE WHEN i <= {n - recent} THEN interval '62 days' ELSE interval '0' END"
    at = f"now() - ({n} - i + 1) * interval '1 hour' - {pause}"
    done = f"i <= {n - waiting}"
    copier.copy([order.shipping_address])
    copier.copy([order], number=f"left(t.number, 8) || '-' || {mark}", date_placed=at)
    copier.copy(order.lines.all())
    copier.copy(
        [payment], idempotency_key=f"'bench-' || {mark}", gateway_session=f"'cs_bench_' || {mark}",
        gateway_payment=f"'pi_bench_' || {mark}", paid_at=at,
    )  # fmt: skip
    state = f"CASE WHEN {done} THEN 'delivered' ELSE (ARRAY['placed', 'packed', 'sent', 'delivered'])[1 + i %% 4] END"
    delivered = f"CASE WHEN {done} OR i %% 4 = 3 THEN {at} END"
    copier.copy(
        [row], number=f"t.number || '-' || {mark}", created_at=at, state=state, delivered_at=delivered,
        packed_at=f"CASE WHEN {state} <> 'placed' THEN {at} END", sent_at=delivered,
    )  # fmt: skip
    copier.copy(row.parcels.all())
    copier.copy(row.levies.all())
    copier.copy(row.shares.all())
    copier.copy(row.messages.all(), key=f"md5('{serial}-' || i)::uuid", created_at=at)
    _books(copier, row, n, waiting, at, mark)


def _books(copier: Copier, row, n: int, waiting: int, at: str, mark: str) -> None:
    """The order's entry, and the payout's for those that are done: numbered in the order of their moments."""
    entry = row.order.payment.entries.get(kind="paid")
    base = copier.next
    copier.copy([entry], step=2, key=f"'paid:bench-' || {mark}", at=at)
    postings = list(entry.postings.all())
    copier.copy(postings)
    holder, done = row.workshop.code_prefix, n - waiting
    own = [p for p in postings if p.account == "workshop_payable"]
    amount, currency = -sum(p.amount for p in own), own[0].currency
    consignments, first = copier.known[row._meta.db_table, row.pk], copier.next
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_payments_journalentry (id, key, kind, payment_id, consignment_id, at, details)"
            f" SELECT {base} + 2 * i + 1, 'payout:bench-' || {mark}, 'payout', NULL, NULL, {at} + interval '30 minutes',"
            """ '{"payout": "P-BENCH", "route": "bank_file", "fee": "0"}' FROM generate_series(1, %s) AS i""",
            [done],
        )
        for number, (account, sign, whose) in enumerate((("workshop_payable", 1, consignments), ("bank", -1, "NULL"))):
            cursor.execute(
                "INSERT INTO marketplace_payments_posting (id, entry_id, account, holder, consignment_id, amount, currency)"
                f" SELECT {first} + {number * (n + 2)} + i, {base} + 2 * i + 1, %s, %s, {whose}, %s, %s"
                " FROM generate_series(1, %s) AS i",
                [account, holder if sign > 0 else "", sign * amount, currency, done],
            )
        cursor.execute(
            "INSERT INTO marketplace_payments_owed (id, subject, account, holder, currency, consignment_id, amount)"
            f" SELECT {first} + i, %s || {consignments}, 'workshop_payable', %s, %s, {consignments},"
            f" CASE WHEN i <= {done} THEN 0 ELSE %s END"
            " FROM generate_series(1, %s) AS i",
            [f"{holder}:{currency}:", holder, currency, amount, n],
        )


def pages(workshop, piece, consignment) -> dict[str, str]:
    """Page of the desk → its address; each exists for an owner."""
    def url(name: str, **kwargs) -> str:
        return reverse(f"desk:{name}", kwargs={"workshop": workshop.slug, **kwargs})

    now = timezone.localdate()
    month = {"currency": "VND", "year": now.year, "month": now.month}
    listing, pieces = url("consignments"), url("pieces")
    return {
        "home": url("workshop"),
        "consignments": listing,
        **{f"consignments {state}": f"{listing}?state={state}" for state in Consignment.State.values},
        **{f"consignments due {due}": f"{listing}?due={due}" for due in ("late", "week", "asked")},
        "consignments found": f"{listing}?q={consignment.number[:6]}",
        "consignment": url("consignment", pk=consignment.pk),
        "conversation": url("conversation", pk=consignment.pk),
        "pieces": pieces,
        "pieces found": f"{pieces}?q=bowl+2",
        "pieces hidden": f"{pieces}?state=hidden",
        "pieces sold out": f"{pieces}?state=sold_out",
        "piece": url("piece", pk=piece.pk),
        "readiness": url("piece-readiness", pk=piece.pk),
        "languages": url("piece-languages", pk=piece.pk),
        "bulk": url("bulk"),
        "members": url("members"),
        "earnings": url("earnings"),
        "earnings open": url("earnings-open", currency="VND"),
        "my share": url("my-share"),
        "statement": url("statement", **month),
        "statement file": url("statement-file", **month, kind="csv"),
        "sender": url("sender"),
    }
