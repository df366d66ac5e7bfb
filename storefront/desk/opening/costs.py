"""What a workshop costs and what one keeps of a price, by the rules of today."""

from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.economies.models import Economy
from marketplace.money import Money, format_money
from marketplace.payments.models import ShareRule
from marketplace.payments.payouts.terms import Offer, offers_in
from marketplace.payments.shares import Party, Terms, terms_for
from marketplace.workshops.models import Village, Workshop

# The example's price is a round number of about so many times the least payout.
TIMES = 4


def describe_costs(economy: Economy, on: date) -> dict:
    """{"commission", "village_fund", "keep": percentages as text ("" for none), "example": sentence, "some_differ"}."""
    # A workshop that nobody knows yet: only the rules for all and for its economy concern it.
    terms = terms_for([Workshop(village=Village(economy=economy))], on=on)[None]
    return {
        "commission": _percent(terms.commission),
        "village_fund": _percent(terms.village_fund),
        "keep": _percent(terms.workshop),
        "example": _example(economy, terms, on),
        "some_differ": _some_differ(economy, on),
    }


def _example(economy: Economy, terms: Terms, on: date) -> str:
    offer = next((row for row in offers_in(economy.pk, on) if row.exists), None)
    price = Money(_round_price(offer), offer.terms.currency if offer else economy.currency)
    kept = terms.split(price)[Party.WORKSHOP]
    return _("Of %(price)s you keep %(kept)s.") % {"price": _money(price), "kept": _money(kept)}


def _round_price(offer: Offer | None) -> Decimal:
    """1, 10, 100 … of the currency, near to what one piece may cost there."""
    least = offer.terms.minimum * TIMES if offer else Decimal(100)
    return Decimal(10) ** max(0, round(max(least, Decimal(1)).log10()))


def _some_differ(economy: Economy, on: date) -> bool:
    """Whether some village or workshop there has shares of its own today."""
    narrow = Q(village__economy=economy) | Q(workshop__village__economy=economy)
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    return ShareRule.objects.filter(narrow, in_force, valid_from__lte=on).exists()


def _percent(value: Decimal) -> str:
    return formats.exact(value.normalize()) if value else ""


def _money(money: Money) -> str:
    return format_money(money, get_language() or "en")
