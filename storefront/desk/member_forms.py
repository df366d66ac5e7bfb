"""Forms of the members' pages."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy

from marketplace.notices.contacts import BadContact, normalise
from marketplace.workshops.models import Right
from storefront.desk.opening.forms import PlainForm, line


class TasksForm(PlainForm):
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Tasks"),
        choices=Right.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Please choose at least one task."),
            "invalid_choice": gettext_lazy("Please choose at least one task."),
        },
    )


class InviteForm(TasksForm):
    name = line(gettext_lazy("Name"), 120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    contact = line(
        gettext_lazy("Telephone number or e-mail"),
        254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("We send the invitation there."),
        why=gettext_lazy("Please give a telephone number or an e-mail address."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the invitation"))
    field_order = ["name", "contact", "rights", "language"]

    def __init__(self, *args, economy: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._economy = economy
        codes = settings.MARKETPLACE_STOREFRONT_LANGUAGES
        self.fields["language"].choices = [(code, get_language_info(code)["name_local"]) for code in codes]

    def clean_contact(self):
        try:
            return normalise(self.cleaned_data["contact"], self._economy)
        except BadContact as problem:
            raise forms.ValidationError(str(problem)) from None
