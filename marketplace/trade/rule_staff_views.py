"""The staff's steps with rule rows. Every one goes through marketplace.trade.rule_services and leaves its trace there."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, View
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from marketplace.trade import rule_services as services
from marketplace.trade.csvfile import CsvRefused
from marketplace.trade.live_rows import LiveStaysDeleteView, LiveStaysEditMixin, LiveStaysIndexView
from marketplace.trade.rule_files import export_rules, import_rules
from marketplace.trade.rule_staff_forms import UploadForm

HOW = "staff screen"
# Buttons beside "save" → what they do, and its name in Wagtail's log.
STEPS = {
    "action-publish": (services.publish, "wagtail.publish"),
    "action-withdraw": (services.withdraw, "wagtail.unpublish"),
}


def may(user, action: str, model) -> bool:
    return user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")


class ThroughServices:
    """Saves by the services; what they refuse is shown at the field, and nothing has changed."""

    def form_valid(self, form) -> HttpResponse:
        fresh = form.instance.pk is None
        state = form.instance.state
        try:
            return super().form_valid(form)
        except ValidationError as problem:
            form._update_errors(problem)
            if isinstance(problem, services.Doubtful):
                form.asks = True
                form.add_error("confirm", _("Please look at what is marked above. If it is meant, tick this and save again."))
            # What the generic view notes down itself when the form finds the error.
            self.produced_error_code, self.produced_error_message = "validation_error", self.get_error_message()
            form.instance.state = state
            if fresh:
                form.instance.pk = None
            return self.form_invalid(form)

    def save_instance(self):
        row, user = self.form.save(commit=False), self.request.user
        fresh, confirm = row.pk is None, self.form.cleaned_data["confirm"]
        step = next((STEPS[name] for name in STEPS if name in self.request.POST), None)
        # Asked once, by the last step, which knows all.
        services.save_row(row=row, user=user, how=HOW, confirm=confirm or step is not None)
        log(instance=row, action="wagtail.create" if fresh else "wagtail.edit", user=user)
        if step:
            function, action = step
            function(row=row, user=user, how=HOW, confirm=confirm)
            log(instance=row, action=action, user=user)
        return row


class RuleCreateView(ThroughServices, generic.CreateView):
    template_name = "marketplace/trade/rule_create.html"
    submit_button_label = gettext_lazy("Save draft")


class RuleCopyView(ThroughServices, generic.CopyView):
    """A new draft with the same values: the usual way to enter what follows."""

    template_name = "marketplace/trade/rule_create.html"
    submit_button_label = gettext_lazy("Save draft")

    def get_initial_form_instance(self):
        row = super().get_initial_form_instance()
        row.pk, row._state.adding = None, True
        row.state, row.effective_from, row.effective_to, row.entered_by = row.State.DRAFT, None, None, ""
        return row


class RuleEditView(LiveStaysEditMixin, ThroughServices, generic.EditView):
    def get_context_data(self, **kwargs) -> dict:
        row = self.model.objects.get(pk=self.object.pk)  # as it is stored, whatever the form says
        changes = reverse("rule-changes:index") + "?" + urlencode({"q": services.name_of_row(row.row())})
        facts = {"is_live": row.state == row.State.LIVE, "changes_url": changes}
        return super().get_context_data(**kwargs) | facts


class RuleDeleteView(LiveStaysDeleteView):
    """Drafts only."""

    def form_valid(self, form) -> HttpResponse:
        try:
            services.delete_draft(row=self.object, user=self.request.user, how=HOW)
        except services.NotPossible as problem:
            messages.error(self.request, str(problem))
            return redirect(self.index_url_name)
        messages.success(self.request, self.get_success_message())
        return redirect(self.index_url_name)


class RuleIndexView(LiveStaysIndexView):
    csv_url_name = ""

    @property
    def header_buttons(self) -> list:
        buttons = [*super().header_buttons]
        if self.csv_url_name:
            buttons.append(HeaderButton(_("CSV"), url=reverse(self.csv_url_name), icon_name="doc-full"))
        return buttons


class CsvView(WagtailAdminTemplateMixin, FormView):
    """The table as a file: download it, change it, send it back."""

    template_name = "marketplace/trade/rule_csv.html"
    form_class = UploadForm
    header_icon = "doc-full"
    model = None
    index_url_name = download_url_name = ""
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may(request.user, "change", self.model):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("%(table)s as CSV") % {"table": self.model._meta.verbose_name_plural}

    def get_breadcrumbs_items(self) -> list:
        table = capfirst(str(self.model._meta.verbose_name_plural))
        rows = {"url": reverse(self.index_url_name), "label": table}
        return [*super().get_breadcrumbs_items(), rows, {"url": "", "label": _("CSV"), "sublabel": table}]

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file, given = form.cleaned_data["file"], form.cleaned_data
        try:
            done = import_rules(
                table=self.model.table.name,
                data=file.read(),
                user=self.request.user,
                how=f"{HOW}: {file.name}"[:200],
                confirm=given["confirm"],
                partial=given["partial"],
            )
        except CsvRefused as problem:
            return self.render_to_response(self.get_context_data(form=form, problems=problem.problems), status=422)
        count = done.added + done.changed
        words = {"count": count, "same": done.same}
        text = ngettext(
            "%(count)s row was changed, %(same)s stay as they were.",
            "%(count)s rows were changed, %(same)s stay as they were.",
            count,
        )
        messages.success(self.request, text % words)
        return redirect(self.index_url_name)

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"download_url": reverse(self.download_url_name)}


class DownloadView(View):
    """The bytes that an upload takes back."""

    model = None

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may(request.user, "view", self.model):
            raise PermissionDenied
        name = self.model.table.name
        response = HttpResponse(export_rules(table=name), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
