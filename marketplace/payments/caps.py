"""Offers and vouchers that may be used a limited number of times: counted under lock when an order is placed.

Oscar applies offers when a page is drawn and counts them when an order is written; between the two others buy. Placing
therefore locks the limited offers and the vouchers of the basket, always after the stock rows, the offers before the
vouchers, each in the order of their ids; then it applies all offers once more. Whoever comes too late gets another
total, and is asked again (TotalChanged).

A customer is an e-mail address, with an account or without: a limit per customer counts both.
"""

import time
from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, Sum
from django.db.models.functions import Greatest
from oscar.core.loading import get_class, get_model

from marketplace.fulfilment.models import OrderConversion
from marketplace.money import Money, round_money
from marketplace.payments.basket_lines import lines_of

Applicator = get_class("offer.applicator", "Applicator")
ConditionalOffer = get_model("offer", "ConditionalOffer")
Voucher = get_model("voucher", "Voucher")
VoucherApplication = get_model("voucher", "VoucherApplication")
OrderDiscount = get_model("order", "OrderDiscount")

# An order that was never paid used nothing.
GIVEN_BACK = ("expired", "cancelled")
_LIMITED = Q(max_global_applications__gt=0) | Q(max_user_applications__gt=0) | Q(max_discount__gt=0)


class CustomerApplicator(Applicator):
    """Oscar's, for a customer who is known by e-mail: what she used as a guest counts, and what was given back does not."""

    def __init__(self, email: str) -> None:
        self.email = email

    def get_offers(self, basket, user=None, request=None) -> list:
        """Those that she may still use, each with what is left for her as its limit per basket."""
        found = []
        for offer in super().get_offers(basket, user, request):
            voucher = offer.get_voucher()
            if voucher and not _may_use(voucher, self.email):
                continue
            if offer.max_user_applications:
                left = offer.max_user_applications - times_used(offer, self.email)
                if left <= 0:
                    continue
                offer.max_basket_applications = min(left, offer.max_basket_applications or left)
                # Oscar would count by account.
                offer.max_user_applications = None
            found.append(offer)
        return found


