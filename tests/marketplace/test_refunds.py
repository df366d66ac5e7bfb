"""Refunds: never more than was paid, every unit from somebody's share, asked once however often it is tried."""

import random
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment.models import Consignment, ConsignmentLevy
from marketplace.fulfilment.services import send
from marketplace.money import Money
from marketplace.payments.models import (
    ConsignmentShare,
    OutboxMessage,
    Payment,
    Posting,
    Refund,
    RefundPart,
    ShareRule,
)
from marketplace.payments.refund_news import take_refund
from marketplace.payments.refunds import CannotRefund, Wish, ask_refund, what_is_left
from tests.factories import make_order, make_piece, make_workshop, pay_order
from tests.ledger import assert_books_balance, nothing_changes
from tests.marketplace.paying import assert_balanced, now, open_page, refund_facts
from tests.shopping import deliver

pytestmark = pytest.mark.django_db
Order, State = get_model("order", "Order"), Payment.State
KEYS = iter(range(1_000_000))


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def ask(payment: Payment, *wishes: Wish, reason="goodwill", **fields) -> Refund:
    fields = {"key": f"form-{next(KEYS)}", "as_": "staff"} | fields
    return ask_refund(payment=payment, wishes=wishes, reason=reason, **fields)


def levy(consignment: Consignment, line, amount: str, kind: str = "vat") -> None:
    """A tax or duty that was paid with the order, on one line; as placing writes it."""
    value, party = Decimal(amount), "duty" if kind == "duty" else "tax"
    row = ConsignmentLevy.objects.create(
        consignment=consignment, kind=kind, rule_id=f"test-{kind}", label=kind, own_amount=value, own_currency="USD",
        amount=value, currency="USD", collected="checkout", shares={str(line.pk): amount},
    )  # fmt: skip
    ConsignmentShare.objects.create(
        consignment=consignment, line=line, levy=row, part="levy", party=party, holder="JP", amount=value,
        currency="USD", own_amount=value, own_currency="USD",
    )  # fmt: skip
    Consignment.objects.filter(pk=consignment.pk).update(taxes=F("taxes") + value)
    Order.objects.filter(pk=consignment.order_id).update(
        total_incl_tax=F("total_incl_tax") + value, total_excl_tax=F("total_excl_tax") + value
    )
    Payment.objects.filter(order=consignment.order_id).update(amount=F("amount") + value)


@pytest.fixture
def two(recorded) -> Payment:
    """Three bowls at 33.33 and a tray at 10.01 from one workshop, a scarf at 20.00 from another; taxed, 10 and 2.5 %."""
    return now(recorded(make_two))


def make_two() -> Payment:
    rule = {"commission": "10", "village_fund": "2.5", "source": "Assembly", "valid_from": timezone.localdate()}
    ShareRule.objects.create(**rule)
    sao_mai, ban_fai = make_workshop(code_prefix="SML"), make_workshop(code_prefix="BFI")
    bowl, tray = make_piece(sao_mai, price="33.33"), make_piece(sao_mai, price="10.01")
    payment = make_order([(bowl, 3), tray, make_piece(ban_fai, price="20.00")])
    first = payment.order.consignments.get(workshop=sao_mai)
    bowls, _tray = first.lines
    levy(first, bowls, "10.00")
    levy(first, bowls, "3.01", kind="duty")
    return pay_order(now(payment))


def parts_of(payment: Payment, prefix: str) -> Consignment:
    return payment.order.consignments.get(number__startswith=prefix)


def test_more_than_was_paid_is_refused_before_stripe_hears_of_it(fake_stripe, commit):
    """Trap 17: 25.99 paid; 10, 10, and a third 10 is too much."""
    payment = open_page(make_piece(price="15.49"))
    assert payment.amount == Decimal("25.99")
    fake_stripe.pay(payment.gateway_session)
    deliver(fake_stripe)
    part = payment.order.consignments.get()
    for _turn in range(2):
        ask(payment, Wish(part, amount=usd("10.00")))
        commit()
    with nothing_changes(fake_stripe), pytest.raises(CannotRefund, match=r"at most \$5.99"):
        ask(payment, Wish(part, amount=usd("10.00")))
    commit()
    assert [row["amount"] for row in fake_stripe.refunds.values()] == [1000, 1000]
    assert now(payment).refunded == Decimal("20.00")
    ask(payment, Wish(part))
    commit()
    assert [row["amount"] for row in fake_stripe.refunds.values()] == [1000, 1000, 599]
    assert (now(payment).state, now(payment).order.status) == (State.REFUNDED, "refunded")
    assert_balanced()
    assert not Posting.objects.filter(account="refunds").exclude(entry__kind__startswith="refund").exists()


def test_a_lost_parcel_comes_back_with_its_shipping_and_taxes_and_no_other(two):
    """Trap 18."""
    lost, other = parts_of(two, "SML"), parts_of(two, "BFI")
    send(consignment=lost, carrier="post")
    refund = ask(two, Wish(lost), reason="lost")
    lost.refresh_from_db()
    # Three bowls, a tray, a tax of 10.00 and a duty of 3.01.
    assert refund.amount == lost.total == Decimal("123.01") + lost.shipping
    given = {part.share_id: (part.amount, part.own_amount) for part in refund.parts.all()}
    assert given == {row.pk: (row.amount, row.own_amount) for row in lost.shares.all()}
    assert what_is_left(lost).total == usd("0.00")
    assert what_is_left(other).total == Money(other.total, "USD")
    take_refund(facts=refund_facts(refund))
    assert not sum(Posting.objects.filter(consignment=lost).values_list("amount", flat=True))
    owed = -sum(Posting.objects.filter(consignment=other, account="workshop_payable").values_list("amount", flat=True))
    assert owed == sum(row.own_amount for row in other.shares.filter(party="workshop"))
    assert_balanced()
    assert_books_balance()


