"""Each invariant holds in a shop that sold, refunded and let expire; each is broken by hand, and is seen."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from marketplace.payments import attention, ledger_events
from marketplace.payments.gateway import get_gateway
from marketplace.payments.invariants import check, invariant, invariants
from marketplace.payments.models import (
    ConsignmentShare,
    InboxEvent,
    OutboxMessage,
    Payment,
    Refund,
    RefundPart,
)
from marketplace.payments.services import apply_facts
from tests.factories import make_order, make_piece, make_user, make_workshop
from tests.factories.offers import make_offer
from tests.marketplace.paying import open_page

pytestmark = pytest.mark.django_db
# The database keeps most of it by itself: for a test it looks away.
CHECKS = {
    "partner_stockrecord": "stock_covers_what_is_held",
    "marketplace_payments_payment": "payment_refunded_at_most_its_amount",
}


def make_shop() -> dict:
    """A paid order of two workshops with a part paid back, a waiting one, an event, a message and an answered matter."""
    lacquer, indigo = make_workshop(code_prefix="SML"), make_workshop(code_prefix="BFI")
    bowl, cloth = make_piece(lacquer, code="SML-1", stock=9), make_piece(indigo, code="BFI-1", stock=9)
    paid = make_order([(bowl, 2), cloth], paid=True)
    waiting = make_order([bowl])
    ledger_events.order_paid(paid)
    refund = make_refund(paid)
    now = timezone.now()
    fields = {"kind": "charge.refunded", "payload": {}, "processed_at": now, "payment": paid}
    event = InboxEvent.objects.create(event_id="evt_1", outcome="done", **fields)
    OutboxMessage.objects.create(kind="mail", key="mail:1", payment=paid, state="done", done_at=now)
    attention.call(kind="x", key="put-aside:1", event=event)
    return {"paid": paid.order.number, "waiting": waiting.order.number, "refund": refund.number}


def make_refund(payment: Payment) -> Refund:
    """One share of the order, on its way back."""
    share = ConsignmentShare.objects.filter(consignment__order=payment.order, party="workshop").order_by("pk").first()
    refund = Refund.objects.create(
        payment=payment,
        key="refund-form-1",
        number=f"{payment.order.number}-R1",
        amount=share.amount,
        currency=share.currency,
        reason="goodwill",
        asked_as="staff",
        state="sending",
    )
    RefundPart.objects.create(refund=refund, share=share, amount=share.amount, own_amount=share.own_amount)
    Payment.objects.filter(pk=payment.pk).update(refunded=share.amount)
    ledger_events.reverse(refund=refund)
    return refund


@pytest.fixture
def shop(db, recorded) -> dict:
    return recorded(make_shop)


def broken(*names: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    """name → how often it is broken and where, for those that are."""
    return {one.invariant.name: (one.count, one.first) for one in check(names=names) if one.count}


def damage(sql: str) -> None:
    """What no code of ours can do: past triggers and constraints."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        for table, name in CHECKS.items():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        cursor.execute(sql)
        assert cursor.rowcount != 0, "nothing was damaged"


PAYMENT, CONSIGNMENT = "marketplace_payments_payment", "marketplace_fulfilment_consignment"
OF_PAID = "order_id = (SELECT id FROM order_order WHERE number = '{paid}')"
OF_WAITING = "order_id = (SELECT id FROM order_order WHERE number = '{waiting}')"
SHARE, PART = "marketplace_payments_consignmentshare", "marketplace_payments_refundpart"
ORDER, POSTING = "order_order", "marketplace_payments_posting"

# Broken in test_attribution*.py.
OF_AGENCIES = {
    "agency_has_its_shares",
    "agency_within_the_commission",
    "agency_is_owed_its_shares",
    "agency_is_paid_for_its_orders",
}

