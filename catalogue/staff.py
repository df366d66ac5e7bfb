"""What the staff's screens share: who may do what, a search that finds each thing once, and words per language."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib.admin.utils import quote
from django.db.models import Model, ProtectedError, QuerySet
from django.forms import fields_for_model
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.forms.models import WagtailAdminModelForm, formfield_for_dbfield
from wagtail.admin.panels import Panel
from wagtail.admin.ui.tables import Column, LocaleColumn, UpdatedAtColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Locale
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy
from wagtail.snippets.views import snippets

from catalogue.abstract_models import HasTexts, TextRow
from catalogue.text import by_language, language_name
from catalogue.text_chooser import TextChooserViewSet


class OnlyPolicy(ModelPermissionPolicy):
    """Nobody may do more than ``actions`` to these rows in the admin, and for each she needs Django's permission."""

    def __init__(self, model: type[Model], *actions: str) -> None:
        super().__init__(model)
        self.actions = actions

    def user_has_permission(self, user, action: str) -> bool:
        return action in self.actions and super().user_has_permission(user, action)


def allow_only(model: type[Model], *actions: str) -> None:
    """Register an OnlyPolicy; call it before anything asks for the model's policy (at the top of wagtail_hooks.py)."""
    register_permission_policy(model, OnlyPolicy(model, *actions), exact_class=True)


class FindsOnceMixin:
    """``search_fields`` may follow relations; what matches in several rows of one is still listed once."""

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        if not self.is_searching:
            return queryset
        found = super().search_queryset(self.model._default_manager.order_by())
        return queryset.filter(pk__in=found.values("pk"))


class IndexView(FindsOnceMixin, generic.IndexView):
    pass


class SnippetIndexView(FindsOnceMixin, snippets.IndexView):
    pass


class DeleteView(generic.DeleteView):
    """What something hangs on stays, and the person is told what that is."""

    def form_valid(self, form) -> HttpResponse:
        try:
            hanging = self.get_hanging()
            if not hanging:
                return super().form_valid(form)
        except ProtectedError as problem:
            hanging = sorted({str(row) for row in problem.protected_objects})
        stays = _("“%(name)s” is in use and stays: %(rows)s")
        messages.error(self.request, stays % {"name": self.object, "rows": ", ".join(map(str, hanging[:5]))})
        return redirect(self.index_url_name)

    def get_hanging(self) -> list:
        """What hangs on the thing although the database would let it go."""
        return []


class OwnerForm(WagtailAdminModelForm):
    """A form for something that HasTexts, which also asks for its words in its source language (see owner_form)."""

    text_model: type[TextRow]
    text_fields: tuple[str, ...]
    source_language = forms.ChoiceField(label=_("Source language"), choices=settings.LANGUAGES)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        row = self._row(self.instance.source_language) if self.instance.pk else None
        for name in self.text_fields if row else ():
            self.initial.setdefault(name, getattr(row, name))

    def save(self, commit: bool = True) -> HasTexts:
        owner = super().save(commit)
        row = self._row(owner.source_language) or self.text_model(
            owner=owner, locale=Locale.objects.get_or_create(language_code=owner.source_language)[0]
        )
        for name in self.text_fields:
            setattr(row, name, self.cleaned_data[name])
        row.save()
        return owner

    def _row(self, language: str) -> TextRow | None:
        return self.instance.texts.filter(locale__language_code=language).first()


def owner_form(text_model: type[TextRow], *names: str, base: type[OwnerForm] = OwnerForm) -> type[OwnerForm]:
    """An OwnerForm with the fields ``names`` of ``text_model``."""
    fields = fields_for_model(text_model, fields=names, formfield_callback=formfield_for_dbfield)
    name = text_model.__name__.removesuffix("Text") + "Form"
    return type(base)(name, (base,), {**fields, "text_model": text_model, "text_fields": names})


class LanguagesPanel(Panel):
    """The languages in which the thing's words exist, each with a link to its text row."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/admin/languages_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None) -> dict:
            context = super().get_context_data(parent_context)
            rows = list(self.instance.texts.select_related("locale"))
            written = by_language(rows)
            languages = [
                {
                    "code": row.language,
                    "name": language_name(row.language),
                    "text": row,
                    "url": reverse(row.snippet_viewset.get_url_name("edit"), args=[quote(row.pk)]),
                    "source": row.language == self.instance.source_language,
                    "waiting": row.language not in written,
                }
                for row in rows
            ]
            return context | {"languages": languages, "translate_url": self._translate_url(written)}

        def _translate_url(self, rows: dict[str, TextRow]) -> str:
            source = rows.get(self.instance.source_language)
            if source is None or not self.request.user.has_perm("wagtail_localize.submit_translation"):
                return ""
            names = (source._meta.app_label, source._meta.model_name, quote(source.pk))
            return reverse("wagtail_localize:submit_snippet_translation", args=names)


def languages_of(owner: HasTexts) -> str:
    """Codes of the languages in which the words exist, such as "en, ja, vi"; reads ``texts`` as prefetched."""
    return ", ".join(sorted(by_language(owner.texts.all())))


def column(name: str, label: str, value: Callable, **kwargs) -> Column:
    """A column that shows what ``value`` answers for a row."""
    return Column(name, label=label, accessor=value, **kwargs)


class OwnerViewSet(ModelViewSet):
    """Screens for something that HasTexts. A subclass adds ``model``, ``name``, ``icon``, ``panels`` and columns."""

    index_view_class = IndexView
    delete_view_class = DeleteView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["slug", "texts__name"]
    ordering = "slug"

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(queryset=self.get_rows(), **kwargs)

    def get_rows(self) -> QuerySet:
        return self.model._default_manager.prefetch_related("texts__locale")


class ShownURLFinder(ModelAdminURLFinder):
    """Leads to the screen that shows a row, for whoever may view it."""

    def get_edit_url(self, instance) -> str | None:
        policy = policy_registry.get(instance)
        if self.user and not policy.user_has_permission_for_instance(self.user, "view", instance):
            return None
        return self.construct_edit_url(instance)


class ShowViewSet(ModelViewSet):
    """A list and a screen per row; nothing is added, changed or deleted here.

    A subclass sets ``model``, ``name``, ``icon``, columns, filters and ``inspect_view_class``, and calls
    allow_only(model, "view") before.
    """

    index_view_class = IndexView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    list_per_page = 30

    @property
    def url_finder_class(self) -> type[ShownURLFinder]:
        return type("_URLFinder", (ShownURLFinder,), {"edit_url_name": self.get_url_name("inspect")})

    def get_common_view_kwargs(self, **kwargs) -> dict:
        # Who may change a row does so with the buttons of its screen; there is no page for it.
        return super().get_common_view_kwargs(**kwargs) | {"edit_url_name": None}

    def get_urlpatterns(self) -> list:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path(f"inspect/<{self.pk_path_converter}:pk>/", self.inspect_view, name="inspect"),
        ]


class TextViewSet(snippets.SnippetViewSet):
    """Texts in one language each. They come from their owner's form or from a translation, so none is added here."""

    index_view_class = SnippetIndexView
    chooser_viewset_class = TextChooserViewSet
    icon = "globe"
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["name", "summary"]
    list_display = ["__str__", "owner", LocaleColumn(), UpdatedAtColumn()]
    list_per_page = 50
