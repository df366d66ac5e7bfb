"""Which batches are to be prepared on a day."""

from datetime import date

from django.utils import timezone

from marketplace.payments.models import Holder, Payee, PayoutBatch
from marketplace.payments.payouts.preparing import prepare
from marketplace.payments.payouts.terms import TermsBook


def prepare_scheduled(*, on: date | None) -> list[PayoutBatch]:
    """Batches of every route and currency that has somebody whose day of payout is ``on``; None: any day.

    In each only those whose day it is. Run twice a day, the second run finds nothing new.
    """
    today = timezone.localdate()
    rows = Payee.objects.filter(state=Payee.State.ACTIVE).select_related("workshop__village", "agency").order_by("pk")
    book = TermsBook({row.holder.economy for row in rows})
    wanted: dict[tuple[str, str], set[Holder]] = {}
    for row in rows:
        offer = book.offer(row.holder.economy, row.route, row.currency, today)
        if offer and offer.exists and (on is None or offer.next_day(on) == on):
            wanted.setdefault((row.route, row.currency), set()).add(row.holder)
    batches = (
        prepare(route=route, currency=currency, only=holders)
        for (route, currency), holders in sorted(wanted.items())
    )
    return [batch for batch in batches if batch]
