"""The form in which buyer and maker write to each other: a ready-made sentence, own words, a photo."""

import datetime
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from catalogue.text import language_name
from marketplace.fulfilment import conversations
from marketplace.fulfilment.models import Consignment, Message
from marketplace.fulfilment.phrases import BY_CODE, phrases_of
from storefront.desk.fields import Paragraphs
from storefront.uploads import BadPicture, clean_picture

# How far ahead a sentence may name a day.
FARTHEST = datetime.timedelta(days=366)


class MessageForm(forms.Form):
    """One message of a side, in the page's language until she says otherwise. ``today``: of whoever writes."""

    phrase = forms.ChoiceField(
        label=gettext_lazy("Choose a sentence"),
        required=False,
        help_text=gettext_lazy("It is read in the other one’s own language."),
        error_messages={"invalid_choice": gettext_lazy("Please choose one of the sentences.")},
    )
    date = forms.DateField(
        label=gettext_lazy("The day in it"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Please choose a day.")},
    )
    text = Paragraphs(
        label=gettext_lazy("Or write in your own words"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of your own words"),
        error_messages={"invalid_choice": gettext_lazy("Please choose the language.")},
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, side: str, today: datetime.date, data=None, files=None) -> None:
        super().__init__(data, files, label_suffix="", initial={"key": uuid4(), "language": get_language()})
        self.side, self.today = side, today
        sentences = [(phrase.code, phrase.choice) for phrase in phrases_of(side)]
        self.fields["phrase"].choices = [("", _("No sentence")), *sentences]
        self.fields["language"].choices = [(code, language_name(code)) for code, _name in settings.LANGUAGES]
        self.fields["date"].widget.attrs |= {"min": f"{today}", "max": f"{today + FARTHEST}"}

    def clean_text(self) -> str:
        """Whoever pastes too much reads so, and loses nothing: the browser itself would cut it off without a word."""
        try:
            conversations.check_length(self.cleaned_data["text"])
        except conversations.CannotWrite as problem:
            raise forms.ValidationError(str(problem)) from problem
        return self.cleaned_data["text"]

    def clean_date(self) -> datetime.date | None:
        chosen = self.cleaned_data["date"]
        # A day earlier: where the writer is, it may still be that day.
        if chosen and not self.today - datetime.timedelta(days=1) <= chosen <= self.today + FARTHEST:
            raise forms.ValidationError(_("Please choose a day that is still to come."))
        return chosen

    def clean(self) -> dict:
        data = super().clean()
        phrase = BY_CODE.get(data.get("phrase", ""))
        if phrase and phrase.dated and not data.get("date") and "date" not in self.errors:
            self.add_error("date", _("Please choose the day, too."))
        if not self.errors and not (phrase or data["text"] or data["photo"]):
            self.add_error("text", _("Please choose a sentence or write one."))
        return data

    def write(self, *, consignment: Consignment, author) -> tuple[Message, bool]:
        """The message, and whether it is new. Raises CannotWrite; BadPicture for a file that is no photo."""
        data = self.cleaned_data
        key: UUID = data["key"]
        who = {"consignment": consignment, "side": self.side}
        if known := conversations.written(**who, key=key):
            return known, False
        # Before a photo is decoded, which costs more than all else.
        conversations.check_may_write(**who)
        photo = clean_picture(data["photo"]) if data["photo"] else None
        # A sentence was read in the page's language, whatever her own words are written in.
        values = {"language": get_language()}
        if data["date"]:
            values["date"] = data["date"].isoformat()
        return conversations.write(
            **who,
            key=key,
            language=data["language"] if data["text"] else get_language(),
            author=author,
            text=data["text"],
            phrase=data["phrase"],
            values=values,
            photo=photo,
        )

    def try_write(self, *, consignment: Consignment, author) -> tuple[Message | None, bool, int]:
        """(message, whether it is new, status): without a message, why not stands beside its field."""
        if not self.is_valid():
            return None, False, 400
        try:
            return *self.write(consignment=consignment, author=author), 200
        except BadPicture as problem:
            self.add_error("photo", str(problem))
            return None, False, 400
        except conversations.CannotWrite as problem:
            self.add_error(None, str(problem))
            return None, False, STATUS.get(type(problem), 400)


STATUS = {conversations.Closed: 409, conversations.TooMany: 429}
