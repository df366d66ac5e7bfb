"""Forms of the staff's screens: the workshop with Oscar's partner behind it, its members and officers by e-mail."""

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.forms import inlineformset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import Panel
from wagtail.log_actions import log

from catalogue.staff import OwnerForm
from marketplace.workshops import opening
from marketplace.workshops.details import Refused
from marketplace.workshops.membership import members
from marketplace.workshops.models import Application, Member, Officer, Right, Workshop

OFFICER_NAMED, OFFICER_ENDED = "marketplace.officer_named", "marketplace.officer_ended"
# What the log calls the acts of this app (wagtail_hooks registers them).
ACTIONS = {
    opening.APPLIED: _("Asked for a workshop"),
    opening.ASKED_FOR_VILLAGE: _("Asked for a village that the register does not know"),
    opening.ANSWERED: _("Answered the officer"),
    members.actions.invited: _("Invited a member"),
    members.actions.withdrawn: _("Withdrew an invitation"),
    members.actions.joined: _("Joined a workshop"),
    members.actions.changed: _("Changed the tasks of a member"),
    members.actions.removed: _("Removed a member"),
    members.actions.left: _("Left a workshop"),
    OFFICER_NAMED: _("Named an officer"),
    OFFICER_ENDED: _("Ended an office"),
}


def active_user(email: str):
    """Raises ValidationError where nobody has an account with it."""
    user = get_user_model().objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise forms.ValidationError(_("Nobody has an account with this e-mail. Please ask her to sign up first."))
    return user


class MemberForm(forms.ModelForm):
    """A member is named by the e-mail of an existing account; an empty row is no member.

    Who signed up by telephone has no e-mail: her row stays as it is, but for its tasks.
    """

    email = forms.EmailField(label=_("E-mail"), required=True)

    class Meta:
        model = Member
        fields = [right.value for right in Right]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.before = self.instance.rights
        if self.instance.pk:
            self.initial["email"] = self.instance.user.email
            self.fields["email"].required = bool(self.instance.user.email)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if not email:
            return ""
        if not (self.instance.pk and self.instance.user.email.casefold() == email.casefold()):
            self.instance.user = active_user(email)
        return self.instance.user.email

    def clean(self) -> dict:
        data = super().clean()
        if data.get("email") and not any(data.get(right.value) for right in Right):
            self.add_error(None, _("Please choose at least one task."))
        return data


class BaseMembers(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        staying = [
            form for form in self.forms if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        emails = [form.cleaned_data["email"] for form in staying if form.cleaned_data.get("email")]
        if len(emails) != len(set(emails)):
            raise forms.ValidationError(_("A person is in the list twice."))
        valid = [form for form in staying if form.is_valid()]
        if len(valid) == len(staying) and staying and not any(form.cleaned_data["is_owner"] for form in staying):
            raise forms.ValidationError(_("A workshop needs an owner. Please make somebody an owner."))

    def record(self, by) -> None:
        """What was saved, in the workshop's log."""
        changed = {row.pk for row, _names in self.changed_objects}
        for form in self.initial_forms:
            row = form.instance
            if row in self.deleted_objects:
                self._log(members.actions.removed, by, row.user_id, before=form.before)
            elif row.pk in changed and (row.rights != form.before or "email" in form.changed_data):
                self._log(members.actions.changed, by, row.user_id, before=form.before, rights=row.rights)
        for row in self.new_objects:
            self._log(members.actions.joined, by, row.user_id, rights=row.rights)

    def _log(self, action: str, by, member: int, **data) -> None:
        log(instance=self.instance, action=action, user=by, data={"member": member, "staff": True, **data})


Members = inlineformset_factory(Workshop, Member, form=MemberForm, formset=BaseMembers, extra=2)


class WorkshopForm(OwnerForm):
    """Makes Oscar's partner together with a new workshop; the members' rows are saved with it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.members = Members(self.data if self.is_bound else None, instance=self.instance, prefix="members")

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug in settings.MARKETPLACE_RESERVED_SLUGS:
            raise forms.ValidationError(_("The makers’ desk has a page of this name. Please choose another slug."))
        return slug

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
        self.members.record(self.for_user)
        return workshop


class MembersPanel(Panel):
    """The members' rows of a WorkshopForm."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "marketplace/workshops/members_panel.html"

        def get_context_data(self, parent_context=None) -> dict:
            return super().get_context_data(parent_context) | {"members": self.form.members}


class OfficerForm(WagtailAdminModelForm):
    """An officer is named by the e-mail of an existing account, for one village or one whole economy.

    Person and area of an office stay: its decisions were made in them. It ends, and is never deleted.
    """

    email = forms.EmailField(label=_("E-mail"))
    ended = forms.BooleanField(label=_("This office has ended"), required=False)

    class Meta:
        model = Officer
        fields = ["village", "economy", "title"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= {"email": self.instance.user.email, "ended": self.instance.ended_at is not None}
            for name in ("email", "village", "economy"):
                self.fields[name].disabled = True

    def clean(self) -> dict:
        data = super().clean()
        if not self.instance.pk:
            if bool(data.get("village")) == bool(data.get("economy")):
                raise forms.ValidationError(_("Please choose a village or an economy, one of the two."))
            if data.get("email"):
                try:
                    self.instance.user = active_user(data["email"])
                except forms.ValidationError as problem:
                    self.add_error("email", problem)
        return data

    @transaction.atomic
    def save(self, commit: bool = True) -> Officer:
        new, was_over = self.instance.pk is None, self.instance.ended_at is not None
        if self.cleaned_data["ended"] != was_over:
            self.instance.ended_at = timezone.now() if self.cleaned_data["ended"] else None
        officer = super().save(commit)
        over = officer.ended_at is not None
        if new or over != was_over:
            area = officer.village.slug if officer.village else officer.economy_id
            action = OFFICER_ENDED if over else OFFICER_NAMED
            data = {"officer": officer.user_id, "area": area, "title": officer.title}
            log(instance=officer, action=action, user=self.for_user, data=data)
        return officer


class ApplicationForm(WagtailAdminModelForm):
    """For an application that waits for a village: once staff name one, the workshop is made."""

    class Meta:
        model = Application
        fields = ["village"]

    def clean(self) -> dict:
        data = super().clean()
        if not data.get("village"):
            self.add_error("village", _("Please add the village to the register, and choose it here."))
        return data

    def save(self, commit: bool = True) -> Application:
        opening.apply(application=self.instance, village=self.cleaned_data["village"])
        self.instance.refresh_from_db()
        return self.instance

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            try:
                opening.check_room(self.instance, self.cleaned_data["village"])
            except Refused as problem:
                self.add_error("village", str(problem))
