"""What signing up asks: nine fields in all, over four screens."""

import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.notices.contacts import BadContact, normalise
from marketplace.workshops.models import Workshop
from storefront.desk.fields import Words

TOO_LONG = gettext_lazy("Please use at most %(limit_value)s letters.")
REQUIRED = gettext_lazy("Please fill this in.")


def line(label: str, longest: int, **kwargs) -> Words:
    """One line of text with its refusals in plain words."""
    errors = {"required": kwargs.pop("why", REQUIRED), "max_length": TOO_LONG}
    return Words(label=label, max_length=longest, error_messages=errors, **kwargs)


class PlainForm(forms.Form):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class ContactForm(PlainForm):
    """A telephone number or an e-mail address. ``economy``: where numbers without a plus belong."""

    contact = line(
        gettext_lazy("Your telephone number or your e-mail"),
        254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("We send a code there. You need no password."),
        why=gettext_lazy("Please give your telephone number or your e-mail address."),
    )

    def __init__(self, *args, economy: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._economy = economy

    def clean_contact(self):
        try:
            return normalise(self.cleaned_data["contact"], self._economy)
        except BadContact as problem:
            raise forms.ValidationError(str(problem)) from None


class CodeForm(PlainForm):
    code = line(
        gettext_lazy("Code"),
        20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        why=gettext_lazy("Please type the code from the message."),
    )


class GroupForm(PlainForm):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = line(gettext_lazy("Name of your group or workshop"), 160, help_text=gettext_lazy("As buyers shall read it."))
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of group are you?"),
        choices=Workshop.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose one."),
            "invalid_choice": gettext_lazy("Please choose one."),
        },
    )
    person = line(
        gettext_lazy("Your own name"),
        120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("The officer asks for you by this name."),
    )

    def clean_key(self) -> uuid.UUID:
        return self.cleaned_data["key"] or uuid.uuid4()


class VillageForm(PlainForm):
    """One of the villages that are shown, or the name of one that is missing."""

    village = forms.ChoiceField(widget=forms.RadioSelect, required=False, label=gettext_lazy("Your village"))
    village_asked = line(
        gettext_lazy("Your village is not here? Write its name"),
        120,
        required=False,
        help_text=gettext_lazy("We look it up and tell you. That takes a few days."),
    )

    def __init__(self, *args, choices: list[tuple[str, str]], known, **kwargs) -> None:
        """``known``: id (as text) → village, of all that may be chosen, shown or not."""
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = choices
        self.fields["village"].valid_value = lambda value: known(value) is not None
        self.fields["village"].error_messages["invalid_choice"] = _("Please choose a village from the list.")
        self._known = known
        for name in ("village", "village_asked"):
            self.fields[name].asked = True  # one of the two is needed: neither is marked as optional

    def clean(self) -> dict:
        data = super().clean()
        if not self.errors:
            data["village"] = self._known(data["village"]) if data.get("village") else None
            if data["village"] is None and not data.get("village_asked"):
                self.add_error("village", _("Please choose your village."))
        return data
