"""Views of the table of restrictions: list, delete, CSV out and in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from marketplace.trade.csvfile import CsvRefused
from marketplace.trade.live_rows import LiveStaysDeleteView, LiveStaysEditMixin, LiveStaysIndexView
from marketplace.trade.models.restrictions import Restriction
from marketplace.trade.restrictions import delete_restriction, import_restrictions, write_restrictions
from marketplace.trade.restrictions_forms import ImportForm
from marketplace.trade.rule_services import NotPossible

MAY_IMPORT = ("marketplace_trade.add_restriction", "marketplace_trade.change_restriction")
MAY_SEE = "marketplace_trade.view_restriction"


class RestrictionIndexView(LiveStaysIndexView):
    @property
    def header_more_buttons(self) -> list:
        buttons = list(super().header_more_buttons)
        export = reverse("restrictions:export_csv")
        buttons.append(HeaderButton(_("Export as CSV"), url=export, icon_name="download", priority=30))
        if self.request.user.has_perms(MAY_IMPORT):
            upload = reverse("restrictions:import_csv")
            buttons.append(HeaderButton(_("Import a CSV file"), url=upload, icon_name="upload", priority=40))
        return buttons


class RestrictionEditView(LiveStaysEditMixin, generic.EditView):
    pass


class RestrictionDeleteView(LiveStaysDeleteView):
    """A draft may go; a live row is ended with a date."""

    def form_valid(self, form) -> HttpResponse:
        try:
            delete_restriction(row=self.object, user=self.request.user, how=_("the admin"))
        except NotPossible as problem:
            messages.error(self.request, str(problem))
        else:
            messages.success(self.request, self.get_success_message())
        return redirect(self.index_url_name)


class ExportView(View):
    """The whole table, as it can be read back."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        data = write_restrictions(Restriction.objects.all())
        headers = {"Content-Disposition": 'attachment; filename="restrictions.csv"'}
        return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


class ImportView(WagtailAdminTemplateMixin, FormView):
    """A file, taken whole or refused with row and column."""

    form_class = ImportForm
    template_name = "marketplace/trade/restrictions_import.html"
    page_title = gettext_lazy("Import restrictions")
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perms(MAY_IMPORT):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        try:
            added, changed = import_restrictions(
                data=form.cleaned_data["file"].read(), user=self.request.user, how=form.cleaned_data["file"].name
            )
        except CsvRefused as refused:
            for problem in str(refused).splitlines()[:20]:
                form.add_error("file", problem)
            return self.form_invalid(form)
        done = _("Restrictions: %(added)s added, %(changed)s changed.") % {"added": added, "changed": changed}
        messages.success(self.request, done)
        return redirect("restrictions:index")
