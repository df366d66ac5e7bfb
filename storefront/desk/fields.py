"""Form fields that read what people type on phones, and refuse the rest in plain words."""

import re
from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.typed import clean_paragraphs, clean_words, plain_digits


class Words(forms.CharField):
    """One line."""

    def to_python(self, value):
        return clean_words(value, lines=False) if value not in self.empty_values else self.empty_value


class Paragraphs(Words):
    """Several lines; an empty line starts a new paragraph."""

    widget = forms.Textarea

    def to_python(self, value):
        if value in self.empty_values:
            return self.empty_value
        return clean_paragraphs(value)


class WholeNumber(forms.Field):
    """A whole number from ``least`` to ``most``."""

    def __init__(self, *, least: int, most: int, **kwargs) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def to_python(self, value) -> int | None:
        if value in self.empty_values:
            return None
        text = plain_digits(str(value))
        if not re.fullmatch(r"[0-9]{1,9}", text) or not self.least <= int(text) <= self.most:
            raise forms.ValidationError(
                _("Please give a whole number from %(least)s to %(most)s.")
                % {"least": self.least, "most": self.most}
            )
        return int(text)


class PointNumber(forms.Field):
    """A number with a decimal point from ``least`` to ``most`` and at most ``places`` digits after the point.

    A comma is refused: in half of the economies it separates thousands, in the other half it is the point.
    """

    def __init__(self, *, least: Decimal, most: Decimal, places: int, **kwargs) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.least, self.most, self.places = least, most, places

    def to_python(self, value) -> Decimal | None:
        if value in self.empty_values:
            return None
        text = plain_digits(str(value))
        if "," in text or "，" in text or "、" in text:
            raise forms.ValidationError(
                _("Please write it without a comma, such as %(example)s.") % {"example": self.example}
            )
        fraction = rf"(\.[0-9]{{1,{self.places}}})?" if self.places else ""
        if not re.fullmatch(rf"[0-9]{{1,9}}{fraction}", text) or not self.least <= Decimal(text) <= self.most:
            raise forms.ValidationError(
                _("Please give a number from %(least)s to %(most)s, such as %(example)s.")
                % {"least": self.least, "most": f"{self.most:f}", "example": self.example}
            )
        return Decimal(text)

    @property
    def example(self) -> str:
        return "12" if not self.places else "12.5" if self.places == 1 else "12.50"


class PhotoInput(forms.FileInput):
    """The phone's own chooser: camera or album, several at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*", "multiple": True})

    def value_from_datadict(self, data, files, name) -> list:
        return files.getlist(name)


class Photos(forms.Field):
    """The files that were sent; what they are is found out by storefront.uploads."""

    widget = PhotoInput
    empty_values = (None, "", [], ())

    @property
    def limits(self) -> dict[str, int]:
        """To what the browser makes photos smaller: longest edge in pixels, and bytes at most."""
        return {"edge": settings.MARKETPLACE_UPLOAD_EDGE, "bytes": settings.MARKETPLACE_UPLOAD_MAX_BYTES}
