"""Forms of the staff's screens for restrictions, papers and questions. What they save goes through services."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

from catalogue.models import Product
from marketplace.trade.hs_services import answer_question, clean_code
from marketplace.trade.models.hs import HsQuestion
from marketplace.trade.models.restrictions import Restriction
from marketplace.trade.readiness_services import check_certificate
from marketplace.trade.restrictions import overlapping, record_change, values_of
from marketplace.workshops.details import Refused


class RestrictionForm(WagtailAdminModelForm):
    """Every change is kept, with what stood there before and who made it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.before = values_of(self.instance) if self.instance.pk else {}

    def clean(self) -> dict:
        data = super().clean()
        if data.get("code") and data.get("effective_from"):
            others = Restriction.objects.filter(code=data["code"]).exclude(pk=self.instance.pk)
            row = Restriction(**{name: data.get(name) for name in ("code", "effective_from", "effective_to", "state")})
            if any(row in pair for pair in overlapping([*others, row])):
                self.add_error("effective_from", _("Another row with this code is valid in these days."))
        return data

    @transaction.atomic
    def save(self, commit: bool = True):
        row = super().save(commit)
        if commit and values_of(row) != self.before:
            record_change(row, self.before, self.for_user, how=_("the admin"))
        return row


class OfPieceForm(WagtailAdminModelForm):
    """For rows that belong to a piece, which is named by its code: no list of ten thousand."""

    piece_code = forms.CharField(label=gettext_lazy("Piece code"), max_length=64)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["piece_code"] = self.instance.product.upc

    def clean_piece_code(self) -> str:
        code = self.cleaned_data["piece_code"].strip()
        piece = Product.objects.exclude(structure=Product.CHILD).filter(upc=code).first()
        if piece is None:
            raise forms.ValidationError(_("There is no piece with this code."))
        self.instance.product = piece
        return code


class CertificateForm(OfPieceForm):
    checked = forms.BooleanField(
        label=gettext_lazy("I have seen this paper, and it is what it says"),
        required=False,
        help_text=gettext_lazy("Only then does it clear a rule."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["checked"] = bool(self.instance.checked_at)

    @transaction.atomic
    def save(self, commit: bool = True):
        """A paper that was changed is to be looked at again."""
        if not self.cleaned_data["checked"] or set(self.changed_data) - {"checked", "document"}:
            self.instance.checked_at = self.instance.checked_by = None
        row = super().save(commit)
        if self.cleaned_data["checked"]:
            check_certificate(certificate=row, user=self.for_user)
            row.refresh_from_db()
        return row


class AnswerForm(WagtailAdminModelForm):
    """A person's decision about a maker's question."""

    decision = forms.CharField(label=gettext_lazy("HS code"), max_length=14, required=False)

    def clean_decision(self) -> str:
        text = self.cleaned_data["decision"]
        try:
            return clean_code(text) if text.strip() else ""
        except Refused as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean(self) -> dict:
        data = super().clean()
        # Django has written the form into the instance by now only in _post_clean, so this is what stands there.
        if self.instance.state != HsQuestion.State.OPEN:
            raise forms.ValidationError(_("Somebody has answered this question already."))
        if not data.get("decision") and not data.get("note", "").strip() and "decision" not in self.errors:
            self.add_error("decision", _("Please give a code, or a note to the maker."))
        return data

    def save(self, commit: bool = True) -> HsQuestion:
        data = self.cleaned_data
        return answer_question(
            question=self.instance, code=data["decision"], note=data["note"], user=self.for_user
        )


class ImportForm(forms.Form):
    """A CSV file of restrictions."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("In UTF-8, with the columns of the export. It is taken whole or not at all."),
    )
