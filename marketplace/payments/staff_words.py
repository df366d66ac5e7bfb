"""How the log of acts and the books are told on staff's screens."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from wagtail.models import ModelLogEntry

from marketplace.fulfilment.staff import shown
from marketplace.payments.models import Payment


def acts(rows: Iterable[Model]) -> list[dict]:
    """What is written down of ``rows``, the first act first."""
    wanted = Q(pk__in=[])
    for row in rows:
        wanted |= Q(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    return told(ModelLogEntry.objects.filter(wanted).order_by("timestamp", "pk"))


def told(entries: QuerySet) -> list[dict]:
    """Entries of the log as rows of a table: when, who, what was done to what, and the details as short words."""
    return [
        {
            "at": entry.timestamp,
            "who": entry.user_display_name,
            "what": entry.message,
            "on": entry.label,
            "details": ", ".join(_pairs(entry.data)),
        }
        for entry in entries.select_related("user", "content_type")
    ]


def _pairs(data: Mapping[str, Any]) -> Iterable[str]:
    before, after = data.get("before") or {}, data.get("after") or {}
    for name in {**before, **after}:
        yield f"{name}: {before.get(name, '–')} → {after.get(name, '–')}"
    rest = {name: value for name, value in data.items() if name not in ("before", "after", "details")}
    for name, value in (rest | (data.get("details") or {})).items():
        yield f"{name}: {value}"


def books(payment: Payment) -> list[dict]:
    """The order's entries in the books, the first one first, each with its lines."""
    entries = payment.entries.order_by("at", "pk").prefetch_related("postings__consignment")
    return [
        {
            "at": entry.at,
            "kind": entry.get_kind_display(),
            "key": entry.key,
            "lines": [
                {
                    "account": line.get_account_display(),
                    "holder": line.holder,
                    "consignment": line.consignment.number if line.consignment else "",
                    "amount": shown(line.amount, line.currency),
                }
                for line in entry.postings.all()
            ],
        }
        for entry in entries
    ]
