"""What always holds, kept by the database itself, whatever code, form, script or person writes.

Oscar's tables are not ours to alter, so these rules are not in models: they are put there after every ``migrate``
(PaymentsConfig.ready), in words that can be said again and again. PostgreSQL keeps them as CHECKs and triggers, SQLite
as triggers. A rule that is broken raises IntegrityError with the rule's name in it; ``sentence_of`` says it to people.
"""

import logging
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connections, models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_lazy
from oscar.core.loading import get_model

from marketplace.payments.constraint_sql import POSTGRESQL, SQLITE, Rule

log = logging.getLogger(__name__)

STOCK = "stock_covers_what_is_held"
VOUCHER = "voucher_within_its_limit"
OFFER = "offer_within_its_limit"
BOOKS = "books_are_only_added_to"
BALANCE = "entry_adds_up_to_zero"

SENTENCES = {
    STOCK: gettext_lazy("The stock cannot be lower than what buyers are paying for now. Please count again, or wait an hour."),
    VOUCHER: gettext_lazy("This voucher has been used already."),
    OFFER: gettext_lazy("This offer has been used as often as it may be."),
    BOOKS: gettext_lazy("What is written in the books stays as it is. Please write a correction instead."),
    BALANCE: gettext_lazy("An entry in the books must add up to zero in every currency."),
}


def rule_of(error: IntegrityError) -> str:
    """The name of the rule of ours that was broken; empty for another one's."""
    return next((name for name in SENTENCES if name in str(error)), "")


def sentence_of(error: IntegrityError) -> str:
    """What to say to the person whose act broke a rule, in the active language; empty for another one's rule."""
    name = rule_of(error)
    return str(SENTENCES[name]) if name else ""


def install(*, using: str = "default", **kwargs) -> None:
    """Put all rules into the database, as a receiver of post_migrate; what is there already stays as it is.

    Rows from before that break a rule do not stop a migration: the rule holds for every row written from now on, and
    the log says what to look at.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    for rule in _rules(connection.vendor, tables):
        with transaction.atomic(using=using), connection.cursor() as cursor:
            for statement in rule.install:
                cursor.execute(statement)
        if rule.validate:
            _validate(connection, rule)


def step_aside(*, using: str = "default", **kwargs) -> None:
    """Before a migration: SQLite rebuilds tables, and a trigger that names a table would be in the way."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for rule in SQLITE:
            for statement in rule.remove:
                cursor.execute(statement)


def _rules(vendor: str, tables: set[str]) -> Iterable[Rule]:
    known = {"postgresql": POSTGRESQL, "sqlite": SQLITE}.get(vendor, ())
    return [rule for rule in known if set(rule.tables) <= tables]


def _validate(connection, rule: Rule) -> None:
    """Look at the rows from before. This reads the table and locks nobody out."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(rule.validate)
    except DatabaseError:
        log.error("Rows from before break the rule %s of %s; run check_invariants.", rule.name, ", ".join(rule.tables))


class StockCoversHolds(models.CheckConstraint):
    """0 ≤ held ≤ in stock, for Django: every form of a stock record (Oscar's dashboard, Django's admin) then answers
    with a sentence beside the field. In memory only: the constraint of the same name in the database is installed above.
    """

    def __init__(self) -> None:
        held = Coalesce("num_allocated", 0)
        enough = Q(num_in_stock__isnull=True) | Q(num_in_stock__gte=held)
        super().__init__(condition=enough & (Q(num_allocated__isnull=True) | Q(num_allocated__gte=0)), name=STOCK)

    def clone(self) -> "StockCoversHolds":
        return StockCoversHolds()

    def deconstruct(self) -> tuple[str, tuple, dict]:
        return f"{__name__}.StockCoversHolds", (), {}

    def validate(self, model, instance, exclude=None, using="default") -> None:
        """No form shows what is held, and a form's instance is old by now: what counts is what the database has."""
        if not instance.pk or instance.num_in_stock is None or "num_in_stock" in (exclude or ()):
            return
        rows = model._base_manager.using(using).filter(pk=instance.pk)
        held = rows.values_list("num_allocated", flat=True).first() or 0
        if instance.num_in_stock < held:
            text = gettext("Buyers are paying for %(held)s of these now: the stock cannot be lower than that.")
            raise ValidationError({"num_in_stock": text % {"held": held}})


def teach_forms() -> None:
    """Django's own validation learns the rule of stock. Once, at the start."""
    kept = get_model("partner", "StockRecord")._meta.constraints
    if not any(isinstance(one, StockCoversHolds) for one in kept):
        kept.append(StockCoversHolds())
