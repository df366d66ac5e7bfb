"""The form for a piece's words in a further language."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Product
from marketplace.workshops.words import Overtaken, PieceWords
from storefront.desk.fields import Paragraphs, Words

TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)


def no_markup(text: str) -> None:
    """Readers would see tags as they are typed. Raises ValidationError."""
    found = TAG.search(text)
    if found:
        raise ValidationError(
            _("Please write plain words: readers would see “%(tag)s” as it is."),
            params={"tag": found.group()[:40]},
        )


class WordsForm(forms.Form):
    """``seen`` is the digest of the words that stood there when the form was opened (PieceWords.seen)."""

    title = Words(
        label=gettext_lazy("Title"),
        max_length=255,
        validators=[no_markup],
        error_messages={"required": gettext_lazy("Please give a title.")},
    )
    summary = Words(
        label=gettext_lazy("In one sentence"),
        max_length=300,
        required=False,
        validators=[no_markup],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    description = Paragraphs(
        label=gettext_lazy("Description"), max_length=10_000, required=False, validators=[no_markup]
    )

    def __init__(self, *args, language: str, seen: str = "", **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.seen = self.data.get("seen", "") if self.is_bound else seen
        for name in ("title", "summary", "description"):
            self.fields[name].widget.attrs["lang"] = language

    def words(self, labels: list["LabelForm"]) -> PieceWords:
        """After is_valid()."""
        data = self.cleaned_data
        return PieceWords(
            title=data["title"],
            summary=data["summary"],
            description=data["description"],
            labels={row.variant.pk: row.cleaned_data["label"] for row in labels},
        )

    def overtaken(self, problem: Overtaken) -> None:
        """Say so; saved once more, the form knows what it replaces."""
        self.add_error(None, str(problem))
        self.seen = problem.words.seen


class LabelForm(forms.Form):
    """The name of one variant. Its own words are ``variant.title``."""

    label = Words(max_length=255, required=False, validators=[no_markup])

    def __init__(self, data=None, *, variant: Product, language: str, label: str = "") -> None:
        super().__init__(data, initial={"label": label}, prefix=f"variant-{variant.pk}", label_suffix="")
        self.variant = variant
        self.fields["label"].widget.attrs["lang"] = language

    @property
    def label_field(self) -> forms.BoundField:
        return self["label"]
