"""What can be done with economies, markets and exchange rates."""

from marketplace.economies.services.importing import import_rates
from marketplace.economies.services.manual import add_rate
from marketplace.economies.services.markets import seed_markets
from marketplace.economies.services.reference import load_destinations, load_economies
from marketplace.economies.services.sample import load_sample_rates

__all__ = [
    "add_rate",
    "import_rates",
    "load_destinations",
    "load_economies",
    "load_sample_rates",
    "seed_markets",
]
