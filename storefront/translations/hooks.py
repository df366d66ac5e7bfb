"""Where all this meets Wagtail's admin: addresses, the menu, and warnings of the glossary."""

from django.http import HttpRequest
from django.urls import include, path, reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from catalogue import glossary, provenance
from catalogue.abstract_models import TextRow
from storefront.translations import actions, editing, history, views

__all__ = ["history"]
OWN = [
    path("", views.index, name="worklist"),
    path("by-hand/", actions.by_hand, name="by-hand"),
    path("by-machine/", actions.by_machine, name="by-machine"),
    path("po/", actions.download, name="download"),
    path("po/upload/", actions.upload, name="upload"),
]
# The same addresses as wagtail-localize's, found first; its names lead here.
GUARDED = [
    path("<int:translation_id>/strings/<int:string_segment_id>/edit/", editing.edit_string),
    path("<int:translation_id>/overrides/<int:overridable_segment_id>/edit/", editing.edit_override),
    path("<int:translation_id>/pofile/upload/", editing.upload_po),
    path("<int:translation_id>/machine_translate/", editing.machine_translate),
]


@hooks.register("register_admin_urls", order=-1)
def addresses() -> list:
    return [
        path("translations/", include((OWN, "translations"))),
        path("localize/translate/", include(GUARDED)),
    ]


class WorklistMenuItem(MenuItem):
    """Shown to those who may send texts to translators."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(views.MAY)


@hooks.register("register_admin_menu_item")
def worklist_menu_item() -> MenuItem:
    return WorklistMenuItem(
        gettext_lazy("Translations to do"),
        reverse_lazy("translations:worklist"),
        name="translations-to-do",
        icon_name="list-ul",
        order=404,
    )


# Before wagtail-localize, which answers for translated pages and texts itself.
@hooks.register("before_edit_page", order=-1)
@hooks.register("before_edit_snippet", order=-1)
def warn_when_opened(request: HttpRequest, instance) -> None:
    """After publishing in wagtail-localize's editor its page is opened again, so this is also the word after saving."""
    if request.method == "GET" and isinstance(instance, Page | TextRow):
        _warn(request, glossary.known_findings(instance))


@hooks.register("after_edit_page")
@hooks.register("after_edit_snippet")
def warn_when_saved(request: HttpRequest, instance) -> None:
    if isinstance(instance, Page | TextRow):
        source = provenance.source_of(instance)
        if source is not None and source != instance:
            _warn(request, glossary.findings(source, instance))


def _warn(request: HttpRequest, found: list[glossary.Finding]) -> None:
    if found:
        rows = format_html_join("", "<li>{}</li>", ((str(finding),) for finding in found))
        messages.warning(request, format_html("{}<ul>{}</ul>", _("The glossary says otherwise:"), rows))
