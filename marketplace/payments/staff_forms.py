"""Forms with which staff give money back and cancel."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.staff import shown
from marketplace.money import Money
from marketplace.payments.models import Payment, Refund
from marketplace.payments.refund_amounts import Taken
from marketplace.payments.refunds import Wish, what_is_left

Reason, Stage = Refund.Reason, Consignment.State
# What a person may give; the others belong to verbs of their own (cancelling, late money, disputes).
REASONS = (Reason.LOST, Reason.RETURNED, Reason.DAMAGED, Reason.GOODWILL)
# What can only have become of a parcel that was sent.
OF_A_PARCEL = frozenset({Reason.LOST, Reason.RETURNED, Reason.DAMAGED})


def new_key() -> str:
    """Ours, one per rendered form: a double click comes back with the same."""
    return f"staff:{uuid.uuid4().hex}"


class KeyForm(forms.Form):
    key = forms.RegexField(regex=r"^staff:[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_key


class RefundForm(KeyForm):
    """Chooses lines and postage of an order's consignments, each whole or an amount of it."""

    # None is chosen before: what nobody looked at would be written into the books.
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Please choose the reason")), *((reason.value, reason.label) for reason in REASONS)],
    )
    # What the person saw, empty before she saw it.
    expected = forms.DecimalField(required=False, max_digits=14, decimal_places=2, widget=forms.HiddenInput)

    def __init__(self, *args, payment: Payment, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment
        reason = self.data.get("reason") if self.data.get("reason") in Reason.values else Reason.GOODWILL
        rows = payment.order.consignments.select_related("workshop").order_by("pk")
        self.parts = [(row, what_is_left(row, reason=reason)) for row in rows]
        self.lines = {line.pk: line for line in payment.order.lines.all()}
        for row, left in self.parts:
            for pk, money in left.lines.items():
                self._add(f"line-{pk}", money)
            self._add(f"shipping-{row.pk}", left.shipping)

    def _add(self, name: str, left: Money) -> None:
        if left.amount <= 0:
            return
        self.fields[name] = forms.BooleanField(required=False)
        self.fields[f"{name}-amount"] = forms.DecimalField(
            required=False, min_value=Decimal("0.01"), max_value=left.amount, max_digits=14, decimal_places=2
        )

    def sections(self) -> Iterator[dict]:
        """Per consignment its rows, each with what is left and its two fields; for the template."""
        for row, left in self.parts:
            items = [(f"line-{pk}", self.lines[pk].title, money) for pk, money in left.lines.items()]
            items.append((f"shipping-{row.pk}", _("Shipping"), left.shipping))
            yield {
                "consignment": row,
                "levies": self._shown(left.levies),
                "kept": self._shown(left.kept) if left.kept.amount else "",
                "rows": [
                    {
                        "label": label,
                        "left": self._shown(money),
                        "choose": self[name] if name in self.fields else None,
                        "amount": self[f"{name}-amount"] if name in self.fields else None,
                    }
                    for name, label, money in items
                ],
            }

    @staticmethod
    def _shown(money: Money) -> str:
        return shown(money.amount, money.currency)

    def clean(self) -> dict:
        given = super().clean()
        if self.errors:
            return given
        if not self.wishes():
            raise forms.ValidationError(_("Please choose what to pay back."))
        if given["reason"] in OF_A_PARCEL:
            self._refuse_what_was_not_sent(Reason(given["reason"]))
        return given

    def _refuse_what_was_not_sent(self, reason: Reason) -> None:
        for row in dict.fromkeys(wish.consignment for wish in self.wishes()):
            if not row.sent_at:
                text = _("Consignment %(number)s has not been sent, so the reason cannot be “%(reason)s”.")
                raise forms.ValidationError(text % {"number": row.number, "reason": reason.label})

    def still_packed(self, parts: Iterable[Taken]) -> list[Consignment]:
        """Consignments not yet sent of which ``parts`` give all back: their makers would go on packing for nobody."""
        given: Counter = Counter()
        for part in parts:
            given[part.share.consignment_id] += part.amount
        open_ = (row for row, _left in self.parts if row.state in (Stage.PLACED, Stage.PACKED) and given[row.pk])
        return [
            row
            for row in open_
            if given[row.pk] >= what_is_left(row, reason=self.cleaned_data["reason"]).total.amount
        ]

    def wishes(self) -> list[Wish]:
        """An amount beside a row chooses it, too."""
        return [wish for row, left in self.parts for wish in self._wishes(row, left.lines)]

    def _wishes(self, row: Consignment, lines) -> Iterator[Wish]:
        for pk in lines:
            if self._is_chosen(f"line-{pk}"):
                yield Wish(row, line=self.lines[pk], amount=self._amount(f"line-{pk}"))
        if self._is_chosen(f"shipping-{row.pk}"):
            yield Wish(row, shipping=True, amount=self._amount(f"shipping-{row.pk}"))

    def _is_chosen(self, name: str) -> bool:
        given = self.cleaned_data
        return bool(given.get(name) or given.get(f"{name}-amount"))

    def _amount(self, name: str) -> Money | None:
        amount = self.cleaned_data.get(f"{name}-amount")
        return Money(amount, self.payment.currency) if amount else None


class CancelForm(KeyForm):
    """The whole order or one consignment of it."""

    consignment = forms.ModelChoiceField(
        label=gettext_lazy("What"), queryset=Consignment.objects.none(), required=False
    )
    back_on_sale = forms.ChoiceField(
        label=gettext_lazy("The pieces"),
        required=False,
        choices=[
            ("", gettext_lazy("can be sold again unless they are on their way")),
            ("yes", gettext_lazy("can be sold again")),
            ("no", gettext_lazy("cannot be sold again")),
        ],
    )

    def __init__(self, *args, payment: Payment, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["consignment"]
        what.queryset = payment.order.consignments.exclude(state=Consignment.State.CANCELLED).order_by("pk")
        what.empty_label = _("The whole order")

    def clean_back_on_sale(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["back_on_sale"])
