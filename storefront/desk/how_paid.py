"""How workshops are paid, per economy: told to everybody, without a log-in, before anybody lists a piece."""

from datetime import date, timedelta
from decimal import Decimal

from babel.dates import get_day_names
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace import formats
from marketplace.economies.models import Economy
from marketplace.money import Money, format_money
from marketplace.payments.models import PayoutTerms
from marketplace.payments.payouts.terms import Offer, economies_with_terms, offers_in
from marketplace.payments.payouts.words import paper_words, source_words
from marketplace.payments.shares import terms_for
from marketplace.workshops.models import Village, Workshop

# The example's price is so many times the least payout: enough for one piece to be paid at once.
EXAMPLE_TIMES = 4


@require_safe
def how_paid(request: HttpRequest) -> HttpResponse:
    """The routes of the economy in ``?economy=``, those that do not exist there with the reason; else a choice."""
    economies, chosen = choose_economy(request.GET.get("economy", ""))
    context = {
        "economies": economies,
        "chosen": describe_economy(chosen, timezone.localdate()) if chosen else None,
        "here": reverse("desk:how-paid"),
    }
    return render(request, "storefront/desk/how_paid.html", context)


def choose_economy(code: str) -> tuple[list[dict], Economy | None]:
    """The economies to choose from, as a form draws them, and the one of this code or of the active language, if any."""
    economies = economies_with_terms()
    chosen = next((row for row in economies if row.pk == code), None) or _by_language(economies)
    return [{"code": row.pk, "name": row.get_name(), "chosen": row == chosen} for row in economies], chosen


def _by_language(economies: list[Economy]) -> Economy | None:
    """The only economy whose first language is the active one; where several share it, nobody is guessed."""
    found = [row for row in economies if row.languages and row.languages[0] == get_language()]
    return found[0] if len(found) == 1 else None


def describe_economy(economy: Economy, on: date) -> dict:
    offers = offers_in(economy.pk, on)
    return {
        "name": economy.get_name(),
        "routes": [describe_offer(offer) for offer in offers if offer.exists],
        "missing": [{"title": offer.route.title, "why": offer.why_not} for offer in offers if not offer.exists],
        "example": _example(economy, next((offer for offer in offers if offer.exists), None), on),
    }


def describe_offer(offer: Offer) -> dict:
    """A route's terms as sentences in the active language."""
    terms = offer.terms
    return {
        "name": offer.route.name,
        "title": offer.route.title,
        "says": offer.route.says,
        "facts": [
            (_("Currency"), f"{formats.currency_name(terms.currency)} ({terms.currency})"),
            (_("When"), when_words(terms)),
            (_("Waiting time"), _wait(terms)),
            (_("Fee"), fee_words(terms)),
            (_("Least payout"), _least(terms)),
        ],
        "papers": paper_words(terms.papers),
        "source": source_words(terms.source),
        "read_on": formats.day(terms.source_date),
    }


def when_words(terms: PayoutTerms) -> str:
    """ "Every month, on day 1", "Every week, on Friday"."""
    if terms.schedule == PayoutTerms.Schedule.MONTHLY:
        return _("Every month, on day %(day)s") % {"day": terms.pay_day}
    names = get_day_names("wide", "stand-alone", formats.locale_of())
    return _("Every week, on %(weekday)s") % {"weekday": names[terms.pay_day - 1]}


def fee_words(terms: PayoutTerms) -> str:
    """What a payout costs and who bears it."""
    parts = []
    if terms.fee_fixed:
        parts.append(_shown(terms.fee_fixed, terms.currency))
    if terms.fee_percent:
        percent = formats.exact(terms.fee_percent.normalize())
        parts.append(_("%(percent)s %% of the payout") % {"percent": percent})
    if not parts:
        return _("None")
    fee = formats.joined(parts)
    if terms.fee_by == PayoutTerms.FeeBy.SHOP:
        return _("%(fee)s, paid by the shop: you get the whole amount") % {"fee": fee}
    return _("%(fee)s, taken off what you get") % {"fee": fee}


def _wait(terms: PayoutTerms) -> str:
    text = ngettext(
        "%(days)s day after the parcel was delivered, so that the buyer can complain",
        "%(days)s days after the parcel was delivered, so that the buyer can complain",
        terms.hold_days,
    )
    return text % {"days": terms.hold_days}


def _least(terms: PayoutTerms) -> str:
    values = {"amount": _shown(terms.minimum, terms.currency), "step": _shown(terms.step, terms.currency)}
    text = _(
        "%(amount)s. Less is kept for you until the next payout."
        " We pay in steps of %(step)s, and keep the rest for you, too."
    )
    return text % values


def _example(economy: Economy, offer: Offer | None, on: date) -> str:
    """One sale from the price to the day of payout, computed by the rules of today as it would be in earnest."""
    if offer is None:
        return ""
    terms, currency = offer.terms, offer.terms.currency
    price = Money((terms.minimum * EXAMPLE_TIMES).quantize(Decimal(1)), currency)
    # A workshop that nobody knows yet: only the rules for all and for its economy concern it.
    nobody = Workshop(village=Village(economy=economy))
    parts = terms_for([nobody], on=on)[None].split(price)
    yours, *others = parts.values()
    free = on + timedelta(days=terms.hold_days)
    amount, fee = offer.cut(yours)
    values = {
        "price": _money(price),
        "others": _money(sum(others, Money(Decimal(0), currency))),
        "yours": _money(yours),
        "delivered": formats.day(on),
        "free": formats.day(free),
        "day": formats.day(offer.next_day(free)),
        "net": _money(amount - fee),
    }
    return (
        _(
            "A buyer pays %(price)s for your piece. %(others)s of it go to the shop and your village's fund, and %(yours)s "
            "are yours. Your parcel is delivered on %(delivered)s. On %(free)s the waiting time is over, and on %(day)s "
            "%(net)s leaves for you."
        )
        % values
    )


def _money(money: Money) -> str:
    return format_money(money, get_language() or "en")


def _shown(amount: Decimal, currency: str) -> str:
    return _money(Money(amount, currency))
