from marketplace.economies.models.economies import Economy, RequiredLanguage
from marketplace.economies.models.markets import (
    Market,
    MarketChannel,
    MarketCurrency,
    Registration,
    RegistrationScheme,
)
from marketplace.economies.models.rates import CurrencyPeg, ExchangeRate, RateImport
from marketplace.economies.models.versions import DataVersion

__all__ = [
    "CurrencyPeg",
    "DataVersion",
    "Economy",
    "ExchangeRate",
    "Market",
    "MarketChannel",
    "MarketCurrency",
    "RateImport",
    "Registration",
    "RegistrationScheme",
    "RequiredLanguage",
]
