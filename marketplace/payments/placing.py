"""Place: the first of the three steps place → pay → confirm. Stock is held, prices are frozen, the order is pending."""

import secrets
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from oscar.core.loading import get_model
from oscar.core.prices import Price

from marketplace.economies.addresses import AddressParts
from marketplace.economies.markets import MarketChoice, NotOffered, NotOnOffer, offer_for
from marketplace.economies.names import economy_name
from marketplace.economies.quote_rates import QuoteRates
from marketplace.fulfilment.customs_ids import keep_customs_id, missing_customs_id
from marketplace.fulfilment.kept_price import keep_price
from marketplace.fulfilment.models import PriceQuote
from marketplace.fulfilment.pinned import is_as_shown, leaves_later, requote
from marketplace.fulfilment.quotes import BasketQuote, quote_basket
from marketplace.fulfilment.recipients import write_recipient
from marketplace.fulfilment.services import create_consignments
from marketplace.money import Money, MoneyError, format_money, smallest_payment, to_minor
from marketplace.payments import caps, constraints, shares, stock
from marketplace.payments.attribution import freeze_via
from marketplace.payments.basket_lines import lines_of
from marketplace.payments.errors import (
    BasketIsEmpty,
    CannotPay,
    CannotPlace,
    CannotShip,
    SoldOut,
    TotalChanged,
)
from marketplace.payments.failpoints import reached
from marketplace.payments.models import Payment
from marketplace.payments.order_rows import Creator

Basket = get_model("basket", "Basket")
Country = get_model("address", "Country")

# Without letters that look like digits; 15 of 30 signs hold 73 bits, so a number cannot be guessed.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Buyer:
    """Who buys and where it goes. ``economy`` is a two-letter code; ``user`` may be None for a guest.

    Parts as in AddressParts; ``phone`` in E.164; ``customs_id`` sealed (customs_ids.seal_customs_id), empty for none.
    """

    email: str
    full_name: str
    line1: str
    city: str
    postcode: str
    economy: str
    line2: str = ""
    state: str = ""
    phone: str = ""
    notes: str = ""
    user: object = None
    district: str = ""
    latin_given: str = ""
    latin_family: str = ""
    latin_line1: str = ""
    latin_line2: str = ""
    latin_district: str = ""
    latin_city: str = ""
    latin_state: str = ""
    gift: bool = False
    customs_id: str = field(default="", repr=False)

    @property
    def address(self) -> AddressParts:
        """The address alone, in both scripts."""
        same = {one.name: getattr(self, one.name) for one in fields(AddressParts) if one.name != "name"}
        return AddressParts(name=self.full_name, **same)


@dataclass(frozen=True)
class ConsignmentShipping:
    """Oscar wants one shipping method per order; ours is the sum over the consignments."""

    code: str = "per-consignment"
    name: str = "Per consignment"

    def discount(self, basket) -> Decimal:
        """Oscar asks when an offer on shipping is active: such offers do not apply to consignments."""
        return Decimal("0.00")


@dataclass(frozen=True)
class Levies:
    """Oscar's surcharge for the taxes and duties that are paid with the order."""

    price: Price
    name: str = "Taxes and duties"
    code: str = "levies"

    @property
    def surcharge(self) -> "Levies":
        return self


def new_reference() -> str:
    """A random public order number such as "K7MQ9-2XDNC-VP4TR"."""
    signs = [secrets.choice(ALPHABET) for _number in range(15)]
    return "-".join("".join(signs[start : start + 5]) for start in (0, 5, 10))


def place_order(
    *,
    basket,
    buyer: Buyer,
    language: str,
    idempotency_key: str,
    expected_total: Money,
    held: PriceQuote | None = None,
) -> Payment:
    """Turn ``basket`` into a pending order whose stock is held; the same key answers with the same payment.

    ``held`` is the quote that the buyer was shown: its rates and day count, and the basket must be priced at them.
    Without one, today's. What is charged is ``expected_total`` or nothing. Raises BasketIsEmpty, SoldOut, CannotShip,
    CannotPay or TotalChanged; then nothing was written.
    """
    try:
        payment = _place(basket, buyer, language, idempotency_key, expected_total, held)
    except IntegrityError as problem:
        # The key came with another basket at the same moment, or the database kept what a lock should have kept.
        known = Payment.objects.filter(idempotency_key=idempotency_key).first()
        if known is None:
            raise _refusal(problem) from problem
        return known
    reached("place.after_commit")
    return payment


def _refusal(problem: IntegrityError) -> Exception:
    sentence = constraints.sentence_of(problem)
    if not sentence:
        return problem
    return (SoldOut if constraints.rule_of(problem) == constraints.STOCK else CannotPlace)(sentence)


