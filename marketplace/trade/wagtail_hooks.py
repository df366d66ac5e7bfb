"""The menu "Rules of trade", and a word on the first page when rows wait for a review."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.model import ModelViewSetGroup

from marketplace.trade import restrictions_hooks  # noqa: F401 - registers the menu "Export"
from marketplace.trade.models.rules import MODELS
from marketplace.trade.rule_staff import (
    CustomsRateViewSet,
    DutyRateViewSet,
    RuleChangeViewSet,
    TaxRuleViewSet,
    TradeGroupViewSet,
)
from marketplace.trade.rule_staff_forms import REVIEW_AHEAD_DAYS, due
from marketplace.trade.staff_papers import OriginStatementTextViewSet, PaperRuleViewSet


class RulesGroup(ModelViewSetGroup):
    items = (
        TaxRuleViewSet,
        DutyRateViewSet,
        CustomsRateViewSet,
        TradeGroupViewSet,
        PaperRuleViewSet,
        OriginStatementTextViewSet,
        RuleChangeViewSet,
    )
    menu_label = _("Rules of trade")
    menu_name = "trade-rules"
    menu_icon = "list-ul"
    menu_order = 414


@hooks.register("register_admin_viewset")
def rules() -> RulesGroup:
    return RulesGroup()


class ReviewPanel(Component):
    """On the admin's first page: rows that nobody has looked at for too long stop the shop from quoting."""

    name = "rules-review"
    order = 55
    template_name = "marketplace/trade/review_panel.html"

    def get_context_data(self, parent_context) -> dict:
        tables = [
            {
                "name": model._meta.verbose_name_plural,
                "count": due(model.objects.all(), REVIEW_AHEAD_DAYS).count(),
                "url": reverse(name.replace("_", "-") + ":index") + "?review=soon",
            }
            for name, model in MODELS.items()
        ]
        return {"tables": [table for table in tables if table["count"]]}


@hooks.register("construct_homepage_panels")
def say_what_is_due(request: HttpRequest, panels: list) -> None:
    if request.user.has_perm("marketplace_trade.change_taxrule"):
        panels.append(ReviewPanel())
