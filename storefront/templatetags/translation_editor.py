"""For wagtail-localize's editor (templates/wagtail_localize/admin/edit_translation.html)."""

from django import template

from storefront.translations.editing import with_known_words

register = template.Library()
register.filter("with_known_words", with_known_words)
