"""The forms of assisted listing: a maker's consent, and the code with which she takes over."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.workshops.models import Consent
from storefront.sounds import BadSound, clean_voice
from storefront.uploads import BadPicture, clean_document_photo

Kind = Consent.Kind


class ConsentForm(forms.Form):
    """One of two proofs. What the file is, its content says; only its cleaned form is kept."""

    read = forms.BooleanField(
        label=gettext_lazy("I read these words to her, and she said yes."),
        error_messages={"required": gettext_lazy("Please read her the words first, and then tick this.")},
    )
    said_on = forms.DateField(
        label=gettext_lazy("On which day"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Please give the day."),
            "invalid": gettext_lazy("Please give the day like this: 2026-07-21."),
        },
    )
    voice = forms.FileField(
        label=gettext_lazy("Her voice: she says her name, and that she agrees"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/*", "capture": "user"}),
        error_messages={"empty": gettext_lazy("This file is empty. Please send it again.")},
    )
    photo = forms.FileField(
        label=gettext_lazy("Or a photo of her signature"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        error_messages={"empty": gettext_lazy("This file is empty. Please send it again.")},
    )
    language = forms.ChoiceField(widget=forms.HiddenInput)
    version = forms.CharField(widget=forms.HiddenInput, max_length=12)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["language"].choices = [(code, code) for code, _name in settings.LANGUAGES]

    def clean(self) -> dict:
        data = super().clean()
        sent = [name for name in ("voice", "photo") if data.get(name)]
        if self.errors:
            return data
        if len(sent) != 1:
            text = _("Please send one of the two.") if sent else _("Please send her voice, or a photo of her signature.")
            self.add_error("voice", text)
            return data
        try:
            if sent == ["voice"]:
                self.file, self.kind = clean_voice(data["voice"]).content, Kind.VOICE
            else:
                self.file, self.kind = clean_document_photo(data["photo"]), Kind.SIGNATURE
        except (BadPicture, BadSound) as problem:
            self.add_error(sent[0], str(problem))
        return data

    def values(self) -> dict:
        """For assisting.record_consent."""
        names = ("language", "said_on", "version")
        return {"kind": self.kind, "file": self.file} | {name: self.cleaned_data[name] for name in names}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The numbers on the paper"),
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code-field"}),
        error_messages={"required": gettext_lazy("Please type the numbers that stand on the paper.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
