"""What an import makes of an amount that a maker wants to receive: the price that the desk would work out."""

from decimal import Decimal

from django.utils import timezone

from marketplace.economies.quote_rates import QuoteRates
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Workshop
from storefront.desk.what_i_receive import Calculator, CannotWorkOut


def price_for(workshop: Workshop, amount: Decimal) -> Decimal:
    """In the shop's currency, at today's rates and terms. Raises Refused."""
    try:
        return Calculator(workshop, QuoteRates(timezone.localdate())).from_receive(amount).price.amount
    except CannotWorkOut as problem:
        raise Refused(str(problem), "receive") from problem