# (the invariant, what breaks it, how often and where it is broken then)
DAMAGES = [
    ("stock_within_limits", "UPDATE partner_stockrecord SET num_allocated = 10 WHERE partner_sku = 'SML-1'", "SML-1"),
    ("stock_within_limits", "UPDATE partner_stockrecord SET num_allocated = -1 WHERE partner_sku = 'SML-1'", "SML-1"),
    ("stock_is_held_by_lines", "UPDATE partner_stockrecord SET num_allocated = 2 WHERE partner_sku = 'SML-1'", "SML-1"),
    ("stock_is_held_by_lines", f"UPDATE order_line SET num_allocated = 0 WHERE {OF_WAITING}", "SML-1"),
    ("stock_is_let_go", f"UPDATE order_line SET num_allocated = 1 WHERE {OF_PAID}", "{paid}"),
    ("refunded_is_its_refunds", f"UPDATE {PAYMENT} SET refunded = refunded - 0.01 WHERE {OF_PAID}", "{paid}"),
    ("refunded_is_its_refunds", "UPDATE marketplace_payments_refund SET amount = 999999", "{paid}"),
    ("refunded_is_its_refunds", "UPDATE marketplace_payments_refund SET currency = 'EUR'", "{paid}"),
    ("only_paid_money_goes_back", f"UPDATE {PAYMENT} SET state = 'pending' WHERE {OF_PAID}", "{refund}"),
    ("refund_is_its_parts", f"UPDATE {PART} SET amount = amount + 0.01", "{refund}"),
    ("refund_is_its_parts", f"UPDATE {CONSIGNMENT} SET order_id = 0 WHERE {OF_PAID}", "{refund}"),
    ("parts_within_their_share", f"UPDATE {PART} SET own_amount = own_amount + 0.01", "{first}"),
    ("paid_back_means_all", f"UPDATE {PAYMENT} SET state = 'refunded' WHERE {OF_PAID}", "{paid}"),
    ("gateway_payment_is_one_order", f"UPDATE {PAYMENT} SET gateway_payment = 'pi_same'", "pi_same"),
    ("gateway_payment_is_one_order", f"UPDATE {PAYMENT} SET gateway_session = 'cs_same'", "cs_same"),
    ("paid_knows_its_payment", f"UPDATE {PAYMENT} SET paid_at = NULL WHERE {OF_PAID}", "{paid}"),
    ("attention_is_open", f"UPDATE {PAYMENT} SET state = 'attention' WHERE {OF_PAID}", "{paid}"),
    ("put_aside_is_told", "UPDATE marketplace_payments_inboxevent SET outcome = 'quarantined', id = 0", "evt_1"),
    ("order_has_a_payment", f"DELETE FROM {PAYMENT} WHERE {OF_WAITING}", "{waiting}"),
    ("states_agree", f"UPDATE {ORDER} SET status = 'paid' WHERE number = '{{waiting}}'", "{waiting}"),
    ("states_agree", f"UPDATE {PAYMENT} SET state = 'lost' WHERE {OF_WAITING}", "{waiting}"),
    ("only_paid_goods_leave", f"UPDATE {CONSIGNMENT} SET state = 'sent', number = 'C1' WHERE {OF_WAITING}", "C1"),
    ("payment_is_its_consignments", f"UPDATE {PAYMENT} SET amount = amount + 0.01 WHERE {OF_PAID}", "{paid}"),
    ("payment_is_its_consignments", f"UPDATE {ORDER} SET currency = 'JPY' WHERE number = '{{paid}}'", "{paid}"),
    ("payment_is_its_consignments", f"DELETE FROM {CONSIGNMENT} WHERE number = '{{first}}'", "{paid}"),
    ("goods_are_their_lines", f"UPDATE {CONSIGNMENT} SET goods = goods + 1 WHERE number = '{{first}}'", "{first}"),
    ("shares_are_the_total", f"DELETE FROM {SHARE} WHERE consignment_id = {{first_id}} AND part = 'goods'", "{first}"),
    ("shares_are_the_total", f"UPDATE {SHARE} SET currency = 'JPY' WHERE consignment_id = {{first_id}}", "{first}"),
    ("lines_have_their_consignment", f"UPDATE order_line SET partner_id = 0 WHERE {OF_PAID}", "{paid}"),
    ("nothing_of_another_workshop", f"UPDATE {SHARE} SET holder = 'BFI' WHERE consignment_id = {{first_id}}", "{first}"),
    ("nothing_of_another_workshop", f"UPDATE {SHARE} SET line_id = {{line}} WHERE consignment_id = {{first_id}}", "{first}"),
    ("outbox_moves", "UPDATE marketplace_payments_outboxmessage SET state = 'waiting', done_at = NULL, "
                     "next_at = now() - interval '61 minutes' WHERE key = 'mail:1'", "mail:1"),
    ("given_up_is_told", "UPDATE marketplace_payments_outboxmessage SET state = 'failed', done_at = NULL "
                         "WHERE key = 'mail:1'", "mail:1"),
    ("inbox_is_processed", "UPDATE marketplace_payments_inboxevent SET processed_at = NULL", "evt_1"),
    ("inbox_is_processed", "UPDATE marketplace_payments_inboxevent SET outcome = 'received', "
                           "received_at = now() - interval '61 minutes'", "evt_1"),
    ("entries_are_zero", f"UPDATE {POSTING} SET amount = amount + 0.01 WHERE account = 'refunds'", "refund:{refund}"),
    ("books_are_zero", f"DELETE FROM {POSTING} WHERE account = 'buyer_clearing'", "USD"),
    ("paid_orders_are_booked", "UPDATE marketplace_payments_journalentry SET key = 'x' WHERE kind = 'paid'", "{paid}"),
    ("refunds_are_booked", "UPDATE marketplace_payments_refund SET state = 'failed'", "{refund}"),
    ("refunds_are_booked", "UPDATE marketplace_payments_refund SET state = 'done'", "{refund}"),
    ("owed_is_what_is_posted", "UPDATE marketplace_payments_owed SET amount = amount + 0.01 "
                               "WHERE consignment_id = {first_id}", "SML"),
    ("owed_is_what_was_frozen", f"UPDATE {POSTING} SET amount = amount - 0.01 WHERE account = 'workshop_payable' "
                                "AND consignment_id = {first_id} AND amount < 0", "{first}"),
]  # fmt: skip


