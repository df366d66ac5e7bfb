"""Offers and vouchers with limits: nobody gets one more than there is, and whoever comes too late sees the new total."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from oscar.core.loading import get_class, get_model

from marketplace.money import Money
from marketplace.payments import caps
from marketplace.payments.errors import TotalChanged
from marketplace.payments.models import Payment
from marketplace.payments.placing import place_order
from tests.factories import make_basket, make_buyer, make_piece, make_user
from tests.factories.offers import make_offer
from tests.factories.texts import number
from tests.ledger import assert_books_balance, nothing_changes
from tests.shopping import total_of

pytestmark = pytest.mark.django_db
Applicator = get_class("offer.applicator", "Applicator")
Voucher = get_model("voucher", "Voucher")
VoucherApplication = get_model("voucher", "VoucherApplication")
ConditionalOffer = get_model("offer", "ConditionalOffer")


def make_voucher(usage: str = Voucher.SINGLE_USE, code: str = "SPRING", **offer):
    """Ten percent off."""
    today, day = timezone.now(), timedelta(days=1)
    times = {"start_datetime": today - day, "end_datetime": today + day}
    voucher = Voucher.objects.create(name=code, code=code, usage=usage, **times)
    voucher.offers.add(make_offer(**offer))
    ConditionalOffer.objects.filter(vouchers=voucher).update(offer_type=ConditionalOffer.VOUCHER)
    return voucher


def reviewed(*pieces, email: str = "kenji@example.com", user=None, voucher=None):
    """(basket, buyer, total) as the review page shows them to a customer; the piece costs 100 without shipping."""
    basket = make_basket(*(pieces or [make_piece(price="100.00", stock=9)]), user=user)
    if voucher:
        basket.vouchers.add(voucher)
    caps.apply(basket=basket, email=email, user=user)
    return basket, make_buyer(email=email, user=user), total_of(basket)


def pay(basket, buyer, total: Money) -> Payment:
    return place_order(
        basket=basket, buyer=buyer, language="en", idempotency_key=f"key-{number():020}", expected_total=total
    )


def discount_of(payment: Payment) -> Decimal:
    return payment.order.total_discount_incl_tax


def counters(offer) -> tuple:
    found = ConditionalOffer.objects.get(pk=offer.pk)
    return found.num_orders, found.num_applications, found.total_discount, found.status


def late(first: tuple, second: tuple) -> Payment:
    """Both have reviewed; ``first`` pays. ``second`` is refused, nothing changes, and then pays what is true now."""
    assert discount_of(pay(*first)) == Decimal("10.00")
    basket, buyer, total = second
    with nothing_changes(), pytest.raises(TotalChanged) as caught:
        pay(basket, buyer, total)
    now = Money(total.amount + 10, "USD")
    assert caught.value.total == now
    assert caught.value.reasons == [
        f"The total is now ${now.amount}. Please look at it again before you pay."
    ]
    return pay(basket, buyer, now)


def test_the_last_use_of_an_offer_goes_to_the_first_who_pays():
    offer = make_offer(max_global_applications=1)
    payment = late(reviewed(email="a@example.com"), reviewed(email="b@example.com"))
    assert discount_of(payment) == 0
    assert counters(offer) == (1, 1, Decimal("10.00"), ConditionalOffer.CONSUMED)
    assert_books_balance()


@pytest.mark.parametrize("use", [Voucher.SINGLE_USE, Voucher.ONCE_PER_CUSTOMER])
def test_a_voucher_is_used_once(use):
    voucher, user = make_voucher(use), make_user("kenji@example.com")
    first, second = (reviewed(user=user, voucher=voucher) for _basket in range(2))
    assert discount_of(late(first, second)) == 0
    voucher.refresh_from_db()
    assert (voucher.num_orders, voucher.total_discount) == (1, Decimal("10.00"))
    assert VoucherApplication.objects.get(voucher=voucher).user == user
    assert_books_balance()


@pytest.mark.parametrize("guest_first", [True, False])
def test_a_guest_and_an_account_with_one_address_are_one_customer(guest_first):
    """Case 13; upper and lower case are the same mailbox."""
    make_offer(max_user_applications=1)
    guest, account = {"email": "KENJI@example.com"}, {"user": make_user("kenji@example.com")}
    first, second = (guest, account) if guest_first else (account, guest)
    assert discount_of(late(reviewed(**first), reviewed(**second))) == 0
    assert discount_of(pay(*reviewed(email="other@example.com"))) == Decimal("10.00")


@pytest.mark.parametrize("guest_first", [True, False])
def test_a_voucher_for_each_customer_is_used_once_by_a_guest_and_an_account(guest_first):
    """Case 13, with a voucher. It is for accounts (Oscar's rule), so the same person as a guest sees no discount."""
    voucher, user = make_voucher(Voucher.ONCE_PER_CUSTOMER), make_user("kenji@example.com")
    guest, account = reviewed(email="KENJI@example.com", voucher=voucher), reviewed(user=user, voucher=voucher)
    assert guest[2].amount - account[2].amount == 10
    orders = [guest, account] if guest_first else [account, guest]
    assert sorted(discount_of(pay(*one)) for one in orders) == [0, 10]
    # Neither comes back with it, nor does another account of this mailbox.
    other = make_user("Kenji@Example.com")
    for fields in ({"email": "KENJI@example.com"}, {"user": user}, {"user": other, "email": other.email}):
        assert discount_of(pay(*reviewed(**fields, voucher=voucher))) == 0
    used = VoucherApplication.objects.get(voucher=voucher)
    assert (used.user, used.order.total_discount_incl_tax) == (user, Decimal("10.00"))
    voucher.refresh_from_db()
    assert (voucher.num_orders, voucher.total_discount) == (1, Decimal("10.00"))
    other = make_user("other@example.com")
    assert discount_of(pay(*reviewed(user=other, email=other.email, voucher=voucher))) == Decimal("10.00")
    assert_books_balance()


def test_a_guest_with_a_voucher_pays():
    """Oscar's own services fail for a guest's voucher."""
    payment = pay(*reviewed(voucher=make_voucher()))
    assert (discount_of(payment), VoucherApplication.objects.get().user) == (Decimal("10.00"), None)


def test_a_voucher_that_gives_nothing_is_not_used_up():
    voucher = make_voucher(Voucher.ONCE_PER_CUSTOMER)
    payment = pay(*reviewed(voucher=voucher))
    assert discount_of(payment) == 0
    assert not VoucherApplication.objects.exists()


@pytest.mark.parametrize(
    ("limit", "orders"),
    [({"max_discount": Decimal("15.00")}, 2), ({"max_global_applications": 3}, 3), ({"max_basket_applications": 1}, 4)],
    ids=str,
)
def test_every_kind_of_limit(limit, orders):
    offer = make_offer(**limit)
    paid = [pay(*reviewed(email=f"{turn}@example.com")) for turn in range(4)]
    assert [discount_of(one) for one in paid] == [Decimal(10 if turn < orders else 0) for turn in range(4)]
    assert counters(offer)[:3] == (orders, orders, Decimal(10 * orders))


def test_another_currencys_discount_counts_in_the_price_lists():
    """Else fifteen hundred yen would use up an offer of a hundred dollars."""
    offer = make_offer()
    row = {"offer": offer, "freq": 2, "discount": Decimal("1500"), "voucher": None}
    caps.count(applications=[row], rate=Decimal("150"))
    assert counters(offer) == (1, 2, Decimal("10.00"), ConditionalOffer.OPEN)


def test_an_offer_that_ended_after_the_review_is_not_charged_silently():
    offer = make_offer()
    basket, buyer, total = reviewed()
    ConditionalOffer.objects.filter(pk=offer.pk).update(end_datetime=timezone.now() - timedelta(seconds=1))
    with nothing_changes(), pytest.raises(TotalChanged):
        pay(basket, buyer, total)


def test_an_offer_that_changed_after_the_review_is_not_charged_silently():
    offer = make_offer()
    basket, buyer, total = reviewed()
    offer.benefit.value = 50
    offer.benefit.save()
    with nothing_changes(), pytest.raises(TotalChanged) as caught:
        pay(basket, buyer, total)
    assert caught.value.total == Money(total.amount - 40, "USD")


def test_a_used_up_offer_makes_way_for_one_that_is_limited_too():
    """The next in line was not applied at the review, but it is counted under lock as well."""
    first = make_offer(max_global_applications=1, priority=2, exclusive=True)
    second = make_offer(max_global_applications=1, priority=1, exclusive=True)
    payments = [pay(*reviewed(email=f"{turn}@example.com")) for turn in range(3)]
    assert [discount_of(one) for one in payments] == [Decimal(10), Decimal(10), Decimal(0)]
    assert counters(first)[1] == counters(second)[1] == 1


def test_what_an_unpaid_order_used_comes_back_once_and_is_used_again():
    offer, voucher = make_offer(max_global_applications=1, exclusive=False), make_voucher(exclusive=False)
    payment = pay(*reviewed(voucher=voucher))
    assert discount_of(payment) == Decimal("20.00")
    used = counters(offer)
    caps.give_back(order=payment.order)
    payment.order.status = "expired"
    payment.order.save()
    caps.give_back(order=payment.order)
    assert counters(offer) == (0, 0, Decimal("0.00"), ConditionalOffer.OPEN)
    assert not VoucherApplication.objects.exists()
    assert caps.hold_again(order=payment.order)
    assert counters(offer) == used
    assert VoucherApplication.objects.get().order == payment.order


@pytest.mark.parametrize("what", ["offer", "voucher"])
def test_what_somebody_else_used_meanwhile_is_not_used_twice(what):
    offer = make_offer(max_global_applications=1) if what == "offer" else None
    voucher = None if offer else make_voucher()
    payment = pay(*reviewed(email="a@example.com", voucher=voucher))
    caps.give_back(order=payment.order)
    get_model("order", "Order").objects.filter(pk=payment.order.pk).update(status="expired")
    assert discount_of(pay(*reviewed(email="b@example.com", voucher=voucher))) == Decimal("10.00")
    with nothing_changes():
        assert not caps.hold_again(order=payment.order)
    assert VoucherApplication.objects.count() == (0 if offer else 1)


def test_a_basket_without_offers_asks_nothing(django_assert_num_queries):
    basket = make_basket(make_piece())
    list(basket.all_lines())
    with django_assert_num_queries(1):
        caps.lock_and_apply(basket=basket, email="kenji@example.com")


