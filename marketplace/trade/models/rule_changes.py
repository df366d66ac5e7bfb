"""The audit of the rule tables."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleChange(models.Model):
    """One line of the book about rule rows: who changed what when, from what to what. Never edited, never deleted."""

    class Action(models.TextChoices):
        SEEDED = "seeded", _("Delivered with the kit")
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn to draft")
        ENDED = "ended", _("Ended by the row that follows")
        DELETED = "deleted", _("Draft deleted")

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    who = models.CharField(_("name"), max_length=150, help_text=_("Stays when the account is deleted."))
    table_name = models.CharField(_("table"), max_length=20)
    row = models.CharField(_("row"), max_length=200, db_index=True)
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    how = models.CharField(_("how"), max_length=200, blank=True, help_text=_("The screen, or the name of a file."))
    source = models.CharField(_("source"), max_length=500, blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change of a rule")
        verbose_name_plural = _("changes of rules")

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.row}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("A line of the audit is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> None:
        raise TypeError("A line of the audit is never deleted.")
