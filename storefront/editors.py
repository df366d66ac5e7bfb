"""What an editor of one village would learn of others' pages and files through Wagtail's own screens, and shall not.

Wagtail shows pages and files by their permissions nearly everywhere. The places where it does not are narrowed here.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports.page_types_usage import PageTypesUsageReportView
from wagtail.documents import get_document_model
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images import get_image_model
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.models import Page
from wagtail.permissions import policy_registry

ANY = ("choose", "add", "change", "delete")


def _own(model, user):
    return policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, ANY).values("pk")


class OwnImages(ImagesAdminAPIViewSet):
    """The API of the admin names every picture; here, those that this person may choose or change."""

    def get_queryset(self):
        return super().get_queryset().filter(pk__in=_own(get_image_model(), self.request.user))


class OwnDocuments(DocumentsAdminAPIViewSet):
    """The same of documents."""

    def get_queryset(self):
        return super().get_queryset().filter(pk__in=_own(get_document_model(), self.request.user))


def narrow_api(router) -> None:
    """Hook ``construct_admin_api``, after Wagtail's own."""
    router.register_endpoint("images", OwnImages)
    router.register_endpoint("documents", OwnDocuments)


def check_move(request: HttpRequest, page: Page, destination: Page) -> None:
    """Hook ``before_move_page``: the page that asks whether to move is as shut as the moving itself."""
    if not page.permissions_for_user(request.user).can_move_to(destination):
        raise PermissionDenied


class OwnPageTypes(PageTypesUsageReportView):
    """The report names the page of each type that was edited last, whoever's it is."""

    def decorate_paginated_queryset(self, page_types):
        rows = super().decorate_paginated_queryset(page_types)
        seen = {row.last_edited_page_id for row in rows}
        own = set(self.permission_policy.explorable_instances(self.request.user).filter(pk__in=seen).values_list("pk", flat=True))
        for row in rows:
            if row.last_edited_page_id not in own:
                row.last_edited_page = row.last_edited_page_id = None
        return rows


page_types = require_admin_access(OwnPageTypes.as_view())
page_types_results = require_admin_access(OwnPageTypes.as_view(results_only=True))