def test_all_hold_in_a_sound_shop(shop, commit):
    commit()
    assert broken() == {}
    asked = {one.invariant.name for one in check()}
    tried = {name for name, _sql, _where in DAMAGES}
    others = {"voucher_within_its_limit", "offer_within_its_limit", *OF_AGENCIES}
    assert asked - tried == others, "each has a test that breaks it"


@pytest.mark.parametrize(("name", "sql", "where"), DAMAGES)
def test_what_is_broken_is_counted_and_named(shop, name, sql, where):
    order = Payment.objects.get(order__number=shop["paid"]).order
    first, second = order.consignments.order_by("pk")
    names = shop | {"first": first.number, "first_id": first.pk, "line": second.lines.get().pk}
    damage(sql.format(**names))
    assert broken(name) == {name: (1, (where.format(**names),))}


@pytest.mark.parametrize(
    ("usage", "user"), [("Single use", "NULL"), ("Once per customer", "(SELECT min(id) FROM auth_user)")]
)
def test_a_voucher_that_was_used_twice_is_counted(shop, usage, user):
    make_user("linh@example.com")
    day = "now(), now()"
    damage(f"""
        INSERT INTO voucher_voucher (id, name, code, usage, start_datetime, end_datetime, num_basket_additions,
            num_orders, total_discount, date_created) VALUES (1, 'Spring', 'SPRING', '{usage}', {day}, 0, 0, 0, now());
        INSERT INTO voucher_voucherapplication (voucher_id, user_id, order_id, date_created)
            SELECT 1, {user}, id, now() FROM order_order""")
    assert broken("voucher_within_its_limit") == {"voucher_within_its_limit": (1, ("SPRING",))}