def lock_and_apply(*, basket, email: str, user=None) -> list[int]:
    """Lock what is limited in ``basket`` and price it anew as it stands now. Within the transaction that places it.

    Answers the ids of the vouchers that gave something, in their order. A basket without any is asked for them alone.
    """
    applied = [row["offer"].pk for row in basket.offer_applications]
    vouchers = list(basket.vouchers.order_by("pk").values_list("pk", flat=True)) if basket.pk else []
    if not applied and not vouchers:
        return []
    if not getattr(settings, "MARKETPLACE_TEST_SKIP_OFFER_LOCK", False):
        _lock(vouchers)
    apply(basket=basket, email=email, user=user)
    given = {row["voucher"].pk for row in basket.offer_applications if row["voucher"]}
    if idle := set(vouchers) - given:
        # Oscar would count them as used, or refuse the whole order for one that is over.
        basket.vouchers.remove(*idle)
    # A pause between check and write, set only by the race test's positive control.
    time.sleep(getattr(settings, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK", 0))
    return [pk for pk in vouchers if pk in given]


def apply(*, basket, email: str, user=None, request=None) -> None:
    """Price ``basket`` with the offers that the customer of this e-mail may use now. Her lines keep their prices."""
    basket.reset_offer_applications()
    if basket.pk:
        basket._lines = lines_of(basket)
    CustomerApplicator(email).apply(basket, user or AnonymousUser(), request)


def _lock(vouchers: list[int]) -> None:
    """Every limited offer that could be applied, not only those that were: another may take a used-up one's place."""
    reachable = Q(offer_type=ConditionalOffer.SITE) | Q(vouchers__in=vouchers)
    wanted = ConditionalOffer.active.filter(_LIMITED & reachable).values("pk")
    rows = ConditionalOffer.objects.filter(pk__in=wanted).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    list(Voucher.objects.filter(pk__in=vouchers).order_by("pk").select_for_update().values_list("pk", flat=True))


def times_used(offer, email: str) -> int:
    """How often the customer of this e-mail used ``offer`` in orders that still stand."""
    hers = Q(order__guest_email__iexact=email) | Q(order__user__email__iexact=email)
    rows = OrderDiscount.objects.filter(hers, offer_id=offer.pk).exclude(order__status__in=GIVEN_BACK)
    return rows.aggregate(times=Sum("frequency"))["times"] or 0


def _may_use(voucher, email: str) -> bool:
    if voucher.usage != Voucher.ONCE_PER_CUSTOMER:
        return True
    hers = Q(order__guest_email__iexact=email) | Q(user__email__iexact=email)
    return not VoucherApplication.objects.filter(hers, voucher=voucher).exists()


def count(*, applications: Iterable[dict], rate: Decimal) -> None:
    """Add what an order uses to the counters of its offers and vouchers, in the order of their ids.

    ``applications`` are Oscar's, their discounts in the order's currency; ``rate`` is 1 unit of the price list's
    currency in the order's. An offer's own sum, which its largest discount is compared with, is in that of the list.
    """
    for row in sorted(applications, key=lambda row: row["offer"].pk):
        discount = _in_list_currency(row["discount"], rate)
        changes = {"num_applications": F("num_applications") + row["freq"], "num_orders": F("num_orders") + 1}
        ConditionalOffer.objects.filter(pk=row["offer"].pk).update(
            **changes, total_discount=F("total_discount") + discount
        )
        _close_when_used_up(row["offer"].pk)
    by_voucher = sorted((row for row in applications if row.get("voucher")), key=lambda row: row["voucher"].pk)
    for row in by_voucher:
        discount = _in_list_currency(row["discount"], rate)
        Voucher.objects.filter(pk=row["voucher"].pk).update(total_discount=F("total_discount") + discount)


def _in_list_currency(discount: Decimal, rate: Decimal) -> Decimal:
    return round_money(Money(discount / rate, settings.MARKETPLACE_CURRENCY)).amount


def _close_when_used_up(pk: int) -> None:
    """As Oscar's save() does it, without writing back counters that were read."""
    offer = ConditionalOffer.objects.get(pk=pk)
    if not offer.is_suspended:
        used_up = offer.get_max_applications() == 0
        status = ConditionalOffer.CONSUMED if used_up else ConditionalOffer.OPEN
        ConditionalOffer.objects.filter(pk=pk).exclude(status=status).update(status=status)


def use_voucher(*, order, voucher, user=None) -> None:
    """Note that an order used ``voucher``, which is locked."""
    account = user if user is not None and user.is_authenticated else None
    VoucherApplication.objects.create(voucher=voucher, order=order, user=account)
    Voucher.objects.filter(pk=voucher.pk).update(num_orders=F("num_orders") + 1)


def give_back(*, order) -> None:
    """An order that nobody paid used nothing: its vouchers and offers can be used again. Repeating changes nothing.

    Within the transaction that ends the order, before its status is written.
    """
    if order.status in GIVEN_BACK:
        return
    rate = _rate_of(order)
    for row in _discounts(order):
        offers = ConditionalOffer.objects.filter(pk=row.offer_id)
        offers.update(
            num_applications=Greatest(F("num_applications") - row.frequency, 0),
            num_orders=Greatest(F("num_orders") - 1, 0),
            total_discount=Greatest(F("total_discount") - _in_list_currency(row.amount, rate), Decimal(0)),
        )
        _close_when_used_up(row.offer_id)
    for use in VoucherApplication.objects.filter(order=order).order_by("voucher_id"):
        Voucher.objects.filter(pk=use.voucher_id).update(num_orders=Greatest(F("num_orders") - 1, 0))
        use.delete()


def hold_again(*, order) -> bool:
    """An order that was given back is paid after all: use its offers and vouchers again. False, and nothing used, when
    somebody else took the last one meanwhile. Within the transaction that honours the payment, after the stock.
    """
    rows = _discounts(order)
    locked = _lock_rows(ConditionalOffer, {row.offer_id for row in rows})
    vouchers = _lock_rows(Voucher, {row.voucher_id for row in rows if row.voucher_id})
    email = order.guest_email or order.email
    if not all(_has_room(locked[row.offer_id], row.frequency, email) for row in rows if row.offer_id in locked):
        return False
    if not all(_is_free(voucher, email) for voucher in vouchers.values()):
        return False
    again = [
        {"offer": locked[row.offer_id], "freq": row.frequency, "discount": row.amount, "voucher": vouchers.get(row.voucher_id)}
        for row in rows
        if row.offer_id in locked
    ]
    count(applications=again, rate=_rate_of(order))
    for voucher in vouchers.values():
        use_voucher(order=order, voucher=voucher, user=order.user)
    return True


def _lock_rows(model, wanted: set[int]) -> dict:
    rows = model.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",))
    return {row.pk: row for row in rows} if wanted else {}


def _has_room(offer, times: int, email: str) -> bool:
    total, each = offer.max_global_applications, offer.max_user_applications
    if total and offer.num_applications + times > total:
        return False
    if each and times_used(offer, email) + times > each:
        return False
    return not offer.max_discount or offer.total_discount < offer.max_discount


def _is_free(voucher, email: str) -> bool:
    if voucher.usage == Voucher.SINGLE_USE:
        return not voucher.applications.exists()
    return _may_use(voucher, email)


def _discounts(order) -> list:
    return list(OrderDiscount.objects.filter(order=order, offer_id__isnull=False).order_by("offer_id"))


def _rate_of(order) -> Decimal:
    """1 unit of the price list's currency in the order's, as it was when the order was placed."""
    kept = OrderConversion.objects.filter(order=order, purpose=OrderConversion.Purpose.PRESENTMENT).first()
    return kept.rate if kept else Decimal(1)
