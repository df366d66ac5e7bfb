"""Adding a rule for shares and ending one: written into the log, and seen on the product pages at once."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic

from marketplace.economies import versions
from marketplace.payments import audit
from marketplace.payments.models import ShareRule

ACTION = "marketplace.share_rule"
# Whoever keeps shares in memory listens to it (marketplace.economies.versions).
SHARES = "shares"


def facts_of(rule: ShareRule) -> dict:
    names = ("commission", "village_fund", "workshop_id", "village_id", "economy_id", "valid_from", "valid_to", "source")
    return {name: getattr(rule, name) for name in names}


class AddRuleView(generic.CreateView):
    success_message = _("The rule is written down. It counts for orders from its first day on.")

    @transaction.atomic
    def save_instance(self) -> ShareRule:
        rule = super().save_instance()
        audit.record(action=ACTION, instance=rule, by=self.request.user, after=facts_of(rule))
        versions.touch(SHARES)
        return rule


class EndRuleView(generic.EditView):
    success_message = _("The rule ends on that day.")

    @transaction.atomic
    def save_instance(self) -> ShareRule:
        before = {"valid_to": ShareRule.objects.select_for_update().get(pk=self.object.pk).valid_to}
        rule = super().save_instance()
        audit.record(
            action=ACTION, instance=rule, by=self.request.user, before=before, after={"valid_to": rule.valid_to}
        )
        versions.touch(SHARES)
        return rule
