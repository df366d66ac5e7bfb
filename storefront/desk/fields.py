"""Form fields that read what people type on phones, and refuse the rest in plain words."""

from decimal import Decimal

from babel.numbers import format_decimal
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.formats import locale_of
from marketplace.typed import NotANumber, TwoWays, clean_paragraphs, clean_words, read_amount


class Words(forms.CharField):
    """One line. What is too long is refused and kept: a browser that knew the limit would cut it without a word."""

    default_error_messages = {"max_length": gettext_lazy("Please use at most %(limit_value)s letters.")}

    def widget_attrs(self, widget) -> dict:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value):
        return clean_words(value, lines=False) if value not in self.empty_values else self.empty_value


class Paragraphs(Words):
    """Several lines; an empty line starts a new paragraph."""

    widget = forms.Textarea

    def to_python(self, value):
        if value in self.empty_values:
            return self.empty_value
        return clean_paragraphs(value)


def as_written(value: Decimal, places: int, *, grouped: bool = True, padded: bool = False) -> str:
    """A number as the page's language writes it. ``grouped``: thousands are set apart; ``padded``: with all ``places``."""
    pattern = ("#,##0" if grouped else "0") + ("." + ("0" if padded else "#") * places if places else "")
    return format_decimal(value, format=pattern, locale=locale_of())


class PointNumber(forms.Field):
    """A number from ``least`` to ``most``, as people write it in the language of the page (see typed.read_amount).

    ``currency``: its sign or code may stand beside. ``example`` is shown where it cannot be read.
    """

    input_mode = "decimal"

    def __init__(
        self, *, least: Decimal, most: Decimal, places: int, currency: str = "", example: Decimal | None = None, **kwargs
    ) -> None:
        attrs = {"inputmode": self.input_mode, "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)
        self.least, self.most, self.places, self.currency = least, most, places, currency
        self.example = Decimal("12.5") if example is None else example

    def to_python(self, value) -> Decimal | None:
        if value in self.empty_values:
            return None
        try:
            number = read_amount(str(value), places=self.places, currency=self.currency)
        except TwoWays as doubt:
            raise forms.ValidationError(self._two_ways(doubt)) from doubt
        except NotANumber as problem:
            raise forms.ValidationError(self._refusal()) from problem
        if not self.least <= number <= self.most:
            raise forms.ValidationError(self._refusal())
        return number

    def prepare_value(self, value):
        """What is known is shown as the page's language writes it; what was typed stays as it was typed."""
        return self.shown(value) if isinstance(value, Decimal) else value

    def shown(self, value: Decimal) -> str:
        return self._written(value, grouped=False)

    def _refusal(self) -> str:
        return _("Please give a number from %(least)s to %(most)s, such as %(example)s.") % self._bounds()

    def _bounds(self) -> dict[str, str]:
        most = as_written(self.most, self.places)
        return {"least": self._written(self.least), "most": most, "example": self._written(self.example)}

    def _written(self, value: Decimal, *, grouped: bool = True) -> str:
        """Amounts of money with all their digits."""
        return as_written(value, self.places, grouped=grouped, padded=bool(self.currency))

    def _two_ways(self, doubt: TwoWays) -> str:
        thousands, point = (Decimal(reading) for reading in doubt.readings)
        return _("“%(text)s” may be %(thousands)s or %(point)s. Please write it such as %(example)s.") % {
            "text": str(doubt),
            "thousands": as_written(thousands, 0, grouped=False),
            "point": as_written(point, 3),
            "example": self._bounds()["example"],
        }


class WholeNumber(PointNumber):
    """A whole number from ``least`` to ``most``."""

    input_mode = "numeric"

    def __init__(self, *, least: int, most: int, **kwargs) -> None:
        super().__init__(least=Decimal(least), most=Decimal(most), places=0, **kwargs)

    def to_python(self, value) -> int | None:
        number = super().to_python(value)
        return None if number is None else int(number)

    def _refusal(self) -> str:
        return _("Please give a whole number from %(least)s to %(most)s.") % self._bounds()


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
