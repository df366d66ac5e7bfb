"""The full-text index below SearchEntry: GIN on PostgreSQL, FTS5 with triggers on SQLite. Made after every migrate.

Here and not in a migration, because a database that is built without migrations needs it too.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TABLE = "storefront_searchentry"
FTS = "storefront_search_fts"
GIN = "storefront_search_gin"
MAKE_GIN = f"CREATE INDEX IF NOT EXISTS {GIN} ON {TABLE} USING gin (tokens)"
# A row that changes is taken out with the very tokens that it was put in with.
TAKE_OUT = f"INSERT INTO {FTS}({FTS}, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
PUT_IN = f"INSERT INTO {FTS}(rowid, tokens) VALUES (new.id, new.tokens);"
MAKE_FTS = [
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5(tokens, content='{TABLE}', content_rowid='id', "
    "tokenize='ascii', detail='none')",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_insert AFTER INSERT ON {TABLE} BEGIN {PUT_IN} END",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_delete AFTER DELETE ON {TABLE} BEGIN {TAKE_OUT} END",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_update AFTER UPDATE ON {TABLE} BEGIN {TAKE_OUT} {PUT_IN} END",
]


def prepare(**kwargs) -> None:
    """Make what is missing (a receiver of post_migrate). Databases of other vendors are left alone."""
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in {"postgresql": [MAKE_GIN], "sqlite": MAKE_FTS}.get(connection.vendor, []):
            cursor.execute(statement)


@contextmanager
def filling(pieces: int) -> Iterator[None]:
    """Around the writing of so many pieces: where they are more than all there is, PostgreSQL's index is made at the end.

    That is several times faster than to keep it true row by row, but searches read the whole table meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {TABLE} LIMIT %s) few", [pieces + 1])
        anew = connection.vendor == "postgresql" and cursor.fetchone()[0] <= pieces
        if anew:
            cursor.execute(f"DROP INDEX IF EXISTS {GIN}")
    try:
        yield
    finally:
        if anew:
            with connection.cursor() as cursor:
                cursor.execute("SET maintenance_work_mem = '256MB'")
                cursor.execute(MAKE_GIN)
                cursor.execute("RESET maintenance_work_mem")


def match() -> str:
    """SQL condition on the table under the alias e, with one parameter: an expression of ``expression``."""
    if connection.vendor == "postgresql":
        return "e.tokens @@ %s::tsquery"
    return f"e.id IN (SELECT rowid FROM {FTS} WHERE {FTS} MATCH %s)"


def of_card(columns: str) -> str:
    """SQL that joins each hit h with its piece's card c, row by row; left alone, PostgreSQL would read all cards."""
    if connection.vendor != "postgresql":
        return "LEFT JOIN storefront_productcard c ON h.kind = 'product' AND c.product_id = h.object_id"
    only = "h.kind = 'product' AND card.product_id = h.object_id"
    return f"LEFT JOIN LATERAL (SELECT {columns} FROM storefront_productcard card WHERE {only} OFFSET 0) c ON TRUE"


def any_of(parts: list[str]) -> str:
    return f"({(' | ' if connection.vendor == 'postgresql' else ' OR ').join(parts)})"


def all_of(parts: list[str]) -> str:
    return f"({(' & ' if connection.vendor == 'postgresql' else ' AND ').join(parts)})"


def but_not(wanted: str, unwanted: str) -> str:
    return f"({wanted} & !{unwanted})" if connection.vendor == "postgresql" else f"({wanted} NOT {unwanted})"


def leaf(token: str, prefix: bool) -> str:
    """A token, or all that begin with it. Tokens are letters and digits only, so there is nothing to quote."""
    star = ":*" if connection.vendor == "postgresql" else "*"
    return token + star if prefix else token
