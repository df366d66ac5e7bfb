"""The form by which the owner of a workshop or an agency says where its money goes."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.payments.models import Owner, holder_of
from marketplace.payments.payouts.payees import can_use
from marketplace.payments.payouts.terms import Offer, offers_in
from marketplace.workshops.models import Workshop
from storefront.desk.fields import Words


class PayeeForm(forms.Form):
    """``way`` is route and currency. What a way does not ask for is not kept; payees.change_payee judges the rest."""

    way = forms.ChoiceField(label=gettext_lazy("How you want to be paid"))
    holder_name = Words(label=gettext_lazy("Name of who receives the money, as the bank knows it"), max_length=140)
    account = Words(label=gettext_lazy("Account"), max_length=60, required=False)
    bank = Words(label=gettext_lazy("Bank and branch"), max_length=140, required=False)
    through = forms.ModelChoiceField(
        label=gettext_lazy("Your co-operative"),
        queryset=Workshop.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("Only if your co-operative receives the money for you."),
    )

    def __init__(self, owner: Owner, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        holder = holder_of(owner)
        offers = [offer for offer in offers_in(holder.economy, timezone.localdate()) if offer.exists]
        offers = [offer for offer in offers if can_use(offer.route, holder)]
        self.fields["way"].choices = [(_name(offer), _label(offer)) for offer in offers]
        if holder.kind == "workshop":
            coops = Workshop.objects.filter(village__economy=holder.economy, kind=Workshop.Kind.COOPERATIVE)
            self.fields["through"].queryset = coops.exclude(pk=owner.pk).prefetch_related("texts__locale")
        # The chosen way says whether it is needed: neither "required" nor "optional".
        self.fields["account"].asked = self.fields["bank"].asked = True
        asked = [str(offer.route.asks) for offer in offers if offer.route.asks]
        self.fields["account"].help_text = " · ".join(dict.fromkeys(asked))
        if not self.fields["through"].queryset.exists():
            del self.fields["through"]

    @property
    def change(self) -> dict:
        """What change_payee takes, of a valid form."""
        data = dict(self.cleaned_data)
        route, _colon, currency = data.pop("way").partition(":")
        return {"route": route, "currency": currency} | data


def _name(offer: Offer) -> str:
    return f"{offer.route.name}:{offer.terms.currency}"


def _label(offer: Offer) -> str:
    return _("%(route)s, in %(currency)s") % {"route": offer.route.title, "currency": offer.terms.currency}
