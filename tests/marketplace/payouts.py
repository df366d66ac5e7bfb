"""Workshops that have earned something, written straight into the books, and the steps that pay them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from marketplace.payments import ledger
from marketplace.payments.ledger import Line
from marketplace.payments.models import Account, JournalEntry, Payee, Payment, Payout, PayoutBatch, Posting
from marketplace.payments.payouts import batches, payees
from marketplace.payments.payouts.preparing import prepare, total_of
from marketplace.payments.payouts.terms_csv import SEED, import_terms, seed_terms
from marketplace.workshops.models import Workshop
from tests.factories import make_user
from tests.factories.texts import number

Order = get_model("order", "Order")
IBAN = "DE89370400440532013000"  # the registry's own example
LONG_AGO = 30  # days


def make_terms(*economies: str) -> None:
    """The kit's own rows of these economies; of all without any."""
    if not economies:
        seed_terms()
        return
    head, *rows = SEED.read_text().splitlines(keepends=True)
    import_terms("".join([head, *(row for row in rows if row[:2] in economies)]).encode())


def earn(workshop: Workshop, amount: str, *, currency: str = "", delivered: int | None = LONG_AGO) -> Consignment:
    """A paid consignment of which the workshop is owed ``amount``; delivered so many days ago, None: not yet."""
    currency = currency or workshop.village.economy.currency
    serial = number()
    order = Order.objects.create(number=f"T{serial:07}", currency=currency, total_incl_tax=amount, total_excl_tax=amount)
    payment = Payment.objects.create(
        order=order,
        idempotency_key=f"earned-{serial}",
        state="paid",
        amount=amount,
        currency=currency,
        language="en",
        expires_at=timezone.now(),
        gateway_payment=f"pi_test_{serial}",
    )
    day = timezone.now() - timedelta(days=delivered or 0)
    consignment = Consignment.objects.create(
        order=order,
        workshop=workshop,
        number=f"{workshop.code_prefix}-{serial:07}",
        state="sent" if delivered is None else "delivered",
        currency=currency,
        goods=amount,
        shipping=0,
        weight_g=400,
        delivered_at=None if delivered is None else day,
    )
    money = Money(Decimal(amount), currency)
    lines = [
        Line(Account.BUYER_CLEARING, money),
        Line(Account.WORKSHOP_PAYABLE, -money, workshop.code_prefix, consignment),
    ]
    ledger.post(key=f"paid:{order.number}", kind=JournalEntry.Kind.PAID, payment=payment, lines=lines)
    return consignment


def take_back(consignment: Consignment, amount: str, currency: str = "") -> None:
    """What a refund does to the workshop's account."""
    money = Money(Decimal(amount), currency or consignment.currency)
    lines = [
        Line(Account.WORKSHOP_PAYABLE, money, consignment.workshop.code_prefix, consignment),
        Line(Account.REFUNDS, -money),
    ]
    ledger.post(key=f"refund:{number()}", kind=JournalEntry.Kind.REFUND, payment=consignment.order.payment, lines=lines)


def owner_of(workshop: Workshop):
    return workshop.members.get(is_owner=True).user


def make_payee(workshop: Workshop, *, by, route: str = "bank_file", account: str = IBAN, **fields) -> Payee:
    """Entered by the workshop's owner and approved by ``by``."""
    values = {"currency": workshop.village.economy.currency, "holder_name": "Hoa Nguyen", "bank": "Bank of Sao Mai"}
    row = payees.change_payee(
        owner=workshop,
        by=owner_of(workshop),
        route=route,
        account=account,
        **values | fields,
    )
    return payees.approve_payee(payee=row, by=by)


def clerks() -> tuple:
    """Two people of the shop."""
    return make_user(is_staff=True, is_superuser=True), make_user(is_staff=True, is_superuser=True)


def approve(batch: PayoutBatch, by) -> PayoutBatch:
    """As somebody who sees it now."""
    return batches.approve(batch=batch, by=by, expected=total_of(batch))


def prepared(currency: str, by=None, route: str = "bank_file") -> PayoutBatch:
    batch = prepare(route=route, currency=currency, by=by)
    assert batch is not None
    return batch


def books() -> dict:
    """What must not change on a refusal."""
    return {
        "postings": list(Posting.objects.order_by("pk").values_list("account", "holder", "consignment", "amount", "currency")),
        "batches": list(PayoutBatch.objects.order_by("pk").values_list("number", "state", "approved_by", "exported_at")),
        "payouts": list(Payout.objects.order_by("pk").values_list("number", "state", "amount", "fee", "reference")),
        "payees": list(Payee.objects.order_by("pk").values_list("pk", "state", "masked", "decided_by")),
    }


def zero_sum() -> None:
    sums: dict[str, Decimal] = {}
    for amount, currency in Posting.objects.values_list("amount", "currency"):
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    assert not any(sums.values()), sums


def owed(workshop: Workshop, currency: str = "") -> Decimal:
    currency = currency or workshop.village.economy.currency
    return -ledger.balance(Account.WORKSHOP_PAYABLE, holder=workshop.code_prefix, currency=currency).amount
