"""What may not go where, or only with a paper: dated rows with a source, kept by the operator."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

HS_PART = re.compile(r"(?P<first>\d{2,10})(?:-(?P<last>\d{2,10}))?")
PLACE = RegexValidator(r"^[A-Z]{2}$", _("Please give a two-letter code, such as JP, or EU."))


class Restriction(models.Model):
    """One rule: for which parcels, for which goods, what follows, who says so and since when.

    A column that is empty says nothing; all others must agree. Within a column one of the words is enough. ``needs``
    names what clears the rule (see trade/needs.py); without it the rule cannot be cleared. Days are the operator's.
    """

    class Action(models.TextChoices):
        PROHIBIT = "prohibit", _("Prohibited")
        PERMIT = "permit", _("Only with a permit")
        DOCUMENT = "document", _("Only with a document")
        LABEL = "label", _("Only with a label")
        LIMIT = "limit", _("Only in small numbers")
        CARRIER = "carrier", _("Not with every carrier")
        DATA = "data", _("Only with these data")

    class Severity(models.TextChoices):
        STOPS = "stops", _("Stops the sale")
        DISPATCH = "dispatch", _("Stops the dispatch")
        WARNS = "warns", _("Warns")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")

    class Channel(models.TextChoices):
        POST = "post", _("Post")
        COURIER = "courier", _("Courier")

    code = models.CharField(
        _("code"), max_length=40, validators=[RegexValidator(r"^[A-Z0-9][A-Z0-9-]+$", _("Capitals, digits, hyphens."))]
    )
    destination = models.CharField(
        _("destination"), max_length=2, blank=True, validators=[PLACE], help_text=_("A code, or EU. Empty: everywhere.")
    )
    ships_from = models.CharField(
        _("sent from"), max_length=2, blank=True, validators=[PLACE], help_text=_("Empty: from everywhere.")
    )
    channel = models.CharField(
        _("carrier"), max_length=8, blank=True, choices=Channel.choices, help_text=_("Empty: with every carrier.")
    )
    origins = models.CharField(
        _("made in"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^!?[A-Z]{2}( [A-Z]{2})*$", _("Codes such as “PE CL”; “!PE” is: not in PE."))],
        help_text=_("Codes with a space between them; with ! before the first: everywhere but there."),
    )
    hs = models.TextField(
        _("HS codes"), blank=True, help_text=_("Beginnings of codes or ranges, such as “4420 9706 02-22 2203-2208”.")
    )
    hs_except = models.TextField(_("but not the HS codes"), blank=True)
    keywords = models.TextField(
        _("words in the title"), blank=True, help_text=_("In any language, with semicolons between them.")
    )
    attributes = models.CharField(
        _("attributes"), max_length=300, blank=True, help_text=_("What it contains, or slugs of materials.")
    )
    species = models.TextField(
        _("species"), blank=True, help_text=_("Beginnings of scientific names, with commas between them.")
    )
    alcohol_over = models.DecimalField(
        _("alcohol over, in percent of the volume"), max_digits=4, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    domestic = models.BooleanField(_("also within one economy"), default=False)
    action = models.CharField(_("what follows"), max_length=8, choices=Action.choices)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices, default=Severity.STOPS)
    needs = models.CharField(
        _("cleared by"), max_length=200, blank=True, help_text=_("Such as “hs:10”, “species” or “certificate:cites”.")
    )
    text = models.TextField(_("what the maker reads"), help_text=_("One or two whole sentences."))
    next_step = models.TextField(_("what to do next"), blank=True)
    learn_url = models.URLField(_("where to learn more"), blank=True, max_length=300)
    source = models.CharField(_("source"), max_length=300, blank=True)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=60, blank=True, help_text=_("How sure we are, and of what."))
    effective_from = models.DateField(_("valid from"))
    effective_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("Last day; empty: open."))
    review_by = models.DateField(_("review by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=5, choices=State.choices, default=State.DRAFT)

    class Meta:
        ordering = ["code", "effective_from"]
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "effective_from"],
                name="restriction_once_per_start",
                violation_error_message=_("There is already a row with this code and first day."),
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")), name="restriction_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | (~Q(source="") & Q(review_by__isnull=False)),
                name="restriction_live_has_source_and_review",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Raises ValidationError with the field for everything that a reader of the rule would stumble over."""
        # Here and not above: needs.py reads this module.
        from marketplace.trade.needs import check_needs

        wrong: dict = {}
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            wrong["effective_to"] = _("The last day is before the first.")
        if self.state == self.State.LIVE and not self.source.strip():
            wrong["source"] = _("A live rule has a source.")
        if self.state == self.State.LIVE and not self.review_by:
            wrong["review_by"] = _("A live rule has a day by which somebody looks at it again.")
        for name, check in (("hs", prefixes), ("hs_except", prefixes), ("needs", check_needs)):
            try:
                check(getattr(self, name))
            except ValueError as problem:
                wrong[name] = str(problem)
        if wrong:
            raise ValidationError(wrong)


class ResponsiblePerson(models.Model):
    """Who answers for goods in a bloc that asks for a person there (EU GPSR, articles 4 and 16). Shown on the listing.

    ``workshop`` empty: for every workshop that has none of its own.
    """

    destination = models.CharField(_("destination"), max_length=2, validators=[PLACE])
    workshop = models.ForeignKey(
        "marketplace_workshops.Workshop", null=True, blank=True, on_delete=models.CASCADE, related_name="+",
        verbose_name=_("workshop"),
    )
    name = models.CharField(_("name"), max_length=120)
    address = models.TextField(_("postal address"))
    email = models.EmailField(_("e-mail"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("Last day; empty: open."))

    class Meta:
        ordering = ["destination", "name"]
        verbose_name = _("responsible person")
        verbose_name_plural = _("responsible persons")

    def __str__(self) -> str:
        return f"{self.destination}: {self.name}"


@lru_cache(maxsize=1_024)
def prefixes(text: str) -> frozenset[str]:
    """ "4420 9706 02-04" as single beginnings of codes. Raises ValueError with a sentence for a person."""
    found: set[str] = set()
    for part in text.replace(".", "").replace(";", " ").split():
        match = HS_PART.fullmatch(part)
        if not match:
            raise ValueError(_("“%(part)s” is no beginning of an HS code.") % {"part": part[:40]})
        found.update(_between(match["first"], match["last"] or match["first"], part))
    return frozenset(found)


def _between(first: str, last: str, part: str) -> Iterable[str]:
    if len(first) != len(last) or int(last) < int(first) or int(last) - int(first) > 999:
        raise ValueError(_("“%(part)s” is no range of HS codes.") % {"part": part[:40]})
    return (f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1))
