from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from marketplace import formats
from marketplace.money import Money, format_money

register = template.Library()


@register.filter
def money(value: Money | None) -> str:
    """An amount in the active language; empty for None."""
    return format_money(value, get_language()) if value is not None else ""


@register.filter
def day(value: date | None) -> str:
    """A date in words in the active language; empty for None."""
    return formats.day(value) if value else ""


@register.simple_tag
def text_lang(lang: str) -> SafeString | str:
    """A lang attribute for text that is in another language than the page."""
    return format_html(' lang="{}"', lang) if lang and lang != get_language() else ""