@transaction.atomic
def _place(
    basket, buyer: Buyer, language: str, idempotency_key: str, expected_total: Money, held: PriceQuote | None
) -> Payment:
    rows = Basket.objects.select_for_update(of=("self",)).select_related("via__agency")
    locked = rows.filter(pk=basket.pk).first()
    known = Payment.objects.filter(idempotency_key=idempotency_key).first()
    if known is not None:
        return known
    if locked is None or locked.status != Basket.OPEN:
        raise BasketIsEmpty(pgettext("shop", "Your basket is empty."))
    lines = _lines_as_they_are(basket)
    if not lines:
        raise BasketIsEmpty(pgettext("shop", "Your basket is empty."))
    if any(line.stockrecord_id is None for line in lines):
        raise SoldOut(_("A piece in your basket is no longer for sale."))
    records = stock.lock_and_check(lines)
    reached("place.after_stock")
    vouchers = caps.lock_and_apply(basket=basket, email=buyer.email, user=buyer.user)
    lines = list(basket.all_lines())
    market = MarketChoice(buyer.economy, basket.strategy.currency)
    _refuse_closed_markets(market, held)
    quote = _quote(lines, buyer, market, held)
    place = _where_it_can_be_sent(quote, buyer)
    _refuse_without_customs_id(quote, buyer)
    _refuse_changes(quote, expected_total, language, held)
    _refuse_what_cannot_be_paid(quote, language)
    creator = Creator(vouchers=vouchers)
    order = _write_order(creator, basket, buyer, quote, place)
    stock.hold(lines, records)
    reached("place.after_order")
    consignments = create_consignments(order=order, quote=quote)
    levies = keep_price(order=order, quote=quote, consignments=consignments, line_ids=creator.line_ids)
    shares.freeze(
        quote=quote,
        consignments=consignments,
        lines=creator.lines,
        levies=levies,
        destination=buyer.economy,
        via=freeze_via(order=order, basket=locked, email=buyer.email, user=buyer.user),
    )
    return Payment.objects.create(
        order=order,
        idempotency_key=idempotency_key,
        amount=quote.total.amount,
        currency=quote.total.currency,
        language=language,
        expires_at=timezone.now() + timedelta(minutes=settings.MARKETPLACE_RESERVATION_MINUTES),
    )


def _lines_as_they_are(basket) -> list:
    """Under the basket's lock: what another tab added since the request began counts, so that nothing gets lost."""
    if getattr(basket._lines, "_result_cache", None) is not None:
        # Lines that were read remember the offers that were applied to them: they are read anew only where it matters.
        now = set(basket.lines.values_list("pk", "quantity"))
        if now <= {(line.pk, line.quantity) for line in basket.all_lines()}:
            return list(basket.all_lines())
    if basket.pk:
        basket._lines = lines_of(basket)
    return list(basket.all_lines())


def _refuse_closed_markets(market: MarketChoice, held: PriceQuote | None) -> None:
    """A currency that lost its rate meanwhile is fine while the quote holds; a closed destination never is."""
    offer = offer_for(market, on=timezone.localdate())
    if isinstance(offer, NotOnOffer) and not (held and offer.why == NotOffered.NO_RATE):
        raise CannotShip(offer.text)


def _quote(lines: list, buyer: Buyer, market: MarketChoice, held: PriceQuote | None) -> BasketQuote:
    if held and (held.destination, held.currency) == (market.destination, market.currency):
        return requote(held=held, lines=lines)
    return quote_basket(lines=lines, market=market, rates=QuoteRates(timezone.localdate()), region=buyer.state)


def _where_it_can_be_sent(quote: BasketQuote, buyer: Buyer) -> Country:
    if quote.refusals:
        raise CannotShip(*quote.refusals)
    place = Country.objects.filter(pk=buyer.economy, is_shipping_country=True).first()
    if place is None:
        raise CannotShip(_("We do not send to %(destination)s.") % {"destination": economy_name(buyer.economy)})
    return place


def _refuse_without_customs_id(quote: BasketQuote, buyer: Buyer) -> None:
    """Some destinations clear a parcel only under its buyer's own number (such as Korea's PCCC)."""
    origins = {part.workshop.village.economy_id for part in quote.consignments}
    for channel in sorted({part.shipping.channel for part in quote.consignments}):
        missing = missing_customs_id(buyer.economy, channel, quote.rates.on, buyer.customs_id, origins=origins)
        if missing:
            raise CannotShip(missing)


def _refuse_what_cannot_be_paid(quote: BasketQuote, language: str) -> None:
    least = smallest_payment(quote.currency)
    try:
        for part in (quote.total, quote.shipping, quote.at_checkout, *quote.line_totals):
            to_minor(part)
    except MoneyError as problem:
        raise CannotPay(_("This amount cannot be paid exactly.")) from problem
    if quote.total.amount < least.amount:
        raise CannotPay(_("The smallest amount that can be paid is %(least)s.") % {"least": format_money(least, language)})


def _refuse_changes(quote: BasketQuote, expected: Money, language: str, held: PriceQuote | None) -> None:
    if held and quote.total == expected and leaves_later(held=held, quote=quote):
        raise TotalChanged(quote.total, _("A maker has other orders first now, so a day has changed. Please read it again."))
    if quote.total != expected or (held and not is_as_shown(held=held, quote=quote)):
        raise TotalChanged(
            quote.total,
            _("The total is now %(total)s. Please look at it again before you pay.")
            % {"total": format_money(quote.total, language)},
        )


def _write_order(creator: Creator, basket, buyer: Buyer, quote: BasketQuote, place: Country):
    """Oscar's own order rows: they carry offers, vouchers and reports."""
    shipping, taxes = quote.shipping.amount, quote.at_checkout.amount
    recipient = write_recipient(
        parts=buyer.address, phone=buyer.phone, notes=buyer.notes, gift=buyer.gift, place=place
    )
    keep_customs_id(recipient=recipient, sealed=buyer.customs_id)
    total = quote.total
    order = creator.place_order(
        basket=basket,
        total=Price(total.currency, total.amount, total.amount),
        shipping_method=ConsignmentShipping(),
        shipping_charge=Price(total.currency, shipping, shipping),
        # Oscar asks whether the user of a voucher is logged in.
        user=buyer.user or AnonymousUser(),
        shipping_address=recipient.address,
        order_number=new_reference(),
        status="pending",
        guest_email=buyer.email,
        surcharges=[Levies(Price(total.currency, taxes, taxes))] if taxes else None,
    )
    if creator.applications:
        rate = quote.rates.rate(settings.MARKETPLACE_CURRENCY, quote.currency)
        caps.count(applications=creator.applications, rate=rate.value)
    basket.submit()
    return order
