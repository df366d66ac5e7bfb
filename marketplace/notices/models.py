"""Where people are reached, how they want to be told, and what is told to them."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ContactKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Telephone")


class ContactPoint(models.Model):
    """An address of a person. ``value``: an e-mail address in lower case, or a number in E.164.

    Once somebody has shown by a code that it is hers, nobody else can have it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=5, choices=ContactKind.choices)
    value = models.CharField(_("telephone or e-mail"), max_length=254)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    verified_at = models.DateTimeField(_("shown to be hers"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=Q(verified_at__isnull=False), name="contact_is_one_persons"
            ),
            models.UniqueConstraint(fields=["user", "kind", "value"], name="contact_once_per_person"),
        ]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class LoginCode(models.Model):
    """A code that was sent to a contact. The code itself is kept nowhere: it is worked out from ``salt`` with the
    shop's secret key. It works once, for ten minutes, and is dead after five wrong tries.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("Sign in")
        CONFIRM = "confirm", _("Confirm a new contact")

    kind = models.CharField(max_length=5, choices=ContactKind.choices)
    contact = models.CharField(max_length=254)
    purpose = models.CharField(max_length=20)
    language = models.CharField(max_length=12)
    ticket = models.CharField(max_length=43, unique=True)
    salt = models.CharField(max_length=43)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["contact", "purpose", "-made_at"], name="code_of_contact"),
            models.Index(fields=["expires_at"], name="code_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}, {self.made_at:%Y-%m-%d %H:%M}"


class Tries(models.Model):
    """How often something was tried since ``started_at``. ``key`` tells nobody by whom."""

    key = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.count} since {self.started_at:%Y-%m-%d %H:%M}"


class Preference(models.Model):
    """How a person is told. Without a row: at once, by mail if there is an address, else by SMS."""

    class How(models.TextChoices):
        AT_ONCE = "at_once", _("At once, each by itself")
        DIGEST = "digest", _("Once a day, all in one message")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="told")
    how = models.CharField(_("when"), max_length=7, choices=How.choices, default=How.AT_ONCE)
    by_mail = models.BooleanField(_("by e-mail"), default=True)
    by_sms = models.BooleanField(_("by SMS"), default=True)
    by_push = models.BooleanField(_("on this telephone's screen"), default=True)
    # Empty: that of her workshop.
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    # Hours of the day where she lives, 0 to 23. The same hour twice: no quiet hours.
    digest_hour = models.PositiveSmallIntegerField(_("hour of the daily message"), default=7, validators=[MaxValueValidator(23)])
    quiet_from = models.PositiveSmallIntegerField(_("quiet from"), default=21, validators=[MaxValueValidator(23)])
    quiet_to = models.PositiveSmallIntegerField(_("quiet until"), default=6, validators=[MaxValueValidator(23)])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23, quiet_from__lte=23, quiet_to__lte=23), name="preference_hours"
            )
        ]
        verbose_name = _("way of being told")
        verbose_name_plural = _("ways of being told")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.how}"


class Digest(models.Model):
    """One quiet message with all that a person was to be told, on ``day`` as it is where she lives."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.day}"


class Notice(models.Model):
    """Something that one person is told once, whatever ways it takes. What it says is written when it is sent."""

    key = models.CharField(_("key"), max_length=150)
    kind = models.CharField(_("kind"), max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    # Of somebody without an account, sealed; emptied when it is sent.
    contact = models.TextField(blank=True, editable=False)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # Sealed: it may open something. Emptied when it is sent to somebody without an account.
    link = models.TextField(blank=True, editable=False)
    language = models.CharField(_("language"), max_length=12, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    in_digest = models.BooleanField(default=False)
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="notice_told_once")]
        indexes = [
            models.Index(fields=["user"], condition=Q(in_digest=True, digest=None), name="notice_waits_for_digest")
        ]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PushSubscription(models.Model):
    """A browser of a person that shows notices on its screen (Web Push, RFC 8030 and 8291)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"browser {self.pk} of {self.user_id}"