@pytest.mark.parametrize("fields", [{"max_global_applications": 1}, {"max_user_applications": 1}])
def test_an_offer_that_was_used_too_often_is_counted(shop, fields):
    offer = make_offer(num_applications=2, **fields)
    order = Payment.objects.get(order__number=shop["paid"]).order
    order.user = make_user("linh@example.com")
    order.save()
    order.discounts.create(offer_id=offer.pk, frequency=2)
    assert broken("offer_within_its_limit") == {"offer_within_its_limit": (1, (offer.name,))}


# What the payment service knows


def run(*args: str, **options) -> str:
    out = StringIO()
    call_command("check_invariants", *args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def charged(fake_stripe) -> Payment:
    payment = open_page(make_piece(stock=5))
    fake_stripe.pay(payment.gateway_session)
    return payment


def test_money_that_no_order_knows_of_is_named_when_asked_for(fake_stripe, charged):
    """The message got lost: until reconciliation the money is nobody's."""
    assert broken() == {}
    session = fake_stripe.sessions[charged.gateway_session]
    name = "money_has_an_order"
    assert broken(name) == {}
    (result,) = check(names=[name], ask_gateway=True)
    assert (result.count, result.first) == (1, (session["payment_intent"],))
    apply_facts(payment=charged, facts=get_gateway().look_up(charged.gateway_session))
    (result,) = check(names=[name], ask_gateway=True)
    assert (result.count, result.first) == (0, ())


@pytest.mark.parametrize("change", [{"amount": 1}, {"currency": "EUR"}, {"state": "expired"}])
def test_an_order_that_says_something_else_than_the_payment_service_is_named(fake_stripe, charged, change):
    apply_facts(payment=charged, facts=get_gateway().look_up(charged.gateway_session))
    Payment.objects.filter(pk=charged.pk).update(**change)
    (result,) = check(names=["money_has_an_order"], ask_gateway=True)
    assert result.count == 1
    attention.call(kind="x", key="known", payment=charged)
    (result,) = check(names=["money_has_an_order"], ask_gateway=True)
    assert result.count == 0


def test_the_payment_service_is_asked_about_thirty_days(fake_stripe, charged, monkeypatch):
    asked = []
    monkeypatch.setattr(get_gateway(), "find_payments", lambda since: asked.append(since) or iter(()))
    check(ask_gateway=True)
    assert asked[0] - (timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


# The command


def test_the_command_prints_each_and_ends_well(shop, commit, fake_stripe):
    commit()
    lines = run().splitlines()
    here = [one for one in invariants if not one.asks_gateway]
    assert len(lines) == len(here) + 1
    assert lines[-1] == f"All {len(here)} invariants hold."
    assert {line.split()[0] for line in lines[:-1]} == {*(f"I{number}" for number in range(1, 9)), "ledger"}
    assert not fake_stripe.requests


def test_the_command_ends_badly_and_names_the_first_few(shop, commit):
    damage(f"INSERT INTO {POSTING} (entry_id, account, holder, amount, currency) "
           "SELECT id, 'bank', '', 1, 'USD' FROM marketplace_payments_journalentry LIMIT 1")  # fmt: skip
    out = StringIO()
    with pytest.raises(CommandError, match=r"2 of 2 invariants are broken, 2 times in all\."):
        call_command("check_invariants", "entries_are_zero", "books_are_zero", stdout=out)
    assert "ledger       1  books_are_zero" in out.getvalue()
    assert "(USD)" in out.getvalue()
    with pytest.raises(CommandError, match="no invariant named 'nonsense'"):
        run("nonsense")


def test_the_command_prints_its_questions(shop):
    text = run("--sql")
    assert text.count(";\n") == len([one for one in invariants if not one.asks_gateway])
    assert "num_allocated" in text


def test_a_stranger_adds_an_invariant_of_her_own(shop):
    @invariant("village", "No order without a song.")
    def every_order_has_a_song() -> list[str]:
        return [f"order {number}" for number in range(7)]

    try:
        assert broken("every_order_has_a_song") == {
            "every_order_has_a_song": (7, ("order 0", "order 1", "order 2", "order 3", "order 4"))
        }
        with pytest.raises(CommandError, match="1 of 1"):
            run("every_order_has_a_song")
    finally:
        invariants.unregister("every_order_has_a_song")
