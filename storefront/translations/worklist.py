"""What wants a translator: the rows of the worklist, filtered, counted and paged. Three statements at any size."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from storefront.translations import things
from storefront.translations.things import STATES

PER_PAGE = 50
# Looked at in this month and the two before it.
MONTHS = 3


@dataclass(frozen=True)
class Filters:
    """What the person chose; empty means all. ``village`` is an id."""

    language: str = ""
    kind: str = ""
    village: int | None = None
    state: str = ""
    q: str = ""


@dataclass(frozen=True)
class Item:
    """A thing in one language. ``pk`` and ``name`` are the source's, ``target_pk`` the translation's, where there is one."""

    kind: str
    pk: int
    key: UUID
    locale_id: int
    language: str
    source: str
    name: str
    village_id: int | None
    views: int
    target_pk: int | None
    states: tuple[str, ...]
    reason: str

    @property
    def code(self) -> str:
        """How a form names the row."""
        return f"{self.kind}:{self.pk}:{self.language}"

    @property
    def kind_name(self) -> str:
        return kind_name(things.model_of(self.kind))

    @property
    def state_names(self) -> list[str]:
        return [state_name(state) for state in self.states]


def kind_name(model: type) -> str:
    """What staff call things of this kind."""
    viewset = getattr(model, "snippet_viewset", None)
    return str(viewset.menu_label if viewset else model._meta.verbose_name)


def state_name(state: str) -> str:
    return {
        "missing": _("Missing"),
        "stale": _("Out of date"),
        "machine": _("Machine translation"),
        "glossary": _("Against the glossary"),
        "failed": _("Machine failed"),
    }[state]


def counts(filters: Filters) -> dict[str, int]:
    """How many rows are in each state, whatever state is chosen; ``all`` counts every row once. One statement."""
    sums = ", ".join(f"SUM({state})" for state in STATES)
    sql, values = _query(filters, with_state=False)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), {sums} FROM {sql}", values)
        row = cursor.fetchone()
    return {name: int(number or 0) for name, number in zip(("all", *STATES), row, strict=True)}


def page_of(filters: Filters, number: int) -> list[Item]:
    """The rows of page ``number`` (from 1), most looked at first, then newest. One statement."""
    return list(_items(filters, f"LIMIT {PER_PAGE} OFFSET {max(number - 1, 0) * PER_PAGE}"))


def every(filters: Filters) -> Iterator[Item]:
    """All rows in the same order, read as they are needed."""
    return _items(filters, "")


def _items(filters: Filters, limit: str) -> Iterator[Item]:
    sql, values = _query(filters, with_state=True)
    flags = ", ".join(STATES)
    columns = (
        f"kind, pk, tkey, locale_id, language, source, name, village_id, views, target_pk, reason, {flags}"
    )
    cursor = connection.chunked_cursor() if not limit else connection.cursor()
    with cursor:
        cursor.execute(
            f"SELECT {columns} FROM {sql} ORDER BY views DESC, pk DESC, kind, language {limit}", values
        )
        while rows := cursor.fetchmany(1000):
            for row in rows:
                yield _item(row)


def _item(row: tuple) -> Item:
    kind, pk, key, locale_id, language, source, name, village_id, views, target_pk, reason, *flags = row
    states = tuple(state for state, flag in zip(STATES, flags, strict=True) if flag)
    return Item(
        kind,
        pk,
        UUID(str(key)),
        locale_id,
        language,
        source,
        name,
        village_id,
        int(views),
        target_pk,
        states,
        reason or "",
    )


def _query(filters: Filters, *, with_state: bool) -> tuple[str, list]:
    """(the table that the rows stand in, values of its parameters)."""
    languages = [filters.language] if filters.language else settings.MARKETPLACE_STOREFRONT_LANGUAGES
    kinds = [filters.kind] if filters.kind else []
    values: list = []
    selects = []
    for part in things.parts(kinds):
        sql = part.sql
        # Positions as they stand in the text, because SQLite takes no sequence as a parameter.
        while (at := min(_positions(sql), default=-1)) >= 0:
            if sql.startswith("%(month)s", at):
                sql = sql.replace("%(month)s", "%s", 1)
                values.append(_first_month())
            else:
                sql = sql.replace("%(languages)s", f"({', '.join(['%s'] * len(languages))})", 1)
                values += languages
        selects.append(sql)
    where = ["missing + stale + machine + glossary + failed > 0"]
    if filters.village is not None:
        where.append("village_id = %s")
        values.append(filters.village)
    for word in filters.q.lower().split():
        where.append("LOWER(name) LIKE %s ESCAPE '!'")
        values.append(f"%{_literal(word)}%")
    if with_state and filters.state in STATES:
        where.append(f"{filters.state} = 1")
    return f"({' UNION ALL '.join(selects)}) work WHERE {' AND '.join(where)}", values


def _positions(sql: str) -> list[int]:
    return [at for at in (sql.find("%(month)s"), sql.find("%(languages)s")) if at >= 0]


def _literal(word: str) -> str:
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return word


def _first_month() -> date:
    today = timezone.now().date()
    months = today.year * 12 + today.month - 1 - (MONTHS - 1)
    return date(months // 12, months % 12 + 1, 1)
