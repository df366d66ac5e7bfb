"""Packers and owners are told the day before a consignment is due, and once when its day is over: in the village's own day.

What is found is handed to the outbox, whose key says that it was told: once per consignment and kind, whoever runs this how
often, and also to nobody who joins the workshop later.
"""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from marketplace.fulfilment.deadlines import today_at
from marketplace.fulfilment.models import Consignment
from marketplace.notices.receivers import consignment_url
from marketplace.notices.services import tell_workshop
from marketplace.payments import outbox
from marketplace.payments.models import OutboxMessage
from marketplace.workshops.models import Right

TELL = "deadline.tell"
TOMORROW, MISSED = "deadline_tomorrow", "deadline_missed"
A_DAY = timedelta(days=1)
# No place on earth is further ahead of UTC.
FURTHEST_EAST = timedelta(hours=14)


def announce(*, now: datetime | None = None) -> int:
    """Have everybody told whose parcel is due tomorrow, or is late, at ``now``. Answers of how many consignments."""
    now = now or timezone.now()
    found = [(row, kind) for row in _candidates(now) if (kind := kind_of(row, now))]
    new = [(row, kind) for row, kind in found if not (kind == TOMORROW and row.told_tomorrow)]
    for row, kind in new:
        _hand_over(row, kind)
    return len(new)


def kind_of(consignment: Consignment, now: datetime) -> str:
    """What is to be told of it on its village's day at ``now``; empty: nothing."""
    days = (consignment.send_by - today_at(consignment.workshop.village, now)).days
    return MISSED if days < 0 else TOMORROW if days == 1 else ""


def _candidates(now: datetime) -> QuerySet[Consignment]:
    """All that wait, are late or due tomorrow somewhere on earth, and were not called late before. One statement."""
    furthest = (now + FURTHEST_EAST + A_DAY).astimezone(UTC).date()
    rows = Consignment.objects.payable().waiting().filter(send_by__lte=furthest).exclude(_told(MISSED))
    return rows.annotate(told_tomorrow=_told(TOMORROW)).select_related("workshop__village").order_by("send_by", "pk")


def _told(kind: str) -> Exists:
    return Exists(OutboxMessage.objects.filter(key=Concat(Value(f"{kind}:"), Cast(OuterRef("pk"), CharField()))))


@transaction.atomic
def _hand_over(consignment: Consignment, kind: str) -> None:
    outbox.add(kind=TELL, key=f"{kind}:{consignment.pk}", payload={"consignment": consignment.pk, "kind": kind})


@outbox.handler(TELL)
def tell_deadline(message: OutboxMessage) -> None:
    """What has left, was cancelled, or is due on another day by now needs no such notice any more."""
    kind = message.payload["kind"]
    rows = Consignment.objects.payable().waiting().filter(pk=message.payload["consignment"], send_by__isnull=False)
    row = rows.select_related("workshop__village").first()
    if row is None or kind_of(row, timezone.now()) != kind:
        return
    tell_workshop(
        workshop=row.workshop,
        rights=(Right.PACK,),
        kind=kind,
        key=row.number,
        values={"consignment": row.number, "day": row.send_by.isoformat()},
        url=consignment_url(row),
    )
