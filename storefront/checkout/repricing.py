"""A basket's prices follow the market and the day; what changed since the reader last saw them is said."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.economies.citations import cite
from marketplace.economies.rates import Rate
from marketplace.money import Money, format_money
from storefront.market.prices import rate_to


def say_what_changed(request: HttpRequest) -> None:
    """Messages about prices that are not what the basket's lines were last shown at; then the new ones are kept."""
    basket = request.basket
    changed = [line for line in basket.all_lines() if _differs(line)] if basket.id else []
    if not changed:
        return
    currency = request.strategy.currency
    if any(line.price_currency != currency for line in changed):
        messages.info(request, _of_currency(changed, currency))
    else:
        for line in changed:
            messages.info(request, _of_price(line))
    for line in changed:
        line.price_currency = currency
        line.price_excl_tax = line.price_incl_tax = line.unit_price_incl_tax
        line.save(update_fields=["price_currency", "price_excl_tax", "price_incl_tax"])


def _differs(line) -> bool:
    price = line.purchase_info.price
    if not line.stockrecord or not price.exists:
        return False
    return (line.price_currency, line.price_incl_tax) != (price.currency, price.incl_tax)


def _of_price(line) -> str:
    language = get_language()
    return _("“%(title)s” was %(before)s and is now %(now)s.") % {
        "title": line.product.get_title(),
        "before": format_money(Money(line.price_incl_tax, line.price_currency), language),
        "now": format_money(Money(line.unit_price_incl_tax, line.purchase_info.price.currency), language),
    }


def _of_currency(lines: list, currency: str) -> str:
    language, before = get_language(), lines[0].price_currency
    same = all(line.price_currency == before for line in lines)
    then = sum((line.price_incl_tax * line.quantity for line in lines), Decimal(0)) if same else None
    now = sum((line.unit_price_incl_tax * line.quantity for line in lines), Decimal(0))
    rate = rate_to(currency)
    parts = [
        _("Prices are now in %(currency)s.") % {"currency": formats.currency_name(currency)},
        _("Your pieces were %(before)s and are now %(now)s.")
        % {
            "before": format_money(Money(then, before), language),
            "now": format_money(Money(now, currency), language),
        }
        if then is not None
        else "",
        rate_sentence(rate) if rate else "",
    ]
    return " ".join(part for part in parts if part)


def rate_sentence(rate: Rate) -> str:
    """Where a price comes from: "1 USD = 1.3821 CAD (European Central Bank, October 30, 2026)"; empty for 1 to 1."""
    if rate.base == rate.quote:
        return ""
    # Six significant digits tell a reader enough; the order keeps them all.
    value = rate.value.quantize(Decimal(1).scaleb(rate.value.adjusted() - 5)).normalize()
    return _("1 %(base)s = %(value)s %(quote)s (%(source)s, %(day)s).") % {
        "base": rate.base,
        "value": formats.exact(value),
        "quote": rate.quote,
        "source": cite(rate.source),
        "day": formats.day(rate.on),
    }
