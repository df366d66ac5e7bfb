"""How the log of acts and the books are told on staff's screens."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.core.loading import get_model
from wagtail.models import ModelLogEntry

from marketplace import formats
from marketplace.fulfilment.staff import shown
from marketplace.payments import attention
from marketplace.payments.models import Attention, Payment, Refund

OrderLine = get_model("order", "Line")
# What the log's own names are called, in the order in which they are shown (the database keeps none). A name that is
# not here is shown as it is, so that nothing is hidden.
LABELS = {
    "order": gettext_lazy("Order"),
    "state": gettext_lazy("State"),
    "total": gettext_lazy("Total"),
    "amount": gettext_lazy("Amount"),
    "kind": gettext_lazy("Kind"),
    "account": gettext_lazy("Account"),
    "answer": gettext_lazy("Answer"),
    "reference": gettext_lazy("Reference of the bank"),
    "reason": gettext_lazy("Reason"),
    "why": gettext_lazy("Reason"),
    "note": gettext_lazy("Reason"),
    "failure": gettext_lazy("Why it failed"),
    "sha256": "SHA-256",
}
RANKS = {name: rank for rank, name in enumerate(LABELS)}
SUMS = ("amount", "total")


def state_of(payment: Payment) -> str:
    """Where a payment stands, with what of it went back."""
    if payment.state == Payment.State.PAID and payment.refunded:
        return _("Paid, of which %(amount)s went back") % {"amount": shown(payment.refunded, payment.currency)}
    return payment.get_state_display()


def acts(rows: Iterable[Model]) -> list[dict]:
    """What is written down of ``rows``, the first act first."""
    wanted = Q(pk__in=[])
    for row in rows:
        wanted |= Q(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    return told(ModelLogEntry.objects.filter(wanted).order_by("timestamp", "pk"))


def told(entries: QuerySet) -> list[dict]:
    """Entries of the log as rows of a table: when, who, what was done to what, and the details in words."""
    found = list(entries.select_related("user", "content_type"))
    about, titles = _about(found), _titles(found)
    return [
        {
            "at": entry.timestamp,
            "who": _who(entry),
            "what": entry.message,
            "on": entry.label,
            "details": " · ".join(_details(entry, about.get((entry.content_type_id, entry.object_id)), titles)),
        }
        for entry in found
    ]


def answer_title(kind: str, code: str) -> str:
    """What a matter was answered with, as its button says it; the system's own word for what settled itself."""
    for one in attention.answers:
        if one.kind in (kind, "*") and one.code == code:
            return str(one.title)
    return code


def _who(entry: ModelLogEntry) -> str:
    """A guest has no user: the details say that it was the buyer."""
    as_ = _given(entry).get("as")
    if entry.user_id is None:
        return _("the buyer") if as_ == Refund.As.BUYER else str(entry.user_display_name)
    role = f" ({Refund.As(as_).label})" if as_ in Refund.As.values else ""
    return f"{entry.user_display_name}{role}"


def _given(entry: ModelLogEntry) -> dict:
    """All that is neither before nor after."""
    rest = {name: value for name, value in entry.data.items() if name not in ("before", "after", "details")}
    return rest | (entry.data.get("details") or {})


def _about(entries: Iterable[ModelLogEntry]) -> dict[tuple[int, str], Model]:
    """The rows that the log speaks of, one query per model. Only they know a sum's currency."""
    wanted: dict[ContentType, set[str]] = {}
    for entry in entries:
        wanted.setdefault(entry.content_type, set()).add(entry.object_id)
    return {
        (kind.pk, str(pk)): row
        for kind, ids in wanted.items()
        if kind.model_class() is not None
        for pk, row in kind.model_class()._default_manager.in_bulk(ids).items()
    }


def _titles(entries: Iterable[ModelLogEntry]) -> dict[int, str]:
    ids = {pk for entry in entries for pk in _given(entry).get("lines") or ()}
    return dict(OrderLine.objects.filter(pk__in=ids).values_list("pk", "title")) if ids else {}


def _details(entry: ModelLogEntry, row: Model | None, titles: Mapping[int, str]) -> Iterator[str]:
    before, after, given = entry.data.get("before") or {}, entry.data.get("after") or {}, _given(entry)
    currency = after.get("currency") or given.get("currency") or getattr(row, "currency", "")
    model = entry.content_type.model_class()
    for name in _in_order({**before, **after}):
        values = [_value(model, row, name, part[name], currency) for part in (before, after) if name in part]
        if name != "currency" and any(values):
            yield f"{LABELS.get(name, name)}: {' → '.join(values)}"
    if ids := given.get("lines"):
        yield _pieces(ids, titles, whole=bool(given.get("whole")))
    for name in _in_order(given):
        value = given[name]
        if name not in ("as", "lines", "whole", "currency") and value not in ("", None):
            yield f"{LABELS.get(name, name)}: {_value(model, row, name, value, currency)}"


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (RANKS.get(name, len(RANKS)), name))


def _pieces(ids: list[int], titles: Mapping[int, str], *, whole: bool) -> str:
    names = formats.joined([titles.get(pk, "–") for pk in ids])
    if whole:
        return _("All that was still to be sent: %(pieces)s") % {"pieces": names}
    return _("Pieces: %(pieces)s") % {"pieces": names}


def _value(model: type[Model] | None, row: Model | None, name: str, value: Any, currency: str) -> str:
    if name in SUMS and currency:
        return _sum(value, currency)
    if isinstance(row, Attention) and name == "answer":
        return answer_title(row.kind, value)
    if isinstance(row, Attention) and name == "kind":
        return str(attention.tell(row)[0])
    return str(_choices(model, name).get(value, value))


def _sum(value: Any, currency: str) -> str:
    """In the currency's own decimals, whatever the log kept."""
    try:
        return shown(Decimal(str(value)), currency)
    except InvalidOperation:
        return f"{value} {currency}"


def _choices(model: type[Model] | None, name: str) -> Mapping[Any, str]:
    try:
        return dict(model._meta.get_field(name).flatchoices) if model else {}
    except FieldDoesNotExist:
        return {}


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
