"""The matter that a changed payee is: opened once per change, closed when somebody decides or a newer one replaces it."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments import attention
from marketplace.payments.models import Attention, Payee

KIND = "payee_waits"
MAY_DECIDE = "marketplace_payments.change_payee"

attention.describe(
    KIND,
    happened=_("%(workshop)s entered a new way of being paid in %(currency)s: %(account)s. It waits for approval."),
    advice=_(
        "Under Payees you see who receives the money. Ask them by a way that you know from before, not by the mail "
        "of today. Until you decide nothing is paid out to them."
    ),
    may_be_settled=False,
)


def open_for(row: Payee) -> Attention:
    """``row`` waits for approval: counted on the staff's first page until somebody decides."""
    details = {"workshop": row.holder.title, "currency": row.currency, "account": row.masked or "–", "payee": row.pk}
    return attention.call(kind=KIND, key=_key(row), details=details)


def lock_open(row: Payee) -> Attention | None:
    """The open matter of ``row``, locked; None where there is none. Always before the payee, as an answer to it does."""
    return Attention.objects.open().select_for_update().filter(key=_key(row)).first()


def close(matter: Attention | None, *, by, answer: str, reason: str = "") -> None:
    if matter:
        attention.close(row=matter, by=by, answer=answer, reason=reason)


def payee_in(matter: Attention) -> Payee:
    return Payee.objects.get(pk=matter.details["payee"])


def _key(row: Payee) -> str:
    return f"payee:{row.pk}"
