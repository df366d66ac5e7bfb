"""Officers of a programme, each for an area, and what they decided about workshops."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models.places import Village, Workshop


class OfficerQuerySet(models.QuerySet):
    def of(self, user) -> "OfficerQuerySet":
        """The offices that ``user`` holds at this moment."""
        return self.filter(user=user, user__is_active=True, ended_at=None)

    def workshops(self) -> models.QuerySet[Workshop]:
        """All workshops in the areas of these officers."""
        rows = self.order_by()
        inside = Q(village__in=rows.values("village")) | Q(village__economy__in=rows.values("economy"))
        return Workshop.objects.filter(inside)


class Officer(models.Model):
    """A person of the programme who vouches for the workshops of one village or of a whole economy."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="offices")
    village = models.ForeignKey(
        Village, on_delete=models.CASCADE, null=True, blank=True, related_name="officers", verbose_name=_("village")
    )
    economy = models.ForeignKey(
        "marketplace_economies.Economy",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="officers",
        verbose_name=_("economy"),
    )
    title = models.CharField(_("office"), max_length=160, help_text=_("As makers read it: office and programme."))
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(village=None, economy__isnull=False) | Q(village__isnull=False, economy=None),
                name="officer_has_one_area",
            )
        ]
        verbose_name = _("officer")
        verbose_name_plural = _("officers")

    def __str__(self) -> str:
        return f"{self.user} · {self.village or self.economy}"


class Decision(models.Model):
    """What an officer decided about a workshop, and why. Written once, never changed."""

    class Outcome(models.TextChoices):
        OPENED = "opened", _("Opened")
        ASKED = "asked", _("Asked for more")
        DECLINED = "declined", _("Declined")
        CLOSED = "closed", _("Closed")

    class Reason(models.TextChoices):
        """Said to the maker in her language, whatever language the officer writes."""

        KNOWN = "known", _("The programme knows your group and its work.")
        VISITED = "visited", _("We visited you and saw your work.")
        PAPERS = "papers", _("Your papers are in order.")
        # Of a workshop that an officer began for its maker: nobody looked at an application.
        ASSISTED = "assisted", _("It was opened with the help of the office that is named here.")
        NOT_HERE = "not_here", _("Your group does not work in this village.")
        NOT_CRAFT = "not_craft", _("What you sell is not made by hand in the village.")
        TWICE = "twice", _("Your group has a workshop here already.")
        UNREACHED = "unreached", _("We could not reach you.")
        MORE = "more", _("We need to know more before we can decide.")
        RULES = "rules", _("The rules of this shop were not kept.")
        STOPPED = "stopped", _("You asked us to close the workshop.")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="decisions")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    words = models.TextField(_("in your own words"), max_length=1000, blank=True)
    language = models.CharField(_("language of these words"), max_length=12, blank=True)
    # Of the form that asked for it: the same form sent twice decides once.
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    decided_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return f"{self.workshop.slug}: {self.outcome}"


class ApplicationNote(models.Model):
    """What an owner answered when her officer asked for more or declined. Written once, never changed."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="application_notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("answer"), max_length=1000)
    language = models.CharField(_("language"), max_length=12)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("answer to the officer")
        verbose_name_plural = _("answers to the officer")

    def __str__(self) -> str:
        return f"{self.workshop.slug}, {self.at:%Y-%m-%d}"
