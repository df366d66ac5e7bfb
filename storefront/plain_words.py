"""An empty field is refused in our own plain words, in every form: Django's sentence is none that people speak.

Read by storefront.apps before any form is made, since each field copies the sentence when it is made.
"""

from django import forms
from django.utils.translation import gettext_lazy

PLEASE = gettext_lazy("Please fill this in.")


def speak_plainly() -> None:
    forms.Field.default_error_messages["required"] = PLEASE
