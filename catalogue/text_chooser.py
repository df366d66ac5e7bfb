"""Wagtail offers every snippet to whoever writes pages, to be chosen into one. Words of pieces are for their translators."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from wagtail.permissions import policy_registry
from wagtail.snippets.views.chooser import SnippetChooserViewSet


class TextChooserViewSet(SnippetChooserViewSet):
    """Choosing among texts, for those who may see their list: some are of drafts."""

    def get_urlpatterns(self) -> list:
        rows = super().get_urlpatterns()
        for row in rows:
            row.callback = self._guarded(row.callback)
        return rows

    def _guarded(self, view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            policy = policy_registry.get_by_type(self.model)
            if not policy.user_has_any_permission(request.user, ("add", "change", "delete", "view")):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded
