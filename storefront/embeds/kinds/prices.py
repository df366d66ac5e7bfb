"""Prices as a card says them: its reader may be anywhere, so the currency is named once, and without doubt."""

from babel.numbers import get_currency_symbol

from marketplace.formats import locale_of
from marketplace.money import Money, format_money

# What CLDR writes for one currency alone, in any language. "$", "¥", "元", "£", "kr" or "Rs" are those of several.
UNIQUE = frozenset(
    ("US$", "$US", "CA$", "$CA", "A$", "AU$", "$AU", "NZ$", "$NZ", "NT$", "HK$", "MX$", "$MX", "R$", "$CL", "$SG", "$BN")
    + ("JP¥", "CN¥", "£GB", "€", "₩", "￦", "₫", "฿", "₱", "₽", "₹", "₪", "₺", "RM", "Rp", "S/")
)


def named_price(money: Money, language: str) -> str:
    """Such as "$48.00 USD", but "US$48.00" and "THB 350.00" as they are: they name the currency themselves."""
    text, symbol = format_money(money, language), get_currency_symbol(money.currency, locale=locale_of(language))
    return text if symbol in UNIQUE or money.currency in text else f"{text}\u00a0{money.currency}"
