"""What one currency is worth in another: rows with a date and a source. An order keeps the rate it was made with."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.economies.periods import overlapping
from marketplace.formats import moment

CURRENCY = RegexValidator(r"^[A-Z]{3}$", _("Please give a currency's three letters, such as PEN."))
# Origins that are no backend: a person's entry, and the demo's own rows.
MANUAL, SAMPLE = "manual", "sample"


class RateImport(models.Model):
    """One run of an import, also one that was refused: then ``error`` says why, and no rate was changed."""

    class Trigger(models.TextChoices):
        COMMAND = "command", _("command")
        TASK = "task", _("timer")
        STAFF = "staff", _("staff")

    origin = models.CharField(_("source"), max_length=32)
    address = models.CharField(_("address or file"), max_length=500, blank=True)
    trigger = models.CharField(_("started by"), max_length=8, choices=Trigger.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("time"), auto_now_add=True)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    last_on = models.DateField(_("newest date"), null=True)
    # Rates that the source had given otherwise before: [{"pair", "on", "was", "is"}].
    corrections = models.JSONField(_("corrections"), default=list)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("import of exchange rates")
        verbose_name_plural = _("imports of exchange rates")

    def __str__(self) -> str:
        return f"{self.origin}, {moment(self.at)}"


class ExchangeRate(models.Model):
    """1 ``base`` = ``value`` ``quote`` on a day. Rows of an import are never edited; a person adds a row beside them."""

    base = models.CharField(
        _("one unit of"), max_length=3, default="EUR", validators=[CURRENCY],
        help_text=_("The currency that the source counts in, such as EUR or USD."),
    )  # fmt: skip
    quote = models.CharField(
        _("is worth so many"), max_length=3, validators=[CURRENCY], help_text=_("For example PEN.")
    )
    value = models.DecimalField(
        _("rate"), max_digits=24, decimal_places=12,
        help_text=_("How many of the second currency one unit of the first is worth, such as 3.7512."),
    )  # fmt: skip
    on = models.DateField(
        _("date"), help_text=_("The day that the source gives the rate for. After a few days it is too old to sell at.")
    )
    origin = models.CharField(_("entered by"), max_length=32, default=MANUAL, editable=False)
    source = models.CharField(
        _("source"), max_length=300, help_text=_("Who publishes the rate, and where it can be looked up.")
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    imported = models.ForeignKey(
        RateImport, null=True, editable=False, on_delete=models.SET_NULL, related_name="rates"
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["-on", "quote", "base"]
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "base", "on", "origin"],
                name="exchange_rate_once",
                violation_error_message=_("There is already a rate for these currencies and this day."),
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="exchange_rate_above_zero"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="exchange_rate_of_two"),
        ]
        indexes = [models.Index(fields=["on", "quote"], name="exchange_rate_on")]
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")

    def __str__(self) -> str:
        return f"1 {self.base} = {self.value.normalize():f} {self.quote}"


class CurrencyPeg(models.Model):
    """By law or agreement, 1 ``anchor`` = ``value`` ``currency`` while the row is valid; ``currency`` then needs no rate."""

    currency = models.CharField(
        _("currency"), max_length=3, validators=[CURRENCY], help_text=_("The currency that follows, such as BND.")
    )
    anchor = models.CharField(
        _("follows"), max_length=3, validators=[CURRENCY], help_text=_("The currency that it follows, such as SGD.")
    )
    value = models.DecimalField(
        _("rate"), max_digits=24, decimal_places=12, default=1,
        help_text=_("How many of the following currency one unit of the other is worth. At par: 1."),
    )  # fmt: skip
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day, if it is known."))
    source = models.CharField(_("source"), max_length=300, help_text=_("The law or agreement that says so."))

    class Meta:
        ordering = ["currency", "-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(value__gt=0), name="currency_peg_above_zero"),
            models.CheckConstraint(condition=~Q(currency=F("anchor")), name="currency_peg_of_two"),
        ]
        verbose_name = _("currency peg")
        verbose_name_plural = _("currency pegs")

    def __str__(self) -> str:
        return f"1 {self.anchor} = {self.value.normalize():f} {self.currency}"

    def clean(self) -> None:
        if self.valid_from and overlapping(self, currency=self.currency):
            raise ValidationError({"valid_from": _("Another peg of this currency is valid in these days.")})
