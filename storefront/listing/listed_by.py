"""“Listed by … for …”: said beside every piece of a workshop as long as somebody lists there for its maker."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from storefront.lang import in_language
from storefront.listing.directory import Directory


def listed_by(workshop_id: int | None, directory: Directory) -> SafeString | str:
    """The sentence in the directory's language; empty where the maker lists herself. No statement."""
    helped = directory.helps.get(workshop_id)
    if helped is None:
        return ""
    cooperative = directory.workshops.get(helped.cooperative_id)
    helper, lang = (cooperative.name, cooperative.lang) if cooperative else (helped.office, helped.lang)
    names = {"helper": in_language(helper, lang), "maker": in_language(helped.maker, helped.lang)}
    sentence = _("Listed by %(helper)s for %(maker)s") % {"helper": "{helper}", "maker": "{maker}"}
    return format_html(sentence, **names)
