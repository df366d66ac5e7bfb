"""What the staff's screens for rates and markets share: changes kept with old and new value, rows that stay as they came."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.tables import StatusTagColumn
from wagtail.admin.views import generic
from wagtail.log_actions import LogFormatter, log
from wagtail.permission_policies import ModelPermissionPolicy

from catalogue.staff import DeleteView, IndexView
from marketplace.economies.models.rates import MANUAL
from marketplace.formats import day

ACTION = "marketplace_economies.changed"


def review_column(name: str, label: str) -> StatusTagColumn:
    """A day of the future as such (Wagtail's own column says "just now" of it), marked once it has passed."""

    def passed(row) -> bool:
        value = getattr(row, name)
        return value is not None and value < timezone.localdate()

    def text(row) -> str:
        value = getattr(row, name)
        if value is None:
            return ""
        return _("%(day)s: overdue") % {"day": day(value)} if passed(row) else day(value)

    return StatusTagColumn(name, label=label, accessor=text, primary=passed, sort_key=name)


class ByHandPolicy(ModelPermissionPolicy):
    """Rates that came from an import or with the demo are never edited or deleted."""

    def user_has_permission_for_instance(self, user, action: str, instance) -> bool:
        by_hand = action not in ("change", "delete") or instance.origin == MANUAL
        return by_hand and super().user_has_permission_for_instance(user, action, instance)


class OwnRowsMixin:
    """A screen for one row, closed where the policy closes that row."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.user_has_permission_for_instance(self.permission_required, self.get_object()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class KeptEditView(generic.EditView):
    """Writes into the history what each field was before."""

    def save_instance(self):
        form = self.form
        fields = [(form.fields[name].label or name, form.initial.get(name), name) for name in form.changed_data]
        was = self._lists(form)
        instance = super().save_instance()
        changes = [
            {"field": capfirst(str(label)), "was": _said(old), "is": _said(form.cleaned_data.get(name))}
            for label, old, name in fields
        ]
        now = self._lists(form)
        changes += [{"field": name, "was": was[name], "is": now[name]} for name in was if was[name] != now[name]]
        if changes:
            log(instance=instance, action=ACTION, user=self.request.user, data={"changes": changes})
        return instance

    def _lists(self, form) -> dict[str, str]:
        """The rows of the form's lists as they are in the database, by the list's name."""
        lists = getattr(form, "formsets", {}).values()
        rows = {one.model: one.model.objects.filter(**{one.fk.name: form.instance.pk}) for one in lists}
        return {capfirst(str(model._meta.verbose_name_plural)): "; ".join(map(str, rows[model])) for model in rows}


class OwnRowEditView(OwnRowsMixin, KeptEditView):
    pass


class OwnRowDeleteView(OwnRowsMixin, DeleteView):
    pass


class OwnRowIndexView(IndexView):
    """Leads to the form of rows that may be edited."""

    def get_edit_url(self, instance) -> str | None:
        if not self.user_has_permission_for_instance("change", instance):
            return None
        return super().get_edit_url(instance)

    def get_delete_url(self, instance) -> str | None:
        if not self.user_has_permission_for_instance("delete", instance):
            return None
        return super().get_delete_url(instance)


def _said(value) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


@hooks.register("register_log_actions")
def changed(actions) -> None:
    @actions.register_action(ACTION)
    class Changed(LogFormatter):
        label = gettext_lazy("Change values")

        def format_message(self, log_entry) -> str:
            line = _("%(field)s: “%(was)s” became “%(is)s”")
            return "; ".join(line % change for change in log_entry.data["changes"])
