"""Who did what to money or rights, when, and what it was before: in Wagtail's log, which is only added to."""

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

# What is written down, and what the log calls it. More are added with ``add_action``.
ACTIONS: dict[str, str] = {
    "marketplace.attention_called": _("Called for a person"),
    "marketplace.attention_answered": _("Answered what needed a person"),
    "marketplace.payment_state": _("Moved a payment to another state"),
    "marketplace.order_cancelled": _("Cancelled an order"),
    "marketplace.consignment_cancelled": _("Cancelled a consignment"),
    "marketplace.refund_asked": _("Asked for a refund"),
    "marketplace.refund_done": _("Paid a refund back"),
    "marketplace.refund_failed": _("Could not pay a refund back"),
    "marketplace.dispute_opened": _("A bank opened a dispute"),
    "marketplace.dispute_closed": _("A bank closed a dispute"),
    "marketplace.message_again": _("Sent an outgoing message again"),
    "marketplace.share_rule": _("Changed a rule for shares"),
    "marketplace.payee_entered": _("Entered where money goes"),
    "marketplace.payee_withdrawn": _("Took back a change of where money goes"),
    "marketplace.payee_approved": _("Approved where money goes"),
    "marketplace.payout_made": _("Made a payout"),
    "marketplace.payout_approved": _("Approved a payout"),
    "marketplace.payout_refused": _("Refused a payout"),
    "marketplace.payout_paid": _("Recorded a payout as paid"),
    "marketplace.payout_failed": _("Recorded a payout as failed"),
    "marketplace.payout_evidence": _("Added a receipt to a payout"),
}


class NotEditable(Exception):
    """The log is only added to."""


def add_action(action: str, label: str) -> None:
    """Let ``record`` know a further act; ``label`` is a lazy translation. Call it while modules are loaded."""
    ACTIONS[action] = label


def record(
    *,
    action: str,
    instance: Model,
    by=None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> ModelLogEntry:
    """Write one row in the caller's transaction. ``action`` is one of ACTIONS.

    ``by``: None is the system itself. The rest as JSON (Decimal, dates and lazy words are fine): states, amounts,
    numbers; no names, addresses or accounts. Raises ValidationError for an action that nobody registered.
    """
    given = {"before": before, "after": after, "details": details}
    data = {name: dict(value) for name, value in given.items() if value}
    return log(instance=instance, action=action, user=by, data=data)


def trail(order) -> QuerySet:
    """All that is written down of ``order``: of itself, its payment, consignments, refunds, disputes and matters that
    needed a person; the first act first.
    """
    payment = getattr(order, "payment", None)
    rows: list[Model] = [order, *order.consignments.all()]
    if payment is not None:
        rows += [payment, *payment.refunds.all(), *payment.disputes.all(), *payment.attention.all()]
    wanted = Q(pk__in=[])
    by_model: dict[type[Model], list[str]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(str(row.pk))
    for model, ids in by_model.items():
        wanted |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=ids)
    return ModelLogEntry.objects.filter(wanted).order_by("timestamp", "pk")


@receiver([pre_save, pre_delete], sender=ModelLogEntry)
def refuse_changes(sender, instance, **kwargs) -> None:
    """A row of the log that is there stays as it is."""
    if instance.pk is not None and not instance._state.adding:
        raise NotEditable(f"Row {instance.pk} of the log cannot be changed or deleted.")
