"""What the agencies' desk asks, and its refusals in plain words."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.alphabet import in_order
from marketplace.economies.models import Economy
from marketplace.economies.names import economy_name
from marketplace.partnerships import services
from marketplace.partnerships.host_names import read_site
from marketplace.partnerships.models import Part
from marketplace.partnerships.seats import check_email
from marketplace.partnerships.services import Refused
from marketplace.trade.papers.fonts import missing
from storefront.desk.fields import Paragraphs
from storefront.desk.opening.forms import PlainForm, line

WRONG_CHOICE = gettext_lazy("Please choose one of these.")
ADDRESS = {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
SITE_WANTED = gettext_lazy("Please write the address of your site, such as https://agency.example.")


def choice(label: str, **kwargs) -> forms.ChoiceField:
    errors = {"required": WRONG_CHOICE, "invalid_choice": WRONG_CHOICE}
    return forms.ChoiceField(label=label, error_messages=errors, **kwargs)


def languages_spoken() -> list[tuple[str, str]]:
    """Languages of the desk, each in its own words."""
    return [(code, get_language_info(code)["name_local"]) for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES]


def mail(label: str, **kwargs) -> forms.EmailField:
    wrong = gettext_lazy("Please give an e-mail address, such as name@agency.example.")
    return forms.EmailField(
        label=label,
        max_length=254,
        error_messages={"required": wrong, "invalid": wrong, "max_length": wrong},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        **kwargs,
    )


class AboutForm(PlainForm):
    """What the shop has to know of an agency, and what it may change by itself later.

    The verbs' own checks are asked here already, so that all that is wrong is said at once.
    """

    site = line(
        gettext_lazy("Your website"),
        300,
        widget=forms.TextInput(attrs={"autocomplete": "url"} | ADDRESS),
        help_text=gettext_lazy("Where you want to show cards, such as https://agency.example"),
        why=SITE_WANTED,
    )
    language = choice(gettext_lazy("Language in which we write to you"))
    contact_name = line(
        gettext_lazy("Contact person"), 120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_email = mail(gettext_lazy("E-mail for letters to your agency"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages_spoken()

    def clean_site(self) -> str:
        return self._checked_by(read_site, "site")

    def clean_contact_email(self) -> str:
        return self._checked_by(lambda email: check_email(email, "contact_email"), "contact_email")

    def _checked_by(self, check: Callable[[str], object], name: str) -> str:
        """What was typed, as it was typed."""
        try:
            check(self.cleaned_data[name])
        except Refused as problem:
            raise forms.ValidationError(str(problem)) from None
        return self.cleaned_data[name]


class SignUpForm(AboutForm):
    name = line(
        gettext_lazy("Name of your agency"),
        160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=gettext_lazy("As it stands on your letters. Later only the shop can change it."),
    )
    economy = choice(gettext_lazy("Economy where your agency is"))
    currency = choice(gettext_lazy("Currency in which you are paid"))
    about = Paragraphs(
        label=gettext_lazy("About your agency"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("Which journeys you offer, and to whom."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    terms = forms.BooleanField(
        label=gettext_lazy("I have read the terms, and my agency accepts them."),
        error_messages={"required": gettext_lazy("Without your yes to the terms your agency cannot take part.")},
    )
    field_order = [
        "name", "site", "economy", "currency", "language", "contact_name", "contact_email", "about", "terms",
    ]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        rows = list(Economy.objects.order_by("code"))
        self._own = {row.pk: row.currency for row in rows}
        self.fields["economy"].choices = [
            ("", "–"),
            *sorted(((row.pk, economy_name(row.pk)) for row in rows), key=lambda pair: in_order(pair[1])),
        ]
        codes = sorted({settings.MARKETPLACE_CURRENCY, *self._own.values()})
        self.fields["currency"].choices = [
            ("", "–"), *((code, f"{code} – {formats.currency_name(code)}") for code in codes),
        ]
        self.fields["currency"].help_text = _("That of your economy, or that of the shop (%(currency)s).") % {
            "currency": settings.MARKETPLACE_CURRENCY
        }

    def clean_name(self) -> str:
        """Also whether its statements can be printed."""
        name = self._checked_by(services.check_name, "name")
        if unprintable := missing(name):
            raise forms.ValidationError(services.say_unprintable(unprintable))
        return name

    def clean(self) -> dict:
        data = super().clean()
        if data.get("economy") and data.get("currency"):
            try:
                services.check_currency(data["currency"], own=self._own[data["economy"]])
            except Refused as problem:
                self.add_error("currency", str(problem))
        return data


class DetailsForm(AboutForm):
    """What an owner changes herself; the name is the shop's to change."""

    about = Paragraphs(
        label=gettext_lazy("About your agency"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    field_order = ["site", "language", "contact_name", "contact_email", "about"]


class HostForm(PlainForm):
    host = line(
        gettext_lazy("Address of the site"),
        300,
        widget=forms.TextInput(attrs={"autocomplete": "off"} | ADDRESS),
        help_text=gettext_lazy("Only its name, such as www.agency.example. Each one by itself, also for testing."),
        why=gettext_lazy("Please write the address of a site, such as www.agency.example."),
    )


class PartsForm(PlainForm):
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Parts"),
        choices=Part.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Please choose at least one part."),
            "invalid_choice": gettext_lazy("Please choose at least one part."),
        },
    )


class InviteForm(PartsForm):
    name = line(gettext_lazy("Name"), 120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = mail(gettext_lazy("E-mail"), help_text=gettext_lazy("We send the invitation there."))
    language = choice(gettext_lazy("Language of the invitation"))
    field_order = ["name", "email", "parts", "language"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages_spoken()
        self.fields["email"].widget.attrs["autocomplete"] = "off"


class KeyForm(PlainForm):
    name = line(
        gettext_lazy("What the key is for"),
        120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Such as “our website”. Only your agency reads it."),
    )
    # The same form sent again makes no second key.
    form = forms.UUIDField(widget=forms.HiddenInput, required=False)


class AskForm(PlainForm):
    """A wish for a language. ``note``: for the translators of the shop."""

    language = forms.CharField(widget=forms.HiddenInput, required=False)
    note = line(gettext_lazy("Why you need it"), 300, required=False, help_text=gettext_lazy("For example: 40 guests in May."))


class AgainForm(PlainForm):
    about = Paragraphs(
        label=gettext_lazy("What is different now, or what we should know"),
        max_length=1000,
        error_messages={"required": gettext_lazy("Please write what is different now.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
