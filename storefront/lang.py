"""Marks text that is in another language than the page, for screen readers, fonts and hyphenation."""

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def lang_attribute(lang: str) -> SafeString | str:
    """A lang attribute where ``lang`` is another language than the active one; else empty."""
    return format_html(' lang="{}"', lang) if lang and lang != get_language() else ""


def in_language(text: str, lang: str) -> SafeString:
    """``text`` as safe HTML, in an element with its own lang where it needs one."""
    attribute = lang_attribute(lang)
    return format_html("<span{}>{}</span>", attribute, text) if attribute else conditional_escape(text)
