"""Forms of the staff's screens for workshops: the workshop with Oscar's partner behind it, and its members by e-mail."""

from django import forms
from django.contrib.auth import get_user_model
from django.db import transaction
from django.forms import inlineformset_factory
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from wagtail.admin.panels import Panel

from catalogue.staff import OwnerForm
from marketplace.workshops.models import Member, Workshop


class MemberForm(forms.ModelForm):
    """A member is named by the e-mail of an existing account; an empty row is no member."""

    email = forms.EmailField(label=_("E-mail"), required=True)

    class Meta:
        model = Member
        fields = ["role"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["email"] = self.instance.user.email

    def clean_email(self) -> str:
        user = (
            get_user_model().objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        )
        if user is None:
            raise forms.ValidationError(
                _("Nobody has an account with this e-mail. Please ask her to sign up first.")
            )
        self.instance.user = user
        return user.email


class BaseMembers(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        emails = [
            form.cleaned_data["email"]
            for form in self.forms
            if form.cleaned_data.get("email") and form not in self.deleted_forms
        ]
        if len(emails) != len(set(emails)):
            raise forms.ValidationError(_("A person is in the list twice."))


Members = inlineformset_factory(Workshop, Member, form=MemberForm, formset=BaseMembers, extra=2)


class WorkshopForm(OwnerForm):
    """Makes Oscar's partner together with a new workshop; the members' rows are saved with it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.members = Members(self.data if self.is_bound else None, instance=self.instance, prefix="members")

    def is_valid(self) -> bool:
        members_are_valid = self.members.is_valid() if self.is_bound else True
        return super().is_valid() and members_are_valid

    @transaction.atomic
    def save(self, commit: bool = True) -> Workshop:
        if self.instance.partner_id is None:
            name, code = self.cleaned_data["name"], self.cleaned_data["slug"]
            self.instance.partner = get_model("partner", "Partner").objects.create(name=name, code=code)
        workshop = super().save(commit)
        self.members.instance = workshop
        self.members.save()
        return workshop


class MembersPanel(Panel):
    """The members' rows of a WorkshopForm."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "marketplace/workshops/members_panel.html"

        def get_context_data(self, parent_context=None) -> dict:
            return super().get_context_data(parent_context) | {"members": self.form.members}
