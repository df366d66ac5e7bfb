"""The page on which the owner of a workshop or an agency says where its money goes. Who may is asked before."""

from typing import Protocol

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.payments.models import Owner, Payee
from marketplace.payments.payouts.balances import currencies_of
from marketplace.payments.payouts.errors import BadPayee
from marketplace.payments.payouts.known import routes
from marketplace.payments.payouts.payees import change_payee, payee_of, waiting_payee_of, withdraw_change
from storefront.account_changes import tell_of_payee
from storefront.desk.earnings_forms import PayeeForm


class AnyDesk(Protocol):
    """A workshop's desk or an agency's."""

    request: HttpRequest

    def render(self, template: str, context: dict, status: int = 200) -> HttpResponse: ...


def payee_page(desk: AnyDesk, owner: Owner, *, template: str, back: str) -> HttpResponse:
    """A change waits for somebody of the shop; "withdraw" takes it back. Afterwards on to the address ``back``."""
    data = desk.request.POST if desk.request.method == "POST" else None
    if data and "withdraw" in data:
        if withdraw_change(owner=owner, currency=data["withdraw"][:3], by=desk.request.user):
            messages.success(desk.request, _("Taken back. You are paid as before."))
        return redirect(back)
    form = PayeeForm(owner, data)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                row = change_payee(owner=owner, by=desk.request.user, **form.change)
                tell_of_payee(row)
        except BadPayee as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(desk.request, _("Saved. The shop looks at it now. Until then nothing is paid out."))
            return redirect(back)
    known = [
        {
            "currency": currency,
            "payee": describe_payee(payee_of(owner, currency)),
            "waiting": describe_payee(waiting_payee_of(owner, currency)),
        }
        for currency in _currencies(owner)
    ]
    context = {"form": form, "known": known, "back": back, "ways": len(form.fields["way"].choices)}
    return desk.render(template, context, status=400 if form.is_bound else 200)


def _currencies(owner: Owner) -> list[str]:
    """Those that are owed, and those for which somebody said where they go."""
    said = owner.payees.filter(state__in=(Payee.State.ACTIVE, Payee.State.WAITING)).values_list("currency", flat=True)
    return list(dict.fromkeys([*currencies_of(owner), *said.order_by("currency")]))


def describe_payee(row: Payee | None) -> dict | None:
    """As the pages show it: never the whole account."""
    if row is None:
        return None
    title = routes[row.route].title if row.route in routes else row.route
    return {"title": title, "account": row.masked, "holder": row.holder_name, "through": str(row.through or "")}
