"""What every rule table has: dates, a source, a review, a state; and the bridge to the engine's plain rows."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.trade.landed.rows import Row
from marketplace.trade.rule_checks import problems_of, series_problem
from marketplace.trade.tables import Table


class RuleQuerySet(models.QuerySet):
    def live(self) -> "RuleQuerySet":
        return self.filter(state="live")

    def rows(self) -> list[Row]:
        """The engine's rows, one statement."""
        return list(map(self.model.as_row, self.values_list(*self.model.table.names)))

    def live_rows(self) -> list[Row]:
        return self.live().rows()


def dated_constraints(name: str, *key: str) -> list[models.BaseConstraint]:
    """No day before the first, no live row without evidence, one row of a key per first day."""
    evidence = ~Q(source="") & Q(source_date__isnull=False) & Q(review_by__isnull=False)
    return [
        models.CheckConstraint(
            condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
            name=f"{name}_dates",
            violation_error_message=_("The last day is before the first."),
        ),
        models.CheckConstraint(
            condition=~Q(state="live") | evidence,
            name=f"{name}_evidence",
            violation_error_message=_("A rule without source or review date cannot be published."),
        ),
        models.UniqueConstraint(
            fields=[*key, "effective_from"],
            name=f"{name}_once",
            violation_error_message=_("There is already a row for the same thing from this day on."),
        ),
    ]


class DatedRow(models.Model):
    """Days are those of the destination, both included. Only live rows count; a draft waits for its evidence."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")

    class Confidence(models.TextChoices):
        HIGH = "high", _("High: read in an official or several good sources")
        MEDIUM = "medium", _("Medium: read in one source, or partly from memory")
        LOW = "low", _("Low: sources disagree or are old; amounts are called estimates")
        ASSUMED = "assumed", _("Assumed: a sample that nobody confirmed; amounts are called estimates")

    effective_from = models.DateField(
        _("from"), help_text=_("The first day. A row of the future takes effect by itself on that day.")
    )
    effective_to = models.DateField(
        _("until"), null=True, blank=True,
        help_text=_("The last day. Empty: until a row that follows; publishing that one ends this one."),
    )  # fmt: skip
    source = models.CharField(
        _("source"), max_length=500, blank=True, help_text=_("The law or page that says so, with its address if it has one.")
    )
    source_date = models.DateField(_("source read on"), null=True, blank=True)
    reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True)
    review_by = models.DateField(
        _("review by"), null=True, blank=True,
        help_text=_("After this day the shop says that it cannot estimate, until somebody has looked again."),
    )  # fmt: skip
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, default=Confidence.MEDIUM
    )
    state = models.CharField(
        _("state"), max_length=5, choices=State.choices, default=State.DRAFT, editable=False, db_index=True
    )
    entered_by = models.CharField(_("entered by"), max_length=150, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("For colleagues; buyers do not see it."))

    objects = RuleQuerySet.as_manager()
    table: Table

    class Meta:
        abstract = True

    @classmethod
    def as_row(cls, values: tuple) -> Row:
        """An engine row from the values of the table's columns."""
        cells = zip(cls.table.columns, values, strict=True)
        return cls.table.row(**{column.name: _from_model(column.kind, value) for column, value in cells})

    def row(self) -> Row:
        return self.as_row(tuple(getattr(self, name) for name in self.table.names))

    def take(self, row: Row) -> None:
        """Take over an engine row's values."""
        for column in self.table.columns:
            value = getattr(row, column.name)
            setattr(self, column.name, ";".join(value) if column.kind == "codes" else value)

    def series(self) -> list[Row]:
        """The other live rows of the same key."""
        row = self.row()
        same = type(self).objects.live().exclude(pk=self.pk).filter(**self.key_filter())
        return [other for other in same.rows() if other.key == row.key]

    def key_filter(self) -> dict:
        """Fields that rows of one key share."""
        raise NotImplementedError

    def clean(self) -> None:
        if not self.effective_from:
            return
        row = self.row()
        found: dict[str, list[str]] = {}
        for column, sentence in problems_of(row):
            found.setdefault(column, []).append(sentence)
        if not found and row.state == "live" and (problem := series_problem(row, self.series())):
            found[problem[0]] = [problem[1]]
        if found:
            raise ValidationError(found)

    @property
    def is_in_force(self) -> bool:
        return self.state == "live" and self.row().in_force(timezone.localdate())

    @property
    def is_due(self) -> bool:
        """Whether the review date has passed."""
        return self.review_by is not None and self.review_by < timezone.localdate()


def _from_model(kind: str, value):
    if kind == "codes":
        return tuple(value.split(";")) if value else ()
    return value
