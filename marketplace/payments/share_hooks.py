"""The staff's screen for the rules of shares; payments/wagtail_hooks puts it into the menu."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.viewsets.model import ModelViewSet

from catalogue.staff import IndexView, allow_only, column
from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.payments.models import ShareRule
from marketplace.payments.share_forms import EndRuleForm, ShareRuleForm
from marketplace.payments.share_views import AddRuleView, EndRuleView

# Nobody deletes a rule: orders name the one that counted for them.
allow_only(ShareRule, "view", "add", "change")


def _for_whom(rule: ShareRule) -> str:
    if rule.workshop_id:
        return str(rule.workshop)
    if rule.village_id:
        return str(rule.village)
    return economy_name(rule.economy_id) if rule.economy_id else str(_("All"))


def _percent(value) -> str:
    return str(_("%(number)s %%") % {"number": formats.exact(value.normalize())})


class ShareRuleViewSet(ModelViewSet):
    model = ShareRule
    name = "share-rules"
    menu_label = _("Shares")
    icon = "tag"
    add_to_reference_index = False
    index_view_class = IndexView
    add_view_class = AddRuleView
    edit_view_class = EndRuleView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["source", "workshop__texts__name", "village__texts__name"]
    ordering = ("-valid_from", "-pk")
    list_display = [
        column("for", _("For"), _for_whom),
        column("workshop_share", _("Maker"), lambda row: _percent(100 - row.commission - row.village_fund)),
        column("village_fund", _("Village fund"), lambda row: _percent(row.village_fund)),
        column("commission", pgettext_lazy("share", "Shop"), lambda row: _percent(row.commission)),
        DateColumn("valid_from", label=_("From"), sort_key="valid_from"),
        DateColumn("valid_to", label=_("Until"), sort_key="valid_to"),
        "source",
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        return EndRuleForm if for_update else ShareRuleForm

    def get_index_view_kwargs(self, **kwargs) -> dict:
        rows: QuerySet = ShareRule.objects.select_related("workshop", "village")
        rows = rows.prefetch_related("workshop__texts__locale", "village__texts__locale")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)
