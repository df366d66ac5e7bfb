"""How the members of a workshop share what is paid out to it: their own rule, dated, and what it meant for each payout."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MemberShareRule(models.Model):
    """What the owner set. The one with the latest ``starts_on`` that has come counts; of one day, the last written.

    A rule is never changed: another one follows it. ``is_on`` False: from that day nothing is shared out.
    """

    class Unit(models.TextChoices):
        PERCENT = "percent", _("Percent")
        PARTS = "parts", _("Parts, such as days or pieces")

    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop", on_delete=models.PROTECT, related_name="share_rules_of_members"
    )
    starts_on = models.DateField(_("counts from"))
    is_on = models.BooleanField(default=True)
    unit = models.CharField(_("in"), max_length=7, choices=Unit.choices, default=Unit.PERCENT)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = _("rule for members' shares")
        verbose_name_plural = _("rules for members' shares")
        indexes = [models.Index(fields=["workshop", "-starts_on", "-id"], name="membersharerule_in_force")]

    def __str__(self) -> str:
        return f"{self.workshop_id} {self.starts_on}"


class Share(models.Model):
    """``user``: her account, if she has one: then she may read her own share. The name is kept as it was."""

    name = models.CharField(_("name"), max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    parts = models.DecimalField(_("share"), max_digits=9, decimal_places=2)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} {self.parts}"


class MemberShare(Share):
    """One person in a rule: ``parts`` are percent or parts, as the rule says."""

    rule = models.ForeignKey(MemberShareRule, on_delete=models.CASCADE, related_name="shares")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(parts__gt=0), name="membershare_positive"),
            models.UniqueConstraint(fields=["rule", "user"], name="membershare_person_once"),
        ]


class PayoutShare(Share):
    """What one person gets of a payout, frozen when it was approved. All of a payout add up to what reaches the workshop."""

    payout = models.ForeignKey("marketplace_payments.Payout", on_delete=models.PROTECT, related_name="member_shares")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="payoutshare_not_negative")]
