"""The forms of assisted listing: a maker's consent, and the code with which she takes over."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.workshops.models import Consent
from storefront.desk.fields import Words
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
    proof = forms.ChoiceField(
        label=gettext_lazy("One of these two shows that she agrees"),
        choices=[
            ("voice", gettext_lazy("Her voice: she says her name, and that she agrees")),
            ("photo", gettext_lazy("A photo of her signature")),
        ],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Please choose one of the two.")},
    )
    voice = forms.FileField(
        label=gettext_lazy("The recording of her voice"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/*", "capture": "user"}),
        error_messages={"empty": gettext_lazy("This file is empty. Please send it again.")},
    )
    photo = forms.FileField(
        label=gettext_lazy("The photo of her signature"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        error_messages={"empty": gettext_lazy("This file is empty. Please send it again.")},
    )
    language = forms.ChoiceField(widget=forms.HiddenInput)
    version = forms.CharField(widget=forms.HiddenInput, max_length=12)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["language"].choices = [(code, code) for code, _name in settings.LANGUAGES]
        for name in ("voice", "photo"):
            self.fields[name].asked = True  # one of the two is needed: neither is marked as optional

    def clean(self) -> dict:
        data = super().clean()
        sent = [name for name in ("voice", "photo") if data.get(name)]
        # Without a choice a single file says it all.
        proof = data.get("proof") or (sent[0] if len(sent) == 1 else "")
        if self.errors:
            for name in [name for name in sent if name not in self.errors]:
                self.add_error(name, _("Please choose this file again: it is not kept while something else is missing."))
        elif not proof:
            self.add_error("proof", _("Please choose one of the two."))
        elif proof not in sent:
            voice, photo = _("Please send the recording of her voice."), _("Please send the photo of her signature.")
            self.add_error(proof, voice if proof == "voice" else photo)
        else:
            self._clean_file(proof, data[proof])
        return data

    def _clean_file(self, proof: str, file: UploadedFile) -> None:
        try:
            if proof == "voice":
                self.file, self.kind = clean_voice(file).content, Kind.VOICE
            else:
                self.file, self.kind = clean_document_photo(file), Kind.SIGNATURE
        except (BadPicture, BadSound) as problem:
            self.add_error(proof, str(problem))

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
    name = Words(
        label=gettext_lazy("Your own name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args, ask_name: bool, **kwargs) -> None:
        """``ask_name``: her account has none yet."""
        super().__init__(*args, label_suffix="", **kwargs)
        if not ask_name:
            del self.fields["name"]