def test_taxes_follow_their_line_and_nothing_is_lost_on_the_way(two):
    part = parts_of(two, "SML")
    bowls, _tray = part.lines
    first = ask(two, Wish(part, line=bowls, amount=usd("33.33")))
    # A third of 10.00 and of 3.01, each rounded half up.
    assert first.amount == Decimal("33.33") + Decimal("3.33") + Decimal("1.00")
    second = ask(two, Wish(part, line=bowls, amount=usd("33.33")))
    assert second.amount == Decimal("33.33") + Decimal("3.34") + Decimal("1.01")
    rest = ask(two, Wish(part, line=bowls))
    assert first.amount + second.amount + rest.amount == Decimal("99.99") + Decimal("13.01")
    assert what_is_left(part).lines[bowls.pk] == usd("0.00")
    assert what_is_left(part).levies == usd("0.00")
    assert_balanced()


def test_shipping_alone(two):
    part = parts_of(two, "SML")
    refund = ask(two, Wish(part, shipping=True))
    assert refund.amount == part.shipping
    assert {row.share.part for row in refund.parts.all()} == {"shipping"}


@pytest.mark.parametrize(
    ("reason", "sent", "setting", "duty"),
    [
        ("returned", True, False, False),
        ("damaged", True, False, False),
        ("returned", True, True, True),
        ("lost", True, False, True),
        ("cancelled", False, False, True),
        ("goodwill", False, False, True),
    ],
)
def test_duty_returns_unless_the_parcel_was_imported(two, settings, reason, sent, setting, duty):
    settings.MARKETPLACE_REFUND_DUTY_AFTER_IMPORT = setting
    part = parts_of(two, "SML")
    if sent:
        send(consignment=part, carrier="post")
        part.refresh_from_db()
    assert what_is_left(part, reason=reason).kept == (usd("0.00") if duty else usd("3.01"))
    refund = ask(two, Wish(part), reason=reason)
    assert refund.amount == part.total - (Decimal(0) if duty else Decimal("3.01"))
    assert refund.parts.filter(share__party="duty").exists() is duty


def test_a_hundred_small_refunds_return_every_unit(two):
    """Whoever gives all back gives each share back to the unit, in the order's currency and in its holder's own."""
    chance = random.Random(7)
    parts = list(two.order.consignments.all())
    for _turn in range(40):
        part = chance.choice(parts)
        left = what_is_left(part).total.amount
        amount = min(left, Decimal(chance.randint(1, 400)) / 100)
        if amount:
            ask(two, Wish(part, amount=Money(amount, "USD")))
    for part in parts:
        if what_is_left(part).total:
            ask(two, Wish(part))
    assert now(two).refunded == two.amount
    for share in ConsignmentShare.objects.all():
        given = RefundPart.objects.filter(share=share)
        assert sum(given.values_list("amount", flat=True)) == share.amount
        assert sum(given.values_list("own_amount", flat=True)) == share.own_amount
    assert_balanced()
    for party in ("workshop_payable", "commission", "village_fund", "tax_payable", "duty_payable"):
        assert not sum(Posting.objects.filter(account=party).values_list("amount", flat=True))


BAD = {
    "nothing": ("0.00", "more than nothing"),
    "less than nothing": ("-1.00", "more than nothing"),
    "not a number": ("NaN", "more than nothing"),
    "for ever": ("Infinity", "more than nothing"),
    "half a cent": ("0.005", "cannot be paid back exactly"),
    "too much": ("1e9", "at most"),
}


def test_amounts_that_cannot_be(two, subtests):
    part = parts_of(two, "BFI")
    for name, (amount, why) in BAD.items():
        with subtests.test(name), nothing_changes(), pytest.raises(CannotRefund, match=why):
            ask(two, Wish(part, amount=usd(amount)))
    with nothing_changes(), pytest.raises(CannotRefund, match="What was paid in USD"):
        ask(two, Wish(part, amount=Money(Decimal("1.00"), "EUR")))
    assert not Refund.objects.exists()


def test_what_is_not_this_orders_is_refused(two):
    other = make_order(paid=True)
    theirs, ours = other.order.consignments.get(), parts_of(two, "SML")
    stranger = make_order().order.consignments.get()
    for payment, wish in [
        (two, Wish(theirs)),
        (two, Wish(ours, line=theirs.lines.get())),
        (two, Wish(ours, line=parts_of(two, "BFI").lines.get())),
        (stranger.order.payment, Wish(stranger)),
    ]:
        with nothing_changes(), pytest.raises(CannotRefund):
            ask(payment, wish)
    first = ask(two, Wish(ours), key="form-of-two")
    with pytest.raises(CannotRefund, match="another order"):
        ask(other, Wish(theirs), key="form-of-two")
    assert Refund.objects.get() == first


def test_a_double_click_is_one_refund(fake_stripe, two, commit):
    wish = Wish(parts_of(two, "BFI"))
    assert ask(two, wish, key="one") == ask(two, wish, key="one")
    assert OutboxMessage.objects.filter(kind="refund.send").count() == 1
