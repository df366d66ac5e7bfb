"""Keeps the rows that every test may rely on, and brings a database that a test really wrote to back to them."""

from django.db import connection, transaction

SCHEMA = "snapshot"


def take() -> None:
    """Remember all rows as they are now, in a schema of their own."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        for table in _filled(cursor, connection.introspection.table_names()):
            cursor.execute(f'CREATE TABLE {SCHEMA}."{table}" AS TABLE public."{table}"')


@transaction.atomic
def restore() -> None:
    """Make the rows what they were. Sequences go on, so an id never means two things in one run."""
    with connection.cursor() as cursor:
        # Neither foreign keys nor triggers look while the rows are exchanged.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _filled(cursor, connection.introspection.table_names()):
            cursor.execute(f'DELETE FROM public."{table}"')
        for table in _remembered(cursor):
            cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM {SCHEMA}."{table}"')


def _filled(cursor, tables: list[str]) -> list[str]:
    parts = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM public.\"{table}\")" for table in tables]
    cursor.execute(" UNION ALL ".join(parts))
    return [row[0] for row in cursor.fetchall()]


def _remembered(cursor) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
    return [row[0] for row in cursor.fetchall()]
