"""Case 72: the clock of the shop's machine is wrong, jumps, or stands in another zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from marketplace.payments.models import Payment
from tests.factories import make_order, make_piece
from tests.ledger import stock_of
from tests.races.buyers import make_buyer_at_the_till
from tests.races.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill, pytest.mark.timeout(300)]
MINUTE, HOUR = 60, 3600


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 8, 1, 45, tzinfo=ZoneInfo("America/New_York")),  # an hour is left out
        datetime(2026, 11, 1, 1, 45, tzinfo=ZoneInfo("America/New_York")),  # an hour comes twice
        datetime(2026, 12, 31, 23, 45, tzinfo=ZoneInfo("Pacific/Kiritimati")),  # the year ends, 14 hours early
    ],
    ids=["spring", "autumn", "new year"],
)
def test_a_hold_lasts_as_long_as_it_says(moment, monkeypatch):
    with timezone.override(moment.tzinfo):
        before = datetime.now(UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC) + (datetime.now(UTC) - before))
        payment = make_order([make_piece(stock=3)])
    held = payment.expires_at - payment.created_at
    assert abs(held - timedelta(minutes=settings.MARKETPLACE_RESERVATION_MINUTES)) < timedelta(seconds=5)


def wrong_by(stripe, seconds: int, **environment: str) -> Server:
    return Server(stripe.url, workers=1, threads=2, RACE_CLOCK_SHIFT=str(seconds), **environment)


@pytest.mark.drill_only
class TestServers:
    """A server each."""

    def test_ten_minutes_fast(self, django_db_setup, fake_stripe, all_is_true):
        """Signed events look too old and are refused; asking Stripe finds the payment all the same."""
        piece = make_piece(stock=3)
        buyer = make_buyer_at_the_till(piece)
        with wrong_by(fake_stripe, 10 * MINUTE) as server:
            assert buyer.pay(server.url).status_code == 303
            payment = Payment.objects.get()
            fake_stripe.control(webhook_url=f"{server.url}/webhooks/stripe/", webhook_attempts=1)
            fake_stripe.pay(payment.gateway_session)
            assert fake_stripe.wait_idle()
            assert {one.status for one in fake_stripe.deliveries} == {400}
            done = server.manage("reconcile_payments")
            assert done.returncode == 0, done.stderr
        payment.refresh_from_db()
        assert (payment.state, stock_of(piece)) == ("paid", (2, 0))
        all_is_true()

    def test_ten_minutes_slow(self, django_db_setup, fake_stripe, all_is_true):
        """Stripe wants a page to live for thirty minutes of its own time: the buyer is told, nothing is charged."""
        piece = make_piece(stock=3)
        buyer = make_buyer_at_the_till(piece)
        with wrong_by(fake_stripe, -10 * MINUTE) as server:
            answer = buyer.pay(server.url)
        assert answer.status_code == 503
        payment = Payment.objects.get()
        assert (payment.state, stock_of(piece)) == ("pending", (3, 1))
        assert bool(payment.pay_url) == (answer.status_code == 303)
        all_is_true()

    def test_fourteen_hours_ahead(self, django_db_setup, fake_stripe, all_is_true):
        """Quotes and holds are over: nothing is sold at old prices, and what was paid before is still paid."""
        paid, left = make_piece(stock=3), make_piece(stock=3)
        with wrong_by(fake_stripe, 0) as server:
            for piece in (paid, left):
                assert make_buyer_at_the_till(piece).pay(server.url).status_code == 303
        sessions = {row.order.lines.get().product_id: row for row in Payment.objects.all()}
        fake_stripe.pay(sessions[paid.pk].gateway_session)
        late = make_buyer_at_the_till(make_piece(stock=3))
        with wrong_by(fake_stripe, 14 * HOUR) as server:
            answer = late.pay(server.url)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/en/checkout/review/")
            done = server.manage("reconcile_payments")
            assert done.returncode == 0, done.stderr
        states = {pk: Payment.objects.get(pk=row.pk).state for pk, row in sessions.items()}
        assert states == {paid.pk: "paid", left.pk: "expired"}
        assert (stock_of(paid), stock_of(left)) == ((2, 0), (3, 0))
        assert Payment.objects.count() == 2
        all_is_true()

    def test_a_machine_that_is_not_on_universal_time(self, django_db_setup, fake_stripe, all_is_true):
        buyer = make_buyer_at_the_till(make_piece(stock=3))
        with wrong_by(fake_stripe, 0, TZ="Pacific/Kiritimati") as server:
            assert buyer.pay(server.url).status_code == 303
        payment = Payment.objects.get()
        assert timedelta(minutes=34) < payment.expires_at - datetime.now(UTC) < timedelta(minutes=36)
        all_is_true()
